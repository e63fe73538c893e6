"""Files with lists of numbers: what is read of each kind, and which are refused with what."""

from __future__ import annotations

import io
import os
import zipfile
from datetime import datetime, timedelta
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from xlwt.CompoundDoc import XlsDoc

from account.errors import ListFileFault, ListFileRefused
from account.lists.label_list import LabelList
from account.lists.list_file import MOST_BYTES, Hidden, ListFile
from account.lists.number_list import LeftOut, NumberList, Unread
from account.lists.tables import ColumnsAsked
from documents.lists.answer import decoded, decoded_labels, encoded, encoded_labels
from documents.lists.reader import ListFileReader
from documents.lists.worker import answer, read, read_labels
from documents.render.pool import RenderPool
from documents.reports.numbers import numbers_file
from tests.documents import list_files, samples
from tests.documents.reading import whole
from tests.documents.samples import HEAD, pages

LISTED = ["77010542006", "77010542007", "77012115526", "77010542011", "77010542012"]


def numbers(file: ListFile) -> list[str]:
    (sheet,) = file.sheets
    assert isinstance(sheet.read, NumberList)
    return [number.msisdn.digits for number in sheet.read.numbers]


def the_list(file: ListFile) -> NumberList:
    (sheet,) = file.sheets
    assert isinstance(sheet.read, NumberList)
    return sheet.read


WORKBOOKS = {"xlsx": list_files.xlsx, "xls": list_files.xls, "ods": list_files.ods}


@pytest.mark.parametrize("kind", WORKBOOKS)
def test_a_workbook_is_read_as_it_is_seen(kind: str) -> None:
    file = read(WORKBOOKS[kind]())
    assert numbers(file) == LISTED
    listed = the_list(file)
    assert listed.repeated == 1
    assert listed.left_out == (LeftOut(list_files.FORMULA_ROW, Unread.NO_RESULT),)
    assert file.hidden == Hidden(rows=1, sheets=1)


@pytest.mark.parametrize("kind", WORKBOOKS)
def test_what_is_hidden_can_be_added(kind: str) -> None:
    file = read(WORKBOOKS[kind]())
    assert {number.digits for sheet in file.with_hidden for number in sheet.msisdns} == {
        *LISTED,
        "77010542013",
        "77010542014",
    }


@pytest.mark.parametrize(
    ("separator", "encoding"),
    [(";", "cp1251"), (",", "utf-8-sig"), ("\t", "utf-16"), ("\t", "utf-16-le"), (";", "utf-8")],
)
def test_text_is_read_in_what_people_save_it_in(separator: str, encoding: str) -> None:
    content = list_files.text(separator, encoding)
    file = read(content)
    assert numbers(file) == LISTED
    assert the_list(file).repeated == 1


def test_a_plain_text_needs_no_columns() -> None:
    file = read("Список:\n8 701 054 20 06\nи ещё 8 701 211 55 26\n".encode())
    assert numbers(file) == ["77010542006", "77012115526"]


def workbook(*rows: tuple[Any, ...]) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    return book


def test_a_row_with_a_name_and_no_number_is_told() -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (
        ("Сотрудник", "Номер"),
        ("Айгуль", "77010542006"),
        ("Берик", None),
        (None, None),
        ("Вера", "уволена"),
        ("Гульнар", "8 701 211 55 26"),
        ("Итого", 2),
        ("Барлығы: 2", None),
    ):
        book.active.append(row)
    listed = the_list(read(list_files.saved(book)))
    assert [one.msisdn.digits for one in listed.numbers] == ["77010542006", "77012115526"]
    assert listed.left_out == (LeftOut(3, Unread.MISSING), LeftOut(5, Unread.MISSING))


def test_an_identifier_that_a_cell_has_rounded_is_told() -> None:
    file = read(list_files.saved(workbook((8999701123456789012,), (77010542006,))))
    assert numbers(file) == ["77010542006"]
    assert the_list(file).left_out == (LeftOut(1, Unread.CUT),)


def test_the_person_picks_between_two_columns_of_numbers() -> None:
    rows = [(77010542006 + at, 77010543006 + at) for at in range(5)]
    (sheet,) = read(list_files.saved(workbook(("A", "B"), *rows))).sheets
    assert isinstance(sheet.read, ColumnsAsked)
    assert [(column.heading, column.first.digits) for column in sheet.read.columns] == [
        ("A", "77010542006"),
        ("B", "77010543006"),
    ]


def test_a_sheet_that_repeats_another_is_no_second_list() -> None:
    book = workbook(("Номер",), (77010542006,), (77010542007,))
    bare = book.create_sheet("data")
    bare["A1"] = "77010542007"
    other = book.create_sheet("Филиал")
    other["A1"] = 77010542008
    assert [sheet.name for sheet in read(list_files.saved(book)).sheets] == ["Sheet", "Филиал"]


def test_hidden_columns_are_left_out_and_counted() -> None:
    book = workbook(("Имя", "Номер"), ("А", 77010542006))
    assert book.active is not None
    book.active.column_dimensions["B"].hidden = True
    file = read(list_files.saved(book))
    assert file.sheets == ()
    assert file.hidden == Hidden(columns=1)
    assert [number.digits for number in file.with_hidden[0].msisdns] == ["77010542006"]


