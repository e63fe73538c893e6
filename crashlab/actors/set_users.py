"""Who blocks many numbers at once: a list, its preview, one confirmation, and then they wait.

Meanwhile they pause it now and then and let it go on, or stop the rest. A list with a login number
needs a second administrator, who looks at it and says yes or no.
"""

from __future__ import annotations

import asyncio
import random
import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crashlab.actors.approvers import ApprovalDecision
from crashlab.checks.oracle import OperatorTruth
from crashlab.world.chats import Chat, ChatMessage
from crashlab.world.operator import Operator
from crashlab.world.telegram import Telegram

if TYPE_CHECKING:
    from crashlab.actors.later_lists import LaterList

FEWEST = 5
PATIENCE, WORD_WITHIN, LOOKS_EVERY, AGAIN_AFTER = 6.0, 90.0, 0.5, 3.0
"""Seconds for each step of the way, for the final word, and from one look or press to the next."""
PAUSES, STOPS, WITH_A_LOGIN, PRESSED_TWICE, APPROVES = 0.4, 0.2, 0.3, 0.3, 0.75
REFERENCE = re.compile(r"\bS-[0-9]+(?:-[0-9]+)+")
WITH_THE_VERB = 0.7
TIMES = 4
"""So often they press Confirm before they give up."""
WRITINGS = ("+{0}", "8{1}", "{0}", "{0} , ", "8 {1}")
"""How a number may stand in a list: whole, or without its first digit."""
LOOK = "sa:"
"""What the button of a question to a second administrator begins with."""


@dataclass
class SetIntent:
    """A list that somebody confirmed, by its reference; `heard` once its final word came."""

    reference: str
    numbers: list[str]
    heard: bool = False
    at: float = field(default_factory=time.time)


