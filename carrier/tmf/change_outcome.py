"""What became of a change: the operator's answer to it, or what a search for it finds.

Every change comes this way, whatever its API. An answer is one of four: taken, and then it is an
`Order`; refused (`CarrierRefused`); not reached, so that it may go out again (`CarrierNotReached`);
and unknown (`OutcomeUnknown`), which is everything that is not surely one of the others. What
differs between the APIs is declared (`ChangeResource`): where a reference and a state stand, which
words a state has, where a reason is written.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from account.changes.action import Order, OrderState
from account.changes.ports import DispatchGuard
from account.errors import CarrierRefused, OutcomeUnknown
from carrier.apis import Api
from carrier.http import OperatorHttp
from carrier.profile.model import Profile, Refusals
from carrier.tmf import fields, paging
from carrier.tmf.fields import Item, Malformed
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


Conditions: TypeAlias = list[tuple[str, Any]]


def _no_others(_: Item) -> Collection[object]:
    return ()


def _no_receipt(_: Item, __: Profile) -> Mapping[str, str]:
    return {}


@dataclass(frozen=True, slots=True)
class ChangeResource:
    """A resource that is made to change something, and found again by our reference.

    `stands` reads its state, and whether it is held. `reference_field` names the field of the
    reference, which `other_references` may hold as well; `question` is what a search asks, by
    reference. `reason` is asked of a failed one, `receipt` of a completed one.
    """

    api: Api
    name: str
    reference_field: str
    stands: Callable[[Item, Profile], tuple[OrderState, bool]]
    reason: Callable[[Item], str | None]
    receipt: Callable[[Item, Profile], Mapping[str, str]] = _no_receipt
    question: Callable[[Profile, str], Conditions] | None = None
    other_references: Callable[[Item], Collection[object]] = _no_others

    async def place(
        self, http: OperatorHttp, body: object, reference: str, guard: DispatchGuard | None
    ) -> Order:
        """Make one, once. Raises `CarrierNotReached`, `CarrierRefused`, `OutcomeUnknown`."""
        answer = await http.change(self.api, self.name, body, reference, guard=guard)
        check_taken(answer, http.profile.refusals)
        try:
            return self._order(fields.item(answer), reference, http.profile)
        except Malformed as error:
            http.misread.answer(self.api.value, error.field)
            raise OutcomeUnknown(
                f"the {self.name} was taken, the answer is malformed: {error}"
            ) from error

    async def find(self, http: OperatorHttp, reference: str) -> Order | None:
        """The one with that reference, None when the operator says that there is none.

        Raises `CarrierUnavailable`, also for an answer that holds only others: "none" lets a change
        be sent again, so nothing but an empty list may say it.
        """
        conditions: Conditions = [(self.reference_field, reference)]
        if self.question is not None:
            conditions = self.question(http.profile, reference)
        found = await paging.whole(http, self.api, self.name, conditions, limit=10, proof=True)
        orders = [self._order(one, reference, http.profile) for one in found]
        return min(orders, key=lambda order: _WEIGHT.index(order.state), default=None)

    def _order(self, found: Item, reference: str, profile: Profile) -> Order:
        if found.get(self.reference_field) != reference and (
            reference not in self.other_references(found)
        ):
            raise Malformed(self.reference_field)
        state, held = self.stands(found, profile)
        return Order(
            id=fields.text(found, "id"),
            state=state,
            reason_code=self.reason(found) if state is OrderState.FAILED else None,
            receipt=self.receipt(found, profile) if state is OrderState.COMPLETED else {},
            held=held,
        )
