"""What became of a change: the operator's answer to it, or what a search for it finds.

Every change comes this way, whatever its API. An answer is one of four: taken, and then it is an
`Order`; refused (`CarrierRefused`); not reached, so that it may go out again (`CarrierNotReached`);
and unknown (`OutcomeUnknown`), which is everything that is not surely one of the others. What
differs between the APIs is declared (`ChangeResource`): where references and a state stand, which
words a state has, where a reason is written.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

from account.changes.action import Order, OrderState
from account.changes.ports import DispatchGuard
from account.errors import (
    CarrierNotReached,
    CarrierRefused,
    CarrierUnavailable,
    OutcomeUnknown,
)
from carrier.apis import Api
from carrier.http import OperatorHttp
from carrier.profile.model import Profile, Refusals
from carrier.tmf import paging
from carrier.tmf.rows import readable
from carrier.tmf.wire import decoding, values
from carrier.tmf.wire.decoding import Unread
from carrier.tmf.wire.values import Malformed
from carrier.transport import Answer
from carrier.verdict import verdict

_WEIGHT = (OrderState.COMPLETED, OrderState.UNDER_WAY, OrderState.FAILED)
"""Of several with one reference the first of these tells the truth: something was done."""


def check_taken(answer: Answer, refusals: Refusals) -> None:
    """Go on only with a change that was taken.

    Raises `CarrierNotReached`, `CarrierRefused`, `OutcomeUnknown`: see `verdict`.
    """
    refusal = verdict(answer, refusals)
    if refusal is not None:
        raise CarrierRefused(refusal)


@asynccontextmanager
async def before_sending(http: OperatorHttp, what: str) -> AsyncIterator[None]:
    """Read what the change needs to be written, in the time of one read of the port.

    Whatever fails in here fails before anything was sent. Raises `CarrierNotReached`.
    """
    try:
        async with http.in_time():
            yield
    except CarrierUnavailable as fault:
        raise CarrierNotReached(f"{what} could not be read") from fault


Conditions: TypeAlias = list[tuple[str, Any]]


class Identified(Protocol):
    """What every resource says of itself."""

    @property
    def id(self) -> Any:
        """The operator's own id."""


Change = TypeVar("Change", bound=Identified)


def _no_receipt(_: Any, __: Profile) -> Mapping[str, str]:
    return {}


@dataclass(frozen=True, slots=True)
class ChangeResource(Generic[Change]):
    """A resource that is made to change something, and found again by our reference.

    `kind` is how one is read. `stands` reads its state, and whether it is held; `references` are
    all that it calls itself by, under the field `reference_field`; `questions` are what a search
    asks, by reference, one after another until one finds something. `reason` is asked of a failed
    one, `receipt` of a completed one.
    """

    api: Api
    name: str
    kind: type[Change]
    reference_field: str
    references: Callable[[Change], Collection[object]]
    questions: Callable[[Profile, str], Sequence[Conditions]]
    stands: Callable[[Change, Profile], tuple[OrderState, bool]]
    reason: Callable[[Change], str | None]
    receipt: Callable[[Change, Profile], Mapping[str, str]] = _no_receipt

    async def place(
        self, http: OperatorHttp, body: object, reference: str, guard: DispatchGuard | None
    ) -> Order:
        """Make one, once. Raises `CarrierNotReached`, `CarrierRefused`, `OutcomeUnknown`."""
        answer = await http.change(self.api, self.name, body, reference, guard=guard)
        check_taken(answer, http.profile.refusals)
        try:
            return self._order(decoding.one(answer.body, self.kind), reference, http.profile)
        except Malformed as error:
            http.decoding_faults.answer(self.api.value, error.field)
            raise OutcomeUnknown(
                f"the {self.name} was taken, the answer is malformed: {error}"
            ) from error

    async def find(self, http: OperatorHttp, reference: str) -> Order | None:
        """The one with that reference, None when the operator says that there is none.

        Raises `CarrierUnavailable`, also for an answer that holds only others: "none" lets a change
        be sent again, so nothing but an empty list may say it.
        """
        found: list[Change | Unread] = []
        for conditions in self.questions(http.profile, reference):
            found = await paging.all_of(
                http, self.api, self.name, conditions, self.kind, limit=10, proof=True
            )
            if found:
                break
        orders = [self._order(readable(one), reference, http.profile) for one in found]
        return min(orders, key=lambda order: _WEIGHT.index(order.state), default=None)

    def _order(self, found: Change, reference: str, profile: Profile) -> Order:
        if reference not in self.references(found):
            raise Malformed(self.reference_field)
        state, held = self.stands(found, profile)
        return Order(
            id=values.text(found.id, "id"),
            state=state,
            reason_code=self.reason(found) if state is OrderState.FAILED else None,
            receipt=self.receipt(found, profile) if state is OrderState.COMPLETED else {},
            held=held,
        )
