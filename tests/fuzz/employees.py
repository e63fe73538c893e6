"""The users of single numbers: their secret codes, their bans, and what they look at."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.stateful import rule

from account.values.number import Ban
from tests.account.fakes.carrier import Fault
from tests.fuzz.people import ALPHA, OWN, PEOPLE, Person
from tests.fuzz.player import Player, calm, who, working

USERS = tuple(person for person in PEOPLE if person.administrator_id is None)
user = st.sampled_from(USERS)
BANS = ("MyKcell access", "details", "USSD")
LOOKS = ("Usage details", "Allowances", "Show here", "Additional", "Refresh", "‹ Back")
STRANGE = ("0000000000", "ABCDE-FGHJK", "not a code")


class Employees(Player):
    """Behind a secret code there is one number, read only, as long as its company wants."""

    @rule(
        person=working,
        delete=st.sampled_from([False, False, True]),
        calm=calm,
        fault=st.sampled_from([None, None, None, *Fault]),
        used=st.booleans(),
    )
    def sends_a_secret_code(
        self,
        person: Person,
        *,
        delete: bool,
        calm: str = "all",
        fault: Fault | None = None,
        used: bool = False,
    ) -> None:
        """Or deletes it; or the number's user comes with it at once."""
        self.calms_down(person, calm)
        if not self.opens_more(person):
            return
        self.presses_word(person, "Secret code")
        if fault is not None:
            self.town.operator.faults.append(fault)
        if delete:
            self.presses_word(person, "Delete the secret code")
            self.presses_word(person, "Delete the code of")
        else:
            self.presses_word(person, "Send the code to")
        if used:
            user = next(one for one in USERS if one.phone.digits == OWN[person.grants[0][0]][-1])
            self.comes_with_a_secret_code(user, None, None, "after it", ["Usage details"])

    @rule(
        person=working,
        ban=st.sampled_from([BANS[0], BANS[0], *BANS[1:]]),
        calm=calm,
        looks=st.lists(st.sampled_from(LOOKS), max_size=2),
        invites=st.booleans(),
    )
    def bans(
        self,
        person: Person,
        ban: str,
        looks: list[str],
        *,
        calm: str = "all",
        invites: bool = False,
    ) -> None:
        """The other state of a ban on an employee's number; the employees look what is left.

        Whoever `invites` has the number's user come in first: such a door is closed before eyes.
        """
        self.calms_down(person, calm)
        if invites:
            self.sends_a_secret_code(person, delete=False, calm=calm, used=True)
        if self.opens_more(person):
            self.presses_word(person, "🚫 Bans")
            self.presses_word(person, ban)
            self.presses_word(person, ban)
        for user in USERS:
            self.looks_around(user, looks)

    @rule(
        person=working,
        ban=st.sampled_from([Ban.ACCESS, Ban.ACCESS, *Ban]),
        calm=calm,
        looks=st.lists(st.sampled_from(LOOKS), min_size=1, max_size=2),
        invites=st.sampled_from([True, True, False]),
    )
    def is_banned_elsewhere(
        self,
        person: Person,
        ban: Ban,
        looks: list[str],
        *,
        calm: str = "all",
        invites: bool = True,
    ) -> None:
        """The other state of a ban, set at the operator without the bot, which hears of it when it
        asks; the employees look what is left. `invites` as in `bans`.
        """
        self.calms_down(person, calm)
        if invites:
            self.sends_a_secret_code(person, delete=False, calm=calm, used=True)
        number = self.town.operator.fleet[OWN[person.grants[0][0]][-1]]
        self.town.operator.add(replace(number, bans=number.bans ^ {ban}))
        for user in USERS:
            self.looks_around(user, looks)

    def opens_more(self, person: Person) -> bool:
        number = OWN[person.grants[0][0]][-1]
        self.opens(person, number)
        return self.presses_word(person, "⋯ More")

    @rule(
        person=st.sampled_from([*USERS, *USERS, *PEOPLE]),
        number=st.sampled_from([None, None, None, *OWN[ALPHA]]),
        strange=st.sampled_from([None, None, None, *STRANGE]),
        shares=st.sampled_from(["at once", "after it", "after it", "never"]),
        looks=st.lists(st.sampled_from(LOOKS), max_size=4),
    )
    def comes_with_a_secret_code(
        self,
        person: Person,
        number: str | None,
        strange: str | None,
        shares: str,
        looks: list[str],
    ) -> None:
        """Their own, or whatever they know of somebody else's."""
        self.does(self.message(person, text="/start"))
        if not self.presses_word(person, "I have a secret code"):
            return
        number = number or person.phone.digits
        contact = self.own_contact(person)
        self.does(contact if shares == "at once" else self.message(person, text=number))
        key = self.town.post.keys.get(number)
        code = strange or (key[0] if key else STRANGE[0])
        if self.window(person) != "Employee:code":
            return
        self.town.typed(person, code)
        self.does(self.message(person, text=code))
        if shares == "after it":
            self.does(self.own_contact(person))
        self.typed_a_secret = True
        for look in looks:
            self.presses_word(person, look)
            self.typed_a_secret = True

    @rule(person=who, looks=st.lists(st.sampled_from(LOOKS), min_size=1, max_size=4))
    def looks_around(self, person: Person, looks: list[str]) -> None:
        """In the windows that are open, whatever was changed since."""
        for look in looks:
            self.presses_word(person, look)
