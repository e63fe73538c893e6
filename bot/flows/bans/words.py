"""What a change of a ban says (S17 to S19). ON forbids, OFF allows; no double negative (T2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiogram.utils.i18n import gettext as _

from account.actions import ActionKind
from account.bans import BAN, ON, WISH, Ban
from bot.flows.confirm.words import ChangeWords

if TYPE_CHECKING:
    from account.actions import Action


def ban_word(ban: Ban) -> str:
    """What the ban is called."""
    return {
        Ban.ACCESS: _("Ban on MyKcell access"),
        Ban.DETAILS: _("Ban on MyKcell details access"),
        Ban.SMS_USSD: _("Ban on SMS / USSD control"),
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
        return _("{ban}: {state} for {number}?").format(
            ban=ban_word(_ban(action)), state=_state(action), number=action.msisdn.shown
        )

    def happens(self, action: Action) -> list[str]:
        """See `ChangeWords`; access also ends what is open at the moment (S18)."""
        forbids = action.parameters[WISH] == ON
        if forbids:
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
        return _("{state}: {ban}").format(state=_state(action), ban=ban_word(_ban(action)))

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


def _state(action: Action) -> str:
    return _("ON") if action.parameters[WISH] == ON else _("OFF")
