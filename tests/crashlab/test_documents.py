"""The judge of documents must be right before anybody is judged."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest

from crashlab.actors.document_users import SAME_WITHIN, DocumentRecords, Order, broken
from crashlab.checks.final_state import OrderedDocument
from crashlab.checks.received_files import ANSWERED, BY, ReceivedFile, ReceivedFiles
from crashlab.world.chats import ChatMessage
from crashlab.world.operator_fixtures import DEVICES
from crashlab.world.outside import World

REFERENCE = "R-20220124-0001"
PAPER = OrderedDocument(
    REFERENCE, 5_100_001, "org-180140001018", "devices", "xlsx", "{}", "sent", 0, DEVICES
)


@pytest.fixture
def world() -> World:
    return World(seed=1, people=0, numbers=1, readers=1)


def workbook(rows: int) -> bytes:
    book, file = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Registered devices report"])
    for n in range(rows):
        sheet.append([f"+7 701 {n:07}"])
    book.save(file)
    return file.getvalue()


WHOLE = workbook(DEVICES)


def parcel(content: bytes = WHOLE, by: str = "run0.1", at: float = 1.0) -> ReceivedFile:
    caption = f"Registered devices report\n{DEVICES} records · {REFERENCE}"
    return ReceivedFile(5_100_001, caption, "devices.xlsx", content, "file-1", by, True, at)


def names(
    world: World, *parcels: ReceivedFile, paper: OrderedDocument = PAPER, **died: float
) -> set[str]:
    ends = {name.replace("_", "."): at for name, at in died.items()}
    return {name for name, _what in broken(world, DocumentRecords([paper], parcels, ends))}


def test_a_file_that_came_whole_is_no_breach(world: World) -> None:
    assert names(world, parcel()) == set()


def test_a_file_that_never_came_is_lost(world: World) -> None:
    assert names(world) == {"LOST"}


@pytest.mark.parametrize("content", [WHOLE[:-30], workbook(DEVICES - 1), b""])
def test_a_file_that_is_not_whole_is_lost(world: World, content: bytes) -> None:
    assert names(world, parcel(content)) == {"LOST"}


def test_a_second_coming_needs_a_death_or_a_lost_answer(world: World) -> None:
    first, second = parcel(), parcel(by="run0.2", at=3.0)
    assert names(world, first, second) == {"DOUBLE"}
    assert names(world, first, second, run0_1=2.0) == set()
    assert names(world, replace(first, answered=False), second) == set()
    # It lived for long enough to note that the file had arrived.
    assert names(world, first, replace(second, at=60.0), run0_1=50.0) == {"DOUBLE"}
    assert names(world, first, parcel(workbook(DEVICES + 1), at=3.0), run0_1=2.0) == {"DOUBLE"}
    assert DocumentRecords([PAPER], [first, second]).repeated == 1


@pytest.mark.parametrize(
    ("state", "broken"), [("failed", {"SILENT"}), ("empty", {"SILENT", "LIE"})]
)
def test_the_end_without_a_file_is_told(world: World, state: str, broken: set[str]) -> None:
    paper = replace(PAPER, state=state)
    chat = world.telegram.chat(world.readers[0].id)
    paper = replace(paper, chat_id=chat.id)
    assert names(world, paper=paper) == broken
    chat.show(ChatMessage(9, f"⚠️ The file was not made · {REFERENCE}", [], ""))
    assert names(world, paper=paper) == broken - {"SILENT"}


def test_there_may_be_nothing_in_a_period(world: World) -> None:
    days = json.dumps({"first": "2019-01-01", "last": "2019-01-02"})
    paper = replace(PAPER, kind="payments", state="empty", parameters=days)
    assert names(world, paper=replace(paper, chat_id=1)) == {"SILENT"}


def test_the_same_order_within_a_minute_is_one(world: World) -> None:
    papers = [PAPER, replace(PAPER, reference="R-20220124-0002", ordered_at=SAME_WITHIN - 1)]
    found = [name for name, _ in broken(world, DocumentRecords(papers, [parcel()], {}))]
    assert "DOUBLE" in found
    papers[1] = replace(papers[1], ordered_at=SAME_WITHIN)
    assert "DOUBLE" not in [
        name for name, _ in broken(world, DocumentRecords(papers, [parcel()], {}))
    ]
    for at in (1, -1):  # of two orders a clock that was set may say the other one
        papers = [replace(PAPER, state="failed"), replace(papers[1], ordered_at=at)]
        assert "DOUBLE" not in [
            name for name, _ in broken(world, DocumentRecords(papers, [parcel()], {}))
        ]
        papers = [PAPER, replace(papers[1], state="failed")]
        assert "DOUBLE" in [
            name for name, _ in broken(world, DocumentRecords(papers, [parcel()], {}))
        ]
        papers[1] = replace(papers[1], state="sent")


def test_an_order_that_nothing_came_of_is_lost(world: World) -> None:
    reader = world.readers[0]
    reader.orders.append(Order(reader.id, "devices", "the window", 0, presses=1))
    assert {name for name, _ in broken(world, DocumentRecords())} == {"LOST"}
    reader.chat.show(ChatMessage(9, "⏳ The file is being prepared", [], ""))
    assert not list(broken(world, DocumentRecords()))
    reader.chat.show(ChatMessage(9, f"⏳ The file is being prepared, request {REFERENCE}.", [], ""))
    assert {name for name, _ in broken(world, DocumentRecords())} == {"LOST"}


def test_a_file_is_kept_and_can_be_named_again() -> None:
    parcels = ReceivedFiles()
    upload: Any = SimpleNamespace(filename="a.xlsx", file=io.BytesIO(b"whole"))
    call = {"chat_id": "5", "document": "attach://x", "x": upload, BY: "run0.1", ANSWERED: True}
    first = parcels.take(call)
    again = parcels.take({**call, "document": first.file_id, BY: "run0.2"})
    assert (again.content, again.name, again.by) == (b"whole", "a.xlsx", "run0.2")
