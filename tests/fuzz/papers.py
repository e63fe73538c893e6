"""What is ordered and where it goes: documents, My requests, and one's own e-mail address."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.fuzz.people import PEOPLE, Person
from tests.fuzz.player import Player, calm, far, who, working

KINDS = ("3 · Numbers", "3 · Numbers", "7 · Devices", "8 · Payments", "2 · Actions")
LEAVES = (None, None, "/logout", "Log out everywhere")


class Papers(Player):
    """Files and letters."""

    @rule(
        person=working,
        kind=st.sampled_from(KINDS),
        calm=calm,
        late=st.booleans(),
        leaves=st.sampled_from(LEAVES),
    )
    def orders_a_document(
        self,
        person: Person,
        kind: str,
        *,
        calm: str = "all",
        late: bool = False,
        leaves: str | None = None,
    ) -> None:
        """It is made at once, or when the operator is back; its person may be gone by then."""
        self.calms_down(person, calm)
        self.does(self.message(person, text="/documents"))
        self.presses_word(person, kind)
        shown = self.town.telegram.window(person.id)
        data = next((d for label, d in (shown.rows if shown else []) if "XLSX" in label), None)
        if shown is None or data is None:
            return
        order = [self.press(person, shown.id, data)]
        if leaves == "/logout" and late:
            # Both in one batch: the file is finished after its person has gone.
            order.append(self.message(person, text=leaves))
        self.does(*order)
        if leaves == "Log out everywhere":
            self.does(self.message(person, text="/profile"))
            self.presses_word(person, "Sessions")
            self.presses_word(person, leaves)

    @rule(person=working, index=st.integers(0, 2), calm=calm)
    def looks_at_requests(self, person: Person, index: int, *, calm: str = "all") -> None:
        """And has a file once more, or orders it again."""
        self.calms_down(person, calm)
        self.does(self.message(person, text="/documents"))
        self.presses_word(person, "My requests")
        self.presses_word(person, f"000{index + 1} · ", "0001 · ")
        self.presses_word(person, "Send the file once more", "Order it again")

    @rule(
        person=working,
        whose=st.sampled_from([None, None, *PEOPLE[:3]]),
        far=far,
        calm=calm,
    )
    def changes_the_address(
        self, person: Person, whose: Person | None, far: int, *, calm: str = "all"
    ) -> None:
        """To one's own, or to one that somebody else reads."""
        self.calms_down(person, calm)
        self.does(self.message(person, text="/profile"))
        if not self.presses_word(person, "Change e-mail", "Register an e-mail") or far == 0:
            return
        self.does(self.message(person, text=(whose or person).mailbox))
        self.presses_word(person, "Send the one-time code")
        for _proof in ("of the person", "of the address"):
            if far > 1:
                self.types_the_code(person)

    @rule(person=who)
    def leaves_everywhere(self, person: Person) -> None:
        """Every session of theirs ends."""
        self.does(self.message(person, text="/profile"))
        self.presses_word(person, "Sessions")
        self.presses_word(person, "Log out everywhere")
