"""What a change of a ban says (S17 to S19). ON forbids, OFF allows; no double negative (T2)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiogram.utils.i18n import gettext as _
from typing_extensions import override

from account.changes.action import ActionKind
from account.chapters.bans import BanParameters
from account.values.number import Ban
from bot.flows.confirm.texts import ChangeWords
from documents.text.marker import N_

if TYPE_CHECKING:
    from account.changes.action import Action
    from account.effects.history import HistoryEntry


@dataclass(frozen=True, slots=True)
class BanTexts:
    """What one ban is called, and what is said when it is turned; all of it for gettext."""

    name: str
    short: str
    forbid: str
    """What turning it on does, short enough for a button of a narrow screen; `allow` off."""
    allow: str
    is_on: str
    is_off: str
    forbids: tuple[str, ...]
    """What will happen, a line each."""
    allows: tuple[str, ...]


TEXTS: Mapping[Ban, BanTexts] = {
    Ban.ACCESS: BanTexts(
        name=N_("Ban on MyKcell access"),
        short=N_("MyKcell access"),
        forbid=N_("Forbid MyKcell access"),
        allow=N_("Allow MyKcell access"),
        is_on=N_("Ban on MyKcell access: <b>ON</b> (the employee cannot log in)"),
        is_off=N_("Ban on MyKcell access: <b>OFF</b> (the employee can log in)"),
        forbids=(
            N_("the employee cannot log in; open sessions end at once"),
            N_("a secret code sent to the employee no longer works"),
        ),
        allows=(N_("the employee can log in again"),),
    ),
    Ban.DETAILS: BanTexts(
        name=N_("Ban on MyKcell details access"),
        short=N_("MyKcell details"),
        forbid=N_("Forbid details in MyKcell"),
        allow=N_("Allow details in MyKcell"),
        is_on=N_("Ban on MyKcell details access: <b>ON</b> (the employee cannot see details)"),
        is_off=N_("Ban on MyKcell details access: <b>OFF</b> (the employee can see details)"),
        forbids=(N_("the employee no longer sees usage details, also in open windows"),),
        allows=(N_("the employee sees usage details again"),),
    ),
    Ban.SMS_USSD: BanTexts(
        name=N_("Ban on SMS / USSD control"),
        short=N_("SMS / USSD control"),
        forbid=N_("Forbid SMS / USSD control"),
        allow=N_("Allow SMS / USSD control"),
        is_on=N_("Ban on SMS / USSD control: <b>ON</b> (the employee cannot manage services)"),
        is_off=N_("Ban on SMS / USSD control: <b>OFF</b> (the employee can manage services)"),
        forbids=(N_("the employee cannot manage services by SMS and USSD"),),
        allows=(N_("the employee can manage services by SMS and USSD again"),),
    ),
}


def turning(ban: Ban, *, on: bool) -> str:
    """What turning it does, short enough for a button of a narrow screen."""
    return _(TEXTS[ban].forbid if on else TEXTS[ban].allow)


def ban_shown(ban: Ban, *, on: bool) -> str:
    """The ban with its state and what that means."""
    return _(TEXTS[ban].is_on if on else TEXTS[ban].is_off)


def bans_in_short(bans: Collection[Ban]) -> str:
    """The bans that are on, in one line."""
    on = [_(TEXTS[ban].short) for ban in Ban if ban in bans]
    return _("Bans: {bans}").format(bans=", ".join(on) if on else _("none"))


class BanWords(ChangeWords[BanParameters]):
    """One ban, on or off."""

    kind = ActionKind.BAN
    history = N_("Ban")

    @override
    def question(self, action: Action[BanParameters]) -> str:
        return _("{deed} for {number}?").format(
            deed=self.button(action), number=action.msisdn.shown
        )

    @override
    def happens(self, action: Action[BanParameters]) -> list[str]:
        """Access also ends what is open at the moment (S18)."""
        texts = TEXTS[action.parameters.ban]
        return [_(line) for line in (texts.forbids if action.parameters.on else texts.allows)]

    @override
    def button(self, action: Action[BanParameters]) -> str:
        return turning(action.parameters.ban, on=action.parameters.on)

    @override
    def done(self, action: Action[BanParameters]) -> str:
        return _("{ban}: {state}").format(
            ban=_(TEXTS[action.parameters.ban].name), state=_state(action)
        )

    @override
    def not_done(self, action: Action[BanParameters]) -> str:
        return _("{ban} was not changed").format(ban=_(TEXTS[action.parameters.ban].name))

    @override
    def told(self, entry: HistoryEntry) -> str:
        asked = BanParameters.read(entry.parameters, {})
        return _("{ban}: {state}").format(
            ban=_(TEXTS[asked.ban].name), state=_("ON") if asked.on else _("OFF")
        )

    @override
    def code(self) -> str:
        return _(
            "My Account code to change a ban of the number …{last4}: {code}. Valid 3 minutes. "
            "Tell it to nobody."
        )


def _state(action: Action[BanParameters]) -> str:
    return _("ON") if action.parameters.on else _("OFF")


WORDS = (BanWords(),)
