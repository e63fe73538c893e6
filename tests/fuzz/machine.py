"""People at the bot, in any order: Hypothesis presses what was ever issued, types what can be
typed, lets time pass, breaks the operator and Telegram, and starts the bot anew.

What leads somewhere are rules of their own, often several steps in one; what only disturbs shares
a few rules, lest the machine never gets deep.

After every rule the town is asked whether anything happened that must not (see `Town.check`).
"""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from tests.account.fakes import Fault
from tests.fuzz.chats import FAULTS
from tests.fuzz.people import (
    ALL_NUMBERS,
    ALPHA,
    BETA,
    NUMBERS,
    PEOPLE,
    PREPAID,
    ROLES,
    Person,
)
from tests.fuzz.player import (
    BESIDE,
    FIRST_WINDOWS,
    PASSES,
    PASSWORDS,
    SECRET_WINDOWS,
    SEPARATOR,
    SERVICES,
    USAGE,
    Player,
)
from tests.fuzz.typed import TEXTS, THINGS

who = st.sampled_from(PEOPLE)
working = st.sampled_from([person for person in PEOPLE if person.administrator_id])
place = st.integers(0, 400)
far = st.sampled_from([3, 3, 2, 1, 0])
calm = st.sampled_from(["rights as they are", "rights as they are", "all", "no"])