def test_formulas_without_results_at_the_edge_are_told() -> None:
    book = workbook(("Номер", "=A1"), (77010542006, None), (None, None), ("=A2",))
    assert the_list(read(list_files.saved(book))).left_out == (LeftOut(4, Unread.NO_RESULT),)


def test_days_and_truths_hold_no_number() -> None:
    row = (datetime(2026, 11, 30, 12), True, timedelta(hours=30), 77010542006)  # noqa: DTZ001
    assert numbers(read(list_files.saved(workbook(row)))) == ["77010542006"]


def test_nothing_in_it() -> None:
    assert read(list_files.saved(workbook(("Имя",), ("Айгуль",)))) == ListFile((), ())
    assert read(b"") == ListFile((), ())


async def test_our_own_list_sent_back_is_read_without_a_question(renderer: RenderPool) -> None:
    made = await numbers_file(renderer, HEAD, pages(samples.numbers()))
    assert made is not None
    file = read(whole(made))
    assert numbers(file) == [row.number.msisdn.digits for row in samples.numbers()]
    assert the_list(file).left_out == ()


# --- what is refused ---


def archive(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name.replace("__", "/"), content)
    return file.getvalue()


def container(stream: bytes, name: str = "Workbook") -> bytes:
    """An OLE container whose only stream has that name."""
    file = io.BytesIO()
    XlsDoc().save(file, stream)
    was, becomes = "Workbook".encode("utf-16-le"), name.encode("utf-16-le")
    content = file.getvalue()
    at = content.index(was)
    entry = becomes.ljust(64, b"\0") + (len(becomes) + 2).to_bytes(2, "little")
    return content[:at] + entry + content[at + len(entry) :]


def ods_with_manifest(manifest: bytes) -> bytes:
    return archive(
        mimetype=b"application/vnd.oasis.opendocument.spreadsheet",
        **{"META-INF__manifest.xml": manifest, "content.xml": b"sealed"},
    )


BOF = bytes.fromhex("0908100000060500000000000000000000000000")
FILE_PASS = bytes.fromhex("2f00060000000000ffff")
END = bytes.fromhex("0a000000")

REFUSED = {
    "a PDF": (b"%PDF-1.7\n", ListFileFault.KIND),
    "a page called .xls": (b"\xef\xbb\xbf<html><table><tr><td>8 701", ListFileFault.KIND),
    "XML of 2003": (b'<?xml version="1.0"?><Workbook>', ListFileFault.KIND),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", ListFileFault.KIND),
    "rich text": (rb"{\rtf1\ansi 8 701 054 20 06}", ListFileFault.KIND),
    "a text document": (archive(**{"word__document.xml": b"<w/>"}), ListFileFault.KIND),
    "a letter of Outlook": (container(b"", "__properties"), ListFileFault.KIND),
    "a locked workbook": (container(b"", "EncryptedPackage"), ListFileFault.LOCKED),
    "a locked old one": (container(BOF + FILE_PASS + END), ListFileFault.LOCKED),
    "a locked ODS": (ods_with_manifest(b"<m><encryption-data/></m>"), ListFileFault.LOCKED),
    "half an archive": (list_files.xlsx()[:2000], ListFileFault.DAMAGED),
    "no workbook in it": (archive(**{"xl__workbook.xml": b"<"}), ListFileFault.DAMAGED),
    "what swells": (
        archive(**{"xl__workbook.xml": b"", "xl__a": bytes(101 * 1024**2)}),
        ListFileFault.LARGE,
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_other_files_are_one_sentence_each(name: str) -> None:
    content, fault = REFUSED[name]
    assert decoded(answer(content)) is fault


def test_a_cell_beyond_the_bounds_is_too_large() -> None:
    for place in ("A100001", "IW1"):
        book = openpyxl.Workbook()
        assert book.active is not None
        book.active[place] = 77010542006
        assert decoded(answer(list_files.saved(book))) is ListFileFault.LARGE, place


def test_sheets_beyond_the_bound_are_too_many() -> None:
    book = openpyxl.Workbook()
    for _ in range(20):
        book.create_sheet()
    assert decoded(answer(list_files.saved(book))) is ListFileFault.LARGE


# --- the child ---


async def test_a_child_reads_it() -> None:
    reader = ListFileReader(patience=120)
    file = await reader.read(list_files.xlsx())
    assert numbers(file) == LISTED
    assert file == decoded(encoded(file))
    with pytest.raises(ListFileRefused) as refused:
        await reader.read(b"%PDF-1.7\n")
    assert refused.value.fault is ListFileFault.KIND


@pytest.mark.parametrize(
    "ends", ["import os; os.abort()", "import sys; sys.exit(1)", "print('{}x')", "while True: pass"]
)
async def test_a_child_that_dies_or_hangs_is_a_file_too_large(ends: str) -> None:
    reader = ListFileReader(patience=1 if "while" in ends else 120, program=("-c", ends))
    with pytest.raises(ListFileRefused) as refused:
        await reader.read(b"8 701 054 20 06")
    assert refused.value.fault is ListFileFault.LARGE


async def test_a_child_shares_our_session_and_not_our_signals() -> None:
    """The kernel shares cores out by sessions: alone in one, who gives way would not."""
    said = encoded(ListFileFault.KIND)
    look = f"import os; ours = os.getsid(0) == {os.getsid(0)}; own = os.getpgid(0) == os.getpid()"
    reader = ListFileReader(program=("-c", f"{look}; os.write(1, {said!r} * (ours and own))"))
    with pytest.raises(ListFileRefused) as refused:
        await reader.read(b"8 701 054 20 06")
    assert refused.value.fault is ListFileFault.KIND


async def test_a_file_over_the_bound_needs_no_child() -> None:
    reader = ListFileReader(program=("-c", "raise SystemExit"))
    with pytest.raises(ListFileRefused) as refused:
        await reader.read(bytes(MOST_BYTES + 1))
    assert refused.value.fault is ListFileFault.LARGE


@given(st.binary(max_size=600), st.sampled_from([b"", b"PK\3\4", b"\xff\xfe", b"\xef\xbb\xbf"]))
def test_any_bytes_have_an_answer(content: bytes, head: bytes) -> None:
    said = decoded(answer(head + content))
    assert isinstance(said, ListFile | ListFileFault)


@given(st.data())
def test_a_workbook_with_wrong_bytes_has_an_answer(data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from([WHOLE[kind] for kind in WHOLE])))
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at] = data.draw(st.integers(0, 255))
    said = decoded(answer(bytes(content)))
    if isinstance(said, ListFile):
        found = [number.digits for sheet in said.with_hidden for number in sheet.msisdns]
        assert all(len(digits) == 11 for digits in found)


