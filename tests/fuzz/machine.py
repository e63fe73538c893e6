"""People at the bot, in any order: Hypothesis presses what was ever issued, types what can be
typed, lets time pass, breaks the operator and Telegram, and starts the bot anew.

What leads somewhere are rules of their own, often several steps in one; what only disturbs shares
a few rules, lest the machine never gets deep.

After every rule the town is asked whether anything happened that must not (see `Town.check`).
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
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from account.deeds import OpenSession
from account.permissions import GRANTED, Right, Role
from account.sessions import Session
from bot.app import App
from bot.present import present_window
from tests.account.fakes import Fault
from tests.fuzz.chats import FAULTS, Issued
from tests.fuzz.people import ALL_NUMBERS, ALPHA, BETA, NUMBERS, PEOPLE, ROLES, Person
from tests.fuzz.town import TOKEN, Town
from tests.fuzz.typed import TEXTS, THINGS

PASSWORDS = ("copper lantern on the river", "another lantern & a <boat>")
SEPARATOR = "\x1d"
USAGE = ("Show here", "XLSX file", "Own period", "Calls")
POISON = ("no text", "no person", "no message")
BESIDE = ("edited", "group", "reply", "forged button", "own contact", *POISON)
PASSES = (1, 5, 61, 121, 181, 301, 1801, 43_201, 90_000)
FIRST_WINDOWS = {"Language:choose", "Login:phone", "Companies:choose", "Menu:main"}
SECRET_WINDOWS = {"Login:password", "Login:new_password", "Login:repeat_password"}
CODE_WINDOWS = {"Login:code", "Blocking:code"}

who = st.sampled_from(PEOPLE)
working = st.sampled_from([person for person in PEOPLE if person.administrator_id])
place = st.integers(0, 400)
far = st.sampled_from([3, 3, 2, 1, 0])
calm = st.sampled_from([True, True, True, False])


class Machine(RuleBasedStateMachine):
    """One example is one town. `template` and `mutate` are set by whoever runs it."""

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
        self.patch.setattr("account.login.secrets.randbelow", luck.randrange)
        viewer = frozenset({Right.READ_NUMBERS, Right.READ_HISTORY})
        self.patch.setitem(GRANTED, Role.VIEWER, viewer)
        self.run(self.town.open(type(self).template))
        for person in PEOPLE:
            if person.administrator_id is not None:
                self.is_logged_in(person)

    def teardown(self) -> None:
        try:
            if self.town._app is not None:
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

    def press(self, person: Person, message_id: int, data: str) -> dict[str, Any]:
        return self.update(
            callback_query={
                "id": f"q{self.updates}",
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
        turn = self.run(self.town.app.stores.turns.open(person.id, person.id, 1_000_001))
        return present_window(turn)

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
            stores = self.town.app.stores
            turn = await stores.turns.open(person.id, person.id, int(TOKEN.partition(":")[0]))
            turn.set_language("en", now, chosen=True)
            await stores.turns.close(turn, None)
            await stores.book.write([OpenSession(session)])

        self.run(write())
        self.does(self.message(person, text="/menu"))

    def presses_word(self, person: Person, *words: str) -> bool:
        shown = self.town.telegram.window(person.id)
        for label, data in [] if shown is None else shown.rows:
            if shown is not None and any(word in label for word in words):
                self.does(self.press(person, shown.id, data))
                return True
        return False

    def types_the_code(self, person: Person) -> None:
        """The newest code of their telephone, where a code is asked for."""
        mine = [sent for sent in self.town.post.codes if sent.phone == person.phone.digits]
        if mine and self.window(person) in CODE_WINDOWS:
            self.town.typed(person, mine[-1].code)
            self.does(self.message(person, text=mine[-1].code))
            self.typed_a_secret = True

    def calms_down(self, person: Person) -> None:
        """Everything works again, and the person is at work."""
        self.town.operator.grant(person, person.grants)
        self.town.operator.down = False
        self.town.telegram.trouble.clear()
        if self.town.session(person.id) is None:
            self.is_logged_in(person)

    @rule(person=working, index=st.integers(0, 3), far=far, calm=calm)
    def goes_about_a_change(self, person: Person, index: int, far: int, *, calm: bool) -> None:
        """To the question, to its code, to the proof, to the confirmation: so far or further."""
        if calm:
            self.calms_down(person)
        company = person.grants[0][0]
        number = NUMBERS[company][index % len(NUMBERS[company])]
        self.does(self.message(person, text=number))
        if not self.presses_word(person, "⛔ Block", "Unblock") or far == 0:
            return
        proving = self.presses_word(person, "Send the one-time code")
        if proving and far > 1:
            self.types_the_code(person)
        if far > 2:
            self.presses_word(person, "⛔ Block +7", "Unblock +7")

    @rule(person=who)
    def goes_on_with_it(self, person: Person) -> None:
        self.types_the_code(person)
        self.presses_word(person, "⛔ Block +7", "Unblock +7", "Send the one-time code")

    @rule(person=working, number=st.integers(0, 8), what=st.sampled_from(USAGE), calm=calm)
    def reads_usage(self, person: Person, number: int, what: str, *, calm: bool) -> None:
        """Of a number of theirs, or of somebody else's."""
        if calm:
            self.calms_down(person)
        self.does(self.message(person, text=(*NUMBERS[person.grants[0][0]], *ALL_NUMBERS)[number]))
        if self.presses_word(person, "Usage details"):
            self.presses_word(person, what)

    @rule(person=who, own=st.booleans(), which=st.sampled_from(PASSWORDS))
    def goes_through_the_reset(self, person: Person, *, own: bool, which: str) -> None:
        """From the login, as far as the limits of codes allow."""
        phone = person.phone if own else PEOPLE[0].phone
        self.does(self.message(person, text="/logout"))
        self.presses_word(person, "Forgot password?")
        self.does(self.message(person, text=phone.digits))
        self.types_the_code(person)
        for _ in range(2):
            self.types_a_password(person, which)

    @rule(person=who, which=st.sampled_from(PASSWORDS))
    def types_a_password(self, person: Person, which: str) -> None:
        if self.window(person) in SECRET_WINDOWS:
            self.does(self.message(person, text=which))
            self.typed_a_secret = True

    # --- anything ---

    @rule(person=who, indexes=st.lists(place, min_size=1, max_size=4))
    def presses_here(self, person: Person, indexes: list[int]) -> None:
        for index in indexes:
            shown = self.town.telegram.window(person.id)
            if shown is not None:
                self.does(self.press(person, shown.id, shown.rows[index % len(shown.rows)][1]))

    @rule(person=who, index=place, times=st.integers(1, 3))
    def presses_anything_ever_issued(self, person: Person, index: int, times: int) -> None:
        button = self.issued(index)
        if button is not None:
            presses = [self.press(person, button.message_id, button.data) for _ in range(times)]
            self.does(*presses)

    @rule(person=who, indexes=st.lists(place, min_size=1, max_size=5))
    def presses_buttons_of_elsewhere_here(self, person: Person, indexes: list[int]) -> None:
        """The window is the right one; what is pressed in it was never shown in it."""
        widgets = sorted({one.data.rpartition(SEPARATOR)[2] for one in self.town.telegram.issued})
        for index in indexes:
            shown = self.town.telegram.window(person.id)
            if shown is None or not widgets:
                return
            intent, separator, _widget = shown.rows[0][1].partition(SEPARATOR)
            widget = widgets[index % len(widgets)]
            self.does(self.press(person, shown.id, f"{intent}{separator}{widget}"))

    def issued(self, index: int) -> Issued | None:
        issued = self.town.telegram.issued
        return issued[-1 - index % len(issued)] if issued else None

    @rule(person=who, text=st.one_of(st.sampled_from(TEXTS), st.text(min_size=1, max_size=80)))
    def types(self, person: Person, text: str) -> None:
        self.does(self.message(person, text=text))

    @rule(
        person=who,
        thing=st.sampled_from([*sorted(THINGS), *BESIDE]),
        age=st.sampled_from([0, 121, 70_000]),
    )
    def sends(self, person: Person, thing: str, age: int) -> None:
        if thing in THINGS:
            self.does(self.message(person, age, **THINGS[thing]))
            return
        update = self.message(person, age, text="/start")
        if thing == "edited":
            update = {"update_id": update["update_id"], "edited_message": update["message"]}
        elif thing == "group":
            update["message"]["chat"] = {"id": -100, "type": "supergroup", "title": "X"}
        elif thing == "reply":
            update["message"]["reply_to_message"] = {**update["message"], "message_id": 1}
        elif thing == "forged button":
            update = self.press(person, 1, "go:ask:unblock:77012110002")
        elif thing == "own contact":
            phone = person.phone.digits
            contact = {"phone_number": phone, "first_name": "X", "user_id": person.id}
            update = self.message(person, age, contact=contact)
        else:
            self.poison(update, thing)
            return
        self.does(update)

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

    @rule(anew=st.booleans())
    def the_last_comes_again(self, *, anew: bool) -> None:
        """The same update, or the same press under a new number."""
        again = list(self.last)
        # Nobody types a secret where none is asked for; elsewhere it would be searched for.
        if anew and self.typed_a_secret:
            return
        if anew:
            again = [self.update(**{k: v for k, v in u.items() if k != "update_id"}) for u in again]
        before, secret = list(self.last), self.typed_a_secret
        self.does(*again)
        self.last, self.typed_a_secret = before, secret

    @rule(person=who)
    def starts(self, person: Person) -> None:
        """One step from anywhere to the first window."""
        quiet = not self.town.telegram.trouble and not self.town.operator.down
        self.does(self.message(person, text="/start"))
        if quiet:
            here = self.window(person)
            assert here in FIRST_WINDOWS, f"{here} after /start"
            assert self.town.telegram.window(person.id) is not None

    # --- the world around ---

    @rule(seconds=st.sampled_from(PASSES))
    def time_passes(self, seconds: int) -> None:
        self.town.clock.advance(timedelta(seconds=seconds))
        self.run(self.town.settle())
        self.town.check()

    @rule(person=who, anew=st.booleans())
    def the_bot_acts_by_itself(self, person: Person, *, anew: bool) -> None:
        """A window is drawn anew, or the whole bot starts anew."""
        if anew:
            self.run(self.town.stop())
            self.run(self.town.start())
        else:
            self.run(self.town.wish(person.id))
        self.town.check()

    @rule(fault=st.sampled_from([*Fault, "away", "back", "back", "catches up", "catches up"]))
    def the_operator(self, fault: str) -> None:
        if fault in ("away", "back"):
            self.town.operator.down = fault == "away"
        elif isinstance(fault, Fault):
            self.town.operator.faults.append(fault)
        else:
            self.town.operator.catch_up()
            self.run(self.town.settle())
            self.town.check()

    @rule(faults=st.lists(st.sampled_from(FAULTS), max_size=3))
    def telegram_will_fail(self, faults: list[str]) -> None:
        self.town.telegram.trouble[:] = faults

    @rule(person=working, role=st.sampled_from([*ROLES, *ROLES, "none", ALPHA, BETA]))
    def rights_change(self, person: Person, role: str) -> None:
        grants = tuple((company, role) for company, _ in person.grants)
        if role in (ALPHA, BETA):
            grants = ((role, "administrator"),)
        self.town.operator.grant(person, () if role == "none" else grants)

    @invariant()
    def no_secret_is_kept(self) -> None:
        self.steps += 1
        if self.steps % 20 == 0 and self.town._app is not None:
            self.town.scan()
            self.town.check()


def _user(person: Person) -> dict[str, Any]:
    return {"id": person.id, "is_bot": False, "first_name": "X", "language_code": "en"}
