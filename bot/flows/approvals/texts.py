"""What is said around a change that takes a number over: before it, and to whom it is up to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from aiogram.utils.i18n import gettext as _

from account.changes.action import Action, ActionKind, ActionState
from account.changes.sensitive_numbers import APPROVAL_WITHDRAWN
from account.values.identifiers import Msisdn
from account.values.periods import shown_moment
from bot.flows.changes import WORDS
from bot.widgets.text import Html, said

APPROVE, REJECT = "ap:y:", "ap:n:"
"""Callback data of the two buttons; behind it stands the token."""


def takeover_word(kind: ActionKind) -> str:
    """What a change that takes a number over is called."""
    return {
        ActionKind.SIM_REPLACE: _("SIM card replacement"),
        ActionKind.FORWARDING_SET: _("Call forwarding"),
    }[kind]


def before_takeover(*, second: bool) -> list[str]:
    """What the summary adds, a line each (S16-5)."""
    lines = [
        _(
            "for 72 hours after it no codes go to the number by SMS, and no balance can be "
            "transferred from it"
        ),
        _("the company's other administrators are told before it is done"),
    ]
    if second:
        lines.append(
            _("it is an administrator's login number: a second administrator has to approve")
        )
    return lines


def consequences(
    action: Action,
    *,
    login: Msisdn | None,
    takes_over: bool,
    second: bool,
    held: bool,
    further: Sequence[str] = (),
) -> list[Html]:
    """What follows from a change, a line each: the same to who confirms it and to who approves it.

    `login` is the number that who asks logs in with, where it is known; `further` comes before the
    warnings.
    """
    words = WORDS[action.kind]
    happens = [*words.happens(action), *(before_takeover(second=second) if takes_over else ())]
    return [
        *(said("• {line}", line=line) for line in (*happens, *further)),
        *(said("⚠️ {line}", line=line) for line in words.warnings(action, login)),
        *([said("⏸ {line}", line=before_hold())] if held else []),
    ]


def before_hold() -> str:
    """What the question adds while the operator's people hold such changes."""
    return _(
        "the operator has put such changes on hold: once confirmed it waits and nothing changes "
        "yet; if the hold lasts for over an hour, it is cancelled and you are told"
    )


def asked(
    action: Action, company: str, token: str, *, held: bool = False
) -> tuple[Html, InlineKeyboardMarkup]:
    """The question to a second administrator: who asks, what for, and until when."""
    words = WORDS[action.kind]
    until = action.approvable_until
    lines = [
        _header(company, action.msisdn),
        said("\n<b>{question}</b>", question=words.question(action)),
        said(
            _("{administrator} asks for this, and a second administrator has to approve it."),
            administrator=action.administrator,
        ),
        Html(""),
        *consequences(action, login=None, takes_over=True, second=True, held=held),
        said(
            "\n" + _("Valid until {time} · action {reference}"),
            time="" if until is None else shown_moment(until),
            reference=action.reference or "",
        ),
    ]
    buttons = [
        [
            InlineKeyboardButton(text=_("Approve"), callback_data=APPROVE + token, style="success"),
            InlineKeyboardButton(text=_("Reject"), callback_data=REJECT + token, style="danger"),
        ]
    ]
    return Html("\n".join(lines)), InlineKeyboardMarkup(inline_keyboard=buttons)


def closed(action: Action, company: str) -> Html:
    """What stands in the place of the question once somebody else has decided it."""
    word = word_of(action)
    if action.reason_code == APPROVAL_WITHDRAWN:
        word = _(
            "{administrator} asked for this and has withdrawn the request · action {reference}"
        )
        word = word.format(administrator=action.administrator, reference=action.reference or "")
    lines = [
        _header(company, action.msisdn),
        said("\n<b>{question}</b>", question=WORDS[action.kind].question(action)),
        said("{word}", word=word),
    ]
    return Html("\n".join(lines))


def word_of(action: Action, *, held: bool = False) -> str:
    """What has become of it, to whom presses one of the buttons."""
    reference = action.reference or ""
    if action.reason_code == APPROVAL_WITHDRAWN:
        return _("The request was withdrawn · action {reference}").format(reference=reference)
    if action.state is ActionState.REJECTED:
        return _("Not approved · action {reference}").format(reference=reference)
    if held and action.state is ActionState.ACCEPTED:
        return _(
            "Approved · action {reference}. The operator has put such changes on hold: it waits, "
            "and who asked for it is told the result"
        ).format(reference=reference)
    if action.state is ActionState.DONE:
        return _("Approved and done · action {reference}").format(reference=reference)
    return _("Approved, the operator has it · action {reference}").format(reference=reference)


def announced(told: Mapping[str, str]) -> Html:
    """To the other administrators in their chats, before it takes effect."""
    text = said(
        _(
            "{administrator} has confirmed: {what}. The operator gets it now. If it is not right, "
            "call corporate support at once."
        ),
        administrator=told["administrator"],
        what=takeover_word(ActionKind(told["kind"])),
    )
    return Html(f"{_header(told['company'], Msisdn(told['msisdn']))}\n\n{text}")


def _header(company: str, msisdn: Msisdn) -> Html:
    return said("{company} › <b>{number}</b>", company=company, number=msisdn.shown)
