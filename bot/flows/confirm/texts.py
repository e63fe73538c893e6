"""What one kind of change says of itself; each chapter has a class per kind in its `texts.py`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Generic

from aiogram.utils.i18n import gettext as _

from account.changes.spec import P

if TYPE_CHECKING:
    from aiogram.types import InlineKeyboardButton
    from aiogram_dialog import DialogManager

    from account.changes.action import Action, ActionKind
    from account.effects.history import HistoryEntry
    from account.values.identifiers import Msisdn
    from account.values.number import NumberState


def no_words(*_: object) -> str:
    """Nothing is said."""
    return ""


def none_of_it(*_: object) -> list[Any]:
    """No lines, no choices, no buttons."""
    return []


def not_offered(*_: object) -> None:
    """No value is offered."""


async def a_change(*_: object) -> bool:
    """It is carried out as every change is."""
    return False


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

    # What only some kinds have: a method of that name takes the place of the usual answer.

    why: Callable[[Action[P]], str] = staticmethod(no_words)
    """Why it was not done, where the usual words for numbers do not fit; else empty."""
    told: Callable[[HistoryEntry], str] = staticmethod(no_words)
    """What the history's line says of what was asked for: a reason, an amount, a target."""
    under_way: Callable[[Action[P]], str] = staticmethod(no_words)
    """What is said while the operator works on what takes hours; empty for all else."""
    pressed: Callable[[DialogManager, str, str], Awaitable[bool]] = staticmethod(a_change)
    """Do what is done by the press itself (`ChangeSpec.at_once`), by its token and the code that
    was typed for it; False for a change."""
    warnings: Callable[[Action[P], Msisdn | None], list[str]] = staticmethod(none_of_it)
    """What should be thought of first; the number is the one that who asks logs in with."""
    choices: Callable[[Action[P]], list[tuple[str, str]]] = staticmethod(none_of_it)
    """Something that may be told along with the change: (label, value)."""
    hint: Callable[[Action[P]], str] = staticmethod(no_words)
    """What the choices are for; empty without any."""
    chosen: Callable[[Action[P], str], P | None] = staticmethod(not_offered)
    """The parameters of the change with that choice; None for a value that is not offered."""
    receipt: Callable[[Action[P], Mapping[str, str]], list[str]] = staticmethod(none_of_it)
    """What the final word of a done change says besides, a line each, of what the operator's
    receipt told (`Order.receipt`)."""
    below: Callable[[Action[P], NumberState | None], list[InlineKeyboardButton]] = staticmethod(
        none_of_it
    )
    """Buttons below the final word, a row each: where people go from here."""

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

    def enter(self, action: Action[P]) -> str:  # noqa: ARG002 - a kind names the change by it
        """What the code is typed for, in the window that asks for it: it names the change."""
        return _("🔒 Enter the 6 digits to confirm exactly this change.")

    def proof_sent(self) -> str:
        """Below it: where the code is, and that the right one is the confirmation."""
        return _(
            "The code was sent to your number or e-mail and is valid for 3 minutes. The right "
            "code does it at once."
        )
