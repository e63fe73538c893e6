"""People who order documents, and what came of their orders.

Readers order files through the windows, as often as not twice. Every file that Telegram took is
opened in the end and held against what the operator has.

| Name | Broken when |
|---|---|
| LOST | somebody was told of a request that does not exist, nothing ever came of a press, a file |
|      | that is sent for the bot never arrived, or arrived with rows missing or one too many |
| SILENT | a request that was empty or failed, and nobody was told |
| LIE | told that there is nothing where there is something |
| DOUBLE | two requests of the same within a minute; different files of one request; a file that |
|        | came again although whoever sent it lived on and was told that it had arrived |
"""

from __future__ import annotations

import asyncio
import io
import json
import random
import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING

import openpyxl

from crashlab.checks.received_files import ReceivedFile
from crashlab.faults.backups import History, elapsed
from crashlab.world.chats import Chat, ChatMessage
from crashlab.world.operator_fixtures import DocumentFixtures
from crashlab.world.telegram import Telegram

if TYPE_CHECKING:
    from crashlab.actors.subscribers import Subscriber
    from crashlab.checks.final_state import OrderedDocument
    from crashlab.world.outside import World

PRESSED_TWICE, PRESSED_THRICE, LATEST_REPEAT = 0.20, 0.10, 1.5
CHOSEN_FIRST = 0.4
"""Share of orders for which another period is chosen before."""
BETWEEN = (0.5, 3.0)
"""Seconds from one order of a reader to the next."""
PATIENCE = (5.0, 10.0, 20.0, 40.0)
AGAIN_AFTER, GIVEN_UP_AFTER = 8.0, 45.0
SAME_WITHIN = 60_000_000
"""Microseconds in which the same order is the same document."""
NOTED_WITHIN = 10.0
"""Seconds in which a process that lives has noted what Telegram took."""
FIRST_CELLS = ("+7", "INV-")
"""How the first cells of rows begin: numbers of the network, invoices."""
NOTHING_LOST = History()
_REFERENCE = re.compile(r"\bR-[0-9]{8}(?:-[0-9]+)+")


@dataclass(frozen=True)
class OrderPath:
    """How a document is ordered: its choices of a period, and the button of the file.

    Widgets as they stand in a button's data, with the row of a list behind a colon.
    """

    kind: str
    file: str
    periods: tuple[str, ...] = ()


ORDER_PATHS = (
    OrderPath("history", "xlsx", ("period:3", "period:12")),
    OrderPath("numbers", "format:xlsx"),
    OrderPath("devices", "format:xlsx"),
    OrderPath("payments", "format:xlsx", ("period:3", "period:12")),
    OrderPath("usage", "xlsx", ("preset:current_month", "preset:seven_days")),
)


@dataclass
class Order:
    """A reader wants a file and pressed its button."""

    chat_id: int
    kind: str
    question: str
    said_before: int
    at: float = field(default_factory=time.time)
    presses: int = 0


