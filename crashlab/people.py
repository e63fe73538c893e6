"""People who press real buttons: a number's card, the question, the confirmation, then they wait.

A person never decides what is true. What they were told is kept by their chat; the judgement is
made in the end (`crashlab.invariants`).
"""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from crashlab.operator import Operator
from crashlab.telegram import Chat, Said, Shown, Telegram

PRESSED_TWICE, PRESSED_THRICE = 0.10, 0.05
LATEST_REPEAT = 1.5
CODES_EACH, CODE_EVERY = 4, 62.0
"""The product's own limits of one-time codes: five an hour, one a minute."""
UNBLOCKS, SERVICES = 0.5, 0.3
ENOUGH = 1_000_00
"""Tiyn of which the smallest amount on the buttons can be sent."""
STEPS = {
    "block": ("block", "confirm"),
    "unblock": ("unblock", "code"),
    "service.on": ("services", "available", "group", "offer", "enable", "confirm_kind"),
    "service.off": ("services", "svc", "disable", "confirm"),
    "transfer": ("more", "transfer", "number", "amount", "confirm_kind"),
}
"""The buttons from the card on; the last one stands below the question."""
SHOWN_WITHIN, CODE_WITHIN, AGAIN_AFTER, GIVEN_UP_AFTER = 5.0, 10.0, 8.0, 45.0
LAST_LOOK, LONGEST_PATIENCE = 2.0, 40.0
NEUTRAL = ("One moment", "confirmed already", "is kept")
"""Sentences that decide nothing."""

Found = TypeVar("Found")


@dataclass
class Intent:
    """A person wants one change and pressed Confirm; `heard` once anything came of it."""

    chat_id: int
    number: str
    kind: str
    question: str
    said_before: int
    presses: int = 0
    heard: bool = False


