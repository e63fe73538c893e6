"""The child processes: quick beside the event loop, ended when worn, missed by nobody when dead."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from account.chapters.payments import Payment
from account.documents.document import LARGE
from account.documents.kinds import DocumentFormat
from account.errors import CarrierUnavailable, ClaimLost, DocumentNotMade
from documents.layout.blocks import Column, Kind, Layout, Table
from documents.render import pool as press_module
from documents.render import temp_dir, workbook
from documents.render.pool import RenderPool
from documents.reports.payments import payments_file
from tests.account.fakes.clock import FakeClock
from tests.account.world import NOON
from tests.documents import samples
from tests.documents.reading import print_pages, rows
from tests.documents.samples import DECEMBER, HEAD, pages

PDF = DocumentFormat.PDF


def children() -> list[int]:
    """Living child processes of this one that make documents."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if b"documents.render.worker" in _command(place):
                found.append(int(place.name))
    return found


def _command(place: Path) -> bytes:
    """The command of a child of ours, empty for any other process and for one that has ended.

    One that has only just begun has none for a moment: its starter goes on a little earlier.
    """
    while True:
        command = (place / "cmdline").read_bytes()
        state, parent, *_ = (place / "stat").read_text().rpartition(")")[2].split()
        if int(parent) != os.getpid() or state == "Z":
            return b""
        if command:
            return command


def environment(child: int) -> bytes:
    return Path(f"/proc/{child}/environ").read_bytes()


def folders() -> list[Path]:
    return list(Path(temp_dir.PLACE).glob(f"{temp_dir.PREFIX}{os.getpid()}-*"))


async def file(renderer: RenderPool, form: DocumentFormat = DocumentFormat.XLSX) -> None:
    assert await payments_file(renderer, HEAD, DECEMBER, pages(samples.payments()), form=form)


async def test_a_child_serves_one_job_after_another(renderer: RenderPool) -> None:
    await file(renderer)
    first = children()
    await file(renderer, PDF)

    assert len(first) == 1
    assert children() == first


async def test_a_child_is_not_worn_by_the_memory_of_its_parent(renderer: RenderPool) -> None:
    ballast = b"x" * (press_module.GROWN + 1)
    await file(renderer)

    assert len(children()) == 1
    assert len(ballast) > press_module.GROWN


