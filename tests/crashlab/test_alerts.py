"""The lab's judgement on alerts: each broken promise is found, a kept one is not."""

from __future__ import annotations

import io

import openpyxl
import pytest

from crashlab.actors.watchers import Watcher
from crashlab.checks.alerts import broken_alerts
from crashlab.checks.received_files import ReceivedFile
from crashlab.world.chats import ChatMessage
from crashlab.world.outside import World

ONE, MANY, FIRST = range(3)


def shown(number: str) -> str:
    return f"+7 {number[1:4]} {number[4:7]} {number[7:9]} {number[9:]}"


def tell(watcher: Watcher, message: int, *numbers: str) -> str:
    text = "\n".join(["<b>🔔 TOO Demo</b>", *(f"<code>{shown(one)}</code>" for one in numbers)])
    watcher.chat.show(ChatMessage(message, text, [], ""))
    return text


def a_file(watcher: Watcher, caption: str, numbers: list[str]) -> ReceivedFile:
    book, content = openpyxl.Workbook(), io.BytesIO()
    assert book.active is not None
    for row in (["Number"], *([one] for one in numbers)):
        book.active.append(row)
    book.save(content)
    return ReceivedFile(watcher.id, caption, "a.xlsx", content.getvalue(), "f", "run0.1", True, 1.0)


@pytest.fixture
def world() -> World:
    made = World(seed=1, people=0, numbers=0, watchers=3)
    for n, number in enumerate(made.watchers[ONE].fallen):
        tell(made.watchers[ONE], n, number)
    for way in (MANY, FIRST):
        tell(made.watchers[way], 1, *made.watchers[way].fallen)
    return made


def found(world: World, *parcels: ReceivedFile, restored: bool = False) -> set[str]:
    looked = {one.company_id for one in world.watchers}
    broken = broken_alerts(world, looked, parcels, restored=restored)
    return {name for name, _what in broken}


def test_each_of_them_once_breaks_nothing(world: World) -> None:
    assert found(world) == set()


def test_the_same_message_may_come_again(world: World) -> None:
    watcher = world.watchers[ONE]
    tell(watcher, 90, watcher.fallen[0])
    assert found(world) == set()


@pytest.mark.parametrize("way", [ONE, MANY, FIRST])
def test_nobody_was_told(world: World, way: int) -> None:
    world.watchers[way].chat.said.pop()
    assert found(world) == {"SILENT"}
    looked = {one.company_id for one in world.watchers} - {world.watchers[way].company_id}
    assert not list(broken_alerts(world, looked, ())), "of a company that could not be read"


@pytest.mark.parametrize("way", [ONE, MANY, FIRST])
def test_told_in_two_messages(world: World, way: int) -> None:
    watcher = world.watchers[way]
    tell(watcher, 91, watcher.fallen[0], watcher.fallen[1])
    assert found(world) == {"DOUBLE"}
    assert found(world, restored=True) == set()


@pytest.mark.parametrize("which", ["told", "risen"])
def test_told_of_what_was_told_before_or_is_no_longer_so(world: World, which: str) -> None:
    watcher = world.watchers[MANY]
    tell(watcher, 92, getattr(watcher, which)[0])
    assert found(world) == {"LIE"}


def test_what_a_message_has_no_room_for_stands_in_its_file(world: World) -> None:
    watcher = world.watchers[MANY]
    watcher.chat.said.clear()
    caption = tell(watcher, 93, *watcher.fallen[:5])
    assert found(world) == {"SILENT"}
    assert found(world, a_file(watcher, caption, watcher.fallen)) == set()
    assert found(world, a_file(watcher, caption, watcher.fallen[1:-1])) == {"SILENT"}
