"""Keeps one subscription at each hub of the operator's that the profile names.

One process of all does it (`bot.workers.leased_task`). What the hubs were told is kept in the
database, so that a restart tells nothing twice, a changed address ends the old one, and an end
ends all. Where there is no hub, or it has forgotten us, changes are asked about as ever.
"""

from __future__ import annotations

import asyncio
import hashlib
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from account.changes.action import ActionKind
from account.errors import CarrierUnavailable
from carrier.apis import Api
from carrier.tmf import hub
from carrier.tmf.product_order import ORDERED
from storage.errors import StorageUnavailable

if TYPE_CHECKING:
    from account.values.clock import Clock
    from carrier.http import OperatorHttp
    from storage.stores.event_subscriptions import EventSubscription, EventSubscriptionRows

log = structlog.get_logger(__name__)

LEASE_NAME = "events"
LOOK_EVERY = 10.0
SLOWEST_LOOK = 300.0
AFTER_A_NO = timedelta(hours=1)
"""When a hub that refused is asked again."""
SILENT_ORDERS, SILENT_FOR = 3, timedelta(minutes=1)
"""So many orders that ended so long ago, untold: the operator has lost the subscription."""
RENEWED_EVERY = timedelta(hours=1)
"""At most: an operator that never tells anything is not asked for it all the time."""
LEAVE_SECONDS = 5.0
KINDS: Mapping[Api, Sequence[ActionKind]] = {
    Api.PRODUCT_ORDER: ORDERED,
    Api.PREPAY_BALANCE: (ActionKind.TRANSFER,),
}
"""The changes that each API tells of."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a hub is to be told."""

    api: Api
    callback: str
    query: str
    digest: str


class Subscriber:
    """`callback` makes the address for an API; None: nothing is wanted, and what is left is ended.

    Methods raise `StorageUnavailable` and `CarrierUnavailable`.
    """

    def __init__(
        self,
        http: OperatorHttp,
        rows: EventSubscriptionRows,
        clock: Clock,
        callback: Callable[[str], str] | None,
    ) -> None:
        self._http = http
        self._rows = rows
        self._clock = clock
        self._callback = callback
        self._asked_here: set[str] = set()

    async def run(self) -> None:
        """Subscribe, and see that it stays so; returns where nothing is wanted, or left."""
        pause = LOOK_EVERY
        while True:
            try:
                await self.keep()
            except (CarrierUnavailable, StorageUnavailable) as fault:
                log.info("events.later", error=type(fault).__name__)
                pause = min(pause * 2, SLOWEST_LOOK)
            else:
                pause = LOOK_EVERY
                if self._callback is None:
                    return
            await asyncio.sleep(pause)

    async def keep(self) -> None:
        """Make the subscriptions be what is wanted, as far as it can be done now."""
        kept, wanted = await self._rows.all(), self._wanted()
        faults: list[Exception] = []
        for api in sorted(kept.keys() | wanted.keys()):
            try:
                await self._keep(kept.get(api), wanted.get(api))
            except CarrierUnavailable as fault:
                faults.append(fault)
        if faults:
            raise faults[0]

    async def leave(self) -> None:
        """End the subscriptions with the process, if the operator answers in time.

        What does not end stays in the database, for who comes next.
        """
        try:
            async with asyncio.timeout(LEAVE_SECONDS):
                for kept in (await self._rows.all()).values():
                    if kept.hub_id is not None:
                        await self._end(kept)
        except (CarrierUnavailable, StorageUnavailable, TimeoutError) as fault:
            log.info("events.later", error=type(fault).__name__)

    def _wanted(self) -> dict[str, Wanted]:
        if self._callback is None:
            return {}
        events = self._http.profile.events
        found: dict[str, Wanted] = {}
        for name in events.apis:
            api, callback, query = Api(name), self._callback(name), events.filter(name)
            told = "\n".join((callback, query, self._http.address(api)))
            digest = hashlib.sha256(told.encode()).hexdigest()
            found[name] = Wanted(api, callback, query, digest)
        return found

    async def _keep(self, kept: EventSubscription | None, wanted: Wanted | None) -> None:
        if kept is not None and (wanted is None or kept.told != wanted.digest):
            await self._end(kept)
            kept = None
        if wanted is None:
            return
        if kept is None:
            await self._subscribe(wanted)
        elif kept.refused is not None:
            again = self._clock.now() - kept.since >= AFTER_A_NO
            if again or kept.api not in self._asked_here:
                await self._subscribe(wanted, kept.refused)
        elif kept.hub_id is None:
            await self._ask(wanted, kept.key, again=True)
        elif await self._lost(kept, wanted.api):
            log.warning("events.silent", api=kept.api)
            await self._end(kept)
            await self._subscribe(wanted)

    async def _subscribe(self, wanted: Wanted, refused: int | None = None) -> None:
        key = str(uuid.uuid4())
        now = self._clock.now()
        await self._rows.begin(wanted.api.value, key, wanted.digest, now, refused)
        await self._ask(wanted, key, refused)

    async def _ask(
        self, wanted: Wanted, key: str, refused: int | None = None, *, again: bool = False
    ) -> None:
        """Ask the hub; `refused` is what it said before, which is not said in the log again.

        A hub may know nothing of our keys: asked `again` after an answer that was lost, or by who
        has lost the database, it would tell everything twice. So ours are looked for at the hub,
        where it lists them, and the older ones are ended; what is told twice does no harm.
        """
        api = wanted.api
        self._asked_here.add(api.value)
        try:
            there = await self._at_the_hub(wanted) if again else ()
            hub_id = there[-1] if there else await self._subscribed(wanted, key)
        except hub.HubRefused as no:
            await self._rows.answered(key, None, no.status)
            if no.status != refused:
                log.warning("events.no_hub", api=api.value, status=no.status)
        else:
            there = there or await self._at_the_hub(wanted)
            hub_id = hub_id or (there[-1] if there else "")
            await self._rows.answered(key, hub_id, None)
            log.info("events.subscribed", api=api.value)
            for older in there:
                if older != hub_id:
                    await self._end_at_the_hub(api.value, older)

    async def _subscribed(self, wanted: Wanted, key: str) -> str:
        return await hub.subscribe(self._http, wanted.api, wanted.callback, wanted.query, key)

    async def _at_the_hub(self, wanted: Wanted) -> tuple[str, ...]:
        """Ours there, in the hub's order; none where it does not list them."""
        return await hub.named(self._http, wanted.api, wanted.callback, str(uuid.uuid4()))

    async def _end(self, kept: EventSubscription) -> None:
        """End it at its hub, if that has told what it calls it, and forget it."""
        if kept.hub_id:
            await self._end_at_the_hub(kept.api, kept.hub_id)
        elif kept.hub_id is not None:
            log.warning("events.left_behind", api=kept.api, status=None)
        await self._rows.forget(kept.key)

    async def _end_at_the_hub(self, api: str, hub_id: str) -> None:
        try:
            # An attempt of its own: the key of the question has done what it stands for.
            await hub.unsubscribe(self._http, Api(api), hub_id, str(uuid.uuid4()))
        except hub.HubRefused as no:
            log.warning("events.left_behind", api=api, status=no.status)
        else:
            log.info("events.unsubscribed", api=api)

    async def _lost(self, kept: EventSubscription, api: Api) -> bool:
        now = self._clock.now()
        if now - kept.since < RENEWED_EVERY:
            return False
        kinds = [kind.value for kind in KINDS[api]]
        untold = await self._rows.ended_untold(kept.api, kinds, now - SILENT_FOR, SILENT_ORDERS)
        return untold >= SILENT_ORDERS
