"""What a balance transfer says (S37)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from aiogram.utils.i18n import gettext as _
from typing_extensions import override

from account.changes.action import ActionKind
from account.chapters.transfers import (
    FEE,
    RECIPIENT_HAS,
    RECIPIENT_LEFT,
    SENDER_HAS,
    SENDER_LEFT,
    TIYN,
    TO,
)
from account.effects.history import What
from account.values.identifiers import Msisdn
from account.values.money import Money
from bot.flows.confirm.texts import ChangeWords
from bot.texts.facts import language
from bot.widgets.deep_links import to_number
from documents.text.marker import N_

if TYPE_CHECKING:
    from aiogram.types import InlineKeyboardButton

    from account.changes.action import Action
    from account.effects.history import Entry
    from account.values.number import NumberState


class TransferWords(ChangeWords):
    """One transfer: who gives, who gets, how much."""

    kind = ActionKind.TRANSFER
    history = N_("Balance transfer")

    @override
    def question(self, action: Action) -> str:
        return _("Transfer {amount} from {sender} to {recipient}?").format(
            amount=shown(action.parameters, TIYN),
            sender=action.msisdn.shown,
            recipient=_recipient(action).shown,
        )

    @override
    def happens(self, action: Action) -> list[str]:
        """Both balances before, and the fee (S37-4, S37-5)."""
        told = action.parameters
        balance = _("balance of {number} now: {amount}")
        lines = [
            balance.format(number=number.shown, amount=shown(told, has) if has in told else "—")
            for number, has in (
                (action.msisdn, SENDER_HAS),
                (_recipient(action), RECIPIENT_HAS),
            )
        ]
        if _money(told, FEE):
            lines.append(_("fee: {amount}, paid by the sender").format(amount=shown(told, FEE)))
        else:
            lines.append(_("there is no fee"))
        return lines

    @override
    def warnings(self, action: Action, login: Msisdn | None) -> list[str]:
        """Said before the confirmation (S37-6)."""
        return [_("a transfer cannot be taken back")]

    @override
    def button(self, action: Action) -> str:
        return _("💸 Transfer {amount}").format(amount=shown(action.parameters, TIYN))

    @override
    def done(self, action: Action) -> str:
        return _("Transferred: {amount}").format(amount=shown(action.parameters, TIYN))

    @override
    def not_done(self, action: Action) -> str:
        return _("Not transferred: {amount}").format(amount=shown(action.parameters, TIYN))

    @override
    def told(self, entry: Entry) -> str:
        return transfer_told(entry)

    @override
    def code(self) -> str:
        return _(
            "My Account code to transfer money from the number …{last4}: {code}. Valid 3 minutes. "
            "Tell it to nobody."
        )

    @override
    def receipt(self, action: Action, told: Mapping[str, str]) -> list[str]:
        """To whom, and both balances after as the operator told them (S37-5)."""
        lines = [_("Recipient: {number}").format(number=_recipient(action).shown)]
        balance = _("Balance of {number}: {amount}")
        for number, name in (
            (action.msisdn, SENDER_LEFT),
            (_recipient(action), RECIPIENT_LEFT),
        ):
            if name in told:
                lines.append(balance.format(number=number.shown, amount=shown(told, name)))
        if _money(told, FEE):
            lines.append(_("Fee: {amount}").format(amount=shown(told, FEE)))
        return lines

    @override
    def below(
        self,
        action: Action,
        state: NumberState | None,
    ) -> list[InlineKeyboardButton]:
        """The other number."""
        return [to_number(_recipient(action))]


def transfer_told(entry: Entry) -> str:
    """`1 000 ₸ → +7 …` of the sender's history, `1 000 ₸ ← +7 …` of the recipient's."""
    arrow = "←" if entry.what == What.TRANSFER_IN else "→"
    return f"{shown(entry.parameters, TIYN)} {arrow} {Msisdn(entry.parameters[TO]).shown}"


def shown(told: Mapping[str, str], name: str) -> str:
    """An amount of the parameters or of the receipt."""
    return _money(told, name).shown(language())


def _money(told: Mapping[str, str], name: str) -> Money:
    return Money(int(told.get(name, "0")))


def _recipient(action: Action) -> Msisdn:
    return Msisdn(action.parameters[TO])


WORDS = (TransferWords(),)
