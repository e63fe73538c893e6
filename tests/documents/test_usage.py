"""The usage workbook as its reader opens it, and how it is made without holding anything up."""

from __future__ import annotations

import asyncio
import threading
import weakref
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from itertools import islice
from zipfile import ZipFile

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from account.chapters.usage import (
    STREAM_ROWS,
    Direction,
    Usage,
    UsageKind,
    UsageQuery,
    UsageRecord,
    UsageService,
)
from account.documents.document import Document, DocumentOrder, DocumentState
from account.documents.kinds import DocumentFormat, DocumentKind
from account.documents.orders import MadeFile, Maker
from account.errors import CarrierUnavailable, ClaimLost
from account.values.money import Money
from account.values.page import Page
from documents.render.page_bridge import AHEAD
from documents.reports import usage as usage_module
from documents.reports.usage import UsageWorkbook
from documents.reports.usage_rows import SERVICES
from tests.account.fakes.carrier import FakeCarrier
from tests.account.fakes.clock import FakeClock
from tests.account.fakes.ledger import Ledger
from tests.account.world import NOON
from tests.documents.reading import whole

CALL = UsageRecord(
    at=datetime(2022, 1, 23, 18, 30, 5, tzinfo=UTC),
    kind=UsageKind.CALLS,
    direction=Direction.OUT,
    party="+77012223344",
    amount=61,
    cost=Money(1_250),
)

RECORDS = (
    replace(CALL, at=datetime(2022, 1, 24, 3, 46, tzinfo=UTC), amount=3_700, cost=Money(10)),
    CALL,
    UsageRecord(
        at=datetime(2022, 1, 20, 5, 0, tzinfo=UTC),
        kind=UsageKind.SMS,
        direction=Direction.IN,
        party="Kaspi",
        amount=3,
        cost=Money(0),
        roaming="Türkiye",
    ),
    UsageRecord(
        at=datetime(2022, 1, 19, 5, 0, tzinfo=UTC),
        kind=UsageKind.DATA,
        direction=Direction.NONE,
        party="internet",
        amount=5 * 1024 * 1024 + 512 * 1024,
        cost=Money(39_990),
        service="Қалааралық ₸",
    ),
    UsageRecord(
        at=datetime(2022, 1, 18, 5, 0, tzinfo=UTC),
        kind=UsageKind.OTHER,
        direction=Direction.NONE,
        party="",
        amount=1,
        cost=Money(-100),
        service="Correction",
    ),
)
DOCUMENT = Document(
    id="d-1",
    reference="R-20220124-0001",
    order=DocumentOrder(
        kind=DocumentKind.USAGE,
        format=DocumentFormat.XLSX,
        telegram_id=7001,
        administrator_id="adm-1",
        administrator="Айгүл Серікова",
        company_id="alpha",
        company_name="Alpha LLP",
        company_bin="180140000018",
        language="en",
        parameters={
            "msisdn": "77012115526",
            "first": "2021-12-24",
            "last": "2022-01-24",
            "type": "everything",
        },
    ),
    state=DocumentState.MAKING,
    ordered_at=NOON,
)

Told = list[tuple[int, int]]

KINDS = ["Calls", "SMS and MMS", "Data (internet)", "Other charges"]


def english(language: str, text: str) -> str:
    return text


class Office:
    """The maker with what it needs, and what it told about its progress."""

    def __init__(self) -> None:
        self.carrier = FakeCarrier()
        self.carrier.records = list(RECORDS)
        self.clock = FakeClock(NOON)
        self.told: Told = []
        self.makers: list[UsageWorkbook] = []

    def maker(
        self, words: Callable[[str, str], str] = english, carrier: FakeCarrier | None = None
    ) -> UsageWorkbook:
        usage = Usage(carrier or self.carrier, Ledger(), self.clock)
        made = UsageWorkbook(usage, self.clock, words, threads=1)
        self.makers.append(made)
        return made

    async def progress(self, done: int, total: int) -> None:
        self.told.append((done, total))

    async def file(
        self, document: Document = DOCUMENT, words: Callable[[str, str], str] = english
    ) -> MadeFile:
        maker: Maker = self.maker(words)
        made = await maker.make(document, self.progress)
        assert made is not None
        return made

    async def book(
        self, document: Document = DOCUMENT, words: Callable[[str, str], str] = english
    ) -> Workbook:
        return load_workbook(BytesIO(whole(await self.file(document, words))))


