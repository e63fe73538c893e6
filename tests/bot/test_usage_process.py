"""Usage details made in a process of their own: the same file, and nothing of it left elsewhere."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import pytest_asyncio
from typing_extensions import override

from account.changes.ports import DispatchGuard
from account.chapters.usage import UsageRecords
from account.documents.document import LARGE, Document
from account.documents.kinds import DocumentFormat
from account.documents.orders import MadeFile
from account.errors import (
    CarrierNotUnderstood,
    CarrierPaused,
    ClaimLost,
    DocumentNotMade,
    FiguresIncomplete,
)
from bot.app.usage_process import PROGRAM, UsageProcess
from bot.texts.language import Catalogues
from carrier.http import OperatorHttp
from carrier.profile.loader import load
from carrier.relay import Relay
from carrier.tmf.adapter import TmfAdapter
from carrier.transport import Answer, Transport
from documents.layout.notes import LEFT_OUT
from documents.render import pool as pool_module
from documents.render.in_place import InPlace
from documents.render.pool import GENTLE
from documents.reports.usage_print import UsageFiles
from tests.account.fakes.clock import FakeClock
from tests.account.world import NOON
from tests.carrier.desk import DecodingFaults
from tests.documents.reading import print_pages, workbook
from tests.documents.test_usage import DOCUMENT

NUMBER = "77012115526"
TOKEN = "t0ken-that-nobody-else-knows"


def record(n: int, **told: Any) -> dict[str, Any]:
    """A call of the number, newest first, one a minute."""
    at = f"2022-01-{23 - n // 1440:02}T{23 - n // 60 % 24:02}:{59 - n % 60:02}:00Z"
    return {
        "id": f"u-{n}",
        "usageDate": at,
        "usageType": "voice",
        "usageCharacteristic": [
            {"name": "direction", "value": "outgoing"},
            {"name": "destinationNumber", "value": f"7701{n:07}"},
            {"name": "durationSec", "value": n % 3600},
            {"name": "serviceName", "value": "Calls in the network"},
        ],
        "ratedProductUsage": [
            {
                "productRef": {"id": NUMBER},
                "taxIncludedRatingAmount": {"unit": "KZT", "value": n % 9 * 1.5},
            }
        ],
        **told,
    }


class Operator(Transport):
    """Answers pages of its `rows`; `before` is asked before each answer."""

    def __init__(self, rows: list[Any]) -> None:
        self.rows = rows
        self.asked: list[str] = []
        self.before: Callable[[int], Awaitable[Answer | None]] | None = None

    @override
    async def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        *,
        connect: float,
        read: float,
        guard: DispatchGuard | None = None,
    ) -> Answer:
        self.asked.append(url)
        assert headers["Authorization"] == f"Bearer {TOKEN}"
        if self.before is not None and (other := await self.before(len(self.asked))) is not None:
            return other
        asked = parse_qs(urlsplit(url).query)
        begin = int(asked["offset"][0])
        page = self.rows[begin : begin + int(asked["limit"][0])]
        return Answer(200, {"X-Total-Count": str(len(self.rows))}, json.dumps(page).encode())

    @override
    async def close(self) -> None:
        """Nothing to hang up."""


class Office:
    """The process with what it needs, and the same in place."""

    def __init__(self, rows: list[Any]) -> None:
        self.operator = Operator(rows)
        self.faults = DecodingFaults()
        self.clock = FakeClock(NOON)
        self.http = self._http(self.operator, self.faults)
        self.words = Catalogues()
        self.process = UsageProcess(Relay(self.http), self.words, self.clock)
        self.told: list[tuple[int, int]] = []

    def _http(self, operator: Operator, faults: DecodingFaults) -> OperatorHttp:
        profile = load("kcell")
        return OperatorHttp(
            "http://operator", TOKEN, transport=operator, decoding_observer=faults, profile=profile
        )

    async def progress(self, done: int, total: int) -> None:
        self.told.append((done, total))

    async def made(self, document: Document = DOCUMENT) -> MadeFile | None:
        return await self.process.make(document, self.progress)

    async def in_place(self, document: Document = DOCUMENT) -> MadeFile | None:
        carrier = TmfAdapter(self._http(self.operator, DecodingFaults()), self.clock)
        files = UsageFiles(
            UsageRecords(carrier), self.clock, InPlace(self.words.say, self.clock), threads=1
        )
        try:
            return await files.make(document, self.progress)
        finally:
            files.close()


@pytest_asyncio.fixture
async def office() -> AsyncIterator[Office]:
    made = Office([record(n) for n in range(2_500)])
    yield made
    await made.process.close()


def children() -> list[int]:
    """Living child processes of this one that make such files."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            state, parent, *_ = (place / "stat").read_text().rpartition(")")[2].split()
            ours = int(parent) == os.getpid() and state != "Z"
            if ours and PROGRAM.encode() in (place / "cmdline").read_bytes():
                found.append(int(place.name))
    return found


