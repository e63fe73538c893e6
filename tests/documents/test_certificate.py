"""The certificate is form R-1: each field stands where the form has it, or its place is empty."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from account.chapters.billing.bills import Certificate
from account.chapters.billing.parties import NOT_TOLD, Supplier
from account.values.identifiers import Bin
from account.values.money import Money
from account.values.periods import Month
from bot.texts.language import Catalogues
from documents.render.pool import RenderPool
from documents.reports.certificate import certificate_file
from tests.account.fakes.clock import FakeClock
from tests.account.world import NOON
from tests.documents import samples
from tests.documents.reading import column, print_pages, rows, tenge, workbook
from tests.documents.samples import HEAD
from tests.documents.works import PDF, XLSX


@pytest.mark.parametrize(
    ("month", "rate"), [(Month(2021, 12), 12), (Month(2025, 12), 12), (Month(2026, 1), 16)]
)
async def test_the_certificate_names_the_vat_of_its_month(
    renderer: RenderPool, month: Month, rate: int
) -> None:
    certificate = samples.certificate(month, rate)

    made = await certificate_file(renderer, HEAD, certificate, XLSX)

    akt, appendix = workbook(made).worksheets
    *services, total = rows(akt, "№")
    *lines, in_all = rows(appendix, "Mobile number")
    assert f"VAT {rate} %, ₸" in total
    for last in (total, in_all):
        assert tenge(last["Without VAT, ₸"]) == certificate.amounts.net.decimal
        assert tenge(last[f"VAT {rate} %, ₸"]) == certificate.amounts.vat.decimal
        assert tenge(last["With VAT, ₸"]) == certificate.bill.gross.decimal
    assert column(services, "№") == ["1", "2", "3"]
    assert column(services, "Unit") == ["service"] * 3
    assert column(services, "Quantity") == [1] * 3
    assert column(services, "Price per unit, ₸") == column(services, "Without VAT, ₸")
    assert len(lines) == 46
    assert made.name == f"certificate_25060831_{month}.xlsx"
    assert made.rows == 46
    assert appendix.title == "Appendix 1"


async def test_in_print_it_is_a_copy_with_a_sum_in_words(renderer: RenderPool) -> None:
    head = replace(HEAD, language="kk")

    akt, *appendix = print_pages(await certificate_file(renderer, head, samples.certificate(), PDF))

    assert "This is an unsigned copy." in akt
    assert "Since 4 July 2021" in akt
    assert "Electronic Invoicing Portal" in akt
    assert "ESF-180140000018-20220105-00001234" in akt
    assert "Мобильді интернет" in akt
    assert "Сексен жеті мың сегіз жүз елу тоғыз теңге 38 тиын" in " ".join(akt.split())
    assert "₸" in akt
    assert "+7 701 054 20 45" in " ".join(appendix[-2:])
    assert all("Mobile number" in page for page in appendix)


async def test_every_field_of_the_form_is_on_the_first_page(renderer: RenderPool) -> None:
    head = replace(HEAD, language="ru")

    akt, *appendix = print_pages(await certificate_file(renderer, head, samples.certificate(), PDF))

    told = " ".join(akt.split())
    contractor = (
        "АО «Оператор» г. Алматы, ул. Примерная, 51 +7 727 258 8300, b2b@operator.example "
        "IIK KZ86125KZT5004100100, BIC DEMOKZKA, KBe 17, АҚ «Үлгі Банк» "
        "VAT certificate: series 60001 № 0087654 of 13.08.2012"
    )
    for field in (
        "Annex 50 to order № 562 of the Minister of Finance of the Republic of Kazakhstan",
        "Form R-1",
        "IIN/BIN",
        "ЖШС «Қазына Үлгі» 050000, Алматы қ., Абай даңғылы, 10 +7 727 300 1020, buh@kazyna.example",
        "180140000018",
        contractor,
        "180140000901",
        "№ 4417-К of 12.03.2019",
        "25060831202112",
        "31.12.2021",
        "01.12.2021 – 31.12.2021",
        "position signature full name",
        "Date of signing (acceptance)",
    ):
        assert field in told, field
    assert f"on sheets: {len(appendix)}" in told
    assert len(appendix) > 1


async def test_what_nobody_tells_is_an_empty_place(renderer: RenderPool) -> None:
    nothing = replace(
        samples.certificate(),
        supplier=Supplier("Operator JSC", Bin("180140000901")),
        contract=None,
        customer=NOT_TOLD,
    )

    [akt, *_] = print_pages(await certificate_file(renderer, HEAD, nothing, PDF))

    told = " ".join(akt.split())
    assert "Customer ЖШС «Қазына Үлгі» full name, address" in told
    assert "Contract Document number" in told
    for invented in ("None", "IIK", "VAT certificate", "№ 4417"):
        assert invented not in told


async def test_who_asked_for_it_stands_below_the_paper(renderer: RenderPool) -> None:
    sheet = workbook(
        await certificate_file(renderer, HEAD, samples.certificate(), XLSX)
    ).worksheets[0]

    said = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]
    [foot] = [n for n, text in enumerate(said) if "R-20220124-0007" in text]
    assert foot == len(said) - 1
    assert "Әсел Садыкова" in said[foot]
    assert not any("Әсел Садыкова" in text for text in said[:foot])


async def test_a_number_with_two_charges_is_one_number(renderer: RenderPool) -> None:
    whole = samples.certificate()
    first = whole.lines[0]
    twice = [*whole.lines[1:], replace(whole.lines[1], msisdn=first.msisdn)]
    billed = samples.certificate_of(twice, rate=12)

    appendix = workbook(await certificate_file(renderer, HEAD, billed, XLSX)).worksheets[1]

    told = {row[0].value: row for row in appendix.iter_rows(max_row=6)}
    assert "46" in [cell.value for cell in told["Numbers"]]
    office = samples.certificate_of([*whole.lines, replace(first, msisdn=None)], rate=12)
    assert office.numbers == 46


async def test_both_languages_of_the_books_stand_side_by_side() -> None:
    renderer = RenderPool(Catalogues().say, FakeClock(NOON), children=1)
    head = replace(HEAD, language="kk", beside=("ru",))
    try:
        pages = print_pages(await certificate_file(renderer, head, samples.certificate(), PDF))
        book = workbook(await certificate_file(renderer, head, samples.certificate(), XLSX))
    finally:
        await renderer.close()

    assert "М. П." in pages[0], "who signs signs below the sums"
    told = " ".join(" ".join(pages).split())
    for said in (
        "Тапсырыс беруші / Заказчик",
        "Орындалған жұмыстар (көрсетілген қызметтер) актісі / Акт выполненных работ",
        "АҚ «Оператор» / АО «Оператор»",
        "Жазумен: Сексен жеті мың сегіз жүз елу тоғыз теңге 38 тиын.",
        "Прописью: Восемьдесят семь тысяч восемьсот пятьдесят девять тенге 38 тиын.",
        "Р-1-нысан / Форма Р-1",
    ):
        assert said in told, said
    assert "ИИК KZ86125KZT5004100100" in told
    assert book.worksheets[0].title == "Акт"


@pytest.mark.parametrize(("language", "is_one"), [("en", True), ("ru", False), ("kk", False)])
async def test_a_paper_that_no_books_take_says_so(
    renderer: RenderPool, language: str, is_one: bool
) -> None:
    head = replace(HEAD, language=language)
    [akt, *_] = print_pages(await certificate_file(renderer, head, samples.certificate(), PDF))
    assert ("A translation: order it in Kazakh or Russian for the books." in akt) is is_one


async def test_who_signs_what_takes_two_pages_signs_below_its_sums(renderer: RenderPool) -> None:
    one = samples.lines(1)[0]
    many = [replace(one, service=f"Service {n}") for n in range(60)]

    pages = print_pages(await certificate_file(renderer, HEAD, samples.certificate_of(many), PDF))

    [signed] = [page for page in pages if "Date of signing (acceptance)" in page]
    assert signed != pages[0]
    assert "In words:" in signed


def corrected() -> Certificate:
    """A month of which a part was taken back."""
    whole = samples.certificate()
    note = replace(
        whole.bill,
        number=f"{whole.bill.number}9",
        registration=None,
        issued=date(2022, 1, 13),
        net=Money(-100_000),
        vat=Money(-12_000),
        gross=Money(-112_000),
        correction=True,
        corrects=whole.bill.number,
    )
    return replace(whole, corrections=[note])


async def test_a_correction_has_an_act_of_its_own(renderer: RenderPool) -> None:
    paper = corrected()
    [note] = paper.corrections

    made = await certificate_file(renderer, HEAD, paper, XLSX)
    akt, _appendix, act = [sheet for sheet in workbook(made).worksheets if sheet.title != "Data"]
    pages = print_pages(await certificate_file(renderer, HEAD, paper, PDF))

    assert act.title == "Corrective act"
    before, change, after = rows(act, "Sums")[:3]
    assert column([before, change, after], "Document") == [paper.bill.number, note.number, None]
    assert paper.bill.vat is not None
    for name, was, by in (
        ("VAT, ₸", paper.bill.vat, note.vat),
        ("With VAT, ₸", paper.bill.gross, note.gross),
    ):
        assert by is not None
        told = [tenge(row[name]) for row in (before, change, after)]
        assert told == [was.decimal, by.decimal, (was + by).decimal]
    texts = [str(cell.value) for row in akt.iter_rows() for cell in row]
    assert f"Enclosed: corrective act № {note.number}." in texts
    last = " ".join(pages[-1].split())
    assert "Corrective act to the service delivery certificate" in last
    assert "The cost of the month is less by 1,120 ₸ (One thousand" in last.replace("\xa0", " ")
    assert "Date of signing (acceptance)" in last
    assert f"on sheets: {len(pages) - 2}" in " ".join(pages[0].split()), "those of Appendix 1 alone"


async def test_what_a_correction_does_not_tell_is_a_word_in_its_act(renderer: RenderPool) -> None:
    paper = corrected()
    [note] = paper.corrections
    untold = replace(paper, corrections=[replace(note, net=None, vat=None)])

    act = workbook(await certificate_file(renderer, HEAD, untold, XLSX))["Corrective act"]

    _before, change, after = rows(act, "Sums")[:3]
    assert column([change, after], "VAT, ₸") == ["not told"] * 2
    assert tenge(after["With VAT, ₸"]) == paper.corrected.decimal
