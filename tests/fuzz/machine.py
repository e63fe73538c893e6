"""People at the bot, in any order: Hypothesis presses what was ever issued, types what can be
typed, lets time pass, breaks the operator and Telegram, and starts the bot anew.

What leads somewhere are rules of their own, often several steps in one; what only disturbs shares
a few rules, lest the machine never gets deep.

After every rule the town is asked whether anything happened that must not (see `Town.check`).
"""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from tests.account.fakes.carrier import Fault
from tests.fuzz.cards import Cards
from tests.fuzz.changes import Changes
from tests.fuzz.chats import FAULTS
from tests.fuzz.employees import Employees
from tests.fuzz.papers import Papers
from tests.fuzz.people import (
    ALL_NUMBERS,
    ALPHA,
    BETA,
    NUMBERS,
    PEOPLE,
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
    USAGE,
    calm,
    who,
    working,
)
from tests.fuzz.typed import TEXTS, THINGS

place = st.integers(0, 400)


class Machine(Changes, Cards, Employees, Papers):
    """Everything anybody may do, and the world around them."""

    @rule(
        person=working,
        number=st.integers(0, 8),
        what=st.sampled_from(USAGE),
        calm=calm,
        role=st.sampled_from([None, "viewer"]),
        goes=st.sampled_from(["before", "at the card", "at the usage"]),
    )
    def reads_usage(
        self,
        person: Person,
        number: int,
        what: str,
        *,
        calm: str = "all",
        role: str | None = None,
        goes: str = "before",
    ) -> None:
        """Of a number of theirs, or of somebody else's; the right to may go on the way."""
        self.calms_down(person, calm)
        for place in ("before", "at the card", "at the usage"):
            if role is not None and goes == place:
                self.rights_become(person, role)
            if place == "before":
                self.opens(person, (*NUMBERS[person.grants[0][0]], *ALL_NUMBERS)[number])
            elif not self.presses_word(person, "Usage details" if place == "at the card" else what):
                return

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

    @rule(
        person=who,
        owner=working,
        which=st.sampled_from(PASSWORDS),
        thaws=st.sampled_from([True, True, False]),
        calm=calm,
        goes_on=st.sampled_from([None, 0, 1]),
    )
    def says_it_was_not_them(
        self,
        person: Person,
        owner: Person,
        which: str,
        *,
        thaws: bool,
        calm: str,
        goes_on: int | None = None,
    ) -> None:
        """Anybody who has the owner's SMS; the owner begins anew by a reset, or does not.

        Whoever `goes_on` is logged in as if the freeze were over, and goes about that change.
        """
        self.calms_down(owner, calm)
        if owner.phone.digits not in self.town.post.links:
            self.goes_through_the_reset(owner, own=True, which=which)
            self.passes(1)
        payload = self.town.post.links.get(owner.phone.digits, "nm-nothing")
        self.does(self.message(person, text=f"/start {payload}"))
        if thaws:
            self.passes(61)
            self.goes_through_the_reset(owner, own=True, which=which)
        if goes_on is not None:
            self.goes_about_a_change(owner, goes_on, 3, calm="all")

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
            update = self.own_contact(person)
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
        self.passes(seconds)

    @rule(person=who, anew=st.booleans())
    def the_bot_acts_by_itself(self, person: Person, *, anew: bool) -> None:
        """A window is drawn anew, or the whole bot starts anew."""
        if anew:
            self.run(self.town.stop())
            self.run(self.town.start())
        else:
            self.run(self.town.redraw(person.id))
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
