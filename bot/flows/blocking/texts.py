"""What a block and an unblock say (S15)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiogram.utils.i18n import gettext as _
from typing_extensions import override

from account.changes.action import ActionKind
from account.changes.parameters import ChangeParameters
from account.chapters.blocking import BlockParameters, BlockReason
from account.values.number import NumberState
from bot.flows.confirm.texts import ChangeWords
from bot.texts.facts import number_label, reason_word
from bot.widgets.deep_links import asking, to_payments
from documents.text.marker import N_

if TYPE_CHECKING:
    from aiogram.types import InlineKeyboardButton

    from account.changes.action import Action
    from account.effects.history import HistoryEntry
    from account.values.identifiers import Msisdn


class BlockWords(ChangeWords[BlockParameters]):
    """Active → Blocked."""

    kind = ActionKind.BLOCK
    history = N_("Block")
    danger = True

    @override
    def question(self, action: Action[BlockParameters]) -> str:
        return _("Block {number}?").format(number=action.msisdn.shown)

    @override
    def happens(self, action: Action[BlockParameters]) -> list[str]:
        """What stops and what goes on all the same (S15-3)."""
        return [
            _("incoming and outgoing calls, SMS and data stop at once"),
            _("the monthly fee may go on"),
            _("call forwarding stays set but does not act"),
            _("you can unblock it here at any time"),
        ]

    @override
    def warnings(self, action: Action[BlockParameters], login: Msisdn | None) -> list[str]:
        """One's own login number gets no codes while it is blocked (S15-4)."""
        if action.msisdn != login:
            return []
        return [_("this is your own login number: codes by SMS cannot reach you while blocked")]

    @override
    def button(self, action: Action[BlockParameters]) -> str:
        return number_label(_("⛔ Block {number}"), action.msisdn)

    @override
    def done(self, action: Action[BlockParameters]) -> str:
        return _("Blocked")

    @override
    def not_done(self, action: Action[BlockParameters]) -> str:
        return _("Not blocked")

    @override
    def enter(self, action: Action[BlockParameters]) -> str:
        return _("🔒 Enter the 6 digits to block {number}.").format(number=action.msisdn.shown)

    @override
    def code(self) -> str:
        return _(
            "My Account code to block the number …{last4}: {code}. Valid 3 minutes. "
            "Tell it to nobody."
        )

    @override
    def choices(self, action: Action[BlockParameters]) -> list[tuple[str, str]]:
        """The reasons to choose from, the chosen one marked (S15-1)."""
        chosen = action.parameters.reason
        return [
            (f"{reason_word(reason)} ✓" if reason == chosen else reason_word(reason), reason.value)
            for reason in BlockReason
        ]

    @override
    def told(self, entry: HistoryEntry) -> str:
        reason = BlockParameters.read(entry.parameters, {}).reason
        return "" if reason is None else reason_word(reason)

    @override
    def hint(self, action: Action[BlockParameters]) -> str:
        return _("You may name a reason; the actions history keeps it.")

    @override
    def chosen(self, action: Action[BlockParameters], value: str) -> BlockParameters | None:
        """Tell a reason, or take it back by choosing it again."""
        if value not in set(BlockReason):
            return None
        taken_back = action.parameters.reason == value
        return BlockParameters(None if taken_back else BlockReason(value))

    @override
    def below(
        self, action: Action[BlockParameters], state: NumberState | None
    ) -> list[InlineKeyboardButton]:
        return _next_question(action.msisdn, state)


class UnblockWords(ChangeWords[ChangeParameters]):
    """Blocked → Active."""

    kind = ActionKind.UNBLOCK
    history = N_("Unblock")

    @override
    def question(self, action: Action[ChangeParameters]) -> str:
        return _("Unblock {number}?").format(number=action.msisdn.shown)

    @override
    def happens(self, action: Action[ChangeParameters]) -> list[str]:
        return [_("calls, SMS and data work again")]

    @override
    def button(self, action: Action[ChangeParameters]) -> str:
        return number_label(_("🟢 Unblock {number}"), action.msisdn)

    @override
    def done(self, action: Action[ChangeParameters]) -> str:
        return _("Unblocked")

    @override
    def not_done(self, action: Action[ChangeParameters]) -> str:
        return _("Not unblocked")

    @override
    def enter(self, action: Action[ChangeParameters]) -> str:
        return _("🔒 Enter the 6 digits to unblock {number}.").format(number=action.msisdn.shown)

    @override
    def code(self) -> str:
        return _(
            "My Account code to unblock the number …{last4}: {code}. Valid 3 minutes. "
            "Tell it to nobody."
        )

    @override
    def below(
        self, action: Action[ChangeParameters], state: NumberState | None
    ) -> list[InlineKeyboardButton]:
        return _next_question(action.msisdn, state)


def _next_question(msisdn: Msisdn, state: NumberState | None) -> list[InlineKeyboardButton]:
    """The other way round, where the state allows it."""
    if state is NumberState.ACTIVE:
        label = number_label(_("⛔ Block {number}"), msisdn)
        return [asking(ActionKind.BLOCK, msisdn, label, danger=True)]
    if state is NumberState.BLOCKED:
        label = number_label(_("🔒 Unblock {number}"), msisdn)
        return [asking(ActionKind.UNBLOCK, msisdn, label)]
    if state is NumberState.DEBT:
        return [to_payments(msisdn)]
    return []


WORDS = (
    BlockWords(),
    UnblockWords(),
)
