"""What sending and deleting a secret code says (S14)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiogram.utils.i18n import gettext as _
from typing_extensions import override

from account.access.secret_codes import (
    FIRST_USE_WITHIN,
    UNDELIVERED,
    SecretCodeStatus,
    SendCodeParameters,
)
from account.changes.action import ActionKind
from account.changes.parameters import ChangeParameters
from account.values.periods import shown_moment
from bot.flows.confirm.texts import ChangeWords
from bot.texts.facts import number_label
from bot.widgets.text import Html, said
from documents.text.marker import N_

if TYPE_CHECKING:
    from account.changes.action import Action


class SendCodeWords(ChangeWords[SendCodeParameters]):
    """A code for the user of the number."""

    kind = ActionKind.SECRET_SEND
    history = N_("Secret code sent")

    @override
    def question(self, action: Action[SendCodeParameters]) -> str:
        return _("Send a secret code to {number}?").format(number=action.msisdn.shown)

    @override
    def happens(self, action: Action[SendCodeParameters]) -> list[str]:
        return [
            _("the code goes to the number itself by SMS; it is not shown here"),
            _("with it the user of the number sees its information and usage details"),
            _("the user cannot switch services or change anything"),
            _("an earlier code stops working"),
            _("the code is to be used within 72 hours"),
        ]

    @override
    def button(self, action: Action[SendCodeParameters]) -> str:
        return number_label(_("✉️ Send the code to {number}"), action.msisdn)

    @override
    def done(self, action: Action[SendCodeParameters]) -> str:
        return _("Secret code sent by SMS")

    @override
    def not_done(self, action: Action[SendCodeParameters]) -> str:
        return _("Secret code not sent")

    @override
    def why(self, action: Action[SendCodeParameters]) -> str:
        if action.reason_code != UNDELIVERED:
            return ""
        return _("The SMS could not be delivered to the number; the code in it does not work.")

    @override
    def code(self) -> str:
        return _(
            "My Account code to send a secret code to …{last4}: {code}. Valid 3 minutes. "
            "Tell it to nobody."
        )


class DeleteCodeWords(ChangeWords[ChangeParameters]):
    """The end of it."""

    kind = ActionKind.SECRET_DELETE
    history = N_("Secret code deleted")
    danger = True

    @override
    def question(self, action: Action[ChangeParameters]) -> str:
        return _("Delete the secret code of {number}?").format(number=action.msisdn.shown)

    @override
    def happens(self, action: Action[ChangeParameters]) -> list[str]:
        return [
            _("the user of the number no longer sees its information, also in open windows"),
            _("you can send a new code at any time"),
        ]

    @override
    def button(self, action: Action[ChangeParameters]) -> str:
        return number_label(_("🗑 Delete the code of {number}"), action.msisdn)

    @override
    def done(self, action: Action[ChangeParameters]) -> str:
        return _("Secret code deleted")

    @override
    def not_done(self, action: Action[ChangeParameters]) -> str:
        return _("Secret code not deleted")

    @override
    def code(self) -> str:
        return _(
            "My Account code to delete the secret code of …{last4}: {code}. Valid 3 minutes. "
            "Tell it to nobody."
        )


def status_of(now: SecretCodeStatus) -> Html:
    """What is said of the number's code."""
    code = now.code
    if code is None:
        return Html(_("Secret code: none"))
    lines = [said(_("Secret code: sent {at}"), at=shown_moment(code.sent_at))]
    if code.used_at is not None:
        lines.append(said(_("In use since {at}"), at=shown_moment(code.used_at)))
    else:
        until = shown_moment(code.sent_at + FIRST_USE_WITHIN)
        lines.append(said(_("Not used yet; to be used until {at}"), at=until))
    return Html("\n".join(lines))


WORDS = (
    SendCodeWords(),
    DeleteCodeWords(),
)