@pytest.fixture
def office() -> Iterator[Office]:
    fresh = Office()
    yield fresh
    for maker in fresh.makers:
        maker.close()


def ordered(**parameters: str) -> Document:
    order = DOCUMENT.order
    return replace(DOCUMENT, order=replace(order, parameters={**order.parameters, **parameters}))


def block(sheet: Worksheet) -> dict[object, object]:
    """Labels and values between the title and the table."""
    return {row[0]: row[2] for row in sheet.iter_rows(2, 11, max_col=3, values_only=True)}


def table(sheet: Worksheet, heading: str) -> list[dict[str, Cell]]:
    """The rows under the headings, by heading; `heading` is the first one."""
    rows = [[cell for cell in row if isinstance(cell, Cell)] for row in sheet.iter_rows()]
    at = next(n for n, row in enumerate(rows) if row and row[0].value == heading)
    names = [str(cell.value) for cell in rows[at]]
    return [dict(zip(names, row, strict=True)) for row in rows[at + 1 :]]


def column(rows: list[dict[str, Cell]], name: str) -> list[object]:
    return [row[name].value for row in rows]


# --- What the reader sees --------------------------------------------------------------------


async def test_the_reader_learns_whose_details_they_are(office: Office) -> None:
    made = await office.file()
    book = load_workbook(BytesIO(whole(made)))

    assert made.name == "usage_77012115526_2021-12-24_2022-01-24.xlsx"
    assert made.rows == len(RECORDS)
    assert book.sheetnames == ["usage_77012115526", "Totals"]
    sheet = book["Totals"]
    assert sheet["A1"].value == "Usage details"
    assert block(sheet) == {
        "Company": "Alpha LLP",
        "BIN": "180140000018",
        "Number": "+7 701 211 55 26",
        "Period": "24.12.2021 – 24.01.2022",
        "Type of data": "All types",
        "Generated at": "24.01.2022 12:00 (Asia/Almaty, UTC+06:00)",
        "Requested by": "Айгүл Серікова",
        "Request": "R-20220124-0001",
        "Please note": "Today's details may be incomplete.",
        None: None,
    }


async def test_sizes_stand_where_browsers_look_for_them(office: Office) -> None:
    """SheetJS reads no archive whose entries begin with sizes of 64 bits."""
    made = whole(await office.file())
    with ZipFile(BytesIO(made)) as archive:
        for entry in archive.infolist():
            assert made[entry.header_offset + 18 :][:4] == entry.compress_size.to_bytes(4, "little")
            assert made[entry.header_offset + 22 :][:4] == entry.file_size.to_bytes(4, "little")


async def test_one_sheet_alone_is_chosen(office: Office) -> None:
    """With two of them chosen a program writes what is typed into both."""
    book = await office.book()
    assert [bool(sheet.sheet_view.tabSelected) for sheet in book] == [True, False]


async def test_programs_read_nothing_but_a_head_and_records(office: Office) -> None:
    unrated = replace(CALL, cost=None)
    office.carrier.records = [*RECORDS, unrated]
    book = await office.book()
    sheet = book.worksheets[0]

    assert [cell.value for cell in sheet[1]][:2] == ["Date and time", "Type"]
    assert sheet.max_row == 1 + len(RECORDS) + 1
    rows = table(sheet, "Date and time")
    assert not sheet.merged_cells.ranges
    assert column(rows, "Other party")[0] == "77012223344"
    assert column(rows, "Cost with VAT, ₸")[-1] is None
    *_, total, note = table(book.worksheets[1], "Type")
    assert total["Type"].value == "Total"
    told = str(note["Type"].value)
    assert told.startswith("Records not yet rated by the operator: 1.")