WHOLE = {kind: make() for kind, make in WORKBOOKS.items()}


def titled(*rows: tuple[Any, ...]) -> bytes:
    """A title over the headings, as people make lists."""
    return list_files.saved(
        workbook(("ТОО Ромашка",), ("Список номеров на 01.12.2026",), (), *rows)
    )


def test_headings_below_a_title_tell_the_column() -> None:
    file = read(
        titled(
            ("№", "Кто", "Номер", "Куда"),
            (1, "Иванов", "8701054200О", None),
            (2, "Петров", None, "87020000001"),
            *((n, "Асем", f"8701054200{n}", f"8702000000{n}") for n in (6, 7, 8)),
        )
    )
    listed = the_list(file)
    assert [number.msisdn.digits for number in listed.numbers] == [
        "77010542006",
        "77010542007",
        "77010542008",
    ]
    assert listed.left_out == (LeftOut(5, Unread.MALFORMED), LeftOut(6, Unread.MISSING))


@pytest.mark.parametrize(
    "content",
    [
        titled(
            ("Отдел", "Номер", "ФИО"),
            ("Склад", "87010542006", "Иванов"),
            ("Бухгалтерия", "87010542007", "Асем"),
        ),
        "sep=;\r\nОтдел;Номер;ФИО\r\nСклад;87010542006;Иванов\r\n"
        "Бухгалтерия;87010542007;Асем\r\n".encode("cp1251"),
    ],
    ids=["title", "separator"],
)
def test_labels_go_by_headings_that_are_not_the_first_row(content: bytes) -> None:
    listed = read_labels(content)
    assert [(row.msisdn.digits, row.label, row.centre) for row in listed.rows] == [
        ("77010542006", "Иванов", "Склад"),
        ("77010542007", "Асем", "Бухгалтерия"),
    ]
    assert listed.left_out == ()


def test_a_cost_centre_merged_downwards_is_that_of_each_row() -> None:
    book = workbook(
        ("Номер", "Метка", "Центр затрат"),
        ("87010542006", "Иванов", "Склад"),
        ("87010542007", "Асем", None),
        ("87010542008", "Пётр", "Продажи"),
    )
    book.worksheets[0].merge_cells("C2:C3")
    listed = read_labels(list_files.saved(book))
    assert [(row.label, row.centre) for row in listed.rows] == [
        ("Иванов", "Склад"),
        ("Асем", "Склад"),
        ("Пётр", "Продажи"),
    ]


def test_hidden_rows_of_labels_are_left_out_and_counted() -> None:
    book = workbook(
        ("Номер", "Метка", "Центр затрат"),
        ("87010542006", "Иванов", "Склад"),
        ("87010542007", "Асем", "Склад"),
        ("", "Итого", ""),
        ("87010542008", "Пётр", "Продажи"),
    )
    for line in (3, 4):
        book.worksheets[0].row_dimensions[line].hidden = True
    aside = book.create_sheet("2")
    aside.append(("87010542009",))
    aside.sheet_state = "hidden"
    answered = decoded_labels(encoded_labels(read_labels(list_files.saved(book))))
    assert isinstance(answered, LabelList)
    assert [row.msisdn.digits for row in answered.rows] == ["77010542006", "77010542008"]
    # The total holds no number.
    assert answered.hidden == Hidden(rows=1, sheets=1)
