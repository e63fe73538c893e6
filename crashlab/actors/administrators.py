"""People who press real buttons: a number's card, the question, the confirmation, then they wait.

Where a change needs a one-time code, typing it is the confirmation, and is done as often.

A person never decides what is true. What they were told is kept by their chat; the judgement is
made in the end (`crashlab.checks.invariants`).
"""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

from crashlab.actors.approvers import ApprovalDecision
from crashlab.checks.message_oracle import is_final, is_refusal
from crashlab.checks.oracle import OperatorTruth
from crashlab.workload import CODES_EACH, TYPED, KindRotation, WantedChange
from crashlab.world.chats import Chat, ChatMessage
from crashlab.world.mail import MailServer
from crashlab.world.operator import Operator
from crashlab.world.telegram import Telegram

PRESSED_TWICE, PRESSED_THRICE = 0.10, 0.05
LATEST_REPEAT = 1.5
PATIENCE = (5.0, 10.0, 20.0, 40.0)
"""Seconds for each step of a way, from one try to the next; then another change comes first."""
SHOWN_WITHIN, CODE_WITHIN, AGAIN_AFTER, GIVEN_UP_AFTER = 5.0, 10.0, 8.0, 45.0
LAST_LOOK = 2.0
TYPED_CODE = "resend"
"""A button of the window that asks for a code, by which it is known."""
BLOCKS_AFTER, BLOCKED_FOR, STARTS_ANEW = (LATEST_REPEAT, 3.0), (2.0, 20.0), 0.5


@dataclass
class Intent:
    """A person wants one change and pressed Confirm; `heard` once anything came of it."""

    chat_id: int
    wanted: WantedChange
    question: str
    said_before: int
    presses: int = 0
    heard: bool = False
    at: float = field(default_factory=time.time)


