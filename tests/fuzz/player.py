"""What a person can do at the bot, as updates of Telegram, and what the town makes of it.

The rules of `machine` are put together from these moves.
"""

from __future__ import annotations

import asyncio
import secrets
import tempfile
from collections.abc import Callable, Coroutine
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize

from account.effects.effect import BindTelegram, OpenSession
from account.identity.permissions import GRANTED
from account.identity.sessions import Session
from account.values.rights import Right, Role
from bot.app.lifecycle import App
from bot.context.stack_reader import present_window
from bot.widgets.page import asks
from tests.fuzz.chats import Issued
from tests.fuzz.people import ALPHA, BETA, PEOPLE, Person
from tests.fuzz.town import TOKEN, Town

PASSWORDS = ("copper lantern on the river", "another lantern & a <boat>")
SEPARATOR = "\x1d"
USAGE = ("Show here", "XLSX file", "Own period", "Calls")
SERVICES = ("1", "2", "Available", "SMS", "Voice", "‹ Back", "📦", "Additional", "Why")
"""Words of the buttons among services and allowances."""
POISON = ("no text", "no person", "no message")
BESIDE = ("edited", "group", "reply", "forged button", "own contact", *POISON)
PASSES = (1, 5, 61, 121, 181, 301, 1801, 43_201, 90_000)
FIRST_WINDOWS = {
    "Language:choose",
    "Login:phone",
    "Login:password",
    "Companies:choose",
    "Menu:main",
    "Employee:card",
}
SECRET_WINDOWS = {"Login:password", "Login:new_password", "Login:repeat_password"}
CODE_WINDOWS = {"Login:code", "Confirm:code"}

who = st.sampled_from(PEOPLE)
working = st.sampled_from([person for person in PEOPLE if person.administrator_id])
far = st.sampled_from([3, 3, 2, 1, 0])
"""How far somebody goes: 3 is to the end."""
calm = st.sampled_from(["rights as they are", "rights as they are", "all", "no"])