@dataclass
class Person:
    """One administrator in one chat, with numbers that nobody else touches."""

    id: int
    phone: str
    numbers: list[str]
    telegram: Telegram
    operator: Operator
    luck: random.Random
    purses: list[str] = field(default_factory=list)
    """Prepaid numbers that nobody else takes money from."""
    intents: list[Intent] = field(default_factory=list)
    codes: int = 0
    code_at: float = 0.0
    extra: set[asyncio.Task[None]] = field(default_factory=set)
    closing: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def chat(self) -> Chat:
        """The chat with the bot."""
        return self.telegram.chat(self.id)

    async def live(self, closing: asyncio.Event) -> None:
        """Want one change after the other until it is time to go."""
        self.closing = closing
        await asyncio.sleep(self.luck.uniform(0, 1))
        while not closing.is_set() and self.numbers:
            full = [one for one in self.purses if self.operator.books.purses[one] >= ENOUGH]
            number = self.luck.choice(self.numbers + full)
            if not await self._change(number):
                # Nobody knows yet what came of it: hands off, or two changes would be mixed up.
                (self.purses if number in self.purses else self.numbers).remove(number)
            await asyncio.sleep(self.luck.uniform(0, 0.3))

    async def _change(self, number: str) -> bool:
        """One change; False when it was confirmed and nothing came of it in time."""
        kind = self._choose(number)
        question = None
        patience = SHOWN_WITHIN
        while question is None:
            if self.closing.is_set():
                return True
            question = await self._question(number, kind, patience)
            # Who types faster than a bot in trouble can answer only makes it worse.
            patience = min(patience * 2, LONGEST_PATIENCE)
        intent = Intent(self.id, number, kind, question.text, len(self.chat.said))
        self.intents.append(intent)
        return await self._confirm(intent, question)

    def _choose(self, number: str) -> str:
        """What to do with the number; it may have become active without the bot before that."""
        if number in self.operator.books.purses:
            return "transfer"
        blocked = self.operator.books.blocked
        if not blocked[number]:
            if self.luck.random() < SERVICES:
                return "service.off" if number in self.operator.books.served else "service.on"
            return "block"
        ready = self.codes < CODES_EACH and time.monotonic() - self.code_at > CODE_EVERY
        if ready and self.luck.random() < UNBLOCKS:
            return "unblock"
        blocked[number] = False
        return "block"

    # --- the way to the question ---

    async def _question(self, number: str, kind: str, patience: float) -> Shown | None:
        """Open the number, ask, and prove oneself where that is needed; None: try once more."""
        self.telegram.type(self.id, number)
        gone = self.closing.is_set
        *way, last = STEPS[kind]
        for widget in way:
            shown = await self._until(partial(self._with, widget, number), patience, gone)
            if shown is None:
                return None
            self._press(shown, widget)
        question = await self._until(lambda: self._with(last, number), patience, gone)
        if question is None or last != "code":
            return question
        return await self._prove(question, number)

    async def _prove(self, question: Shown, number: str) -> Shown | None:
        box = self.operator.books.sms.setdefault(self.phone, [])
        before = len(box)
        self.codes += 1
        self.code_at = time.monotonic()
        self._press(question, "code")
        text = await self._until(lambda: box[-1] if len(box) > before else None, CODE_WITHIN)
        found = re.search(r"\b[0-9]{6}\b", text or "")
        if found is None:
            return None
        for _try in range(2):
            self.telegram.type(self.id, found.group())
            proven = await self._until(lambda: self._with("confirm_kind", number), SHOWN_WITHIN)
            if proven is not None:
                return proven
        return None

    # --- the confirmation ---

    async def _confirm(self, intent: Intent, question: Shown) -> bool:
        widget = "confirm" if STEPS[intent.kind][-1] == "confirm" else "confirm_kind"
        times = self._times()
        for n in range(times):
            self._press_after(0.0 if n == 0 else self.luck.uniform(0, LATEST_REPEAT), question)
        intent.presses = times
        begun = time.monotonic()
        while time.monotonic() - begun < GIVEN_UP_AFTER:
            told = len(self.chat.said)
            enough = self._refused(told, intent)
            if await self._until(lambda: self._final(intent), AGAIN_AFTER, enough):
                intent.heard = True
                return True
            if self._may_leave(intent):
                return True
            refused = enough()
            await asyncio.sleep(self.luck.uniform(0.3, 1.0))
            again = self._with(widget, intent.number)
            if again is not None:
                # Nothing was said, or "the operator does not answer": they press once more.
                self._press(again, widget)
                intent.presses += 1
            elif refused:
                intent.heard = True
                final = await self._until(lambda: self._final(intent), LAST_LOOK)
                return final is not None or intent.kind != "unblock"
        return False

    def _refused(self, told: int, intent: Intent) -> Callable[[], bool]:
        """Whether the person was told since that something was not done, or may leave."""
        said = self.chat.said
        return lambda: self._may_leave(intent) or any(is_refusal(one) for one in said[told:])

    def _may_leave(self, intent: Intent) -> bool:
        """At the end of a run nobody need stand by a change that is on its way."""
        return self.closing.is_set() and self._with("look", intent.number) is not None

    def _times(self) -> int:
        at = self.luck.random()
        if at < PRESSED_THRICE:
            return 3
        return 2 if at < PRESSED_THRICE + PRESSED_TWICE else 1

    def _press_after(self, seconds: float, on: Shown) -> None:
        data = next(data for _label, data in on.buttons if _widget(data).startswith("confirm"))

        async def press() -> None:
            await asyncio.sleep(seconds)
            self.telegram.press(self.id, on, data)

        task = asyncio.create_task(press())
        self.extra.add(task)
        task.add_done_callback(self.extra.discard)

    def _final(self, intent: Intent) -> str | None:
        """The final word that came for this number since it was confirmed."""
        for said in self.chat.said[intent.said_before :]:
            if said.kind == "message" and is_final(said.text) and _digits(said.text, intent.number):
                return said.text
        return None

    # --- hands and eyes ---

    def _with(self, widget: str, number: str) -> Shown | None:
        """The present window, if it has that button and is about the number."""
        window = self.chat.window
        if window is None or not _digits(window.text, number):
            return None
        return window if any(_widget(data) == widget for _label, data in window.buttons) else None

    def _press(self, on: Shown, widget: str) -> None:
        data = next(data for _label, data in on.buttons if _widget(data) == widget)
        self.telegram.press(self.id, on, data)

    async def _until(
        self,
        look: Callable[[], Found | None],
        seconds: float,
        enough: Callable[[], bool] = lambda: False,
    ) -> Found | None:
        """What `look` finds within that time, or None then, or as soon as it is `enough`."""
        until = time.monotonic() + seconds
        while (found := look()) is None:
            left = until - time.monotonic()
            if left <= 0 or enough():
                return None
            self.chat.changed.clear()
            try:
                await asyncio.wait_for(self.chat.changed.wait(), min(left, 1.0))
            except TimeoutError:
                continue
        return found


def is_final(text: str) -> bool:
    """Whether a message is the final word of a change; windows begin with where one is."""
    return text.startswith(("✅", "⚠️ ")) and " · action A-" in text.replace("\u00a0", " ")


def is_refusal(said: Said) -> bool:
    """Whether a sentence told that something was not done."""
    if said.kind == "window" or is_final(said.text):
        return False
    return not any(word in said.text for word in NEUTRAL)


def _widget(data: str) -> str:
    """The button's name; of a row of a list, the list's."""
    return data.rpartition("\x1d")[2].partition(":")[0]


def _digits(text: str, number: str) -> bool:
    return number in re.sub(r"[^0-9]", "", text)
