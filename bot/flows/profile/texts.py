"""The words of another registered e-mail address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from aiogram.utils.i18n import gettext as _
from typing_extensions import override

from account.access.profile_email import EmailParameters
from account.changes.action import ActionKind
from account.errors import (
    CompanyNotAccessible,
    ConfirmStale,
    EmailFrozen,
    EmailInvalid,
    EmailSame,
)
from bot.flows.confirm.texts import ChangeWords
from documents.text.marker import N_

if TYPE_CHECKING:
    from account.changes.action import Action


class EmailWords(ChangeWords[EmailParameters]):
    """The address to which codes and reports go."""

    kind = ActionKind.EMAIL
    history = N_("E-mail changed")
    of_number = False

    @override
    def question(self, action: Action[EmailParameters]) -> str:
        return _("Register the e-mail {email}?").format(email=action.parameters.email.address)

    @override
    def happens(self, action: Action[EmailParameters]) -> list[str]:
        was = action.parameters.was
        told = (
            _(
                "your current address {email}, your phone and your Telegram accounts will be "
                "notified"
            ).format(email=was)
            if was
            else _("your phone and your Telegram accounts will be notified")
        )
        return [
            _("reports that go by e-mail will go to this address"),
            _("one-time codes will go to it after 72 hours; until then they go where they go now"),
            told,
        ]

    @override
    def identity(self) -> str:
        return _(
            "first prove that it is you: by your password, or by a one-time code sent to where "
            "your codes go now; then a code goes to the new address"
        )

    @override
    def identity_code(self) -> str:
        """Who reads it without having asked learns what is going on."""
        return _(
            "My Account: {code} is the code to change your e-mail. Valid 3 minutes. Do not share "
            "it."
        )

    @override
    def proof(self) -> str:
        return _("a one-time code is needed, sent to the new address")

    @override
    def proof_sent(self) -> str:
        return _(
            "The code was sent to the new address and is valid for 3 minutes. The right code does "
            "it at once."
        )

    @override
    def enter(self, action: Action[EmailParameters]) -> str:
        return _("🔒 Enter the 6 digits to register the new e-mail.")

    @override
    def button(self, action: Action[EmailParameters]) -> str:
        return _("✉️ Register the new e-mail")

    @override
    def done(self, action: Action[EmailParameters]) -> str:
        return _("E-mail changed")

    @override
    def not_done(self, action: Action[EmailParameters]) -> str:
        return _("E-mail not changed")

    @override
    def receipt(self, action: Action[EmailParameters], told: Mapping[str, str]) -> list[str]:
        if action.reason_code == ConfirmStale.code:
            return [_("It has been changed again since.")]
        return [_("Registered e-mail: {email}").format(email=action.parameters.email.address)]

    @override
    def why(self, action: Action[EmailParameters]) -> str:
        return {
            ConfirmStale.code: _("The registered e-mail changed after you saw the summary."),
            EmailSame.code: _("This address is the registered one."),
            EmailInvalid.code: _("The operator does not take this address."),
            EmailFrozen.code: _(
                "For 72 hours after a SIM replacement or a change of call forwarding of your "
                "number the e-mail cannot be changed."
            ),
            CompanyNotAccessible.code: _("You are no administrator of any company any more."),
        }.get(action.reason_code or "", "")

    @override
    def code(self) -> str:
        """It goes by e-mail, and to who may know nothing of it."""
        return _(
            "My Account code to confirm this e-mail address for the administrator …{last4}: "
            "{code}. Valid 3 minutes. If you know nothing of it, delete this letter."
        )


WORDS = (EmailWords(),)