async def test_every_record_is_a_row_in_almaty_time_with_figures_one_can_count_with(
    office: Office,
) -> None:
    rows = table((await office.book()).worksheets[0], "Date and time")

    assert [str(moment) for moment in column(rows, "Date and time")] == [
        "2022-01-24 09:46:00",
        "2022-01-24 00:30:05",
        "2022-01-20 11:00:00",
        "2022-01-19 11:00:00",
        "2022-01-18 11:00:00",
    ]
    assert column(rows, "Type") == [
        "Calls",
        "Calls",
        "SMS and MMS",
        "Data (internet)",
        "Other charges",
    ]
    assert column(rows, "Direction") == ["Outgoing", "Outgoing", "Incoming", None, None]
    parties = ["77012223344", "77012223344", "Kaspi", "internet", None]
    assert column(rows, "Other party") == parties
    assert column(rows, "Duration, h:mm:ss") == [
        timedelta(hours=1, minutes=1, seconds=40),
        timedelta(minutes=1, seconds=1),
        None,
        None,
        None,
    ]
    assert column(rows, "Volume, MB") == [None, None, None, 5.5, None]
    assert column(rows, "Quantity, pcs") == [None, None, 3, None, 1]
    assert column(rows, "Cost with VAT, ₸") == [0.1, 12.5, 0, 399.9, -1]
    assert column(rows, "Roaming") == [None, None, "Türkiye", None, None]
    assert column(rows, "Service") == [None, None, None, "Қалааралық ₸", "Correction"]
    assert {name: cell.number_format for name, cell in rows[0].items()} == {
        "Date and time": "yyyy-mm-dd hh:mm:ss",
        "Type": "@",
        "Direction": "@",
        "Other party": "@",
        "Duration, h:mm:ss": "[h]:mm:ss",
        "Volume, MB": "General",
        "Quantity, pcs": "General",
        "Cost with VAT, ₸": "0.00####",
        "Roaming": "General",
        "Service": "General",
    }
    assert rows[3]["Volume, MB"].number_format == "0.000"


async def test_the_totals_are_those_of_the_operators_records(office: Office) -> None:
    book = await office.book()
    totals = table(book.worksheets[1], "Type")
    last = totals[-1]

    assert column(totals, "Type") == [
        "Calls",
        "SMS and MMS",
        "Data (internet)",
        "Other charges",
        "Total",
    ]
    assert column(totals, "Records") == [2, 1, 1, 1, 5]
    talked = timedelta(seconds=3_761)
    assert column(totals, "Duration, h:mm:ss") == [talked, None, None, None, talked]
    assert column(totals, "Volume, MB") == [None, None, 5.5, None, 5.5]
    assert column(totals, "Quantity, pcs") == [None, 3, None, 1, 4]
    assert column(totals, "Cost with VAT, ₸") == [12.6, 0, 399.9, -1, 411.5]
    assert last["Type"].value == "Total"
    assert last["Duration, h:mm:ss"].value == talked
    assert last["Volume, MB"].value == 5.5
    assert last["Cost with VAT, ₸"].value == 411.5


async def test_the_sum_of_many_small_costs_is_exact_to_the_tiyn(office: Office) -> None:
    many = [replace(CALL, cost=Money(tiyn)) for tiyn in range(1, 3_001)]
    office.carrier.records = many

    book = await office.book()

    rows = table(book.worksheets[0], "Date and time")
    *_, last = table(book.worksheets[1], "Type")
    apart = sum((Decimal(str(cost)) for cost in column(rows, "Cost with VAT, ₸")), Decimal())
    assert apart == Decimal("45015.00")
    assert last["Cost with VAT, ₸"].value == 45_015


async def test_the_table_can_be_scrolled_filtered_and_printed(office: Office) -> None:
    details, totals = (await office.book()).worksheets

    assert details.freeze_panes == "A2"
    assert details.auto_filter.ref == "A1:J6"
    assert details.print_title_rows == "$1:$1"
    assert details.page_setup.orientation == "landscape"
    assert totals.freeze_panes == "A13"
    widths = [details.column_dimensions[letter].width for letter in "ABCDEFGHIJ"]
    assert all(width > 12 for width in widths)


@pytest.mark.parametrize(("last", "incomplete"), [("2022-01-23", False), ("2022-01-24", True)])
async def test_only_a_period_with_today_in_it_is_called_incomplete(
    office: Office, last: str, incomplete: bool
) -> None:
    document = ordered(last=last)

    said = block((await office.book(document)).worksheets[1])

    assert ("Please note" in said) is incomplete


async def test_today_is_the_day_in_almaty(office: Office) -> None:
    office.clock.advance(timedelta(hours=12))  # 18:00 UTC, and midnight of the 25th in Almaty

    said = block((await office.book()).worksheets[1])

    assert "Please note" not in said
    assert said["Generated at"] == "25.01.2022 00:00 (Asia/Almaty, UTC+06:00)"


async def test_the_zone_is_the_one_of_that_year(office: Office) -> None:
    office.clock.advance(timedelta(days=365 * 3))

    said = block((await office.book()).worksheets[1])

    assert str(said["Generated at"]).endswith("(Asia/Almaty, UTC+05:00)")