def environment(child: int) -> bytes:
    return Path(f"/proc/{child}/environ").read_bytes()


def ranks() -> dict[int, int]:
    """How far each thread of the children lets others go first."""
    usual, found = os.getpriority(os.PRIO_PROCESS, 0), {}
    for child in children():
        for task in Path(f"/proc/{child}/task").iterdir():
            with suppress(OSError):
                thread = int(task.name)
                found[thread] = os.getpriority(os.PRIO_PROCESS, thread) - usual
    return found


def ordered(language: str = "kk", form: DocumentFormat = DocumentFormat.XLSX) -> Document:
    return replace(DOCUMENT, order=replace(DOCUMENT.order, language=language, format=form))


def cells(made: MadeFile | None) -> list[list[tuple[Any, ...]]]:
    return [list(sheet.iter_rows(values_only=True)) for sheet in workbook(made).worksheets]


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_the_first_file_of_a_process_has_all_its_words(office: Office, language: str) -> None:
    """Whatever was said in this process before: nobody has drawn a heading here yet."""
    words = office.process.told(ordered(language))["words"][language]
    for text in ("Company", "Generated at", "Total"):
        assert words[text] == office.words.say(language, text) != text


@pytest.mark.parametrize("language", ["en", "kk", "ru"])
async def test_the_workbook_is_the_same_as_where_it_is_read(office: Office, language: str) -> None:
    made = await office.made(ordered(language))

    assert made is not None
    assert made.rows == 2_500
    assert office.told[-1] == (2_500, 2_500)
    same = await office.in_place(ordered(language))
    assert same is not None
    assert (made.name, made.rows) == (same.name, same.rows)
    assert cells(made) == cells(same)


async def test_the_print_is_the_same(office: Office) -> None:
    order = ordered("kk", DocumentFormat.PDF)
    office.operator.rows = office.operator.rows[:60]

    assert print_pages(await office.made(order)) == print_pages(await office.in_place(order))


async def test_nothing_in_the_period_makes_no_file(office: Office) -> None:
    office.operator.rows = []

    assert await office.made() is None


async def test_one_odd_row_is_left_out_counted_and_said(office: Office) -> None:
    office.operator.rows[7] = record(7, usageDate="yesterday")

    made = await office.made(ordered("en"))

    assert made is not None
    assert made.rows == 2_499
    assert office.faults.rows == [("TMF635", "usageDate")]
    said = office.words.say("en", LEFT_OUT).partition("{")[0]
    assert said in str(cells(made))


async def test_a_row_of_another_number_leaves_no_trace(office: Office) -> None:
    other = {"productRef": {"id": "77019999999"}, "taxIncludedRatingAmount": {"unit": "KZT"}}
    stray = record(7, ratedProductUsage=[other], usageDate="yesterday")
    stray["usageCharacteristic"][1]["value"] = "77015550000"
    office.operator.rows[7] = stray

    made = await office.made(ordered("en"))

    assert made is not None
    assert made.rows == 2_499
    assert office.faults == DecodingFaults()
    told = str(cells(made))
    assert "77015550000" not in told
    assert office.words.say("en", LEFT_OUT).partition("{")[0] not in told


async def test_rows_of_which_none_can_be_read_make_no_file(office: Office) -> None:
    office.operator.rows = [record(n, usageDate="yesterday") for n in range(3)]

    with pytest.raises(FiguresIncomplete):
        await office.made()

    assert len(office.faults.rows) == 3


