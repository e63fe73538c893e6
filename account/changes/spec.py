"""How each kind of change is done: its right, its rules, and how its truth is found.

A chapter declares one `ChangeSpec` per kind of change. What the rules rest on is read from the
operator at the offer, again before the change is sent (G-9), and again after it (G-10): the
`subject`, a `Number` for most, more for some.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import ClassVar, Generic, TypeVar

from typing_extensions import override

from account.changes.action import Action, ActionKind, ChangeRequest
from account.changes.parameters import ChangeParameters, NoParameters, lock_key_of_part
from account.changes.ports import ChangeExecutor
from account.credentials.one_time_codes import Address
from account.effects.effect import Effect
from account.effects.history import HistoryEntry, Result
from account.errors import NumberNotFound
from account.values.identifiers import Msisdn
from account.values.money import ZERO, Money
from account.values.number import Number, NumberReader
from account.values.rights import Right

WHOLE_LIST = "product"
"""The lock key of what must not meet a list that is replaced. Persisted."""
IN_SET = "set"
"""In an entry of the history: the reference of the set that the change was confirmed with."""
S = TypeVar("S")
P = TypeVar("P", bound=ChangeParameters)


def as_asked(_subject: object, parameters: P) -> P:
    """The parameters as the window gave them."""
    return parameters


def needs_none(*_: object) -> bool:
    """No amount of it needs a code."""
    return False


def to_the_person(*_: object) -> None:
    """Where the person's codes go."""


def nothing_else(*_: object) -> Sequence[Effect]:
    """Nothing else becomes true."""
    return ()


