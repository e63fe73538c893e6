"""Changes of a number and their questions: blocking, money, forwarding, services."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.account.fakes.carrier import Fault
from tests.fuzz.people import ALL_NUMBERS, ALPHA, BETA, NUMBERS, OWN, PREPAID, Person
from tests.fuzz.player import (
    CODE_WINDOWS,
    SEPARATOR,
    SERVICES,
    Player,
    calm,
    far,
    who,
    working,
)


class Changes(Player):
    """From a number to a summary, its code and its confirmation."""

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
        self.opens(person, number)
        if not self.presses_word(person, "⛔ Block", "Unblock") or far == 0:
            return
        if pause:
            self.town.operator.works_for(pause)
            self.town.clock.advance(timedelta(seconds=pause))
        if fault is not None:
            self.town.operator.faults.append(fault)
        if far > 1:
            self.types_the_code(person)
        if far > 2:
            self.presses_word(person, "⛔ Block +7", "Unblock +7")

    @rule(person=working, index=st.integers(0, 3), calm=calm, proven=st.booleans())
    def forges_a_confirmation(
        self, person: Person, index: int, *, calm: str, proven: bool = False
    ) -> None:
        """The question stands there without a proof; its hidden button is pressed all the same.

        Whoever is `proven` typed a code for another number's change just before. What is pressed is
        of the summary, or of the window that asks for the code.
        """
        if proven:
            self.goes_about_a_change(person, index + 2, 2, calm=calm)
        self.goes_about_a_change(person, index, 1, calm=calm)
        for widget in ("confirm_kind", "confirm"):
            shown = self.town.telegram.window(person.id)
            if shown is not None:
                intent, separator, _widget = shown.rows[0][1].partition(SEPARATOR)
                self.does(self.press(person, shown.id, f"{intent}{separator}{widget}"))

    @rule(
        person=working,
        index=st.integers(0, 3),
        calm=calm,
        typed=st.sampled_from(["another's", "another's", "000000", "999999", "yes", "Unblock"]),
    )
    def types_something_else(self, person: Person, index: int, *, calm: str, typed: str) -> None:
        """Where a code is asked for: the code of the question before it, or no code at all."""
        self.goes_about_a_change(person, index + 1, 1, calm=calm)
        self.goes_about_a_change(person, index, 1, calm=calm)
        if typed == "another's":
            self.types_the_code(person, back=1)
        elif self.window(person) in CODE_WINDOWS:
            self.town.typed(person, typed)
            self.does(self.message(person, text=typed))

    @rule(person=who)
    def goes_on_with_it(self, person: Person) -> None:
        self.types_the_code(person)
        self.presses_word(person, "⛔ Block +7", "Unblock +7", "Send the one-time code")

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
        if fault is not None:
            self.town.operator.faults.clear()
            self.town.operator.faults.append(fault)
        if far > 1:
            self.types_the_code(person, times=presses)
        shown = self.town.telegram.window(person.id)
        data = next((d for label, d in (shown.rows if shown else []) if "💸 Tr" in label), None)
        if shown is not None and data is not None and far > 0:
            self.does(*(self.press(person, shown.id, data) for _ in range(presses)))
        if pause:
            self.passes(pause)

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
        company = person.grants[0][0]
        numbers = (*PREPAID[company][:2], OWN[company][0], NUMBERS[company][0])
        self.opens(person, numbers[index % len(numbers)])
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
        if far > 1:
            self.types_the_code(person)

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
        self.opens(person, (*NUMBERS[person.grants[0][0]], *ALL_NUMBERS)[number])
        if not self.presses_word(person, chapter):
            return
        for row in rows:
            self.presses_word(person, row)
        if fault is not None:
            self.town.operator.faults.append(fault)
        for _ in range(2):
            self.presses_word(person, "Enable ", "Disable ")