@dataclass
class Person:
    """One administrator in one chat, with numbers that nobody else touches."""

    id: int
    phone: str
    numbers: list[str]
    telegram: Telegram
    operator: Operator
    mail: MailServer
    rng: random.Random
    rotation: KindRotation
    administrator_id: str
    company_id: str
    imeis: Iterator[str]
    """Devices that nobody has had before."""
    purses: list[str] = field(default_factory=list)
    """Prepaid numbers that nobody else takes money from."""
    blanks: list[str] = field(default_factory=list)
    """SIM cards that nobody else takes."""
    guarded: list[str] = field(default_factory=list)
    """Numbers that colleagues log in with who are in no chat."""
    own: list[str] = field(default_factory=list)
    """The login, while nobody doubts what became of a change of the profile."""
    coded: set[str] = field(default_factory=set)
    """Numbers that have a secret code."""
    sent: dict[str, float] = field(default_factory=dict)
    """When the last one was wanted for a number."""
    words: list[ApprovalDecision] = field(default_factory=list)
    intents: list[Intent] = field(default_factory=list)
    codes: int = 0
    blocks: float = 0.0
    """The share of confirmations after which they block the bot for a while."""
    was: list[str] = field(default_factory=list)
    """Other administrators whom this Telegram account was logged in as."""
    extra: set[asyncio.Task[None]] = field(default_factory=set)
    closing: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.own.append(self.phone)
        self.coded.update(self.numbers[:1])

    @property
    def books(self) -> OperatorTruth:
        """What the operator knows."""
        return self.operator.books

    @property
    def chat(self) -> Chat:
        """The chat with the bot."""
        return self.telegram.chat(self.id)

    def free(self, among: list[str] | None = None) -> str:
        """One of the numbers, which nothing is done with at this moment."""
        return self.rng.choice(among or self.numbers)

    def active(self, among: list[str] | None = None) -> str:
        """The same, and it is Active."""
        number = self.free(among)
        self.books.blocked[number] = False
        return number

    def waited(self, number: str, until: float) -> float:
        """Seconds from the last confirmation for that number to that moment (`time.time`)."""
        asked = [one.at for one in self.intents if one.wanted.number == number and one.at < until]
        return until - max(asked, default=0.0)

    async def live(self, closing: asyncio.Event) -> None:
        """Want one change after the other until it is time to go."""
        self.closing = closing
        await asyncio.sleep(self.rng.uniform(0, 1))
        while not closing.is_set() and self.numbers:
            wanted = self.rotation.next_change(self)
            if wanted is not None:
                await self._change(wanted)
            await asyncio.sleep(self.rng.uniform(0, 0.3))

    async def _change(self, wanted: WantedChange) -> None:
        """One change, if its question comes: who types faster than a bot in trouble can answer
        only makes it worse.
        """
        question = None
        for patience in PATIENCE:
            if self.closing.is_set() or (wanted.code and self.codes >= CODES_EACH):
                return
            question = await self._question(wanted, patience)
            if question is not None:
                break
        if question is None:
            return
        intent = Intent(self.id, wanted, question.text, len(self.chat.said))
        self.intents.append(intent)
        if not await self._confirm(intent, question):
            # Nobody knows yet what came of it: hands off, or two changes would be mixed up.
            for place in (self.numbers, self.purses, self.guarded, self.own):
                if wanted.number in place:
                    place.remove(wanted.number)
        elif wanted.kind == "secret.send" and (self._final(intent) or "").startswith("✅"):
            self.coded.add(wanted.number)

    # --- the way to the question ---

    async def _question(self, wanted: WantedChange, patience: float) -> ChatMessage | None:
        """Open the number, ask, and prove oneself where that is needed; None: try once more."""
        about, gone = wanted.about, self.closing.is_set
        before, begun = self.chat.window, len(self._post(wanted)())
        self.telegram.type(self.id, wanted.start)
        for step in wanted.way:
            typed = step.startswith(TYPED)
            look = partial(self._with, "" if typed else step, about, before if typed else None)
            shown = await self.chat.until(look, patience, gone)
            if shown is None:
                return None
            before = shown
            if typed:
                self.telegram.type(self.id, step.removeprefix(TYPED))
            else:
                self._press(shown, step)
        if wanted.mail and not await self._prove_oneself(wanted, patience):
            return None
        last = TYPED_CODE if wanted.code else wanted.confirm
        question = await self.chat.until(partial(self._with, last, about), patience, gone)
        if question is None or not wanted.code:
            return question
        self.codes += 1
        return question if await self._code(self._post(wanted), begun) else None

    async def _prove_oneself(self, wanted: WantedChange, patience: float) -> bool:
        """Type the code that comes to the telephone, after which one goes to a new address."""
        look = partial(self._with, "code", wanted.about)
        summary = await self.chat.until(look, patience, self.closing.is_set)
        if summary is None:
            return False
        begun = len(self._texts())
        self.codes += 1
        self._press(summary, "code")
        code = await self._code(self._texts, begun)
        if code:
            self.telegram.type(self.id, code)
        return bool(code)

    def _post(self, wanted: WantedChange) -> Callable[[], list[str]]:
        """Where the code of a change comes."""
        return partial(self.mail.texts, wanted.mail) if wanted.mail else self._texts

    async def _code(self, post: Callable[[], list[str]], begun: int) -> str:
        """The code that came last, after the first so many messages; empty when none did."""
        texts = await self.chat.until(lambda: post()[begun:] or None, CODE_WITHIN)
        return _figures((texts or [""])[-1])

    def _texts(self) -> list[str]:
        """The text messages that came to their telephone."""
        return self.books.sms.get(self.phone, [])

    # --- the confirmation ---

    async def _confirm(self, intent: Intent, question: ChatMessage) -> bool:
        wanted = intent.wanted
        times = self._times()
        for n in range(times):
            self._confirm_after(
                0.0 if n == 0 else self.rng.uniform(0, LATEST_REPEAT), question, wanted
            )
        intent.presses = times
        if self.rng.random() < self.blocks:
            await self._turn_away()
        begun = time.monotonic()
        while time.monotonic() - begun < GIVEN_UP_AFTER:
            told = len(self.chat.said)
            enough = self._refused(told, intent)
            if await self.chat.until(lambda: self._final(intent), AGAIN_AFTER, enough):
                intent.heard = True
                return True
            if self._may_leave(intent):
                return True
            refused = enough()
            await asyncio.sleep(self.rng.uniform(0.3, 1.0))
            again = self._with(TYPED_CODE if wanted.code else wanted.confirm, wanted.about)
            if again is not None:
                # Nothing was said, or "the operator does not answer": they do it once more.
                if wanted.code:
                    self.telegram.type(self.id, _figures(self._post(wanted)()[-1]))
                else:
                    self._press(again, wanted.confirm)
                intent.presses += 1
            elif refused:
                intent.heard = True
                final = await self.chat.until(lambda: self._final(intent), LAST_LOOK)
                return final is not None
        return False

    async def _turn_away(self) -> None:
        """Block the bot for a while: what they are owed waits for them."""
        await asyncio.sleep(self.rng.uniform(*BLOCKS_AFTER))
        self.telegram.block(self.id, blocked=True)
        await asyncio.sleep(self.rng.uniform(*BLOCKED_FOR))
        self.telegram.block(self.id, blocked=False)
        if self.rng.random() < STARTS_ANEW:
            self.telegram.type(self.id, "/start")

    def _refused(self, told: int, intent: Intent) -> Callable[[], bool]:
        """Whether the person was told since that something was not done, or may leave."""
        said = self.chat.said
        return lambda: self._may_leave(intent) or any(is_refusal(one) for one in said[told:])

    def _may_leave(self, intent: Intent) -> bool:
        """At the end of a run nobody need stand by a change that is on its way."""
        return self.closing.is_set() and self._with("look", intent.wanted.about) is not None

    def _times(self) -> int:
        at = self.rng.random()
        if at < PRESSED_THRICE:
            return 3
        return 2 if at < PRESSED_THRICE + PRESSED_TWICE else 1

    def _confirm_after(self, seconds: float, on: ChatMessage, wanted: WantedChange) -> None:
        """By the button, or by typing the code, which is the confirmation where one is needed."""
        buttons = [data for _, data in on.buttons]
        data = next((one for one in buttons if _widget(one) == wanted.confirm), "")
        data = data or next((one for one in buttons if _widget(one).startswith("confirm")), "")

        async def confirm() -> None:
            await asyncio.sleep(seconds)
            if wanted.code:
                self.telegram.type(self.id, _figures(self._post(wanted)()[-1]))
            else:
                self.telegram.press(self.id, on, data)

        task = asyncio.create_task(confirm())
        self.extra.add(task)
        task.add_done_callback(self.extra.discard)

    def _final(self, intent: Intent) -> str | None:
        """The final word that came for this number since it was confirmed."""
        for said in self.chat.said[intent.said_before :]:
            final = said.kind == "message" and is_final(said.text)
            if final and _is_about(said.text, intent.wanted.about or "E-mail "):
                return said.text
        return None

    # --- hands and eyes ---

    def _with(
        self, button: str, about: str, before: ChatMessage | None = None
    ) -> ChatMessage | None:
        """The present window, if it has that button (any, without one), is about that, and
        is another one than `before`.
        """
        window = self.chat.window
        if window is None or window is before or not _is_about(window.text, about):
            return None
        return window if not button or _data(window, button) else None

    def _press(self, on: ChatMessage, button: str) -> None:
        self.telegram.press(self.id, on, _data(on, button))


def _figures(text: str) -> str:
    """The one-time code in it; empty without one."""
    found = re.search(r"\b[0-9]{6}\b", text)
    return "" if found is None else found.group()


def _widget(data: str) -> str:
    """The button's name, with its row of a list behind a colon."""
    return data.rpartition("\x1d")[2]


def _data(window: ChatMessage, button: str) -> str:
    """The data of that button, or of the first row of that list; empty without one."""
    found = [data for _label, data in window.buttons if _widget(data) == button]
    rows = [data for _label, data in window.buttons if _widget(data).startswith(f"{button}:")]
    return next(iter(found + rows), "")


def _is_about(text: str, about: str) -> bool:
    """Whether a text names a number, in whatever writing, or has those words."""
    return about in text or (about.isdigit() and about in re.sub(r"[^0-9]", "", text))