async def test_only_the_type_that_was_asked_for_is_in_it(office: Office) -> None:
    book = await office.book(ordered(type="calls"))

    assert block(book.worksheets[1])["Type of data"] == "Calls"
    assert column(table(book.worksheets[1], "Type"), "Type") == ["Calls", "Total"]


async def test_every_word_is_in_the_persons_language_and_the_names_stay(office: Office) -> None:
    document = replace(DOCUMENT, order=replace(DOCUMENT.order, language="kk"))

    def kazakh(language: str, text: str) -> str:
        return f"{language}:{text}"[:31]

    made = await office.file(document, kazakh)
    book = load_workbook(BytesIO(whole(made)))

    # ":" cannot stand in a sheet's name, so that one falls back.
    assert book.sheetnames == ["usage_77012115526", "Totals"]
    assert made.name == "usage_77012115526_2021-12-24_2022-01-24.xlsx"
    named = {"R-20220124-0001", "Alpha LLP", "180140000018", "+7 701 211 55 26", "Айгүл Серікова"}
    kept = named | {"24.12.2021 – 24.01.2022", "24.01.2022 12:00 (Asia/Almaty, UTC+06:00)"}
    kept |= {"77012223344", "Kaspi", "internet", "Türkiye", "Қалааралық ₸", "Correction"}
    texts = {cell.value for sheet in book for row in sheet for cell in row if cell.data_type == "s"}
    assert {text for text in texts if not str(text).startswith("kk:")} == kept


async def test_services_are_named_in_the_readers_language_where_they_have_a_name_there(
    office: Office,
) -> None:
    known = replace(CALL, service="Calls to other KZ mobiles", service_kind=UsageService.OFFNET)
    office.carrier.records = [known, replace(CALL, service="Gudok")]
    document = replace(DOCUMENT, order=replace(DOCUMENT.order, language="kk"))

    def kazakh(language: str, text: str) -> str:
        return f"{language}:{text}"[:31]

    book = await office.book(document, kazakh)

    cells = [cell.value for cell in next(islice(book.worksheets[0].iter_cols(), 9, 10))]
    assert "kk:Calls to other KZ mobiles" in cells
    assert "Gudok" in cells


def test_every_service_that_is_known_has_a_name() -> None:
    assert set(SERVICES) == set(UsageService)


async def test_nothing_in_the_period_makes_no_file(office: Office) -> None:
    office.carrier.records = []

    assert await office.maker().make(DOCUMENT, office.progress) is None
    assert office.told == []


# --- What other people's systems may send ----------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ('=HYPERLINK("http://evil.example";"bill")', '=HYPERLINK("http://evil.example";"bill")'),
        ("=cmd|' /C calc'!A0", "=cmd|' /C calc'!A0"),
        ("+77012223344 ", "+77012223344 "),
        ("-1", "-1"),
        ("@SUM(A1:A9)", "@SUM(A1:A9)"),
        ("\t=1+1", " =1+1"),
        ("\r\n=1+1", " =1+1"),
        ("http://evil.example", "http://evil.example"),
        ("0077", "0077"),
        ("_x0041_", "_x005F_x0041_"),  # as written in the file: Excel shows the underscores
        ("a\x00b\x0bc\x1bd\x7fe", "ab cde"),
        ("half\ud83d", "half"),
        ("\ufffe\uffff", None),
        ("\u202e6002-450-107-7\u202c", "6002-450-107-7"),
        ("Әлия & <b>₸</b> 😀", "Әлия & <b>₸</b> 😀"),
        ("x" * 40_000, "x" * 1_000),
    ],
)
async def test_what_the_operator_sends_stays_text(
    office: Office, sent: str, shown: str | None
) -> None:
    office.carrier.records = [replace(CALL, party=sent, roaming=sent, service=sent)]

    [row] = table((await office.book()).worksheets[0], "Date and time")

    for name in ("Other party", "Roaming", "Service"):
        assert row[name].value == shown
        assert row[name].data_type in {"s", "n" if shown is None else "s"}
        assert row[name].hyperlink is None
        assert shown is None or row[name].number_format == "@"


async def test_names_in_the_header_stay_text_too(office: Office) -> None:
    order = replace(DOCUMENT.order, company_name="=1+1\x00", administrator="@Айгүл\ud800\n<b>")
    document = replace(DOCUMENT, order=order)

    book = await office.book(document)

    assert block(book.worksheets[1])["Company"] == "=1+1"
    assert block(book.worksheets[1])["Requested by"] == "@Айгүл <b>"
    for sheet in book:
        assert [c for row in sheet for c in row if c.data_type == "f"] == []


