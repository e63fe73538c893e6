"""What a balance transfer says (S37)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from aiogram.utils.i18n import gettext as _
from typing_extensions import override

from account.changes.action import ActionKind
from account.chapters.transfers import FEE, RECIPIENT_LEFT, SENDER_LEFT, TransferParameters
from account.effects.history import HistoryEvent
from account.values.identifiers import Msisdn
from account.values.money import Money
from bot.flows.confirm.texts import ChangeWords
from bot.texts.facts import language
from bot.widgets.deep_links import to_number
from documents.text.marker import N_

if TYPE_CHECKING:
    from aiogram.types import InlineKeyboardButton

    from account.changes.action import Action
    from account.effects.history import HistoryEntry
    from account.values.number import NumberState


class TransferWords(ChangeWords[TransferParameters]):
    """One transfer: who gives, who gets, how much."""

    kind = ActionKind.TRANSFER
    history = N_("Balance transfer")

    @override
    def question(self, action: Action[TransferParameters]) -> str:
        return _("Transfer {amount} from {sender} to {recipient}?").format(
            amount=money_shown(action.parameters.amount),
            sender=action.msisdn.shown,
            recipient=action.parameters.recipient.shown,
        )

    @override
    def happens(self, action: Action[TransferParameters]) -> list[str]:
        """Both balances before, and the fee (S37-4, S37-5)."""
        asked = action.parameters
        balance = _("balance of {number} now: {amount}")
        lines = [
            balance.format(number=number.shown, amount="—" if has is None else money_shown(has))
            for number, has in (
                (action.msisdn, asked.sender_has),
                (asked.recipient, asked.recipient_has),
            )
        ]
        if asked.fee:
            fee = money_shown(asked.fee)
            lines.append(_("fee: {amount}, paid by the sender").format(amount=fee))
        else:
            lines.append(_("there is no fee"))
        return lines

    @override
    def warnings(self, action: Action[TransferParameters], login: Msisdn | None) -> list[str]:
        """Said before the confirmation (S37-6)."""
        return [_("a transfer cannot be taken back")]

    @override
    def button(self, action: Action[TransferParameters]) -> str:
        return _("💸 Transfer {amount}").format(amount=money_shown(action.parameters.amount))

    @override
    def done(self, action: Action[TransferParameters]) -> str:
        return _("Transferred: {amount}").format(amount=money_shown(action.parameters.amount))

    @override
    def not_done(self, action: Action[TransferParameters]) -> str:
        return _("Not transferred: {amount}").format(amount=money_shown(action.parameters.amount))

    @override
    def told(self, entry: HistoryEntry) -> str:
        return transfer_told(entry)

    @override
    def enter(self, action: Action[TransferParameters]) -> str:
        return _("🔒 Enter the 6 digits to transfer {amount} to {recipient}.").format(
            amount=money_shown(action.parameters.amount),
            recipient=action.parameters.recipient.shown,
        )

    @override
    def code(self) -> str:
        return _(
            "My Account code to transfer money from the number …{last4}: {code}. Valid 3 minutes. "
            "Tell it to nobody."
        )

    @override
    def receipt(self, action: Action[TransferParameters], told: Mapping[str, str]) -> list[str]:
        """To whom, and both balances after as the operator told them (S37-5)."""
        lines = [_("Recipient: {number}").format(number=action.parameters.recipient.shown)]
        balance = _("Balance of {number}: {amount}")
        for number, name in (
            (action.msisdn, SENDER_LEFT),
            (action.parameters.recipient, RECIPIENT_LEFT),
        ):
            if name in told:
                left = money_shown(_of_receipt(told, name))
                lines.append(balance.format(number=number.shown, amount=left))
        if fee := _of_receipt(told, FEE):
            lines.append(_("Fee: {amount}").format(amount=money_shown(fee)))
        return lines

    @override
    def below(
        self,
        action: Action[TransferParameters],
        state: NumberState | None,
    ) -> list[InlineKeyboardButton]:
        """The other number."""
        return [to_number(action.parameters.recipient)]


def transfer_told(entry: HistoryEntry) -> str:
    """`1 000 ₸ → +7 …` of the sender's history, `1 000 ₸ ← +7 …` of the recipient's."""
    asked = TransferParameters.read(entry.parameters, {})
    arrow = "←" if entry.what == HistoryEvent.TRANSFER_IN else "→"
    return f"{money_shown(asked.amount)} {arrow} {asked.recipient.shown}"


def money_shown(money: Money) -> str:
    """An amount in the person's language."""
    return money.shown(language())


def _of_receipt(told: Mapping[str, str], name: str) -> Money:
    return Money(int(told.get(name, "0")))


WORDS = (TransferWords(),)
