"""Ordering a file, making it in the background, and the message that is owed in the end."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest

from account.chapters.usage import UsageKind, UsageQuery
from account.documents.document import KEPT_FOR, LARGE, Document, DocumentState
from account.documents.kinds import SPECS, DocumentFormat, DocumentKind
from account.documents.orders import (
    GIVES_WAY_FOR,
    LARGE_AT_ONCE,
    LEASE,
    RETRY_AFTER,
    TRIES,
    MadeFile,
    Progress,
)
from account.effects.history import HistoryEvent
from account.errors import (
    CarrierUnavailable,
    CompanyBinUnknown,
    CompanyNotAccessible,
    DocumentNotMade,
    FiguresDisagree,
    InputRefused,
    MyAccountError,
    NumberNotFound,
    OrderRefused,
    PeriodTooOld,
    RightMissing,
)
from account.identity.permissions import GRANTED
from account.values.identifiers import Msisdn
from account.values.periods import Period
from account.values.rights import Role
from tests.account.world import AIGUL, BETA, NUMBER, World, a_number

LAST_MONTH = Period(date(2021, 12, 24), date(2022, 1, 24))
QUERY = UsageQuery(NUMBER, LAST_MONTH, UsageKind.CALLS)
FILE = MadeFile(b"PK", "usage_77012115526_2021-12-24_2022-01-24.xlsx", 17)


class Copyist:
    """Makes what it is told to make, after failing as often as it is told to fail."""

    def __init__(
        self,
        world: World,
        made: MadeFile | None = FILE,
        failures: int = 0,
        fault: type[MyAccountError] = CarrierUnavailable,
    ) -> None:
        self.world = world
        self.fault = fault
        self.made = made
        self.failures = failures
        self.took = timedelta(0)
        self.asked: list[Document] = []
        world.makers[DocumentKind.USAGE] = self

    async def make(self, document: Document, progress: Progress) -> MadeFile | None:
        self.asked.append(document)
        self.world.clock.advance(self.took)
        await progress(5, 0)
        if self.failures:
            self.failures -= 1
            raise self.fault
        return self.made


async def ordered(world: World, query: UsageQuery = QUERY) -> Document:
    return await world.documents.order(
        world.actor(), DocumentKind.USAGE, DocumentFormat.XLSX, query.ordered(), "kk"
    )


async def work(world: World, *, large: bool = True) -> bool:
    """A worker takes a document, if there is one to make."""
    now = world.clock.now()
    document = await world.document_store.claim("worker", now, LEASE, large=large)
    if document is not None:
        await world.documents.make(document)
    return document is not None


def stands(world: World, document: Document) -> Document:
    return world.ledger.documents[document.id].document


# --- Ordering --------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", sorted(DocumentKind))
async def test_a_company_without_a_bin_has_no_paper_for_the_books(
    world: World, kind: DocumentKind
) -> None:
    """The certificate, the register and the statement name it; no other document needs it."""
    world.carrier.granted["adm-1"] = (replace(world.alpha, bin=None),)
    spec = SPECS[kind]
    of_books = kind in {
        DocumentKind.CERTIFICATE,
        DocumentKind.REGISTER,
        DocumentKind.RECONCILIATION,
        DocumentKind.CLOSING_SET,
    }
    try:
        await world.documents.order(world.actor(), kind, spec.formats[0], {}, "kk")
    except CompanyBinUnknown:
        refused = True
    except (KeyError, OrderRefused, InputRefused):
        refused = False
    else:
        refused = False
    assert refused is of_books


async def test_the_order_holds_all_that_the_file_will_say(world: World) -> None:
    document = await ordered(world)

    order = document.order
    assert (document.reference, document.state) == ("R-20220124-0001", DocumentState.QUEUED)
    assert (order.telegram_id, order.administrator, order.language) == (
        AIGUL,
        world.aigul.name,
        "kk",
    )
    assert (order.company_name, order.company_bin) == ("Alpha LLP", "180140000018")
    assert order.parameters == {
        "msisdn": "77012115526",
        "first": "2021-12-24",
        "last": "2022-01-24",
        "type": "calls",
    }


async def test_an_export_is_written_to_the_history(world: World) -> None:
    document = await ordered(world)

    [entry] = world.ledger.entries
    assert (entry.what, entry.number, entry.reference) == (
        HistoryEvent.DOCUMENT_ORDERED,
        NUMBER.digits,
        document.reference,
    )
    assert entry.parameters == {
        "document": "usage",
        "format": "xlsx",
        "first": "2021-12-24",
        "last": "2022-01-24",
        "type": "calls",
    }


async def test_pressing_twice_orders_one_file(world: World) -> None:
    first = await ordered(world)
    world.wait(seconds=59)
    second = await ordered(world)
    world.wait(seconds=1)
    third = await ordered(world)

    assert second.id == first.id != third.id
    assert len(world.ledger.entries) == 2


async def test_another_query_is_another_file(world: World) -> None:
    first = await ordered(world)
    second = await ordered(world, UsageQuery(NUMBER, LAST_MONTH, UsageKind.SMS))

    assert first.id != second.id


async def test_what_may_not_be_seen_may_not_be_ordered(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = world.carrier.add(a_number(Msisdn("77019999999"), BETA))
    with pytest.raises(NumberNotFound):
        await ordered(world, UsageQuery(theirs.msisdn, LAST_MONTH))
    with pytest.raises(PeriodTooOld):
        await ordered(world, UsageQuery(NUMBER, Period(date(2021, 10, 1), date(2021, 11, 1))))
    monkeypatch.setitem(GRANTED, Role.VIEWER, frozenset())
    with pytest.raises(RightMissing):
        await world.documents.order(
            world.viewer(), DocumentKind.USAGE, DocumentFormat.XLSX, QUERY.ordered(), "kk"
        )

    assert (world.ledger.documents, world.ledger.entries) == ({}, [])


# --- Making ----------------------------------------------------------------------------------


async def test_a_made_file_is_kept_and_owed_to_the_chat(world: World) -> None:
    Copyist(world)
    document = await ordered(world)

    await work(world)

    ready = stands(world, document)
    assert (ready.state, ready.name, ready.rows) == (DocumentState.READY, FILE.name, 17)
    assert await world.document_store.content(document.id) == b"PK"
    [word] = world.ledger.owed
    assert (word.kind, word.to, word.parameters) == (
        "document.ready",
        str(AIGUL),
        {"document": document.id},
    )
    assert word.expires_at == world.clock.now() + KEPT_FOR


async def test_nothing_in_the_period_is_a_sentence_and_no_file(world: World) -> None:
    Copyist(world, made=None)
    document = await ordered(world)

    await work(world)

    assert stands(world, document).state is DocumentState.EMPTY
    assert await world.document_store.content(document.id) is None
    assert world.words("document.") == ["document.empty"]


async def test_a_silent_operator_is_asked_again_later(world: World) -> None:
    Copyist(world, failures=2)
    document = await ordered(world)

    assert await work(world)
    assert not await work(world)
    world.clock.advance(RETRY_AFTER)
    assert await work(world)
    world.clock.advance(RETRY_AFTER)
    assert await work(world)

    assert stands(world, document).state is DocumentState.READY
    assert world.words("document.") == ["document.ready"]


async def test_after_five_tries_the_person_is_told_that_it_failed(world: World) -> None:
    copyist = Copyist(world, failures=99)
    document = await ordered(world)

    for _ in range(TRIES + 3):
        await work(world)
        world.clock.advance(RETRY_AFTER)

    failed = stands(world, document)
    assert (failed.state, failed.reason_code) == (DocumentState.FAILED, "UPSTREAM.UNAVAILABLE")
    assert len(copyist.asked) == TRIES
    assert world.words("document.") == ["document.failed"]


async def test_a_document_whose_maker_died_is_made_by_another(world: World) -> None:
    Copyist(world)
    document = await ordered(world)
    await world.document_store.claim("dead", world.clock.now(), LEASE)

    assert not await work(world)
    world.clock.advance(LEASE)
    assert await work(world)

    assert stands(world, document).state is DocumentState.READY
    assert world.words("document.") == ["document.ready"]


async def test_a_maker_that_tells_its_progress_keeps_its_document(world: World) -> None:
    class Slow(Copyist):
        async def make(self, document: Document, progress: Progress) -> MadeFile | None:
            for _ in range(5):
                self.world.clock.advance(LEASE - timedelta(seconds=1))
                assert not await work(self.world)  # nobody else gets it
                await progress(5, 0)
            return self.made

    Slow(world)
    document = await ordered(world)

    assert await work(world)

    assert (stands(world, document).done, stands(world, document).attempts) == (5, 1)
    assert world.words("document.") == ["document.ready"]


async def test_who_lost_the_claim_leaves_the_document_to_the_other(world: World) -> None:
    Copyist(world)
    await ordered(world)
    slow = await world.document_store.claim("slow", world.clock.now(), LEASE)
    assert slow is not None
    world.clock.advance(LEASE)
    quick = await world.document_store.claim("quick", world.clock.now(), LEASE)
    assert quick is not None

    await world.documents.make(slow)
    assert stands(world, slow).state is DocumentState.MAKING
    assert world.ledger.owed == []

    await world.documents.make(quick)
    assert stands(world, slow).state is DocumentState.READY
    assert world.words("document.") == ["document.ready"]


async def test_a_writer_that_died_is_one_try_and_not_the_end(world: World) -> None:
    Copyist(world, failures=1, fault=DocumentNotMade)
    document = await ordered(world)

    await work(world)
    assert stands(world, document).state is DocumentState.QUEUED
    world.wait(seconds=10)
    await work(world)

    assert stands(world, document).state is DocumentState.READY


async def test_figures_that_disagree_are_not_tried_again(world: World) -> None:
    copyist = Copyist(world, failures=1, fault=FiguresDisagree)
    document = await ordered(world)

    await work(world)

    assert len(copyist.asked) == 1
    assert stands(world, document).state is DocumentState.FAILED
    assert stands(world, document).reason_code == FiguresDisagree.code
    assert world.words("document.") == ["document.failed"]


async def test_who_may_not_see_it_any_more_gets_no_file(world: World) -> None:
    copyist = Copyist(world)
    document = await ordered(world)
    world.carrier.granted["adm-1"] = ()

    assert await work(world)
    kept = await world.document_store.read(document.id)
    assert kept is not None
    assert (kept.state, kept.reason_code) == (DocumentState.FAILED, CompanyNotAccessible.code)
    assert copyist.asked == [], "it was made all the same"
    assert [owed.kind for owed in world.ledger.owed] == ["document.failed"]
    world.wait(minutes=5)
    assert not await work(world)


async def test_an_operator_that_cannot_say_who_may_see_it_is_asked_again(world: World) -> None:
    copyist = Copyist(world)
    document = await ordered(world)
    world.carrier.down = True
    assert await work(world)
    assert copyist.asked == []
    world.carrier.down = False
    world.wait(seconds=RETRY_AFTER.total_seconds())

    assert await work(world)
    kept = await world.document_store.read(document.id)
    assert kept is not None
    assert kept.state is DocumentState.READY


# --- Large and small -------------------------------------------------------------------------

LONG = LARGE[DocumentFormat.XLSX]


class LongWork:
    """Makes files that are as long as their number says, each until it is let go."""

    def __init__(self, world: World, rows: dict[UsageKind, int]) -> None:
        self.rows = rows
        self.let_go = asyncio.Event()
        self.held = asyncio.Semaphore(0)
        world.makers[DocumentKind.USAGE] = self

    async def make(self, document: Document, progress: Progress) -> MadeFile | None:
        rows = self.rows[UsageKind(document.order.parameters["type"])]
        await progress(rows, 0)
        if rows >= LONG:
            self.held.release()
            await self.let_go.wait()
        return FILE


async def test_a_small_file_does_not_wait_for_large_ones(world: World) -> None:
    calls, sms, data = UsageKind.CALLS, UsageKind.SMS, UsageKind.DATA
    maker = LongWork(world, {calls: LONG, sms: LONG, data: LONG, UsageKind.OTHER: LONG - 1})
    first, second, third, small = [
        await ordered(world, UsageQuery(NUMBER, LAST_MONTH, kind)) for kind in maker.rows
    ]
    async with asyncio.timeout(60), asyncio.TaskGroup() as hands:
        for _ in range(LARGE_AT_ONCE):
            hands.create_task(work(world))
            await maker.held.acquire()
        assert not world.documents.room_for_large

        # That the third is large as well is seen while it is made, and it is no try.
        assert await work(world)
        waits = stands(world, third)
        assert (waits.state, waits.attempts) == (DocumentState.QUEUED, 0)
        assert waits.large
        world.clock.advance(GIVES_WAY_FOR)
        assert await work(world, large=False)
        assert stands(world, small).state is DocumentState.READY
        assert not await work(world, large=False)
        maker.let_go.set()

    assert [stands(world, one).state for one in (first, second)] == [DocumentState.READY] * 2
    assert world.documents.room_for_large
    assert await work(world)
    assert (stands(world, third).state, stands(world, third).attempts) == (DocumentState.READY, 1)


async def test_what_is_known_to_be_large_gives_way_before_a_row_is_read(world: World) -> None:
    maker = LongWork(world, dict.fromkeys(UsageKind, LONG))
    for kind in (UsageKind.CALLS, UsageKind.SMS, UsageKind.DATA):
        await ordered(world, UsageQuery(NUMBER, LAST_MONTH, kind))
    async with asyncio.timeout(60), asyncio.TaskGroup() as hands:
        for _ in range(LARGE_AT_ONCE):
            hands.create_task(work(world))
            await maker.held.acquire()
        assert await work(world)
        world.clock.advance(GIVES_WAY_FOR)
        maker.rows.clear()  # to begin would be a KeyError
        assert await work(world)
        maker.let_go.set()