@dataclass
class SetUser:
    """An administrator with numbers that nobody else touches; without any they only approve."""

    id: int
    phone: str
    administrator_id: str
    company_id: str
    numbers: list[str]
    guarded: str
    """A number that a colleague logs in with who is in no chat."""
    strangers: list[str]
    """Numbers that are not the company's: another's, and nobody's."""
    telegram: Telegram
    operator: Operator
    rng: random.Random
    intents: list[SetIntent] = field(default_factory=list)
    words: list[ApprovalDecision] = field(default_factory=list)
    was: list[str] = field(default_factory=list)
    coded: set[str] = field(default_factory=set)
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    later: list[LaterList] = field(default_factory=list)
    """What was confirmed for later before the run."""
    most: int = 30
    """Numbers in one list."""

    @property
    def books(self) -> OperatorTruth:
        """What the operator knows."""
        return self.operator.books

    @property
    def chat(self) -> Chat:
        """The chat with the bot."""
        return self.telegram.chat(self.id)

    async def live(self, closing: asyncio.Event) -> None:
        """One list after the other until it is time to go; who has no numbers approves."""
        self.closing = closing
        while not closing.is_set() and len(self.numbers) >= FEWEST:
            await asyncio.sleep(self.rng.uniform(0, 0.5))
            await self._one_list()

    async def decide(self) -> None:
        """Answer every question about a list, until it is decided."""
        while True:
            question = self.chat.window
            if question is not None and _data(question, "reject"):
                # It took the place of the message, or of a window that nobody answered.
                await self._say(question)
            for message in list(self.chat.shown.values()):
                if any(data.startswith(LOOK) for _label, data in message.buttons):
                    await self._look(message)
            await asyncio.sleep(LOOKS_EVERY)

    # --- a list ---

    async def _one_list(self) -> None:
        size = self.rng.randint(FEWEST, min(self.most, len(self.numbers)))
        numbers = self.rng.sample(self.numbers, size)
        if self.rng.random() < WITH_A_LOGIN:
            numbers.append(self.guarded)
        for number in numbers:
            self.books.blocked[number] = False
        preview = await self._preview(numbers)
        if preview is None:
            return
        for _press in range(2 if self.rng.random() < PRESSED_TWICE else 1):
            self._press(preview, "confirm")
        intent = await self._confirmed(numbers)
        if intent is not None:
            self.intents.append(intent)
            await self._wait(intent)
        if intent is None or not intent.heard:
            # Nobody knows yet what becomes of it: hands off.
            self.numbers = [number for number in self.numbers if number not in numbers]

    async def _confirmed(self, numbers: list[str]) -> SetIntent | None:
        """The list by its reference, which the window names once it is confirmed."""
        for _time in range(TIMES):
            window = await self._seen("look")
            found = None if window is None else REFERENCE.search(window.text)
            if found is not None:
                return SetIntent(found.group(), numbers)
            preview = self.chat.window
            if preview is not None:
                self._press(preview, "confirm")
        return None

    async def _preview(self, numbers: list[str]) -> ChatMessage | None:
        """Type the list and come to where it can be confirmed; None: begin again.

        With the verb above it, mostly: then the reason is asked at once.
        """
        lines = [*numbers, *self.strangers]
        self.rng.shuffle(lines)
        text = "\n".join(self.rng.choice(WRITINGS).format(one, one[1:]) for one in lines)
        if self.rng.random() < WITH_THE_VERB:
            before = self.chat.window
            self.telegram.type(self.id, f"block\n{text}")
            reasons = await self._seen("option:none", before=before)
            if reasons is None:
                return None
            self._press(reasons, "option:none")
            return await self._seen("confirm")
        self.telegram.type(self.id, "/numbers")
        listing = await self._seen("many")
        if listing is None:
            return None
        self._press(listing, "many")
        empty = await self._seen("template")
        if empty is not None and _data(empty, "again"):
            self._press(empty, "again")
            empty = await self._seen("template", without="again")
        if empty is None:
            return None
        self.telegram.type(self.id, text)
        for button in ("kinds", "kind:block", "option:none"):
            window = await self._seen(button)
            if window is None:
                return None
            self._press(window, button)
        return await self._seen("confirm")

    async def _wait(self, intent: SetIntent) -> None:
        """Until the final word; what was paused goes on, by whatever window there is."""
        draw = self.rng.random()
        presses = ["pause"] if draw < PAUSES else ["stop"] if draw < PAUSES + STOPS else []
        after = time.monotonic() + self.rng.uniform(0.2, 2.0)
        until, pressed = time.monotonic() + WORD_WITHIN, 0.0
        while time.monotonic() < until:
            if self.final(intent):
                intent.heard = True
                return
            if self.closing.is_set() and self._goes_on(intent):
                return
            window, now = self.chat.window, time.monotonic()
            here = window is not None and intent.reference in window.text
            if window is not None and here and now - pressed > AGAIN_AFTER:
                if presses and now > after and _data(window, presses[0]):
                    self._press(window, presses.pop())
                elif not presses and _data(window, "go_on"):
                    self._press(window, "go_on")
                    pressed = now
                elif _data(window, "look") and now - pressed > 2 * AGAIN_AFTER:
                    self._press(window, "look")
                    pressed = now
            elif now - pressed > 4 * AGAIN_AFTER:
                await self._open(intent)
                pressed = time.monotonic()
            await self.chat.until(lambda: self.final(intent), LOOKS_EVERY)

    async def _open(self, intent: SetIntent) -> None:
        """Find the list among those of late: its window is gone."""
        self.telegram.type(self.id, "/numbers")
        listing = await self._seen("many")
        if listing is None:
            return
        self._press(listing, "many")
        late = await self._seen("template")
        for label, data in () if late is None else late.buttons:
            if intent.reference in label and late is not None:
                self.telegram.press(self.id, late, data)

    def _goes_on(self, intent: SetIntent) -> bool:
        """Whether it comes to its end without them: at the end of a run nobody stands by."""
        window = self.chat.window
        here = window is not None and intent.reference in window.text
        return window is not None and here and not _data(window, "go_on")

    def final(self, intent: SetIntent) -> str | None:
        """The last word of that list, once it came."""
        return next(iter(finals(self.chat, intent.reference)), None)

    # --- somebody else's list ---

    async def _look(self, message: ChatMessage) -> None:
        """Open the question."""
        data = next(data for _label, data in message.buttons if data.startswith(LOOK))
        self.telegram.press(self.id, message, data)
        await self._seen("reject")

    async def _say(self, question: ChatMessage) -> None:
        """One word about it, the same however often it is asked."""
        found = REFERENCE.search(question.text)
        reference = found.group() if found else ""
        known = (word.approved for word in self.words if word.reference == reference)
        approved = next(known, self.rng.random() < APPROVES)
        self.words.append(ApprovalDecision(reference, approved=approved, at=time.time()))
        self._press(question, "approve" if approved else "reject")
        await self.chat.until(lambda: self.chat.window is not question or None, PATIENCE)

    # --- hands and eyes ---

    async def _seen(
        self, button: str, without: str = "", before: ChatMessage | None = None
    ) -> ChatMessage | None:
        def look() -> ChatMessage | None:
            window = self.chat.window
            if window is None or window is before or not _data(window, button):
                return None
            return None if without and _data(window, without) else window

        return await self.chat.until(look, PATIENCE)

    def _press(self, on: ChatMessage, button: str) -> None:
        data = _data(on, button)
        if data:
            self.telegram.press(self.id, on, data)


def finals(chat: Chat, reference: str) -> list[str]:
    """The last words that came for a list."""
    return [
        said.text
        for said in chat.said
        if said.kind == "message"
        and said.text.startswith(("✅", "⚠️"))
        and reference in said.text
        and "Done " in said.text
    ]


def _data(window: ChatMessage, button: str) -> str:
    """The data of that button; empty without one."""
    found = (data for _label, data in window.buttons if data.rpartition("\x1d")[2] == button)
    return next(found, "")