class ChangeSpec(ABC, Generic[S, P]):
    """How one kind of change is done."""

    kind: ClassVar[ActionKind]
    right: ClassVar[Right]
    parameters: ClassVar[type[ChangeParameters]] = NoParameters
    """What is asked for with it."""
    what: ClassVar[str]
    """What the actions history calls it. Persisted: never renamed."""
    lock_key: ClassVar[str]
    """Changes of one lock key exclude each other on a number: blocking and unblocking are one lock
    key."""
    listed: ClassVar[bool] = False
    """What it changes stands in the list of the product's characteristics."""
    list_replaced: bool = False
    """Whether the operator has that list replaced as a whole by some kinds: then one such change of
    a number is open at a time, whatever its kind, for a list that was read before another change
    took effect would undo it."""
    step_up: ClassVar[bool] = False
    identifies: ClassVar[bool] = False
    """Its code goes to a new place (`code_to`) and proves that place alone: before it the person
    proves that it is them, by the password or a code to where their codes go now."""
    undone_at_new_terms: ClassVar[bool] = False
    """It is taken back only by something new at the terms of that moment: nothing of that can be
    confirmed ahead."""
    schedulable: ClassVar[bool] = False
    """It may be confirmed now and begun later (`account.changes.schedules`): it takes nothing over,
    moves no money, and its number is all it is about."""
    at_once: ClassVar[bool] = False
    """It is done by the press itself (`ChangeConfirmation.use_up`): no order is placed, and no
    worker takes it."""
    keep_for: ClassVar[timedelta] = timedelta(hours=1)
    """How long a confirmed change waits for an operator that does not answer, before it is given
    up unsent and the person is told that nothing changed."""
    takes_over: ClassVar[bool] = False
    """It hands calls or codes of the number to somebody else, as a SIM replacement does: the other
    administrators are told before it, an administrator's own login number needs a second one to
    approve, and codes by SMS to the number are refused for 72 h (safety.md section 2)."""
    state_tells: ClassVar[bool] = True
    """False where no state could ever tell whether it was done: then `is_applied` is not even
    asked."""
    sends_again: ClassVar[bool] = True
    """Whether what the operator knows nothing of, after its longest processing time, is sent once
    more. Money is not, nor anything whose `is_applied` cannot tell: it becomes unconfirmed
    (G-10)."""
    own: ClassVar[bool] = False
    """It is about the administrator themselves: `msisdn` is their login, and nobody else's."""
    tells_colleagues: ClassVar[bool] = False
    """The company's other administrators are told when it is done (section 9)."""
    promise: ClassVar[timedelta] = timedelta(0)
    """How long the operator may work on it as promised; only after that it is said to be late."""
    executor: ChangeExecutor | None = None
    """Who carries it out; None is the operator."""

    # What only some kinds have: a method of that name takes the place of the usual answer.

    with_facts: Callable[[S, P], P] = staticmethod(as_asked)
    """The parameters with what the summary tells of the subject: a balance, a fee."""
    amount_needs_code: Callable[[P], bool] = staticmethod(needs_none)
    """Whether so much of it needs a code, where the kind itself does not (`step_up`)."""
    code_to: Callable[[Action[P]], Address | None] = staticmethod(to_the_person)
    """Where that code goes; None is to where the person's codes go."""
    on_accepted: Callable[[Action[P], datetime], Sequence[Effect]] = staticmethod(nothing_else)
    """What becomes true along with the confirmation; an effect that refuses, refuses it."""
    on_rejected: Callable[[Action[P], datetime], Sequence[Effect]] = staticmethod(nothing_else)
    """What becomes true along with "not done": commitments that are taken back."""
    on_done: Callable[[Action[P], datetime], Sequence[Effect]] = staticmethod(nothing_else)
    """What becomes true along with "done", in the same transaction: a secret code that ends."""
    on_settled: Callable[[Action[P], datetime], Sequence[Effect]] = staticmethod(nothing_else)
    """Who else is told of the end, whatever it is: `action` is settled, with its reason."""

    @abstractmethod
    async def read(self, plan: ChangeRequest[P]) -> S:
        """What the change rests on, as it is now. Raises `NumberNotFound`, `CarrierUnavailable`."""

    async def read_again(self, plan: ChangeRequest[P]) -> S:
        """The same for who carries it out: no more than the other methods ask for. Raises alike."""
        return await self.read(plan)

    @abstractmethod
    def number(self, subject: S) -> Number | None:
        """The number that is changed; None for what is changed of a person (`own`)."""

    @abstractmethod
    def check(self, subject: S, parameters: P) -> None:
        """Refuse the change by the rules of its section. Raises `ChangeRefused`."""

    @abstractmethod
    def fingerprint(self, subject: S, parameters: P) -> str:
        """What of the subject the summary rests on; another one makes the confirmation stale."""

    @abstractmethod
    def is_applied(self, subject: S, parameters: P) -> bool | None:
        """Tell whether it already is as the change wants it: the truth of "done".

        None where the state cannot tell (a payment, one more of the same service): then the
        operator's word on the order is the truth.
        """

    def needs_code(self, parameters: P) -> bool:
        """Tell whether a fresh one-time code is needed first (G-8).

        What depends on a sum that others add to is decided by `on_accepted`, which the transaction
        that accepts the change carries out: this is what the question knew.
        """
        return self.step_up or self.amount_needs_code(parameters)

    async def needs_code_now(self, plan: ChangeRequest[P]) -> bool:
        """The same by the sums of this moment, for a summary that is shown again."""
        return self.needs_code(plan.parameters)

    def lock_key_of(self, parameters: P) -> str:
        """The lock key of this very change: of one part of the number, or of all of it."""
        if self.listed and self.list_replaced:
            return WHOLE_LIST
        return lock_key_of_part(self.lock_key, parameters.part)

    def settle(self, subject: S, parameters: P) -> P:  # noqa: ARG002
        """What is sent, by what the number has right before: an id for what was named by its kind.

        Kept nowhere: whoever looks at the change again names it as it was confirmed.
        """
        return parameters

    def undone_by(self, parameters: P) -> tuple[ActionKind, ChangeParameters] | None:  # noqa: ARG002
        """The change that takes it back; None where there is none."""
        return None

    async def undone_now(self, parameters: P) -> tuple[ActionKind, ChangeParameters] | None:
        """The same for a kind that `undone_at_new_terms`: by what the operator offers at present.

        Raises `CarrierUnavailable`, and the refusal of what is not to be had any more.
        """
        return self.undone_by(parameters)

    def leaves(self, parameters: P) -> str | None:  # noqa: ARG002 - who can tell it has it
        """The number's fingerprint once it is done; None where that cannot be told ahead."""
        return None

    def cost(self, parameters: P) -> Money:  # noqa: ARG002 - a kind that costs something has it
        """What it costs at once, or for the first month."""
        return ZERO

    def audit_fields(self, parameters: P) -> dict[str, str]:
        """What the actions history keeps of the parameters, masked where it must be (3.2)."""
        return parameters.told()

    def entry(self, action: Action[P], result: Result, now: datetime) -> HistoryEntry:
        """The line of the actions history that says how far the change has come."""
        return HistoryEntry(
            at=now,
            what=self.what,
            result=result,
            administrator_id=action.administrator_id,
            administrator=action.administrator,
            company_id=action.company_id,
            number=None if self.own else action.msisdn.digits,
            parameters=self._told(action),
            reference=action.reference,
        )

    def _told(self, action: Action[P]) -> dict[str, str]:
        told = self.audit_fields(action.parameters)
        return told if action.set_reference is None else {**told, IN_SET: action.set_reference}


class NumberChangeSpec(ChangeSpec["Number", P]):
    """A change that rests on the number alone."""

    def __init__(self, carrier: NumberReader) -> None:
        self._carrier = carrier

    @override
    async def read(self, plan: ChangeRequest[P]) -> Number:
        """The number. Raises `NumberNotFound`, `CarrierUnavailable`."""
        return await number_of(self._carrier, plan.company_id, plan.msisdn)

    @override
    async def read_again(self, plan: ChangeRequest[P]) -> Number:
        """Without balances, on which nothing rests but the summary."""
        number = await self._carrier.standing(plan.company_id, plan.msisdn)
        if number is None:
            raise NumberNotFound
        return number

    @override
    def number(self, subject: Number) -> Number:
        """The subject itself."""
        return subject

    @override
    def fingerprint(self, subject: Number, parameters: P) -> str:
        """The state alone: a balance that moved does not make the summary untrue."""
        return subject.state.value


async def number_of(carrier: NumberReader, company_id: str, msisdn: Msisdn) -> Number:
    """A number of the company. Raises `NumberNotFound`, also for another company's."""
    number = await carrier.number(company_id, msisdn)
    if number is None:
        raise NumberNotFound
    return number