async def test_an_answer_cut_in_half_is_not_taken_for_the_end(office: Office) -> None:
    async def cut(n: int) -> Answer | None:
        body = json.dumps(office.operator.rows[:998]).encode()
        return Answer(200, {"X-Total-Count": "2500"}, body[: len(body) // 2]) if n == 2 else None

    office.operator.before = cut
    with pytest.raises(CarrierNotUnderstood):
        await office.made()

    assert [api for api, _field in office.faults.answers] == ["TMF635"]
    office.operator.before = None
    made = await office.made()
    assert made is not None, "the next one is made"
    assert made.rows == 2_500


async def test_what_the_operator_says_of_waiting_is_told_as_it_is(office: Office) -> None:
    async def busy(n: int) -> Answer | None:
        return Answer(429, {"Retry-After": "50"}, b"") if n > 1 else None

    office.operator.before = busy
    with pytest.raises(CarrierPaused) as paused:
        await office.made()

    assert paused.value.until is not None
    assert len(office.operator.asked) == 2, "nobody asks on behalf of another process either"


async def test_the_child_knows_no_secret_and_may_ask_for_nothing_else(office: Office) -> None:
    await office.made()
    (child,) = children()

    assert TOKEN.encode() not in environment(child)
    assert TOKEN not in json.dumps(Relay(office.http).told)
    for api, resource in (("TMF632", "individual"), ("TMF635", "../party")):
        question = {"api": api, "resource": resource, "query": "", "proof": False}
        with pytest.raises(ValueError, match="not asked for others"):
            await Relay(office.http).read(question)


async def test_a_killed_child_has_made_nothing_and_the_next_makes_all(office: Office) -> None:
    async def killing(n: int) -> Answer | None:
        if n == 2:
            (child,) = children()
            os.kill(child, signal.SIGKILL)
        return None

    office.operator.before = killing
    with pytest.raises(DocumentNotMade):
        await office.made()

    assert children() == []
    office.operator.before = None
    made = await office.made()
    assert made is not None
    assert made.rows == 2_500


async def test_a_document_that_somebody_else_makes_by_now_ends_the_child(office: Office) -> None:
    async def lost(done: int, total: int) -> None:
        raise ClaimLost

    with pytest.raises(ClaimLost):
        await office.process.make(DOCUMENT, lost)

    assert children() == []


async def test_a_cancelled_document_ends_the_child(office: Office) -> None:
    reached = asyncio.Event()

    async def holding(n: int) -> Answer | None:
        if n == 2:
            reached.set()
            await asyncio.Event().wait()
        return None

    office.operator.before = holding
    making = asyncio.ensure_future(office.made())
    await reached.wait()
    making.cancel()
    with pytest.raises(asyncio.CancelledError):
        await making

    assert children() == []


async def test_a_small_file_does_not_wait_for_a_large_one(office: Office) -> None:
    reached, go = asyncio.Event(), asyncio.Event()

    async def holding(n: int) -> Answer | None:
        if n == 2:
            reached.set()
            await go.wait()
        return None

    office.operator.before = holding
    large = asyncio.ensure_future(office.made())
    await reached.wait()
    small = await office.made()

    assert small is not None
    assert not large.done()
    go.set()
    assert await large is not None


async def test_a_child_is_there_for_the_next_order(office: Office) -> None:
    await office.made()
    first = children()
    await office.made(ordered("ru"))

    assert len(first) == 1
    assert children() == first


def expecting() -> list[asyncio.Task[Any]]:
    """What begins a child ahead of its order, and lets it go when none comes."""
    return [task for task in asyncio.all_tasks() if task.get_name() == "child"]


async def begun() -> list[int]:
    """The children, once there is one."""
    async with asyncio.timeout(60):
        while not (found := children()):  # noqa: ASYNC110 - another process has no bell
            await asyncio.sleep(0.01)
    return found


async def test_a_child_that_is_expected_is_there_before_the_order(office: Office) -> None:
    office.process.expect()
    office.process.expect()
    there = await begun()
    await office.made()

    assert len(there) == 1
    assert children() == there


async def test_an_order_takes_the_child_that_is_just_beginning(office: Office) -> None:
    office.process.expect()
    await asyncio.sleep(0)
    await office.made()

    assert len(children()) == 1


async def test_a_child_that_got_no_order_ends(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool_module, "EXPECTS", 0.0)
    office.process.expect()
    (one,) = expecting()
    await one

    assert children() == []
    assert await office.made() is not None, "the next order has one"


async def test_a_child_that_had_an_order_meanwhile_stays(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool_module, "EXPECTS", 2.0)
    office.process.expect()
    await asyncio.sleep(0)
    (one,) = expecting()
    await office.made()
    there = children()
    await one

    assert len(there) == 1
    assert children() == there


async def test_no_expected_child_outlives_the_process(office: Office) -> None:
    office.process.expect()
    await begun()
    await office.process.close()

    assert children() == []


async def test_a_large_file_gives_way_and_the_next_does_not(office: Office) -> None:
    office.operator.rows = [record(n) for n in range(LARGE[DocumentFormat.XLSX])]
    seen: set[tuple[int, int]] = set()

    async def looking(n: int) -> Answer | None:
        seen.update(ranks().items())
        return None

    office.operator.before = looking
    await office.made()
    assert {rank for _, rank in seen} == {0, GENTLE}

    # One that gave way and has ended may need a while to be gone for the kernel as well.
    ended = {thread for thread, rank in seen if rank == GENTLE}
    seen.clear()
    office.operator.rows = office.operator.rows[:50]
    await office.made()
    assert {rank for thread, rank in seen if thread not in ended} == {0}


@pytest.mark.parametrize("busy", [False, True])
async def test_a_child_ends_with_the_process_that_began_it(office: Office, *, busy: bool) -> None:
    """Killed as well, which leaves nobody to end it."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", PROGRAM, stdin=PIPE, stdout=PIPE, stderr=DEVNULL
    )
    assert child.stdin is not None
    assert child.stdout is not None
    if busy:
        child.stdin.write(json.dumps(office.process.told(DOCUMENT)).encode() + b"\n")
        assert "question" in json.loads(await child.stdout.readline())
    child.stdin.close()

    async with asyncio.timeout(60):
        assert await child.wait() == 0