@dataclass
class Reader:
    """One administrator in one chat who orders documents and changes nothing."""

    id: int
    phone: str
    administrator_id: str
    company_id: str
    number: str
    telegram: Telegram
    rng: random.Random
    ways: Sequence[OrderPath] = ORDER_PATHS
    coded: Sequence[str] = ()
    """No number of theirs has a secret code."""
    was: Sequence[str] = ()
    """Nobody else was ever logged in there."""
    orders: list[Order] = field(default_factory=list)
    extra: set[asyncio.Task[None]] = field(default_factory=set)
    closing: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def chat(self) -> Chat:
        """The chat with the bot."""
        return self.telegram.chat(self.id)

    async def live(self, closing: asyncio.Event) -> None:
        """Order one document after the other until it is time to go."""
        self.closing = closing
        await asyncio.sleep(self.rng.uniform(0, 1))
        tries = 0
        while not closing.is_set():
            done = await self._order(self.rng.choice(self.ways), PATIENCE[tries])
            # Who types faster than a bot in trouble can answer only makes it worse.
            tries = 0 if done else min(tries + 1, len(PATIENCE) - 1)
            await asyncio.sleep(self.rng.uniform(*BETWEEN))

    async def _order(self, way: OrderPath, patience: float) -> bool:
        """One order; False when the bot did not come as far as to ask for it."""
        window = await self._window(way, patience)
        if window is None:
            return False
        order = Order(self.id, way.kind, window.text, len(self.chat.said))
        self.orders.append(order)
        for n in range(self._times()):
            self._press_after(0.0 if n == 0 else self.rng.uniform(0, LATEST_REPEAT), window, way)
            order.presses += 1
        begun = time.monotonic()
        while time.monotonic() - begun < GIVEN_UP_AFTER:
            if await self.chat.until(lambda: self.heard(order) or None, AGAIN_AFTER):
                return True
            if self._shows(way.file) is window:
                self._press_after(0.0, window, way)
                order.presses += 1
        return False

    async def _window(self, way: OrderPath, patience: float) -> ChatMessage | None:
        """The window with the button of the file, the period chosen; None: try once more."""
        first, opening = ("/documents", f"kind:{way.kind}")
        if way.kind == "usage":
            first, opening = self.number, "usage"
        self.telegram.type(self.id, first)
        menu = await self.chat.until(lambda: self._shows(opening), patience, self.closing.is_set)
        if menu is None:
            return None
        self._press(menu, opening)
        window = await self.chat.until(
            lambda: self._shows(way.file, after=menu), patience, self.closing.is_set
        )
        if window is not None and not all(_data(window, period) for period in way.periods):
            # Another document's window, with the same button: a start brought it back.
            return None
        if window is not None and way.periods and self.rng.random() < CHOSEN_FIRST:
            before, period = window, self.rng.choice(way.periods)
            self._press(before, period)
            window = await self.chat.until(
                lambda: self._shows(way.file, after=before), patience, self.closing.is_set
            )
        return window

    def heard(self, order: Order) -> bool:
        """Whether anything but the question was shown or told since."""
        return any(one.text != order.question for one in self.chat.said[order.said_before :])

    def _times(self) -> int:
        at = self.rng.random()
        if at < PRESSED_THRICE:
            return 3
        return 2 if at < PRESSED_THRICE + PRESSED_TWICE else 1

    def _press_after(self, seconds: float, on: ChatMessage, way: OrderPath) -> None:
        async def press() -> None:
            await asyncio.sleep(seconds)
            self._press(on, way.file)

        task = asyncio.create_task(press())
        self.extra.add(task)
        task.add_done_callback(self.extra.discard)

    def _shows(self, widget: str, after: ChatMessage | None = None) -> ChatMessage | None:
        """The present window, if it has that button and is another one than `after`."""
        window = self.chat.window
        return window if window is not after and window and _data(window, widget) else None

    def _press(self, on: ChatMessage, widget: str) -> None:
        data = _data(on, widget)
        if not data:
            raise LookupError(f"{widget} is not on the screen: {on.buttons}")
        self.telegram.press(self.id, on, data)


def _data(window: ChatMessage, widget: str) -> str:
    return next((d for _label, d in window.buttons if d.rpartition("\x1d")[2] == widget), "")


# --- the judgement ---


@dataclass(frozen=True)
class DocumentRecords:
    """All that is known of documents when all is quiet."""

    papers: Sequence[OrderedDocument] = ()
    parcels: Sequence[ReceivedFile] = ()
    died: Mapping[str, float] = field(default_factory=dict)
    """When each process of the bot was no more, as `time.monotonic`."""
    stood: Mapping[str, Sequence[tuple[float, float]]] = field(default_factory=dict)
    """When it stood still, from and until; or, by the name of its place, was silent."""

    def of(self, paper: OrderedDocument) -> list[ReceivedFile]:
        """The times that its file came."""
        return [one for one in self.parcels if paper.reference in _REFERENCE.findall(one.caption)]

    def stood_between(self, process: str, begin: float, end: float) -> bool:
        """Whether that process was taken for dead, if at all, at any time between the moments."""
        place = process.partition(".")[0]
        stood = [*self.stood.get(process, ()), *self.stood.get(place, ())]
        return any(since <= end and begin <= until for since, until in stood)

    @property
    def repeated(self) -> int:
        """Files that came more than once: a few are allowed, all are counted."""
        return sum(max(0, len(self.of(paper)) - 1) for paper in self.papers)


def broken(
    world: World, shelf: DocumentRecords, past: History = NOTHING_LOST
) -> Iterator[tuple[str, str]]:
    """Every promise about documents that was broken; of what is lost nothing is promised."""
    readers, records = world.readers, world.operator.records
    numbers = Counter(world.operator.books.companies[one] for one in world.operator.books.blocked)
    yield from _asked_for(shelf, readers, past)
    for paper in shelf.papers:
        name = f"{paper.kind} {paper.reference} ({paper.state})"
        # What came in the time that is lost, the bot does not know of: it may come once more.
        came = [one for one in shelf.of(paper) if not past.covers(one.at)]
        if paper.state in ("empty", "failed"):
            if not _told([*readers, *world.subscribers], paper):
                yield "SILENT", f"{name}: nobody was told"
            if paper.state == "empty" and _rows(paper, records, numbers):
                yield "LIE", f"{name}: there is something"
        if paper.state == "sent" and not came:
            yield "LOST", f"{name} never arrived"
        if len({one.content for one in came}) > 1:
            yield "DOUBLE", f"{name}: different files came"
        for one in came[:1]:
            yield from (
                ("LOST", f"{name}: {what}") for what in _whole(one, paper, records, numbers)
            )
        for first, second in pairwise(came):
            why = _needless(first, second, shelf)
            if why:
                yield "DOUBLE", f"{name} came again: {why}"
    yield from _same(shelf.papers)


