"""What accounts were billed and what they paid, month by month, two years back.

A month's figures come from the seed, so bills, their lines and payments agree to the tiyn: each
bill is paid in full in the month after it, but for what the account owes now, which is missing from
the newest bill, and for what was paid late, which is a payment of its own.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sandbox.operator.book import Book
from sandbox.operator.identifiers import mix
from sandbox.operator.traffic import day_of, day_start, vat
from sandbox.world import WorldClock

MONTHS_KEPT = 24
_ACCOUNTS = """SELECT a.id, a.company, a.kind,
    (SELECT count(*) FROM number n WHERE n.account = a.id) AS size,
    (SELECT coalesce(sum(debt), 0) FROM number n WHERE n.account = a.id) AS debt
    FROM account a"""


def next_month(month: date) -> date:
    """The first day of the month after `month`."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def months_before(month: date, count: int) -> date:
    """The first day of the month `count` months earlier."""
    whole = month.year * 12 + month.month - 1 - count
    return date(whole // 12, whole % 12 + 1, 1)


def shares(whole: int, count: int) -> list[int]:
    """`whole` tiyn over `count` numbers; the last has what is left over."""
    each = whole // count if count else 0
    return [each + (whole - each * count) * (place == count - 1) for place in range(count)]


@dataclass(frozen=True)
class Bill:
    """One account's month. Money is in tiyn.

    `missing` has not been paid of it; `late` was paid as a debt, by payments of its own.
    """

    account: str
    company: str
    kind: str
    month: date
    gross: int
    missing: int
    late: int
    luck: int

    @property
    def number(self) -> str:
        """The bill's number: account and month."""
        return f"{self.account}{self.month:%Y%m}"

    @property
    def start(self) -> int:
        """When the month begins, in Unix seconds."""
        return day_start(self.month)

    @property
    def end(self) -> int:
        """When the next month begins: the date of the bill."""
        return day_start(next_month(self.month))

    @property
    def rate(self) -> int:
        """The per cent of VAT in that month."""
        return vat(self.start)

    @property
    def tax(self) -> int:
        """The VAT in `gross`."""
        return self.gross * self.rate // (100 + self.rate)

    @property
    def paid(self) -> int:
        """What was paid of it in time."""
        return self.gross - self.missing - self.late

    @property
    def paid_at(self) -> int:
        """When the payment came: on the 4th to the 25th of the next month."""
        return self.end + 3 * 86_400 + self.luck % (21 * 86_400)


class Months:
    """The bills of a world. Both bounds of time are about the month, not the day of payment."""

    def __init__(self, book: Book, clock: WorldClock) -> None:
        self._book = book
        self._clock = clock
        self._paid_debts: dict[str, list[tuple[float, int]]] = {}

    def closed(self) -> list[date]:
        """The months that have bills, oldest first."""
        month = months_before(self._book.anchor.replace(day=1), MONTHS_KEPT)
        found = []
        while day_start(next_month(month)) <= self._clock.timestamp():
            found.append(month)
            month = next_month(month)
        return found

    def accounts(
        self, ids: Sequence[str] | None, companies: Sequence[str] | None
    ) -> list[sqlite3.Row]:
        """The accounts asked for; None asks for all. Their bills are as of this moment."""
        self._paid_debts = {}
        for debt in self._book.rows("SELECT * FROM paid_debt"):
            self._paid_debts.setdefault(debt["account"], []).append((debt["at"], debt["tiyn"]))
        condition, parameters = "1", list[str]()
        for column, values in (("id", ids), ("company", companies)):
            if values is not None:
                condition += f" AND a.{column} IN ({','.join('?' * len(values))})"
                parameters += values
        return self._book.rows(f"{_ACCOUNTS} WHERE {condition} ORDER BY a.id", parameters)

    def bill(self, account: sqlite3.Row, month: date) -> Bill:
        """The bill of `account` for a closed `month`."""
        luck = mix(self._book.seed, int(account["id"]), month.toordinal())
        gross = account["size"] * (180_000 + luck % 420_000) + luck // 7 % 100
        newest = next_month(month) == day_of(self._clock.timestamp()).replace(day=1)
        missing = account["debt"] if newest else 0
        after = day_start(next_month(month)), day_start(next_month(next_month(month)))
        late = sum(
            tiyn
            for at, tiyn in self._paid_debts.get(account["id"], ())
            if after[0] <= at < after[1]
        )
        return Bill(
            account["id"],
            account["company"],
            account["kind"],
            month,
            max(gross, missing + late),
            missing,
            late,
            luck,
        )

    def by_number(self, number: str) -> Bill | None:
        """The bill of this number."""
        rows = self.accounts([number[:-6]], None)
        for month in self.closed():
            if rows and f"{month:%Y%m}" == number[-6:]:
                return self.bill(rows[0], month)
        return None

    def now(self) -> float:
        """The world's time."""
        return self._clock.timestamp()