# --- How it is made --------------------------------------------------------------------------


class Watched(UsageRecord):
    """A record whose end can be noticed."""


class WatchedCarrier(FakeCarrier):
    """Makes records as they are asked for, and counts how many are in memory at once."""

    def __init__(self, total: int) -> None:
        super().__init__()
        self.total = total
        self.alive: weakref.WeakSet[Watched] = weakref.WeakSet()
        self.most = 0

    async def usage(
        self, company_id: str, query: UsageQuery, *, offset: int, limit: int
    ) -> Page[UsageRecord]:
        rows = tuple(
            Watched(CALL.at, CALL.kind, CALL.direction, f"{n}", 1, Money(n))
            for n in range(offset, min(offset + limit, self.total))
        )
        self.alive.update(rows)
        self.most = max(self.most, len(self.alive))
        return Page(rows, offset, self.total)


async def test_a_long_report_is_never_in_memory_as_a_whole(office: Office) -> None:
    pages = 30
    carrier = WatchedCarrier(pages * STREAM_ROWS)

    made = await office.maker(carrier=carrier).make(DOCUMENT, office.progress)

    assert made is not None
    assert made.rows == pages * STREAM_ROWS
    # One page being read, one at the door, two that may wait, one being written.
    assert carrier.most <= 5 * STREAM_ROWS


async def test_the_conversations_go_on_while_a_file_is_written(office: Office) -> None:
    loop_is_free = threading.Event()
    threads = set()

    def words(language: str, text: str) -> str:
        threads.add(threading.current_thread().name)
        # Written in the event loop, this would wait for the event loop for ever.
        assert loop_is_free.wait(timeout=60)
        return text

    async def another_conversation() -> None:
        loop_is_free.set()

    made, _ = await asyncio.gather(
        office.maker(words).make(DOCUMENT, office.progress), another_conversation()
    )

    assert made is not None
    assert threading.main_thread().name not in threads


async def test_the_next_page_is_read_while_the_former_is_written(office: Office) -> None:
    office.carrier.records = [CALL] * (3 * STREAM_ROWS)
    all_read = threading.Event()
    usage = office.carrier.usage

    async def watched(
        company_id: str, query: UsageQuery, *, offset: int, limit: int
    ) -> Page[UsageRecord]:
        page = await usage(company_id, query, offset=offset, limit=limit)
        if offset == AHEAD * STREAM_ROWS:
            all_read.set()
        return page

    office.carrier.usage = watched  # type: ignore[method-assign]

    def words(language: str, text: str) -> str:
        assert all_read.wait(timeout=60)
        return text

    made = await office.maker(words).make(DOCUMENT, office.progress)

    assert made is not None
    assert made.rows == 3 * STREAM_ROWS


async def test_progress_is_told_once_a_second_and_at_the_end(office: Office) -> None:
    office.carrier.records = [CALL] * (8 * STREAM_ROWS)
    usage = office.carrier.usage

    async def slow(
        company_id: str, query: UsageQuery, *, offset: int, limit: int
    ) -> Page[UsageRecord]:
        office.clock.advance(timedelta(milliseconds=400))
        return await usage(company_id, query, offset=offset, limit=limit)

    office.carrier.usage = slow  # type: ignore[method-assign]

    made = await office.maker().make(DOCUMENT, office.progress)

    assert made is not None
    *on_the_way, last = office.told
    assert len(on_the_way) == 2
    assert all(total == 0 for _, total in on_the_way)
    assert last == (8 * STREAM_ROWS, 8 * STREAM_ROWS)


async def ends_with(work: Awaitable[object], error: type[BaseException]) -> None:
    """The work ends with that error, and does not hang."""
    async with asyncio.timeout(60):
        with pytest.raises(error):
            await work


async def test_an_operator_that_falls_silent_half_way_leaves_no_thread_waiting(
    office: Office,
) -> None:
    office.carrier.records = [CALL] * (3 * STREAM_ROWS)
    usage = office.carrier.usage

    async def silent(
        company_id: str, query: UsageQuery, *, offset: int, limit: int
    ) -> Page[UsageRecord]:
        if offset:
            raise CarrierUnavailable
        return await usage(company_id, query, offset=offset, limit=limit)

    maker = office.maker()
    office.carrier.usage = silent  # type: ignore[method-assign]
    await ends_with(maker.make(DOCUMENT, office.progress), CarrierUnavailable)

    # The only thread is free again.
    office.carrier.usage = usage  # type: ignore[method-assign]
    async with asyncio.timeout(60):
        assert await maker.make(DOCUMENT, office.progress) is not None


