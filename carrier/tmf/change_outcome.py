"""What became of a change: the operator's answer to it, or what a search for it finds.

Every change comes this way, whatever its API. An answer is one of four: taken, and then it is an
`Order`; refused (`CarrierRefused`); not reached, so that it may go out again (`CarrierNotReached`);
and unknown (`OutcomeUnknown`), which is everything that is not surely one of the others. What
differs between the APIs is declared (`ChangeResource`): where a reference and a state stand, which
words a state has, where a reason is written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from account.changes.action import Order, OrderState
from account.changes.ports import DispatchGuard
from account.errors import CarrierRefused, OutcomeUnknown
from carrier.apis import Api
from carrier.http import OperatorHttp
from carrier.profile.model import Profile, Refusals
from carrier.tmf import fields, paging
from carrier.tmf.fields import Item, Malformed
from carrier.tmf.wire import values
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


def _no_receipt(_: Item) -> Mapping[str, str]:
    return {}


@dataclass(frozen=True, slots=True)
class ChangeResource:
    """A resource that is made to change something, and found again by our reference.

    `reference_field` and `state_field` name its fields, `states` tells what the words of the state
    mean, in small letters.
    `reason` is asked of a failed one, `receipt` of a completed one. `wanted` are the fields a
    search asks for; empty: all.
    """

    api: Api
    name: str
    reference_field: str
    state_field: str
    states: Callable[[Profile], Mapping[str, OrderState]]
    reason: Callable[[Item], str | None]
    receipt: Callable[[Item], Mapping[str, str]] = _no_receipt
    wanted: str = ""

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
        conditions: list[tuple[str, Any]] = [(self.reference_field, reference)]
        if self.wanted:
            conditions.append(("fields", self.wanted))
        found = await paging.whole(http, self.api, self.name, conditions, limit=10)
        orders = [self._order(one, reference, http.profile) for one in found]
        return min(orders, key=lambda order: _WEIGHT.index(order.state), default=None)

    def state_of(self, found: Item, profile: Profile) -> OrderState:
        """Where one stands. Raises `Malformed`, also for a word that is not known."""
        state = self.states(profile).get(values.word(fields.text(found, self.state_field)))
        if state is None:
            raise Malformed(self.state_field)
        return state

    def _order(self, found: Item, reference: str, profile: Profile) -> Order:
        if found.get(self.reference_field) != reference:
            raise Malformed(self.reference_field)
        state = self.state_of(found, profile)
        return Order(
            id=fields.text(found, "id"),
            state=state,
            reason_code=self.reason(found) if state is OrderState.FAILED else None,
            receipt=self.receipt(found) if state is OrderState.COMPLETED else {},
        )
