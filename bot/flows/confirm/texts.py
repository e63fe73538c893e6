"""What one kind of change says of itself; each chapter has a class per kind in its `texts.py`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Generic

from aiogram.utils.i18n import gettext as _

from account.changes.spec import P

if TYPE_CHECKING:
    from aiogram.types import InlineKeyboardButton
    from aiogram_dialog import DialogManager

    from account.changes.action import Action, ActionKind
    from account.effects.history import Entry
    from account.values.identifiers import Msisdn
    from account.values.number import NumberState


class ChangeWords(ABC, Generic[P]):
    """The words of one kind of change, in the language in use; plain text, quoted where shown.

    Everything is told from the action: its number and its parameters.
    """

    kind: ClassVar[ActionKind]
    history: ClassVar[str]
    """What the actions history calls it, marked with `N_`."""
    danger: ClassVar[bool] = False
    """The confirmation stops or ends something: its button is red."""

    of_number: ClassVar[bool] = True
    """It is about a number; False for what is about the administrator themselves."""

    @abstractmethod
    def question(self, action: Action[P]) -> str:
        """The question above the summary: `Block +7 …?`."""

    @abstractmethod
    def happens(self, action: Action[P]) -> list[str]:
        """What will happen, a line each: effect, price, consequences."""

    @abstractmethod
    def button(self, action: Action[P]) -> str:
        """The button that does it, with its sign, naming itself."""

    @abstractmethod
    def done(self, action: Action[P]) -> str:
        """That it was done, in one or a few words: `Blocked`."""

    @abstractmethod
    def not_done(self, action: Action[P]) -> str:
        """That it was not done: `Not blocked`."""

    @abstractmethod
    def code(self) -> str:
        """The SMS with the one-time code, with the places `{last4}` and `{code}`."""

    def proof(self) -> str:
        """Where the one-time code comes from, as a line of the summary."""
        return _("a one-time code is needed, sent to your own number or e-mail")

    def identity(self) -> str:
        """What the summary says of the person's own proof (`ChangeSpec.identifies`)."""
        return self.proof()

    def identity_code(self) -> str:
        """The SMS with the code of that proof, with places as in `code`."""
        return self.code()

    def proof_sent(self) -> str:
        """What the window says that asks for the code."""
        return _(
            "🔒 A one-time code for exactly this change has been sent to your number or "
            "e-mail. Enter the 6 digits within 3 minutes."
        )

    def why(self, action: Action[P]) -> str:  # noqa: ARG002
        """Why it was not done, where the usual words for numbers do not fit; else empty."""
        return ""

    def told(self, entry: Entry) -> str:  # noqa: ARG002
        """What the history's line says of what was asked for: a reason, an amount, a target."""
        return ""

    def under_way(self, action: Action[P]) -> str:  # noqa: ARG002
        """What is said while the operator works on what takes hours; empty for all else."""
        return ""

    async def pressed(self, manager: DialogManager, token: str) -> bool:  # noqa: ARG002
        """Do what is done by the press itself (`ChangeSpec.at_once`); False for a change."""
        return False

    def warnings(self, action: Action[P], login: Msisdn | None) -> list[str]:  # noqa: ARG002
        """What should be thought of first; `login` is the number that who asks logs in with."""
        return []

    def choices(self, action: Action[P]) -> list[tuple[str, str]]:  # noqa: ARG002
        """Something that may be told along with the change: (label, value)."""
        return []

    def hint(self, action: Action[P]) -> str:  # noqa: ARG002
        """What the choices are for; empty without any."""
        return ""

    def chosen(self, action: Action[P], value: str) -> P | None:  # noqa: ARG002
        """The parameters of the change with that choice; None for a value that is not offered."""
        return None

    def receipt(
        self,
        action: Action[P],  # noqa: ARG002
        told: Mapping[str, str],  # noqa: ARG002
    ) -> list[str]:
        """What the final word of a done change says besides, a line each; `told` is what the
        operator's receipt told (`Order.receipt`).
        """
        return []

    def below(
        self,
        action: Action[P],  # noqa: ARG002
        state: NumberState | None,  # noqa: ARG002
    ) -> list[InlineKeyboardButton]:
        """Buttons below the final word, a row each: where people go from here."""
        return []
