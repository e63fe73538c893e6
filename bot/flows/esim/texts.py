"""What the showing of an activation code says, and a SIM replacement by an eSIM (ES-1, ES-2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiogram.utils.i18n import gettext as _
from typing_extensions import override

from account.changes.action import ActionKind
from account.changes.parameters import ChangeParameters
from bot.flows.confirm.texts import ChangeWords
from bot.flows.esim.showing import show_code
from bot.widgets.deep_links import asking
from documents.text.marker import N_

if TYPE_CHECKING:
    from aiogram.types import InlineKeyboardButton
    from aiogram_dialog import DialogManager

    from account.changes.action import Action
    from account.chapters.sim import ReplaceParameters
    from account.values.identifiers import Msisdn


def by_esim(asked: ReplaceParameters) -> list[str]:
    """What a replacement by an eSIM does, and when the old card ends (ES-1)."""
    ends = "" if asked.replaces is None else asked.replaces.digits
    return [
        _("the new card is an eSIM: {iccid}").format(iccid=asked.iccid.digits),
        _(
            "the present card {iccid} stops as soon as the operator says that it is done: the "
            "number is without a network until the eSIM is in a telephone"
        ).format(iccid=ends),
        _("the activation code is shown after that, for another one-time code"),
    ]


def to_activation_code(msisdn: Msisdn) -> InlineKeyboardButton:
    """The question of the showing."""
    return asking(ActionKind.ESIM_SHOW, msisdn, _("📲 eSIM activation code"))


class ShowCodeWords(ChangeWords[ChangeParameters]):
    """The activation code, shown once."""

    kind = ActionKind.ESIM_SHOW
    history = N_("eSIM activation code shown")

    @override
    def question(self, action: Action[ChangeParameters]) -> str:
        return _("Show the eSIM activation code of {number}?").format(number=action.msisdn.shown)

    @override
    def happens(self, action: Action[ChangeParameters]) -> list[str]:
        """Once, what it is worth, and that it is remembered (ES-2)."""
        return [
            _("it is shown once, in a message that is removed after 10 minutes"),
            _("it is kept nowhere: to see it again, ask again"),
            _("whoever has it can put the number in their own telephone"),
            _("the actions history keeps that it was shown to you"),
        ]

    @override
    def button(self, action: Action[ChangeParameters]) -> str:
        return _("Show the eSIM activation code")

    @override
    def done(self, action: Action[ChangeParameters]) -> str:
        return _("eSIM activation code shown")

    @override
    def not_done(self, action: Action[ChangeParameters]) -> str:
        return _("eSIM activation code not shown")

    @override
    def enter(self, action: Action[ChangeParameters]) -> str:
        return _("🔒 Enter the 6 digits to show the eSIM activation code of {number}.").format(
            number=action.msisdn.shown
        )

    @override
    def proof_sent(self) -> str:
        return _(
            "The code was sent to your number or e-mail and is valid for 3 minutes. The right "
            "one shows the eSIM activation code at once."
        )

    @override
    def code(self) -> str:
        return _(
            "My Account code to show the eSIM activation code of the number …{last4}: {code}. "
            "Valid 3 minutes. Tell it to nobody."
        )

    @override
    async def pressed(self, manager: DialogManager, token: str, typed: str) -> bool:
        await show_code(manager, token, typed)
        return True


WORDS = (ShowCodeWords(),)