async def test_a_document_that_somebody_else_makes_by_now_is_dropped(office: Office) -> None:
    office.carrier.records = [CALL] * (3 * STREAM_ROWS)
    office.clock.now = _running(office.clock)  # type: ignore[method-assign]

    async def lost(done: int, total: int) -> None:
        raise ClaimLost

    maker = office.maker()
    await ends_with(maker.make(DOCUMENT, lost), ClaimLost)

    async with asyncio.timeout(60):
        assert await maker.make(DOCUMENT, office.progress) is not None


async def test_a_cancelled_document_lets_its_thread_go(office: Office) -> None:
    office.carrier.records = [CALL] * (3 * STREAM_ROWS)
    usage = office.carrier.usage
    waiting = asyncio.Event()

    async def hangs(
        company_id: str, query: UsageQuery, *, offset: int, limit: int
    ) -> Page[UsageRecord]:
        if offset:
            waiting.set()
            await asyncio.Event().wait()
        return await usage(company_id, query, offset=offset, limit=limit)

    maker = office.maker()
    office.carrier.usage = hangs  # type: ignore[method-assign]
    making = asyncio.ensure_future(maker.make(DOCUMENT, office.progress))
    await waiting.wait()
    making.cancel()
    await ends_with(making, asyncio.CancelledError)

    office.carrier.usage = usage  # type: ignore[method-assign]
    async with asyncio.timeout(60):
        assert await maker.make(DOCUMENT, office.progress) is not None


async def test_a_writer_that_fails_stops_the_reading(office: Office) -> None:
    office.carrier.records = [CALL] * (50 * STREAM_ROWS)

    def words(language: str, text: str) -> str:
        raise OSError("disk full")

    await ends_with(office.maker(words).make(DOCUMENT, office.progress), OSError)

    assert len(office.carrier.usage_asked) <= AHEAD + 2


async def test_what_does_not_fit_in_one_file_is_said_in_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(usage_module, "LONGEST", STREAM_ROWS + 500)
    office.carrier.records = [CALL] * (3 * STREAM_ROWS)

    made = await office.file()

    *_, total, rest = table(load_workbook(BytesIO(whole(made))).worksheets[1], "Type")
    assert made.rows == STREAM_ROWS + 500
    assert total["Cost with VAT, ₸"].value == 12.5 * made.rows
    assert rest["Type"].value == "The rest does not fit in one file: order a shorter period."


async def test_what_is_too_long_for_one_workbook_comes_in_several(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(usage_module, "PART", STREAM_ROWS + 500)
    sent = [replace(CALL, party=str(n), cost=Money(n)) for n in range(4 * STREAM_ROWS)]
    office.carrier.records = sent

    made = await office.file()

    assert made.name == "usage_77012115526_2021-12-24_2022-01-24.zip"
    assert made.rows == len(sent)
    with ZipFile(BytesIO(whole(made))) as archive:
        assert archive.namelist() == [
            f"usage_77012115526_2021-12-24_2022-01-24_{n}.xlsx" for n in (1, 2, 3)
        ]
        books = [load_workbook(BytesIO(archive.read(name))) for name in archive.namelist()]
    tables = [table(book.worksheets[0], "Date and time") for book in books]
    parties = [row["Other party"].value for rows in tables for row in rows]
    assert parties == [record.party for record in sent]
    ends = [table(book.worksheets[1], "Type")[-1] for book in books]
    assert [end["Type"].value for end in ends] == [
        "The table goes on in the next file of this archive.",
        "The table goes on in the next file of this archive.",
        "Total",
    ]
    assert ends[-1]["Cost with VAT, ₸"].value == sum(range(4 * STREAM_ROWS)) / 100
    assert column(table(books[-1].worksheets[1], "Type"), "Records") == [4 * STREAM_ROWS] * 2


async def test_a_file_that_is_just_full_has_no_rest(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(usage_module, "LONGEST", 2 * STREAM_ROWS)
    office.carrier.records = [CALL] * (2 * STREAM_ROWS)

    *_, last = table((await office.book()).worksheets[1], "Type")

    assert last["Type"].value == "Total"


def _running(clock: FakeClock) -> Callable[[], datetime]:
    """A clock on which a second passes between any two looks."""
    now = clock.now

    def running() -> datetime:
        clock.advance(timedelta(seconds=1))
        return now()

    return running
