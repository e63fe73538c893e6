"""SMS and letters: what each kind says (`account.effects.effect.OutboxMessage`).

SMS are short and plain. Nothing here is ever logged: a code is among the parameters.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from aiogram.utils.i18n import gettext as _

from account.changes.action import ActionKind
from account.values.identifiers import Imei
from account.values.periods import shown_day
from account.values.wall_times import WallTime
from bot.flows.approvals.texts import takeover_word
from bot.flows.changes import WORDS
from bot.flows.devices.texts import result_line
from bot.flows.sets.texts import count_word, kind_word

SECRET_CODE, WAY_IN = "secret.code", "way_in"
"""The kind of message that a secret code is sent by, and what is told there besides: the bot's
address, empty while it cannot be asked for.
"""


@dataclass(frozen=True, slots=True)
class Letter:
    """What an e-mail says; an SMS is its text alone."""

    subject: str
    text: str


def _reset_code(told: Mapping[str, str]) -> Letter:
    return Letter(
        _("My Account: one-time code"),
        _("My Account code: {code}. Valid 3 minutes. Tell it to nobody.").format(code=told["code"]),
    )


def _step_up_code(told: Mapping[str, str]) -> Letter:
    return Letter(
        _("My Account: one-time code"),
        WORDS[ActionKind(told["action"])].code().format(last4=told["last4"], code=told["code"]),
    )


def _set_code(told: Mapping[str, str]) -> Letter:
    return Letter(
        _("My Account: one-time code"),
        _(
            "My Account code for {what}, {numbers}, {reference}: {code}. Valid 3 minutes. Tell it "
            "to nobody."
        ).format(
            what=kind_word(ActionKind(told["action"])),
            numbers=count_word(int(told["numbers"])),
            reference=told["reference"],
            code=told["code"],
        ),
    )


def _schedule_code(told: Mapping[str, str]) -> Letter:
    what = _(WORDS[ActionKind(told["action"])].history)
    until = told.get("until")
    if until:
        text = _(
            "My Account code for the schedule {reference}: {what} …{last4}, next {at}, until "
            "{until}: {code}. Valid 3 minutes. Do not share it."
        )
    else:
        text = _(
            "My Account code for the schedule {reference}: {what} …{last4}, {at}: {code}. Valid 3 "
            "minutes. Do not share it."
        )
    return Letter(
        _("My Account: one-time code"),
        text.format(
            reference=told["reference"],
            what=what,
            last4=told["last4"],
            at=WallTime.read(told["at"]).shown,
            until=shown_day(date.fromisoformat(until)) if until else "",
            code=told["code"],
        ),
    )


def _identity_code(told: Mapping[str, str]) -> Letter:
    return Letter(
        _("My Account: one-time code"),
        WORDS[ActionKind(told["action"])]
        .identity_code()
        .format(last4=told["last4"], code=told["code"]),
    )


def _password_changed(_told: Mapping[str, str]) -> Letter:
    return Letter(_("My Account: password changed"), _("My Account: a new password was set."))


def _email_changed(told: Mapping[str, str]) -> Letter:
    return Letter(
        _("My Account: e-mail changed"),
        _("My Account: your registered e-mail is now {email}.").format(email=told["email"]),
    )


def _locked(_told: Mapping[str, str]) -> Letter:
    return Letter(
        _("My Account: wrong passwords"),
        _("My Account: login is paused after several wrong passwords."),
    )


def _new_telegram(_told: Mapping[str, str]) -> Letter:
    return Letter(
        _("My Account: new login"),
        _("My Account: your account was opened from a new Telegram account."),
    )


def _account_removed(_told: Mapping[str, str]) -> Letter:
    return Letter(
        _("My Account: Telegram account removed"),
        _("My Account: a Telegram account was removed from those known as yours."),
    )


def _frozen(_told: Mapping[str, str]) -> Letter:
    return Letter(
        _("My Account: changes stopped"),
        _(
            "My Account: changes in your name are stopped. To allow them again, set a new password "
            "in a Telegram account you used before."
        ),
    )


def _colleague_frozen(told: Mapping[str, str]) -> Letter:
    return Letter(
        _("My Account: changes stopped"),
        _(
            "My Account: {company}: changes in the name of {administrator} are stopped, somebody "
            "may act in their name."
        ).format(company=told["company"], administrator=told["administrator"]),
    )


def _login_number(told: Mapping[str, str]) -> Letter:
    return Letter(
        _("My Account: a number is taken over"),
        _(
            "My Account: {what} for your login number *{last4} was confirmed by an administrator."
        ).format(what=takeover_word(ActionKind(told["kind"])), last4=told["msisdn"][-4:]),
    )


def _taken_number(told: Mapping[str, str]) -> Letter:
    return Letter(
        _("My Account: a number is taken over"),
        _(
            "My Account: your company has confirmed for your number: {what}. If you did not expect "
            "it, contact your company or the operator."
        ).format(what=takeover_word(ActionKind(told["kind"]))),
    )


def _secret_code(told: Mapping[str, str]) -> Letter:
    if told.get(WAY_IN):
        text = _(
            "My Account secret code: {code}. Open {link} within 72 hours. Tell the code to nobody."
        ).format(code=told["code"], link=told[WAY_IN])
    else:
        text = _(
            "My Account secret code: {code}. With it you see your number in the My Account bot. "
            "Use it within 72 hours and tell it to nobody."
        ).format(code=told["code"])
    return Letter(_("My Account: secret code"), text)


def _device_result(told: Mapping[str, str]) -> Letter:
    """The result of a request about a device (S25-1)."""
    line = result_line(
        ActionKind(told["action"]),
        Imei(told["imei"]),
        done=told["done"] == "yes",
        reason_code=told["reason"] or None,
    )
    return Letter(
        _("My Account: device registration"),
        _("My Account: number …{last4}. {result} {reference}").format(
            last4=told["last4"], result=line, reference=told["reference"]
        ),
    )


def _announced(told: Mapping[str, str]) -> Letter:
    return Letter(
        _("My Account: a number is taken over"),
        _(
            "My Account: {what} for the number …{last4} of {company} was confirmed by another "
            "administrator. If it is not right, call corporate support."
        ).format(
            what=takeover_word(ActionKind(told["kind"])),
            last4=told["msisdn"][-4:],
            company=told["company"],
        ),
    )


def _sim_replaced(_told: Mapping[str, str]) -> Letter:
    return Letter(
        _("My Account: SIM card replaced"),
        _(
            "My Account: the SIM card of your number was replaced by your company. If you did not "
            "expect it, call your company or the operator."
        ),
    )


LETTERS: dict[str, Callable[[Mapping[str, str]], Letter]] = {
    "code.reset": _reset_code,
    "code.step_up": _step_up_code,
    "code.identify": _identity_code,
    "code.set": _set_code,
    "code.schedule": _schedule_code,
    SECRET_CODE: _secret_code,
    "sim.replaced": _sim_replaced,
    "takeover.announced": _announced,
    "device.result": _device_result,
    "password.changed": _password_changed,
    "login.locked": _locked,
    "email.changed": _email_changed,
    "login.new_telegram": _new_telegram,
    "account.removed": _account_removed,
    "account.frozen": _frozen,
    "colleague.frozen": _colleague_frozen,
    "takeover.login_number": _login_number,
    "takeover.number": _taken_number,
}
DISOWNED = frozenset(
    {
        "password.changed",
        "login.locked",
        "email.changed",
        "login.new_telegram",
        "account.removed",
        "takeover.login_number",
    }
)
"""Kinds after which the reader is told what to do if it was not them."""


def letter(kind: str, told: Mapping[str, str], link: str | None) -> Letter | None:
    """What an SMS or a letter of that kind says; None for no such kind.

    `link` is where its reader can say that it was not them.
    """
    word = LETTERS.get(kind)
    if word is None:
        return None
    said = word(told)
    if kind not in DISOWNED:
        return said
    if link is None:
        ending = _("If it was not you, contact corporate support at once.")
    else:
        ending = _("Not you? Stop changes: {link}").format(link=link)
    return Letter(said.subject, f"{said.text} {ending}")
