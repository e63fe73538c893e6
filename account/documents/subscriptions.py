"""Papers of a closed month that order themselves on a chosen day (SU-1 to SU-4).

At its moment a subscription becomes an ordinary order, which has its own number, promise and words;
its month is noted in the transaction that places the order, so that however many processes look,
and whatever dies, a month is ordered once. Rights are asked for then, as of an order that a person
places. A month whose bills are not there yet is waited for, which is said once.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Protocol

from account.chapters.billing.bills import Bill, BillSource, BillsQuery
from account.documents.catalogue import DocumentCatalogue
from account.documents.document import DocumentOrder
from account.documents.kinds import SPECS, DocumentFormat, DocumentKind
from account.documents.parameters.base import FIRST_OF_MONTHS, LAST_OF_MONTHS, MONTH
from account.effects.effect import Channel, Effect, OutboxMessage
from account.effects.history import HistoryEntry, HistoryEvent
from account.errors import (
    AccessRefused,
    CarrierUnavailable,
    DayInvalid,
    OrderRefused,
    SubscriptionGone,
)
from account.identity.directory import Company, Directory
from account.identity.permissions import Actor, check_offered, require
from account.values.clock import Clock
from account.values.page import Page
from account.values.periods import (
    ALMATY,
    CERTIFICATE_CLOSES_ON,
    REGISTER_CLOSES_ON,
    Month,
    MonthSpan,
    today,
)
from account.values.rights import Right

AT = time(10, 0)
"""Almaty's time."""
LATEST_DAY = 28
"""Every month has it."""
TRIED_FOR = timedelta(days=3)
AGAIN = timedelta(days=1)
SOON = timedelta(minutes=5)
"""After which one that could not be answered is tried again."""
MOST = 10
"""Of one person."""
AT_ONCE, PAGE = 20, 100
WORD_LIFE = timedelta(days=3)

EARLIEST: Mapping[DocumentKind, int] = {
    DocumentKind.REGISTER: REGISTER_CLOSES_ON + 1,
    DocumentKind.CLOSING_SET: CERTIFICATE_CLOSES_ON + 1,
    DocumentKind.SPEND_CHART: CERTIFICATE_CLOSES_ON + 1,
    DocumentKind.COST_CENTRES: CERTIFICATE_CLOSES_ON + 1,
}
"""What can be had every month, and from which day of the next one."""