class Player(RuleBasedStateMachine):
    """The hands of everybody in one town. `template` and `mutate` are set by whoever runs it."""

    template: Path
    mutate: Callable[[App], None] = staticmethod(lambda _app: None)

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="town-")
        self.runner = asyncio.Runner()
        self.patch = pytest.MonkeyPatch()
        self.town = Town(Path(self.folder.name), type(self).mutate)
        self.town.secrets.update(PASSWORDS)
        self.updates = 0
        self.last: list[dict[str, Any]] = []
        self.typed_a_secret = False
        self.steps = 0

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(work)

    @initialize(seed=st.integers(0, 2**32))
    def begin(self, seed: int) -> None:
        luck = Random(seed)
        self.patch.setattr("account.credentials.one_time_codes.secrets.randbelow", luck.randrange)
        viewer = frozenset({Right.LIST_NUMBERS, Right.READ_NUMBERS, Right.READ_HISTORY})
        self.patch.setitem(GRANTED, Role.VIEWER, viewer)
        self.run(self.town.open(type(self).template))
        for person in PEOPLE:
            if person.administrator_id is not None:
                self.is_logged_in(person)
            else:
                self.run(self._speak_english(person))

    def teardown(self) -> None:
        try:
            if self.town._app is not None and not self.town.breaches:
                self.run(self.town.quieten())
                self.town.nothing_is_lost()
                self.town.scan()
                self.town.check()
        finally:
            self.run(self.town.close())
            self.runner.close()
            self.patch.undo()
            self.folder.cleanup()

    # --- updates ---

    def update(self, **event: Any) -> dict[str, Any]:
        self.updates += 1
        return {"update_id": self.updates, **event}

    def message(self, person: Person, age: float = 0, **content: Any) -> dict[str, Any]:
        moment = self.town.clock.now() - timedelta(seconds=age)
        return self.update(
            message={
                "message_id": self.town.telegram.next_id(),
                "date": int(moment.timestamp()),
                "chat": {"id": person.id, "type": "private", "first_name": "X"},
                "from": _user(person),
                **content,
            }
        )

    def own_contact(self, person: Person) -> dict[str, Any]:
        """The contact that Telegram's button shares."""
        phone = person.phone.digits
        contact = {"phone_number": phone, "first_name": "X", "user_id": person.id}
        return self.message(person, contact=contact)

    def press(self, person: Person, message_id: int, data: str) -> dict[str, Any]:
        return self.update(
            callback_query={
                "id": f"q{self.updates}:{person.id}",
                "from": _user(person),
                "chat_instance": "1",
                "data": data,
                "message": {
                    "message_id": message_id,
                    "date": int(self.town.clock.now().timestamp()),
                    "chat": {"id": person.id, "type": "private", "first_name": "X"},
                    "from": {"id": 1_000_001, "is_bot": True, "first_name": "My Account"},
                    "text": "…",
                },
            }
        )

    def does(self, *updates: dict[str, Any]) -> None:
        """Feed, settle and look."""
        faulty = bool(self.town.telegram.trouble)
        taps = [u["callback_query"]["id"] for u in updates if "callback_query" in u]
        events = [u.get("message") or u.get("callback_query") or {} for u in updates]
        users = [event.get("from") for event in events]
        actors = frozenset(user["id"] for user in users if isinstance(user, dict))
        self.run(self.town.feed(*updates))
        self.last, self.typed_a_secret = list(updates), False
        self.town.check([] if faulty else taps, actors)

    def window(self, person: Person) -> str | None:
        """The name of the window the person is in, as the database has it."""
        unit = self.run(self.town.app.stores.units.open(person.id, person.id, 1_000_001))
        return present_window(unit)

    # --- the shorter ways ---

    def is_logged_in(self, person: Person) -> None:
        """As a login would have left them, in the menu of their first company."""
        now = self.town.clock.now()
        session = Session(
            id=secrets.token_hex(8),
            telegram_id=person.id,
            administrator_id=person.administrator_id or "",
            administrator_name="X",
            phone=person.phone,
            company_id=person.grants[0][0],
            opened_at=now,
            seen_at=now,
        )

        async def write() -> None:
            await self._speak_english(person)
            bound = BindTelegram(session.administrator_id, person.phone, person.id, now)
            await self.town.app.stores.effect_store.write([OpenSession(session), bound])

        self.run(write())
        self.does(self.message(person, text="/menu"))

    async def _speak_english(self, person: Person) -> None:
        units = self.town.app.stores.units
        unit = await units.open(person.id, person.id, int(TOKEN.partition(":")[0]))
        unit.set_language("en", self.town.clock.now(), chosen=True)
        await units.close(unit, None)

    def presses_word(self, person: Person, *words: str) -> bool:
        shown = self.town.telegram.window(person.id)
        for label, data in [] if shown is None else shown.rows:
            if shown is not None and any(word in label for word in words):
                self.does(self.press(person, shown.id, data))
                return True
        return False

    def opens(self, person: Person, number: str) -> None:
        """Type a number where it is looked for; elsewhere it would be taken for an answer."""
        if asks(self.window(person)):
            self.does(self.message(person, text="/menu"))
        self.does(self.message(person, text=number))

    def passes(self, seconds: float) -> None:
        """Time, and whatever is due by then."""
        self.town.operator.works_for(seconds)
        self.town.clock.advance(timedelta(seconds=seconds))
        self.run(self.town.settle())
        self.town.check()

    def types_the_code(self, person: Person, *, back: int = 0, times: int = 1) -> None:
        """The newest code of their telephone or mail box, where a code is asked for.

        Or one so far `back`: of another question.
        """
        places = (person.phone.digits, person.mailbox)
        mine = [sent for sent in self.town.post.codes if sent.to in places]
        if len(mine) > back and self.window(person) in CODE_WINDOWS:
            code = mine[-1 - back].code
            self.town.typed(person, code)
            self.does(*(self.message(person, text=code) for _ in range(times)))
            self.typed_a_secret = True

    def calms_down(self, person: Person, calm: str) -> None:
        """Telegram and operator work again and the person is at work; also with all their rights.

        What was taken away stays so more often than not: it must not come back by itself.
        """
        if calm == "no":
            return
        self.town.operator.down = False
        self.town.telegram.trouble.clear()
        if calm == "all":
            self.town.operator.grant(person, person.grants)
        if self.town.session(person.id) is None:
            self.is_logged_in(person)

    def issued(self, index: int) -> Issued | None:
        issued = self.town.telegram.issued
        return issued[-1 - index % len(issued)] if issued else None

    def poison(self, update: dict[str, Any], how: str) -> None:
        """An update that no version of the Bot API knows; it costs itself alone."""
        self.town.poisoned += 1
        message = {**update["message"], "text": 5}
        if how == "no person":
            message["from"] = "nobody"
        elif how == "no message":
            message = {"message_id": 1, "chat": message["chat"]}
        self.does({"update_id": update["update_id"], "message": message})
        self.last = []

    def rights_become(self, person: Person, role: str) -> None:
        grants = tuple((company, role) for company, _ in person.grants)
        if role in (ALPHA, BETA):
            grants = ((role, "administrator"),)
        self.town.operator.grant(person, () if role == "none" else grants)


def _user(person: Person) -> dict[str, Any]:
    return {"id": person.id, "is_bot": False, "first_name": "X", "language_code": "en"}