class Machine(Player):
    """Everything anybody may do, and the world around them."""

    @rule(
        person=working,
        index=st.integers(0, 3),
        far=far,
        calm=calm,
        pause=st.sampled_from([0, 0, 0, 61, 301]),
        fault=st.sampled_from([None, *Fault]),
    )
    def goes_about_a_change(
        self,
        person: Person,
        index: int,
        far: int,
        *,
        calm: str = "all",
        pause: int = 0,
        fault: Fault | None = None,
    ) -> None:
        """To the question, to its code, to the proof, to the confirmation: so far or further."""
        self.calms_down(person, calm)
        company = person.grants[0][0]
        number = NUMBERS[company][index % len(NUMBERS[company])]
        self.does(self.message(person, text=number))
        if not self.presses_word(person, "⛔ Block", "Unblock") or far == 0:
            return
        proving = self.presses_word(person, "Send the one-time code")
        if proving and far > 1:
            self.types_the_code(person)
        if pause:
            self.town.clock.advance(timedelta(seconds=pause))
        if fault is not None:
            self.town.operator.faults.append(fault)
        if far > 2:
            self.presses_word(person, "⛔ Block +7", "Unblock +7")

    @rule(person=working, index=st.integers(0, 3), calm=calm)
    def forges_a_confirmation(self, person: Person, index: int, *, calm: str) -> None:
        """The question stands there without a proof; its hidden button is pressed all the same."""
        self.goes_about_a_change(person, index, 0, calm=calm)
        for widget in ("confirm_kind", "confirm"):
            shown = self.town.telegram.window(person.id)
            if shown is not None:
                intent, separator, _widget = shown.rows[0][1].partition(SEPARATOR)
                self.does(self.press(person, shown.id, f"{intent}{separator}{widget}"))

    @rule(person=who)
    def goes_on_with_it(self, person: Person) -> None:
        self.types_the_code(person)
        self.presses_word(person, "⛔ Block +7", "Unblock +7", "Send the one-time code")

    @rule(
        person=working,
        number=st.integers(0, 8),
        what=st.sampled_from(USAGE),
        calm=calm,
        role=st.sampled_from([None, "viewer"]),
    )
    def reads_usage(
        self,
        person: Person,
        number: int,
        what: str,
        *,
        calm: str = "all",
        role: str | None = None,
    ) -> None:
        """Of a number of theirs, or of somebody else's; the right to may have gone just now."""
        self.calms_down(person, calm)
        if role is not None:
            self.rights_become(person, role)
        self.does(self.message(person, text=(*NUMBERS[person.grants[0][0]], *ALL_NUMBERS)[number]))
        if self.presses_word(person, "Usage details"):
            self.presses_word(person, what)

    @rule(
        person=working,
        pair=st.permutations(range(5)),
        amount=st.sampled_from(["1", "700,50", "700,50", "9 999.99", "15000", "20001"]),
        far=far,
        calm=calm,
        presses=st.integers(1, 3),
        fault=st.sampled_from([None, None, Fault.UNTRACED, *Fault]),
        pause=st.sampled_from([0, 61]),
    )
    def moves_money(
        self,
        person: Person,
        pair: list[int],
        amount: str,
        far: int,
        *,
        calm: str = "all",
        presses: int = 1,
        fault: Fault | None = None,
        pause: int = 0,
    ) -> None:
        """From a number of theirs to one of anybody's; so far or further, pressed once or more."""
        self.calms_down(person, calm)
        home = PREPAID[person.grants[0][0]]
        anybodys = (*home[:2], *PREPAID[BETA], *PREPAID[ALPHA])
        for text in ("/transfer", home[pair[0] % len(home)], anybodys[pair[1]], amount):
            self.does(self.message(person, text=text))
        if self.presses_word(person, "Send the one-time code") and far > 1:
            self.types_the_code(person)
        if fault is not None:
            self.town.operator.faults.clear()
            self.town.operator.faults.append(fault)
        shown = self.town.telegram.window(person.id)
        data = next((d for label, d in (shown.rows if shown else []) if "💸 Tr" in label), None)
        if shown is not None and data is not None and far > 0:
            self.does(*(self.press(person, shown.id, data) for _ in range(presses)))
        if pause:
            self.time_passes(pause)

    @rule(
        person=working,
        index=st.integers(0, 3),
        to=st.sampled_from([*ALL_NUMBERS, "+79161234567", "77272596060", "88000800800"]),
        condition=st.sampled_from(["All calls", "Busy", "No answer", "Not reachable"]),
        far=far,
        calm=calm,
        fault=st.sampled_from([None, None, *Fault]),
    )
    def forwards_calls(
        self,
        person: Person,
        index: int,
        to: str,
        condition: str,
        far: int,
        *,
        calm: str = "all",
        fault: Fault | None = None,
    ) -> None:
        """A rule is set, or all are cancelled."""
        self.calms_down(person, calm)
        numbers = (*PREPAID[person.grants[0][0]], *NUMBERS[person.grants[0][0]])
        self.does(self.message(person, text=numbers[index % len(numbers)]))
        if not self.presses_word(person, "🔀 Call forwarding") or far == 0:
            return
        if fault is not None:
            self.town.operator.faults.append(fault)
        if far == 1 and self.presses_word(person, "Cancel all forwarding"):
            self.presses_word(person, "Cancel all forwarding")
            return
        self.presses_word(person, condition)
        self.presses_word(person, "Choose a target")
        self.does(self.message(person, text=to))
        self.presses_word(person, "Forward abroad")
        if self.presses_word(person, "Send the one-time code") and far > 1:
            self.types_the_code(person)
        self.presses_word(person, "🔀 Forward to")

    @rule(
        person=working,
        number=st.integers(0, 8),
        chapter=st.sampled_from(["🧩", "🧩", "🧩", "📦"]),
        rows=st.lists(st.sampled_from(SERVICES), max_size=5),
        calm=calm,
        fault=st.sampled_from([None, None, *Fault]),
    )
    def goes_about_services(
        self,
        person: Person,
        number: int,
        chapter: str,
        rows: list[str],
        *,
        calm: str = "all",
        fault: Fault | None = None,
    ) -> None:
        """Of a number of theirs or of somebody else's; as far as a switch, or to allowances."""
        self.calms_down(person, calm)
        self.does(self.message(person, text=(*NUMBERS[person.grants[0][0]], *ALL_NUMBERS)[number]))
        if not self.presses_word(person, chapter):
            return
        for row in rows:
            self.presses_word(person, row)
        if fault is not None:
            self.town.operator.faults.append(fault)
        for _ in range(2):
            self.presses_word(person, "Enable ", "Disable ")

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
        """The operator takes away, gives, or moves to another company."""
        self.rights_become(person, role)

    @invariant()
    def no_secret_is_kept(self) -> None:
        self.steps += 1
        if self.steps % 20 == 0 and self.town._app is not None:
            self.town.scan()
            self.town.check()
