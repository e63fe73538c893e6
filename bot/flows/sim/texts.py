"""What the showing of PIN and PUK and a SIM replacement say (S08, S16)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiogram.utils.i18n import gettext as _
from typing_extensions import override

from account.changes.action import ActionKind
from account.changes.parameters import ChangeParameters
from account.chapters.sim import ESIM, ICCID, ReplaceParameters
from bot.flows.confirm.texts import ChangeWords
from bot.flows.esim.texts import by_esim, to_activation_code
from bot.flows.sim.revealing import reveal
from bot.texts.facts import number_label
from documents.text.marker import N_

if TYPE_CHECKING:
    from aiogram.types import InlineKeyboardButton
    from aiogram_dialog import DialogManager

    from account.changes.action import Action
    from account.effects.history import HistoryEntry
    from account.values.identifiers import Msisdn
    from account.values.number import NumberState


class RevealWords(ChangeWords[ChangeParameters]):
    """The first PIN and PUK, shown once."""

    kind = ActionKind.SIM_REVEAL
    history = N_("PIN and PUK shown")

    @override
    def question(self, action: Action[ChangeParameters]) -> str:
        return _("Show PIN and PUK of {number}?").format(number=action.msisdn.shown)

    @override
    def happens(self, action: Action[ChangeParameters]) -> list[str]:
        """Once, and that it is remembered (S08-1, S08-2)."""
        return [
            _("they are shown once, in a message that is removed after a minute"),
            _("they are kept nowhere"),
            _("they are the card's initial codes; the user may have changed them"),
            _("the actions history keeps that they were shown to you"),
        ]

    @override
    def button(self, action: Action[ChangeParameters]) -> str:
        return _("Show PIN and PUK")

    @override
    def done(self, action: Action[ChangeParameters]) -> str:
        return _("PIN and PUK were shown")

    @override
    def not_done(self, action: Action[ChangeParameters]) -> str:
        return _("PIN and PUK were not shown")

    @override
    def enter(self, action: Action[ChangeParameters]) -> str:
        number = action.msisdn.shown
        return _("🔒 Enter the 6 digits to show PIN and PUK of {number}.").format(number=number)

    @override
    def proof_sent(self) -> str:
        return _(
            "The code was sent to your number or e-mail and is valid for 3 minutes. The right "
            "code shows them at once."
        )

    @override
    def code(self) -> str:
        return _(
            "My Account code to show PIN and PUK of the number …{last4}: {code}. Valid 3 minutes. "
            "Tell it to nobody."
        )

    @override
    async def pressed(self, manager: DialogManager, token: str, typed: str) -> bool:
        await reveal(manager, token, typed)
        return True


class ReplaceWords(ChangeWords[ReplaceParameters]):
    """Another card in the place of the present one."""

    kind = ActionKind.SIM_REPLACE
    history = N_("SIM card replacement")
    danger = True

    @override
    def question(self, action: Action[ReplaceParameters]) -> str:
        return _("Replace the SIM card of {number}?").format(number=action.msisdn.shown)

    @override
    def happens(self, action: Action[ReplaceParameters]) -> list[str]:
        """What stops with the present card (S16-4)."""
        asked = action.parameters
        return [
            *(by_esim(asked) if asked.esim else _by_card(asked)),
            _("PIN and PUK become those of the new card"),
            _("the secret code of the number is deleted"),
        ]

    @override
    def warnings(self, action: Action[ReplaceParameters], login: Msisdn | None) -> list[str]:
        """Who moves their own login number may be shown no activation code (S16-5)."""
        if not action.parameters.esim or action.msisdn != login:
            return []
        return [
            _(
                "this is your own login number: for 72 hours your codes come by e-mail alone, and "
                "without an e-mail the activation code cannot be shown to you"
            )
        ]

    @override
    def told(self, entry: HistoryEntry) -> str:
        card = entry.parameters.get(ICCID, "")
        return f"eSIM {card}" if ESIM in entry.parameters else card

    @override
    def button(self, action: Action[ReplaceParameters]) -> str:
        return number_label(_("Replace the SIM card of {number}"), action.msisdn)

    @override
    def done(self, action: Action[ReplaceParameters]) -> str:
        """The card that was read back, and which has ended with it."""
        asked = action.parameters
        if asked.esim and asked.replaces is not None:
            return _("eSIM in use, now {iccid}; the card {ends} has ended").format(
                iccid=asked.iccid.digits, ends=asked.replaces.digits
            )
        return _("SIM card replaced, now {iccid}").format(iccid=action.parameters.iccid.digits)

    @override
    def not_done(self, action: Action[ReplaceParameters]) -> str:
        return _("SIM card not replaced")

    @override
    def enter(self, action: Action[ReplaceParameters]) -> str:
        number = action.msisdn.shown
        return _("🔒 Enter the 6 digits to replace the SIM card of {number}.").format(number=number)

    @override
    def code(self) -> str:
        return _(
            "My Account code to replace the SIM card of the number …{last4}: {code}. Valid 3 "
            "minutes. Tell it to nobody."
        )

    @override
    def below(
        self, action: Action[ReplaceParameters], state: NumberState | None
    ) -> list[InlineKeyboardButton]:
        """The activation code of an eSIM."""
        return [to_activation_code(action.msisdn)] if action.parameters.esim else []


def _by_card(asked: ReplaceParameters) -> list[str]:
    return [
        _("the new card: {iccid}").format(iccid=asked.iccid.digits),
        _("the present card stops at once"),
    ]


WORDS = (
    RevealWords(),
    ReplaceWords(),
)