class SubscriptionState(StrEnum):
    """Where one stands. Values are persisted."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    """After “It was not me”, until its person keeps it."""
    ENDED = "ended"


class Lack(StrEnum):
    """What of a month is waited for: the name of the word that says so."""

    BILLS = "waits"
    UNREGISTERED = "unregistered"


@dataclass(frozen=True, slots=True)
class Subscription:
    """One paper of a person in a company, each month. Times are aware, UTC.

    `month` is the newest month that is dealt with, `due` when the next one is ordered,
    `waits_since` since when it is waited for.
    """

    id: str
    kind: DocumentKind
    format: DocumentFormat
    day: int
    company_id: str
    telegram_id: int
    administrator_id: str
    administrator: str
    language: str
    made_at: datetime
    month: Month
    due: datetime
    state: SubscriptionState = SubscriptionState.ACTIVE
    waits_since: datetime | None = None

    @property
    def next_month(self) -> Month:
        """The month that is ordered next."""
        return self.month.plus(1)


def moment_of(month: Month, day: int) -> datetime:
    """When the papers of a month are ordered: that day of the next one (aware, UTC)."""
    on = month.plus(1).first.replace(day=day)
    return datetime.combine(on, AT, ALMATY).astimezone(UTC)


def latest_due(now: datetime, day: int) -> Month:
    """The newest month whose moment has come."""
    last = Month.of(today(now)).plus(-1)
    return last if moment_of(last, day) <= now else last.plus(-1)


def asked_of(kind: DocumentKind, month: Month) -> dict[str, str]:
    """The parameters of the order of that month."""
    if kind is DocumentKind.REGISTER:
        return {FIRST_OF_MONTHS: str(month), LAST_OF_MONTHS: str(month)}
    return {MONTH: str(month)}


class SubscriptionSource(Directory, BillSource, Protocol):
    """What a monthly order rests on."""


class Subscriptions:
    """One's own in the chosen company, and the worker's side."""

    def __init__(
        self,
        carrier: SubscriptionSource,
        reports: DocumentCatalogue,
        store: SubscriptionStore,
        clock: Clock,
    ) -> None:
        self._carrier = carrier
        self._reports = reports
        self._store = store
        self._clock = clock

    def offered(self, actor: Actor) -> Sequence[DocumentKind]:
        """What can be had every month at this operator. Raises the refusals of `require`."""
        company = require(actor, Right.ORDER_DOCUMENTS)
        return [kind for kind in EARLIEST if not SPECS[kind].rests_on & company.lacks]

    async def own(self, actor: Actor) -> Sequence[Subscription]:
        """The person's, the oldest first. Raises the refusals of `require`."""
        company = require(actor, Right.ORDER_DOCUMENTS)
        return await self._store.of_person(actor.administrator_id, company.id)

    async def read(self, actor: Actor, subscription_id: str) -> Subscription:
        """One of the person's. Raises `SubscriptionGone` for any other."""
        company = require(actor, Right.ORDER_DOCUMENTS)
        found = await self._store.read(subscription_id)
        if (
            found is None
            or found.state is SubscriptionState.ENDED
            or (found.administrator_id, found.company_id) != (actor.administrator_id, company.id)
        ):
            raise SubscriptionGone
        return found

    async def subscribe(
        self, actor: Actor, kind: DocumentKind, day: int, language: str
    ) -> Subscription:
        """Have the paper ordered each month on that day; the first month is the next to be due.

        Raises `DayInvalid` for a day before it can be had or that not every month has,
        `TooManySubscriptions`, the refusals of `require`, `CapabilityMissing`.
        """
        company = require(actor, Right.ORDER_DOCUMENTS)
        for needed in SPECS[kind].rests_on:
            check_offered(company, needed)
        if not EARLIEST[kind] <= day <= LATEST_DAY:
            raise DayInvalid
        now = self._clock.now()
        done = latest_due(now, day)
        subscription = Subscription(
            id=uuid.uuid4().hex,
            kind=kind,
            format=SPECS[kind].formats[0],
            day=day,
            company_id=company.id,
            telegram_id=actor.telegram_id,
            administrator_id=actor.administrator_id,
            administrator=actor.name,
            language=language,
            made_at=now,
            month=done,
            due=moment_of(done.plus(1), day),
        )
        return await self._store.add(subscription, MOST)

    async def end(self, actor: Actor, subscription_id: str) -> None:
        """Unsubscribe. Raises `SubscriptionGone`."""
        subscription = await self.read(actor, subscription_id)
        await self._store.settle(subscription, SubscriptionState.ENDED, [])

    async def keep(self, actor: Actor, subscription_id: str) -> None:
        """Let a suspended one go on, in this chat. Raises `SubscriptionGone`."""
        subscription = await self.read(actor, subscription_id)
        kept = await self._store.settle(
            subscription, SubscriptionState.ACTIVE, [], chat=actor.telegram_id
        )
        if not kept and subscription.state is not SubscriptionState.ACTIVE:
            await self.read(actor, subscription_id)

    # --- the worker's side ---

    async def order_due(self) -> int:
        """Order what is due; how many orders that were. Who cannot be answered for now waits."""
        now = self._clock.now()
        placed, in_vain, seen = 0, None, set[str]()
        while due := [one for one in await self._store.due(now, AT_ONCE) if one.id not in seen]:
            answered = False
            for subscription in due:
                seen.add(subscription.id)
                try:
                    placed += await self._order(subscription, now)
                    answered = True
                except CarrierUnavailable as fault:
                    # Behind the others: who can be answered must not wait for who cannot.
                    await self._store.later(subscription, now + SOON)
                    in_vain = fault
            if not answered:
                break
        if in_vain is not None:
            raise in_vain
        return placed

    async def _order(self, subscription: Subscription, now: datetime) -> int:
        its_moment = moment_of(subscription.next_month, subscription.day)
        if now < its_moment:
            # It was put off by a clock that was set back since.
            anew = replace(subscription, due=its_moment, waits_since=None)
            await self._store.put_off(anew, subscription.next_month, [])
            return 0
        month = max(latest_due(now, subscription.day), subscription.next_month)
        companies = await self._carrier.companies(subscription.administrator_id)
        company = next((one for one in companies if one.id == subscription.company_id), None)
        order = self._order_of(subscription, company, month)
        try:
            await self._reports.check_again(order)
        except (AccessRefused, OrderRefused) as refused:
            word = self._word(subscription, "ended", month, refused.code)
            await self._store.settle(subscription, SubscriptionState.ENDED, [word])
            return 0
        lack = await self._lack(subscription, month)
        since = subscription.waits_since or now
        if lack is Lack.BILLS or (lack is not None and now - since < TRIED_FOR):
            await self._wait(subscription, month, now, lack)
            return 0
        entry = HistoryEntry(
            at=now,
            what=HistoryEvent.DOCUMENT_ORDERED,
            result="done",
            administrator_id=subscription.administrator_id,
            administrator=subscription.administrator,
            company_id=subscription.company_id,
            parameters={
                "document": order.kind.value,
                "format": order.format.value,
                **order.parameters,
            },
        )
        effects: list[Effect] = [entry]
        if month > subscription.next_month:
            effects.append(self._word(subscription, "missed", month))
        return int(await self._store.order(self._done(subscription, month), order, now, effects))

    async def _lack(self, subscription: Subscription, month: Month) -> Lack | None:
        """What of the month is not there yet; None where it can be ordered.

        An operator that told no registration of the month before tells none at all.
        """
        company_id, offset = subscription.company_id, 0
        while True:
            page = await self._bills(company_id, month, offset, PAGE)
            if not page.total:
                return Lack.BILLS
            if subscription.kind is not DocumentKind.REGISTER:
                return None
            if any(bill.registration is None for bill in page.rows):
                before = await self._bills(company_id, month.plus(-1), 0, PAGE)
                told = any(bill.registration is not None for bill in before.rows)
                return Lack.UNREGISTERED if told else None
            offset += PAGE
            if offset >= page.total:
                return None

    async def _bills(self, company_id: str, month: Month, offset: int, limit: int) -> Page[Bill]:
        query = BillsQuery(company_id, MonthSpan(month, month))
        return await self._carrier.bills(query, offset=offset, limit=limit)

    async def _wait(
        self, subscription: Subscription, month: Month, now: datetime, lack: Lack
    ) -> None:
        """Look again in a day, and say so once; after three days without bills give it up."""
        since = subscription.waits_since or now
        if now - since >= TRIED_FOR:
            word = self._word(subscription, "failed", month)
            await self._store.put_off(self._done(subscription, month), month, [word])
            return
        waiting = replace(subscription, due=now + AGAIN, waits_since=since)
        first = subscription.waits_since is None
        words = [self._word(subscription, lack.value, month)] if first else []
        await self._store.put_off(waiting, month, words)

    def _done(self, subscription: Subscription, month: Month) -> Subscription:
        due = moment_of(month.plus(1), subscription.day)
        return replace(subscription, month=month, due=due, waits_since=None)

    def _order_of(
        self, subscription: Subscription, company: Company | None, month: Month
    ) -> DocumentOrder:
        return DocumentOrder(
            kind=subscription.kind,
            format=subscription.format,
            telegram_id=subscription.telegram_id,
            administrator_id=subscription.administrator_id,
            administrator=subscription.administrator,
            company_id=subscription.company_id,
            company_name="" if company is None else company.name,
            company_bin="" if company is None else company.bin_shown,
            language=subscription.language,
            parameters=asked_of(subscription.kind, month),
        )

    def _word(
        self, subscription: Subscription, which: str, month: Month, why: str = ""
    ) -> OutboxMessage:
        return OutboxMessage(
            channel=Channel.TELEGRAM,
            to=str(subscription.telegram_id),
            kind=f"subscription.{which}",
            expires_at=self._clock.now() + WORD_LIFE,
            parameters={"subscription": subscription.id, "month": str(month), "why": why},
            key=f"subscription:{subscription.id}:{which}:{month}",
        )


