"""Lists as files: sent into the chat, read by content, asked about where they leave a doubt."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from tests.documents import list_files
from tests.scenarios.conftest import Stage
from tests.scenarios.phone import Phone
from tests.scenarios.test_sets import MARAT

KINDS: dict[str, Callable[[], bytes]] = {
    "list.xlsx": list_files.xlsx,
    "list.xls": list_files.xls,
    "list.ods": list_files.ods,
    "list.csv": lambda: list_files.text(";", "cp1251"),
}


async def at_the_list(stage: Stage) -> Phone:
    phone = await stage.administrator(MARAT)
    await phone.command("/numbers")
    await phone.tap("☑ Many numbers")
    await phone.sees("or send a file")
    return phone


async def test_every_kind_of_file_is_read_and_nothing_of_it_stays(
    stage: Stage, tmp_path: Path
) -> None:
    phone = await at_the_list(stage)
    for name, made in KINDS.items():
        await phone.send_file(name, made())
        await phone.sees("5 numbers", "1 repeated")
        if not name.endswith("csv"):
            await phone.sees("hidden rows left out: 1 · hidden sheets left out: 1")
            await phone.sees("Formulas without a result, left out: rows 7.")
        await phone.tap("✕ Start again")
        await phone.no_longer_sees("repeated")
    assert stage.app is not None
    left = await asyncio.to_thread(lambda: list(tmp_path.rglob("*")))
    of_ours = [path for path in left if path.is_file() and "world" not in path.parts]
    assert of_ours
    for path in of_ours:
        assert "Айгуль ещё раз".encode() not in path.read_bytes(), path


async def test_what_is_hidden_is_added_by_a_button(stage: Stage) -> None:
    phone = await at_the_list(stage)
    await phone.send_file("list.xlsx", list_files.xlsx())
    await phone.sees("5 numbers · 1 repeated · hidden rows left out: 1")
    await phone.tap("➕ Add hidden rows")
    await phone.sees("Numbers stand on more than one sheet.")
    await phone.tap("☑ All sheets")
    await phone.sees("7 numbers · 1 repeated")
    await phone.no_longer_sees("hidden rows left out")


async def test_sheet_and_column_are_asked_for_where_there_are_several(stage: Stage) -> None:
    phone = await at_the_list(stage)
    await phone.send_file("list.xlsx", list_files.two_sheets())
    await phone.sees("Numbers stand on more than one sheet.", "Склад · 2 numbers")
    # An album comes as messages of their own: none of them is lost behind a question.
    await phone.send_file("more.txt", b"8 701 054 20 12\n")
    await phone.tap("☑ All sheets")
    await phone.sees("Numbers stand in more than one column.")
    await phone.tap("701 054 20 11")
    await phone.sees("5 numbers · 2 repeated")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("list.pdf", b"%PDF-1.7 ...", "Send the list as XLSX, XLS, ODS, CSV or TXT."),
        ("list.xls", b"<html><table><tr><td>77010542008", "Send the list as XLSX"),
        ("list.xlsx", b"PK\x03\x04 and then nothing", "The file is damaged."),
        ("words.txt", "нет здесь номеров".encode(), "No phone number was found here."),
    ],
)
async def test_what_is_no_list_is_a_sentence(
    stage: Stage, name: str, content: bytes, said: str
) -> None:
    phone = await at_the_list(stage)
    await phone.send_file(name, content)
    await phone.sees(said)


async def test_a_picture_is_none_and_a_contact_is_one_number(stage: Stage) -> None:
    phone = await at_the_list(stage)
    await phone.send({"photo": True})
    await phone.sees("Send the list as XLSX")
    await phone.share({"phone_number": "+77010542008", "first_name": "Склад"})
    await phone.sees("1 number")


async def test_a_file_that_telegram_does_not_give_is_asked_for_again(stage: Stage) -> None:
    phone = await at_the_list(stage)
    await stage.fault("telegram", "http_500", match="getFile")
    await phone.send_file("list.txt", b"77010542008")
    await phone.sees("The file could not be received from Telegram. Send it again.")
    await stage.http.delete("/sandbox/faults")
    await phone.send_file("list.txt", b"77010542008")
    await phone.sees("1 number")


async def test_so_many_files_an_hour_are_read(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("account.changes.sets.selection.FILES_AN_HOUR", 1)
    phone = await at_the_list(stage)
    await phone.send_file("list.txt", b"77010542008")
    await phone.sees("1 number")
    await phone.send_file("list.txt", b"77010542013")
    await phone.sees("files an hour can be read.")


async def test_an_empty_list_is_filled_in_and_sent_back(stage: Stage) -> None:
    phone = await stage.administrator()
    await phone.command("/numbers")
    await phone.tap("☑ Many numbers")
    await phone.tap("📄 Empty list")
    word = await phone.sees("Fill in the column, one number per row")
    book = openpyxl.load_workbook(BytesIO(await phone.download(word)))
    sheet = book.worksheets[0]
    assert sheet.cell(1, 1).value == "Number / Номер / Нөмір"
    assert sheet.column_dimensions["A"].width > 20
    for number in ("8 701 054 20 08", 77010542013, "+7(701)054-20-12"):
        sheet.append([number])
    filled = BytesIO()
    book.save(filled)

    await phone.send_file("numbers.xlsx", filled.getvalue())

    await phone.sees("3 numbers")
