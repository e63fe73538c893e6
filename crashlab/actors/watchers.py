"""Who is to be told of balances that have fallen: rules that were made before the run begins.

Each of them, in a company of their own, has numbers whose balance is below the rule's amount, some
that were told of before, and some that are above it. Of a few numbers each is told by itself, of
many in one digest with a file, and what was so before the rule was made in one summary.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crashlab.world.chats import Chat
from crashlab.world.telegram import Telegram

if TYPE_CHECKING:
    from crashlab.checks.oracle import OperatorTruth

THRESHOLD, BELOW, ABOVE = 1_000_00, 500_00, 5_000_00
"""Tiyn."""
FEW, MANY, TOLD, RISEN, FINE = 4, 13, 2, 2, 2
STAGGERED = 3.0
"""Seconds from the first look at one company to that at the next."""
FIRST_USER, FIRST_PHONE, FIRST_NUMBER, FIRST_BIN = 5_500_001, 77024000001, 77025000001, 180140004018
WAYS = ("one", "many", "first")
"""How they are told: each by itself, in a digest, in the summary of a rule that is new."""


@dataclass
class Watcher:
    """An administrator with one rule. `fallen` are the numbers that they have to be told of."""

    id: int
    phone: str
    administrator_id: str
    company_id: str
    way: str
    after: float
    """Seconds until the first look at the company."""
    fallen: list[str]
    told: list[str]
    """Below the amount, and told of before."""
    risen: list[str]
    """The same, but above it since: armed anew."""
    telegram: Telegram
    was: Sequence[str] = ()
    coded: Sequence[str] = field(default=())

    @property
    def chat(self) -> Chat:
        """The chat with the bot."""
        return self.telegram.chat(self.id)

    @property
    def rule(self) -> str:
        """The rule's id."""
        return f"rule-{self.id}"


def watcher(n: int, telegram: Telegram, books: OperatorTruth) -> Watcher:
    """The nth of them, with a company and numbers in the operator's books."""
    company, phone, name = f"org-{FIRST_BIN + n}", str(FIRST_PHONE + n), f"adm-watcher-{n}"
    way = WAYS[n % len(WAYS)]
    sizes = (FEW if way == "one" else MANY, TOLD, RISEN, FINE)
    first = FIRST_NUMBER + 100 * n
    groups, balances = [], (BELOW, BELOW, ABOVE, ABOVE)
    for size, balance in zip(sizes, balances, strict=True):
        groups.append([str(first + k) for k in range(size)])
        books.purses.update(dict.fromkeys(groups[-1], balance))
        first += size
    own = [number for group in groups for number in group]
    books.phones[phone] = name
    books.blocked.update(dict.fromkeys(own, False))
    books.companies.update(dict.fromkeys([name, *own], company))
    fallen, told, risen, _fine = groups
    return Watcher(
        FIRST_USER + n, phone, name, company, way, n * STAGGERED, fallen, told, risen, telegram
    )
