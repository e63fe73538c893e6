"""A company's own labels and cost centres in its papers, and sums by cost centre."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from account.documents.kinds import DocumentKind
from account.values.identifiers import Msisdn
from account.values.labels import NO_LABEL, LabelField, NumberLabel
from account.values.money import Money
from documents.render.pool import RenderPool
from documents.render.spend_charts import spend_chart
from documents.reports.certificate import certificate_file
from documents.reports.labels import AS_OF_NOW, by_centre
from tests.documents import samples
from tests.documents.conftest import english
from tests.documents.reading import bare, block, column, print_pages, rows, tenge, workbook
from tests.documents.samples import HEAD
from tests.documents.works import BILLS, DEMO, KIND, NUMBERS, PDF, QYRAN, XLSX, Works

LABELS: Mapping[str, NumberLabel] = {
    "77010542000": NumberLabel("Ермек, дизайн", "Өндіріс"),
    "77010542001": NumberLabel(None, "Өндіріс"),
    "77010542002": NumberLabel("=1+1", None),
    "77010542003": NumberLabel(None, "Алматы"),
}


async def test_the_list_of_numbers_has_the_company_s_own_words(works: Works) -> None:
    now = works.world.clock.now()
    words = {LabelField.LABEL: "Ермек", LabelField.CENTRE: "Өндіріс"}
    known = sorted(one["id"] for one in await works.get(NUMBERS, **{"relatedParty.id": DEMO.id}))
    mine = Msisdn(known[0])
    await works.stores.labels.put(DEMO.id, mine, words, now, [])
    other = {LabelField.LABEL: "of another company"}
    await works.stores.labels.put(QYRAN.id, Msisdn(known[1]), other, now, [])

    found = bare(await works.made(KIND.NUMBERS, {}))

    assert {row["Mobile number"].value: row["Label"].value for row in found} == {
        **dict.fromkeys(known),
        known[0]: "Ермек",
    }
    assert [one for one in column(found, "Cost centre") if one] == ["Өндіріс"]


YEAR = {"first": "2026-01-01", "last": "2026-11-22"}


@pytest.mark.parametrize(
    ("kind", "asked", "heading"),
    [
        (KIND.DEVICES, {}, "Mobile number"),
        (KIND.ATLAS, {}, "Mobile number"),
        (KIND.PAYMENTS, YEAR, "Number"),
        (KIND.INVOICE_SEARCH, {}, "Mobile number"),
        (KIND.HISTORY, {"first": "2026-11-22", "last": "2026-11-22"}, "Number"),
    ],
)
async def test_papers_that_list_numbers_have_the_company_s_own_words(
    works: Works, kind: DocumentKind, asked: dict[str, str], heading: str
) -> None:
    now = works.world.clock.now()
    if kind is KIND.INVOICE_SEARCH:
        [bill, *_others] = await works.get(BILLS, **{"relatedParty.id": DEMO.id})
        asked = {"search": "accounting", "number": bill["billNo"], "year": bill["billDate"][:4]}
    if kind is KIND.HISTORY:
        usage = {"msisdn": "77010542007", "first": "2026-11-20", "last": "2026-11-21"}
        await works.made(KIND.USAGE, {**usage, "type": "calls"}, XLSX)
    before = bare(await works.made(kind, asked, XLSX))
    stays, left, *_more = sorted({str(row[heading].value) for row in before} - {"None"}) * 2
    words = {LabelField.LABEL: "Ермек", LabelField.CENTRE: "Өндіріс"}
    for digits in {stays, left}:
        await works.stores.labels.put(DEMO.id, Msisdn(digits), words, now, [])
    if left != stays:
        await works.stores.labels.left(DEMO.id, [Msisdn(left)], now)
    works.world.clock.advance(120)

    after = bare(await works.made(kind, asked, XLSX))

    told = {(row[heading].value, row["Label"].value, row["Cost centre"].value) for row in after}
    assert {one for one in told if one[1] or one[2]} == {(stays, "Ермек", "Өндіріс")}
    assert {row["Label"].value for row in before} == {None}


async def test_usage_details_name_the_number_as_the_company_does(works: Works) -> None:
    number, now = Msisdn("77010542007"), works.world.clock.now()
    asked = {"msisdn": number.digits, "first": "2026-11-20", "last": "2026-11-21"}
    words = {LabelField.LABEL: "=1+1", LabelField.CENTRE: "Өндіріс"}
    await works.stores.labels.put(DEMO.id, number, words, now, [])
    await works.stores.labels.put(QYRAN.id, number, {LabelField.LABEL: "of another"}, now, [])

    totals = workbook(await works.made(KIND.USAGE, asked, XLSX)).worksheets[1]
    told = block(totals)
    assert (told["Label"], told["Cost centre"]) == ("=1+1", "Өндіріс")
    said = [cell for row in totals.iter_rows() for cell in row if cell.value in {"=1+1", AS_OF_NOW}]
    assert [(cell.value, cell.data_type) for cell in said] == [("=1+1", "s"), (AS_OF_NOW, "s")]
    paper = " ".join(" ".join(print_pages(await works.made(KIND.USAGE, asked, PDF))).split())
    assert all(one in paper for one in ("Label =1+1", "Cost centre Өндіріс", AS_OF_NOW))

    await works.stores.labels.left(DEMO.id, [number], now)
    works.world.clock.advance(120)
    totals = workbook(await works.made(KIND.USAGE, asked, XLSX)).worksheets[1]
    assert "Label" not in block(totals)
    assert AS_OF_NOW not in [cell.value for row in totals.iter_rows() for cell in row]


async def test_words_of_a_number_that_left_are_in_no_sum(works: Works) -> None:
    now = works.world.clock.now()
    known = sorted(one["id"] for one in await works.get(NUMBERS, **{"relatedParty.id": DEMO.id}))
    number = Msisdn(known[0])
    await works.stores.labels.put(DEMO.id, number, {LabelField.CENTRE: "Өндіріс"}, now, [])
    await works.stores.labels.left(DEMO.id, [number], now)
    labels = await works.stores.labels.of(DEMO.id, [number])

    assert labels[number.digits].centre == "Өндіріс", "kept for its return"
    assert by_centre([(number.digits, Money(1))], labels) == {None: Money(1)}
    sheet = workbook(await works.made(KIND.COST_CENTRES, {"month": "2026-10"})).worksheets[0]
    assert "Өндіріс" not in column(rows(sheet, "Cost centre"), "Cost centre")


async def test_a_breakdown_has_sums_by_cost_centre_that_make_the_invoice(
    renderer: RenderPool,
) -> None:
    certificate = samples.certificate()
    apart = replace(certificate.lines[5], msisdn=None)
    lines = [*certificate.lines[:5], apart, *certificate.lines[6:]]
    certificate = replace(certificate, lines=lines, labels=LABELS)
    made = await certificate_file(renderer, HEAD, certificate, XLSX)
    appendix = workbook(made).worksheets[1]

    *told, _total = rows(appendix, "Mobile number")
    assert column(told, "Label")[:4] == ["Ермек, дизайн", None, "=1+1", None]
    assert told[2]["Label"].data_type == "s"
    *sums, total = rows(appendix, "Cost centre")
    names = ["Алматы", "Өндіріс", "Without cost centre", "Without a number"]
    assert column(sums, "Cost centre") == names
    gross = [line.gross.decimal for line in certificate.lines]
    assert [tenge(row["With VAT, ₸"]) for row in sums] == [
        gross[3],
        gross[0] + gross[1],
        gross[2] + gross[4] + sum(gross[6:]),
        gross[5],
    ]
    assert tenge(total["With VAT, ₸"]) == certificate.bill.gross.decimal
    print_text = " ".join(
        " ".join(print_pages(await certificate_file(renderer, HEAD, certificate, PDF))).split()
    )
    assert AS_OF_NOW in print_text


async def test_a_breakdown_without_such_words_is_as_it_was(renderer: RenderPool) -> None:
    made = await certificate_file(renderer, HEAD, samples.certificate(), XLSX)
    [first, *_rest] = rows(workbook(made).worksheets[1], "Mobile number")
    assert "Label" not in first


def test_numbers_without_a_cost_centre_are_a_bar_of_their_own() -> None:
    spent = [(digits, Money(100)) for digits in (*LABELS, "77010542099")]
    centres = by_centre(spent, LABELS)
    assert centres == {"Алматы": Money(100), "Өндіріс": Money(200), None: Money(200)}

    chart = spend_chart(spent, Money(0), "TOO Demo", "12.2021", english_word, "en", centres)
    numbers, by_name = chart["vconcat"]
    assert len(numbers["data"]["values"]) == len(spent)
    bars = [(one["number"], one["tenge"]) for one in by_name["data"]["values"]]
    assert bars == [("Өндіріс", 2), ("Алматы", 1), ("Without cost|centre", 2)]


def test_without_cost_centres_there_are_no_bars_of_them() -> None:
    spent = [("77010542000", Money(100))]
    labels = {"77010542000": replace(NO_LABEL, label="Ермек")}
    centres = by_centre(spent, labels)
    chart = spend_chart(spent, Money(0), "x", "12.2021", english_word, "en", centres)
    assert "vconcat" not in chart


def english_word(text: str) -> str:
    return english("en", text)


@pytest.mark.parametrize("language", ["kk", "en"])
async def test_a_picture_with_cost_centres_is_as_wide_as_a_telephone(
    renderer: RenderPool, language: str
) -> None:
    centres = {"W" * 32: Money(900), "Алматы кеңсесі": Money(5), None: Money(100)}
    numbers = [(line.msisdn.shown, line.gross) for line in samples.lines() if line.msisdn]
    chart = spend_chart(numbers, Money(1), "x", "12.2021", english_word, language, centres)
    picture = await renderer.picture(chart, language)
    width = int.from_bytes(picture[16:20], "big")
    assert 1080 <= width <= 1300
