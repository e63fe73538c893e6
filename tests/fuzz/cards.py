"""SIM cards: their replacement, the second administrator's word on it, and their first codes."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.account.fakes.carrier import Fault
from tests.fuzz.people import OWN, PEOPLE, PREPAID, Person
from tests.fuzz.player import Player, calm, far, working

WORDS = ("Approve", "Approve", "Reject", "Withdraw the request")


class Cards(Player):
    """What opens a number to whoever holds its card."""

    @rule(
        person=working,
        number=st.integers(0, 3),
        card=st.integers(0, 3),
        far=far,
        calm=calm,
        fault=st.sampled_from([None, None, *Fault]),
        says=st.sampled_from([None, *WORDS]),
    )
    def replaces_a_card(
        self,
        person: Person,
        number: int,
        card: int,
        far: int,
        *,
        calm: str = "all",
        fault: Fault | None = None,
        says: str | None = None,
    ) -> None:
        """Of a login number, which needs a second one, or of another; then somebody says so."""
        self.calms_down(person, calm)
        company = person.grants[0][0]
        numbers = (*OWN[company][:2], *PREPAID[company][:2])
        self.opens(person, numbers[number % len(numbers)])
        if not self.presses_word(person, "SIM & device") or far == 0:
            return
        self.presses_word(person, "SIM card replacement")
        self.presses_word(person, f"…{card}", "… ")
        if fault is not None:
            self.town.operator.faults.append(fault)
        if far > 1:
            self.types_the_code(person)
        if says is not None:
            for other in PEOPLE[:3]:
                self.says_a_word(other, says)

    @rule(person=working, word=st.sampled_from(WORDS), calm=calm)
    def decides(self, person: Person, word: str, *, calm: str = "all") -> None:
        self.calms_down(person, calm)
        self.says_a_word(person, word)

    def says_a_word(self, person: Person, word: str) -> None:
        """Press that button below the newest message of theirs that has it."""
        for shown in reversed(list(self.town.telegram.chats.get(person.id, {}).values())):
            data = next((data for label, data in shown.rows if word in label), None)
            if data is not None:
                self.does(self.press(person, shown.id, data))
                return

    @rule(person=working, number=st.integers(0, 2), far=far, calm=calm, times=st.integers(1, 3))
    def shows_the_codes(
        self, person: Person, number: int, far: int, *, calm: str = "all", times: int = 1
    ) -> None:
        """PIN and PUK, once for each question however often its code is typed."""
        self.calms_down(person, calm)
        company = person.grants[0][0]
        self.opens(person, (*PREPAID[company], *OWN[company])[number])
        if not self.presses_word(person, "SIM & device") or far == 0:
            return
        self.presses_word(person, "Show PIN and PUK")
        if far > 1:
            self.types_the_code(person, times=times)