def first_day(kind: DocumentKind) -> int:
    """The earliest day it can be ordered on."""
    return EARLIEST[kind]


def next_day(subscription: Subscription) -> date:
    """On which day it is ordered next, in Almaty."""
    return subscription.due.astimezone(ALMATY).date()


class SubscriptionStore(Protocol):
    """Rows of subscriptions. Every method raises `StorageUnavailable`."""

    async def add(self, subscription: Subscription, most: int) -> Subscription:
        """Keep it; one of the same kind and day is the same one, which goes on in that chat and
        language, from that month on if it was suspended. Raises `TooManySubscriptions`.
        """

    async def of_person(self, administrator_id: str, company_id: str) -> Sequence[Subscription]:
        """The person's that have not ended, the oldest first."""

    async def read(self, subscription_id: str) -> Subscription | None:
        """One of them, ended ones too."""

    async def due(self, now: datetime, limit: int) -> Sequence[Subscription]:
        """The active ones whose next month is due, the longest due first."""

    async def order(
        self,
        subscription: Subscription,
        order: DocumentOrder,
        now: datetime,
        effects: Sequence[Effect],
    ) -> bool:
        """Note that its month is dealt with, place the order and write the effects; all or none.

        False where it is not active, or that month was dealt with before.
        """

    async def put_off(
        self, subscription: Subscription, month: Month, effects: Sequence[Effect]
    ) -> bool:
        """Keep its month and when it is due, and write the effects.

        False where it has ended, or `month`, which is put off or given up, was dealt with before.
        """

    async def later(self, subscription: Subscription, due: datetime) -> None:
        """Try it then, if nobody has moved it meanwhile."""

    async def settle(
        self,
        subscription: Subscription,
        state: SubscriptionState,
        effects: Sequence[Effect],
        *,
        chat: int | None = None,
    ) -> bool:
        """Give it that state, in that `chat` from now on, and write the effects; False where it has
        ended or has it already.
        """
