"""What programs read of a file: a sheet of nothing but headings and rows, figures, a title."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from io import BytesIO

from pypdf import PdfReader

from account.documents.orders import MadeFile
from account.values.money import Money
from account.values.periods import ALMATY, Month, MonthSpan
from documents.render.pool import RenderPool
from documents.reports.certificate import certificate_file
from documents.reports.devices import devices_file
from documents.reports.payments import payments_file
from documents.reports.reconciliation import reconciliation_file
from documents.reports.register import register_file
from tests.documents import samples
from tests.documents.reading import bare, column, opened, print_pages, tenge, whole, workbook
from tests.documents.samples import DECEMBER, HEAD, OPERATOR, pages
from tests.documents.works import PDF, XLSX

YEAR = MonthSpan(Month(2021, 1), Month(2021, 12))


async def test_it_has_the_rows_of_the_document_and_nothing_else(renderer: RenderPool) -> None:
    devices = samples.devices()
    told = bare(await devices_file(renderer, HEAD, pages(devices)))

    assert column(told, "Mobile number") == [one.msisdn.digits for one in devices]
    assert column(told, "IMEI") == [one.imei.full for one in devices]
    assert column(told, "Date and time") == [
        one.at.astimezone(ALMATY).replace(tzinfo=None) for one in devices
    ]
    assert {row["Date and time"].number_format for row in told} == {"yyyy-mm-dd hh:mm:ss"}
    assert {row["Mobile number"].data_type for row in told} == {"s"}


async def test_money_is_a_figure_and_what_is_not_told_is_empty(renderer: RenderPool) -> None:
    bills = samples.bills()
    bills[3] = replace(bills[3], unpaid=None)
    made = await register_file(renderer, HEAD, YEAR, pages(bills), OPERATOR)
    told = bare(made)

    assert [tenge(row["With VAT, ₸"]) for row in told] == [one.gross.decimal for one in bills]
    assert [row["Due, ₸"].value is None for row in told] == [n == 3 for n in range(12)]
    said = {cell.value for row in workbook(made).worksheets[0].iter_rows() for cell in row}
    assert "not told" in said


async def test_a_certificate_has_its_lines_and_a_statement_its_postings(
    renderer: RenderPool,
) -> None:
    certificate = samples.certificate()
    lines = bare(await certificate_file(renderer, HEAD, certificate, XLSX))
    assert column(lines, "Mobile number") == [
        one.msisdn.digits for one in certificate.lines if one.msisdn is not None
    ]
    statement = samples.statement()
    made = await reconciliation_file(renderer, HEAD, statement, OPERATOR, XLSX)
    days = column(bare(made), "Date")
    assert days == [datetime.combine(one.day, datetime.min.time()) for one in statement.entries]


async def test_days_are_written_as_excel_writes_them(renderer: RenderPool) -> None:
    """Readers in browsers take a bare dot in a format for a fraction of a second."""
    made = await register_file(renderer, HEAD, YEAR, pages(samples.bills()), OPERATOR)
    formats = {
        cell.number_format for row in workbook(made).worksheets[0].iter_rows() for cell in row
    }
    assert r"dd\.mm\.yyyy" in formats
    assert not {one for one in formats if "dd.mm" in one}


async def test_a_file_has_a_title(renderer: RenderPool) -> None:
    title = "Invoice register, ЖШС «Қазына Үлгі»"
    made = await register_file(renderer, HEAD, YEAR, pages(samples.bills()), OPERATOR)
    assert opened(made).properties.title == title
    printed = await register_file(renderer, HEAD, YEAR, pages(samples.bills()), OPERATOR, PDF)
    assert printed is not None
    about = PdfReader(BytesIO(whole(printed))).metadata
    assert about is not None
    assert about.title == title


async def test_an_amount_below_zero_is_copied_out_of_print_as_a_figure(
    renderer: RenderPool,
) -> None:
    less = [replace(one, amount=Money(-101_748)) for one in samples.payments()[:2]]
    [page, *_] = print_pages(await payments_file(renderer, HEAD, DECEMBER, pages(less), form=PDF))
    assert "-1,017.48" in page


def marks(made: MadeFile | None) -> tuple[str, bool]:
    """Which archive's standard a print says it keeps (`2A`), and whether it has tags."""
    assert made is not None
    reader = PdfReader(BytesIO(whole(made)))
    told = reader.xmp_metadata
    assert told is not None
    said = told.stream.get_data().decode()
    part = re.search(r"pdfaid:part>(\d)<", said)
    letter = re.search(r"pdfaid:conformance>(\w)<", said)
    kept = f"{part[1]}{letter[1]}" if part and letter else ""
    return kept, "/StructTreeRoot" in reader.root_object


async def test_a_print_is_made_for_archives_and_a_short_one_for_ears(renderer: RenderPool) -> None:
    one = samples.payments()[0]
    short = await payments_file(renderer, HEAD, DECEMBER, pages([one] * 500), form=PDF)
    assert marks(short) == ("2A", True)
    long = await payments_file(renderer, HEAD, DECEMBER, pages([one] * 501), form=PDF)
    assert marks(long) == ("2B", False)


async def test_a_letter_that_no_face_has_takes_no_paper(renderer: RenderPool) -> None:
    foreign = replace(HEAD, company="株式会社 🏢")
    made = await payments_file(renderer, foreign, DECEMBER, pages(samples.payments()), form=PDF)
    assert marks(made) == ("", False)
