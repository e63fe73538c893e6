"""Pages as they are set: a long table looks like a short one, only sooner."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader

from account.chapters.payments import Payment
from account.documents.kinds import DocumentFormat
from documents.layout.blocks import Column, Kind, Layout, Prose, Table
from documents.render.pool import RenderPool
from documents.reports.payments import payments_file
from documents.text.number_format import bound
from tests.documents import samples
from tests.documents.reading import whole
from tests.documents.samples import DECEMBER, HEAD, pages

SHORT, LONG = 200, 201
"""Rows of the longest table that is one to typst, and of the shortest that is lines of boxes."""

Word = tuple[str, float, float]
"""What is printed, where from the left, and how high on the page."""


def listed(count: int) -> list[Payment]:
    first = samples.payments()[0]
    return [
        replace(first, at=first.at + timedelta(minutes=n), document=f"pay-{n:06}")
        for n in range(count)
    ]


async def printed(renderer: RenderPool, rows: list[Payment]) -> list[list[Word]]:
    made = await payments_file(renderer, HEAD, DECEMBER, pages(rows, 100), form=DocumentFormat.PDF)
    assert made is not None
    found = []
    for sheet in PdfReader(BytesIO(whole(made))).pages:
        words: list[Word] = []

        def take(text: str, page: list[float], line: list[float], *_rest: object) -> None:
            left = line[4] * page[0] + line[5] * page[2] + page[4]
            height = line[4] * page[1] + line[5] * page[3] + page[5]
            if text.strip():
                words.append((text.strip(), round(left, 1), round(height, 1)))  # noqa: B023

        sheet.extract_text(visitor_text=take)
        found.append(words)
    return found


@pytest.mark.parametrize("count", [SHORT, LONG, 2 * LONG])
async def test_each_row_is_printed_once_in_order_below_its_headings(
    renderer: RenderPool, count: int
) -> None:
    rows = listed(count)
    paper = await printed(renderer, rows)
    text = [" ".join(word for word, *_ in page) for page in paper]
    found = [word for page in paper for word, *_ in page if word.startswith("pay-")]
    assert found == [row.document for row in rows]
    assert all("Date and time" in page and "Channel" in page for page in text)
    assert [page.count("Total") for page in text[:-1]] == [0] * (len(text) - 1)
    assert text[-1].count("Total") == 1


async def test_a_long_table_has_its_columns_where_a_short_one_has_them(
    renderer: RenderPool,
) -> None:
    short, long = [await printed(renderer, listed(count)) for count in (SHORT, LONG)]
    # A short one has a row's words in its middle, where one of them takes two lines.
    where = [[word[:2] for word in paper[1]] for paper in (short, long)]
    assert where[0] == where[1] != []


async def test_a_word_too_long_stays_in_its_column(renderer: RenderPool) -> None:
    rows = listed(LONG)
    usual = await printed(renderer, rows)
    rows[0] = replace(rows[0], channel="Ұ" * 90)
    broken = await printed(renderer, rows)
    pieces = [(word, left) for word, left, _ in broken[0] if "Ұ" in word]
    assert len(pieces) > 1
    column = min(left for _, left in pieces)
    after = min(left for _, left, _ in usual[0] if left > column)
    assert all(column <= left < after for _, left in pieces)
    assert {column} < {left for _, left, _ in usual[0]}
    assert "".join(word for word, *_ in pieces) == "Ұ" * 90
    # The row grows downwards: what stands beside the word stays where it was.
    beside = [[word for word in page[0] if word[0] == "pay-000000"] for page in (usual, broken)]
    assert beside[0] == beside[1] != []


HEADINGS = [
    "Кредит, ₸",
    "Бастапқы сальдо, кредит, ₸",
    "Соңғы сальдо, дебет, ₸",
    "Тапсырыс берушінің деректері, кредит, ₸",
    "Начислено сверх пакета с НДС, ₸",
    "Трафик, МБ",
    "ҚҚС 16 %, ₸",
]


@pytest.mark.parametrize("width", [4, 6, 8, 10, 12])
async def test_no_unit_stands_alone_on_a_line(renderer: RenderPool, width: int) -> None:
    columns: list[Column[int]] = [
        Column(heading, Kind.PIECES, width + n, lambda n: n)
        for n, heading in enumerate(2 * HEADINGS)
    ]
    said = Prose([f"{'сөз ' * n}16 % № 4417-К 5 МБ" for n in range(20, 60)])
    layout = Layout("kk", "Long", "2022-01-24", "Long", "long", {"page": "{page}"}, landscape=True)

    made = await renderer.make([Table(columns, [1]), said], layout, DocumentFormat.PDF)

    text = PdfReader(BytesIO(made.content)).pages[0].extract_text()
    lines = [line.strip() for line in text.splitlines()]
    assert any(line.endswith("₸") for line in lines)
    for line in lines:
        assert line not in {"₸", "%", "МБ", "МБ)"}
        assert not line.startswith(("%", "МБ", "4417"))


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("Debit, ₸", "Debit,_₸"),
        ("VAT 16 %, ₸", "VAT 16_%,_₸"),
        ("№ 4417-К of 12.03.2019", "№_4417-К of 12.03.2019"),
        ("5 MB and 12 шт.", "5_MB and 12_шт."),
        ("Quantity, pcs", "Quantity,_pcs"),
        ("in ₸, with VAT", "in_₸, with VAT"),
        ("5 Mbps, 16 May, и 3 минуты", "5 Mbps, 16 May, и 3 минуты"),
        ("Alpha LLP, Almaty", "Alpha LLP, Almaty"),
    ],
)
def test_figures_and_their_units_are_held_together(text: str, held: str) -> None:
    assert bound(text) == held.replace("_", "\u00a0")