def _asked_for(
    shelf: DocumentRecords, readers: Sequence[Reader], past: History
) -> Iterator[tuple[str, str]]:
    known = {one.reference for one in [*shelf.papers, *past.lost_papers(shelf.papers)]}
    for reader in readers:
        told = {one for said in reader.chat.said for one in _REFERENCE.findall(said.text)}
        for reference in sorted(told):
            if reference not in known:
                yield "LOST", f"somebody was told of {reference}, which does not exist"
        for order in reader.orders:
            if past.covers(elapsed(order.at), GIVEN_UP_AFTER):
                continue
            if order.presses and not reader.heard(order) and not _was_there(order, shelf):
                yield "LOST", f"nothing ever came of {order.kind}, pressed {order.presses} times"


def _was_there(order: Order, shelf: DocumentRecords) -> bool:
    """Whether the same order had been made within a minute: what is said of that stands in the
    window, and Telegram may have refused the window.
    """
    return any(
        paper.chat_id == order.chat_id
        and paper.kind == order.kind
        and paper.ordered_at > order.at * 1e6 - SAME_WITHIN
        for paper in shelf.papers
    )


def _told(readers: Sequence[Reader | Subscriber], paper: OrderedDocument) -> bool:
    """Whether the sentence about its end stands in the chat as a message of its own."""
    said = next((one.chat.said for one in readers if one.id == paper.chat_id), [])
    return any(one.kind == "message" and paper.reference in one.text for one in said)


def _same(papers: Sequence[OrderedDocument]) -> Iterator[tuple[str, str]]:
    """The same order within a minute is one, but for one that failed."""
    alike = defaultdict(list)
    for paper in papers:
        alike[paper.chat_id, paper.kind, paper.form, paper.parameters].append(paper)
    for one in alike.values():
        for first, second in pairwise(sorted(one, key=_given_out)):
            apart = abs(second.ordered_at - first.ordered_at)
            if apart < SAME_WITHIN and first.state != "failed":
                yield "DOUBLE", f"{first.reference} and {second.reference} are the same order"


def _given_out(paper: OrderedDocument) -> int:
    """Which reference came first: of two orders a clock that was set may say the other one."""
    return int(paper.reference.split("-")[2])


def _needless(first: ReceivedFile, second: ReceivedFile, shelf: DocumentRecords) -> str:
    """Why a file had not to come again after it came first; empty when it could not be helped."""
    if not first.answered:
        return ""
    if shelf.stood_between(first.by, first.at, second.at):
        return ""
    end = shelf.died.get(first.by)
    if end is None or end > second.at:
        later = second.at - first.at
        return f"{first.by} had sent it, and lived; {second.by} sent it {later:.1f} s later"
    if end - first.at > NOTED_WITHIN:
        return f"{first.by} had sent it {end - first.at:.0f} s before its end"
    return ""


def _rows(
    paper: OrderedDocument, records: DocumentFixtures, numbers: Mapping[str, int]
) -> int | None:
    """How many rows its file has; None where the lab does not know."""
    if paper.kind == "numbers":
        return numbers[paper.company_id]
    return records.rows(paper.kind, json.loads(paper.parameters))


def _whole(
    parcel: ReceivedFile,
    paper: OrderedDocument,
    records: DocumentFixtures,
    numbers: Mapping[str, int],
) -> Iterator[str]:
    """What is wrong with a file that came."""
    if parcel.chat_id != paper.chat_id:
        yield "came to another chat"
    try:
        found = rows_of(parcel.content)
    except Exception as error:  # noqa: BLE001 - whatever is wrong with it, it is broken
        yield f"does not open: {error!r}"
        return
    if found != paper.rows:
        yield f"has {found} rows, and the bot says {paper.rows}"
    expected = _rows(paper, records, numbers)
    if expected not in (None, found):
        yield f"has {found} rows of {expected}"


def rows_of(content: bytes) -> int:
    """Rows of data of a workbook: those that begin with a moment or what `FIRST_CELLS` says."""
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
    sheet = book[book.sheetnames[0]]
    return sum(
        isinstance(cell, datetime) or (isinstance(cell, str) and cell.startswith(FIRST_CELLS))
        for (cell,) in sheet.iter_rows(max_col=1, values_only=True)
    )
