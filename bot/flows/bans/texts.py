"""What a change of a ban says (S17 to S19). ON forbids, OFF allows; no double negative (T2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiogram.utils.i18n import gettext as _

from account.changes.action import ActionKind
from account.chapters.bans import BAN, ON, WISH, Ban
from bot.flows.confirm.texts import ChangeWords

if TYPE_CHECKING:
    from account.changes.action import Action


def ban_word(ban: Ban) -> str:
    """What the ban is called."""
    return {
        Ban.ACCESS: _("Ban on MyKcell access"),
        Ban.DETAILS: _("Ban on MyKcell details access"),
        Ban.SMS_USSD: _("Ban on SMS / USSD control"),
    }[ban]


def turning(ban: Ban, *, on: bool) -> str:
    """What turning it does, short enough for a button of a narrow screen."""
    if on:
        return {
            Ban.ACCESS: _("Forbid MyKcell access"),
            Ban.DETAILS: _("Forbid details in MyKcell"),
            Ban.SMS_USSD: _("Forbid SMS / USSD control"),
        }[ban]
    return {
        Ban.ACCESS: _("Allow MyKcell access"),
        Ban.DETAILS: _("Allow details in MyKcell"),
        Ban.SMS_USSD: _("Allow SMS / USSD control"),
    }[ban]


def ban_shown(ban: Ban, *, on: bool) -> str:
    """The ban with its state and what that means."""
    if on:
        return {
            Ban.ACCESS: _("Ban on MyKcell access: <b>ON</b> (the employee cannot log in)"),
            Ban.DETAILS: _(
                "Ban on MyKcell details access: <b>ON</b> (the employee cannot see details)"
            ),
            Ban.SMS_USSD: _(
                "Ban on SMS / USSD control: <b>ON</b> (the employee cannot manage services)"
            ),
        }[ban]
    return {
        Ban.ACCESS: _("Ban on MyKcell access: <b>OFF</b> (the employee can log in)"),
        Ban.DETAILS: _("Ban on MyKcell details access: <b>OFF</b> (the employee can see details)"),
        Ban.SMS_USSD: _("Ban on SMS / USSD control: <b>OFF</b> (the employee can manage services)"),
    }[ban]


class BanWords(ChangeWords):
    """One ban, on or off."""

    kind = ActionKind.BAN

    def question(self, action: Action) -> str:
        """See `ChangeWords`."""
        return _("{deed} for {number}?").format(
            deed=self.button(action), number=action.msisdn.shown
        )

    def happens(self, action: Action) -> list[str]:
        """See `ChangeWords`; access also ends what is open at the moment (S18)."""
        if _forbids(action):
            return {
                Ban.ACCESS: [
                    _("the employee cannot log in; open sessions end at once"),
                    _("a secret code sent to the employee no longer works"),
                ],
                Ban.DETAILS: [_("the employee no longer sees usage details, also in open windows")],
                Ban.SMS_USSD: [_("the employee cannot manage services by SMS and USSD")],
            }[_ban(action)]
        return {
            Ban.ACCESS: [_("the employee can log in again")],
            Ban.DETAILS: [_("the employee sees usage details again")],
            Ban.SMS_USSD: [_("the employee can manage services by SMS and USSD again")],
        }[_ban(action)]

    def button(self, action: Action) -> str:
        """See `ChangeWords`."""
        return turning(_ban(action), on=_forbids(action))

    def done(self, action: Action) -> str:
        """See `ChangeWords`."""
        return _("{ban}: {state}").format(ban=ban_word(_ban(action)), state=_state(action))

    def not_done(self, action: Action) -> str:
        """See `ChangeWords`."""
        return _("{ban} was not changed").format(ban=ban_word(_ban(action)))

    def code(self) -> str:
        """See `ChangeWords`."""
        return _(
            "My Account code to change a ban of the number …{last4}: {code}. Valid 3 minutes. "
            "Tell it to nobody."
        )


def _ban(action: Action) -> Ban:
    return Ban(action.parameters[BAN])


def _forbids(action: Action) -> bool:
    return action.parameters[WISH] == ON


def _state(action: Action) -> str:
    return _("ON") if _forbids(action) else _("OFF")