async def test_a_worn_child_makes_room_for_a_new_one(
    renderer: RenderPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(press_module, "GROWN", 1)
    await file(renderer)

    assert children() == []
    assert folders() == []


async def test_a_child_lives_for_so_many_jobs(
    renderer: RenderPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(press_module, "JOBS_A_LIFE", 2)
    await file(renderer)
    first = children()
    await file(renderer)

    assert len(first) == 1
    assert children() == []


async def test_a_child_with_a_large_job_lets_others_go_first(
    renderer: RenderPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = os.getpriority(os.PRIO_PROCESS, 0)
    seen: list[int] = []
    taken = 0

    async def looking() -> AsyncIterator[Sequence[Payment]]:
        yield samples.payments()
        child = taken or children()[0]
        async with asyncio.timeout(60):
            while not seen or (expected and seen[-1] == usual):
                seen.append(os.getpriority(os.PRIO_PROCESS, child))
                await asyncio.sleep(0.05)
        yield samples.payments()

    expected = False
    assert await payments_file(renderer, HEAD, DECEMBER, looking())
    assert seen == [usual]
    assert len(children()) == 1

    [taken] = children()
    seen.clear()
    expected = True
    few = {form: len(samples.payments()) for form in DocumentFormat}
    monkeypatch.setattr(press_module, "LARGE", few)
    assert await payments_file(renderer, HEAD, DECEMBER, looking())
    assert seen[-1] == usual + press_module.GENTLE
    [spare] = children()  # the large one's has ended: it could not hurry any more
    assert spare != taken
    assert os.getpriority(os.PRIO_PROCESS, spare) == usual

    monkeypatch.setattr(press_module, "LARGE", LARGE)
    await file(renderer, PDF)
    assert children() == [spare]


async def test_a_child_shares_our_session_and_not_our_signals(renderer: RenderPool) -> None:
    """The kernel shares cores out by sessions: alone in one, who gives way would not."""
    await file(renderer)
    (child,) = children()

    assert os.getsid(child) == os.getsid(0)
    assert os.getpgid(child) == child != os.getpgid(0)


async def test_of_many_children_few_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    renderer = RenderPool(lambda _language, text: text, FakeClock(NOON))
    try:
        async with asyncio.TaskGroup() as hands:
            for _ in range(press_module.CHILDREN):
                hands.create_task(file(renderer))
        assert len(children()) == press_module.IDLE
    finally:
        await renderer.close()


async def test_a_killed_child_fails_its_job_and_no_other(renderer: RenderPool) -> None:
    async def killing() -> AsyncIterator[Sequence[Payment]]:
        yield samples.payments()
        [child] = children()
        os.kill(child, signal.SIGKILL)
        yield samples.payments()

    async with asyncio.timeout(60):
        with pytest.raises(DocumentNotMade):
            await payments_file(renderer, HEAD, DECEMBER, killing())
        await file(renderer)
    assert len(children()) == 1


async def test_a_child_killed_between_jobs_is_not_missed(renderer: RenderPool) -> None:
    await file(renderer)
    [child] = children()
    os.kill(child, signal.SIGKILL)
    await asyncio.sleep(0.2)  # the loop hears of it

    await file(renderer)

    assert len(children()) == 1
    assert children() != [child]


async def test_a_child_that_hangs_is_given_up(
    renderer: RenderPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def stopping() -> AsyncIterator[Sequence[Payment]]:
        yield samples.payments()
        [child] = children()
        monkeypatch.setattr(press_module, "PATIENCE", 0.5)
        os.kill(child, signal.SIGSTOP)

    async with asyncio.timeout(60):
        with pytest.raises(DocumentNotMade):
            await payments_file(renderer, HEAD, DECEMBER, stopping())
    assert children() == []


@pytest.mark.parametrize("error", [CarrierUnavailable, asyncio.CancelledError])
async def test_a_job_given_up_leaves_no_half_a_file_behind(
    renderer: RenderPool, error: type[BaseException]
) -> None:
    async def silent() -> AsyncIterator[Sequence[Payment]]:
        yield samples.payments()
        raise error

    with pytest.raises(error):
        await payments_file(renderer, HEAD, DECEMBER, silent())

    assert children() == []
    assert folders() == []
    await file(renderer)


async def test_what_another_worker_makes_is_dropped(renderer: RenderPool) -> None:
    async def lost(done: int, total: int) -> None:
        raise ClaimLost

    with pytest.raises(ClaimLost):
        await payments_file(renderer, HEAD, DECEMBER, pages(samples.payments()), progress=lost)


async def test_the_child_knows_nothing_of_ours(
    renderer: RenderPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MYACCOUNT_BOT_TOKEN", "1:secret")
    await file(renderer)

    [child] = children()
    assert b"MYACCOUNT" not in environment(child)


async def test_the_event_loop_stays_quick_while_a_paper_is_set(renderer: RenderPool) -> None:
    async def many() -> AsyncIterator[Sequence[Payment]]:
        for _ in range(50):
            yield samples.payments()

    await file(renderer)
    making = asyncio.ensure_future(payments_file(renderer, HEAD, DECEMBER, many(), form=PDF))
    loop, late = asyncio.get_running_loop(), 0.0
    while not making.done():
        before, cpu = loop.time(), os.times().user
        await asyncio.sleep(0.005)
        # What this process itself worked meanwhile: a busy machine is not our lag.
        late = max(late, min(loop.time() - before - 0.005, os.times().user - cpu))
    assert await making is not None
    assert late < 0.25


async def test_folders_of_the_dead_are_swept_at_the_start() -> None:
    dead = Path(temp_dir.PLACE) / f"{temp_dir.PREFIX}4194304-dead"
    same_number = Path(temp_dir.PLACE) / f"{temp_dir.PREFIX}{os.getpid()}-dead"
    for folder in (dead, same_number):
        folder.mkdir()
        (folder / "sheet").write_text("77010542006")

    temp_dir.swept()

    assert not dead.exists()
    assert not same_number.exists(), "a later process has its number"


async def test_folders_of_another_container_are_not_swept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody here has the number of the process that holds it."""
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(os, "getpid", lambda: 4194304)
        held = temp_dir.TempDir()
    (held.path / "sheet").write_text("77010542006")
    temp_dir.swept()
    assert (held.path / "sheet").exists()
    held.clear()
    held.clear()
    assert not held.path.exists()


# --- What is too long ------------------------------------------------------------------------


def table(count: int) -> list[dict[str, object]]:
    columns = [["Name", "text", 20], ["Money", "money", 14], ["Day", "day", 12]]
    return [
        {"title": "Long", "note": ""},
        {"facts": [["Company", "Alpha"]]},
        {"table": columns, "caption": "", "wrapped": False},
        {"rows": [[f"n{n}", n, "2021-12-31"] for n in range(count)]},
        {"totals": ["Total", sum(range(count)), None]},
    ]


LAYOUT = {
    "language": "en",
    "title": "Long",
    "day": "2022-01-24",
    "sheet": "Long",
    "foot": "long",
    "words": {
        "page": "Page {page} of {pages}",
        "cut": "{shown} of {rows}",
        "cut_total": "all {rows}",
        "bare": "Data",
        "continued": "goes on",
        "rest": "the rest is missing",
    },
    "landscape": True,
    "author": "My Account",
}


def test_a_table_too_long_for_one_book_goes_on_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "LONGEST", 100)
    writer = workbook.WorkbookWriter(LAYOUT)
    for frame in table(250):
        writer.take(frame)

    content, parts, written = writer.finish()

    assert (parts, written) == (3, 250)
    with ZipFile(BytesIO(content)) as packed:
        assert packed.namelist() == ["long_1.xlsx", "long_2.xlsx", "long_3.xlsx"]
        books = [load_workbook(BytesIO(packed.read(name))) for name in packed.namelist()]
    found = [rows(book.worksheets[0], "Name") for book in books]
    assert [len(part) for part in found] == [100, 100, 51]
    assert [row["Name"].value for part in found for row in part][:250] == [
        f"n{n}" for n in range(250)
    ]
    assert found[-1][-1]["Money"].value == sum(range(250)) / 100
    ends = [[cell.value for row in book.worksheets[0] for cell in row] for book in books]
    assert ["goes on" in end for end in ends] == [True, True, False]
    assert books[2].worksheets[0]["C2"].value == "Alpha"


def test_what_is_too_heavy_for_telegram_is_left_out_and_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(workbook, "LONGEST", 100)
    monkeypatch.setattr(workbook, "HEAVIEST", 15_000)
    writer = workbook.WorkbookWriter(LAYOUT)
    for frame in table(1_000):
        writer.take(frame)

    content, parts, written = writer.finish()

    assert len(content) < 2 * 15_000
    with ZipFile(BytesIO(content)) as packed:
        books = [load_workbook(BytesIO(packed.read(name))) for name in packed.namelist()]
    assert parts == len(books) < 10
    texts = [{cell.value for row in book.worksheets[0] for cell in row} for book in books]
    assert "the rest is missing" in texts[-1]
    assert written == sum(f"n{n}" in text for text in texts for n in range(1_000)) < 1_000


async def test_a_file_counts_only_the_rows_that_are_in_it(
    renderer: RenderPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rows that were left out had been counted, and the caption in the chat told them."""
    told: list[tuple[int, int]] = []

    async def progress(done: int, total: int) -> None:
        told.append((done, total))

    async def answer(_self: object, _frame: object) -> tuple[dict[str, int], bytes]:
        return {"bytes": 5, "parts": 2, "rows": 30, "memory": 0}, b"whole"

    monkeypatch.setattr("documents.render.pool.Child.answer", answer)
    columns: list[Column[int]] = [Column("N", Kind.PIECES, 10, lambda n: n)]
    layout = Layout("en", "Long", "2022-01-24", "Long", "long", {"page": "{page}"})

    made = await renderer.make([Table(columns, range(40))], layout, DocumentFormat.XLSX, progress)

    assert made.rows == 30
    assert told[-1] == (30, 40), "how many there are is told as well"


async def test_print_is_cut_and_says_how_much_there_is(renderer: RenderPool) -> None:
    one = samples.payments()[0]
    many = [replace(one, document=f"pay-{n:06}") for n in range(5_003)]

    made = await payments_file(renderer, HEAD, DECEMBER, pages(many, 1_000), form=PDF)

    first, *_, text = print_pages(made)
    assert made is not None
    assert made.rows == 5_003
    for page in (first, text):
        assert "The first 5,000 of 5,003 rows are printed." in " ".join(page.split())
    assert "Total of all 5,003 rows" in " ".join(text.split())
    assert f"{5_003 * one.amount.decimal:,.2f}" in text


async def test_rows_beyond_what_is_printed_are_counted_and_added_up_and_not_worded(
    renderer: RenderPool,
) -> None:
    worded = 0

    def word(n: int) -> str:
        nonlocal worded
        worded += 1
        return str(n)

    columns: list[Column[int]] = [
        Column("N", Kind.TEXT, 10, word),
        Column("Sum", Kind.PIECES, 10, lambda n: n, total=True),
    ]
    words = {"page": "{page}", "cut": "{shown} of {rows}", "cut_total": "All {rows}"}
    layout = Layout("en", "Long", "2022-01-24", "Long", "long", words)

    made = await renderer.make([Table(columns, range(5_700), total="Total")], layout, PDF)

    assert (made.rows, worded) == (5_700, 5_000)
    last = PdfReader(BytesIO(made.content)).pages[-1].extract_text()
    assert "All 5,700" in last
    assert f"{sum(range(5_700)):,}" in last
