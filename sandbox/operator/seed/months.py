"""What accounts were billed and what they paid, month by month, two years back.

A month's figures come from the seed, so bills, their lines and payments agree to the tiyn: each
bill is paid in full in the month after it, but for what the account owes now, which is missing from
the newest bill, and for what was paid late, which is a payment of its own. One bill was corrected
by a credit note, and one account was not billed in one month. Where the world is awkward, newest
bills are not registered yet, and some have lines without VAT or at another rate.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sandbox.operator.database import OperatorDatabase
from sandbox.operator.seed.identifiers import bin_with_control, mix
from sandbox.operator.seed.traffic import day_of, day_start, vat
from sandbox.world import WorldClock

MONTHS_KEPT = 24
SUPPLIER_BIN = bin_with_control("98064000000")
"""The operator's own, in the registration numbers of its invoices."""
CORRECTED = ("25060850", 3)
"""The account that got a credit note, and how many months ago."""
NOT_BILLED = ("31400101", 5)
"""The account that was billed nothing, and how many months ago."""
_NOTE_DAYS, _NOTE_SHARE, _NOTE_MARK = 12, 10, "9"
_ACCOUNTS = """SELECT a.id, a.company, a.kind,
    (SELECT count(*) FROM number n WHERE n.account = a.id)
        + (SELECT count(*) FROM office_line o WHERE o.account = a.id) AS size,
    (SELECT coalesce(sum(debt), 0) FROM number n WHERE n.account = a.id) AS debt
    FROM account a"""


def next_month(month: date) -> date:
    """The first day of the month after `month`."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def months_before(month: date, count: int) -> date:
    """The first day of the month `count` months earlier."""
    whole = month.year * 12 + month.month - 1 - count
    return date(whole // 12, whole % 12 + 1, 1)


def vat_in(gross: int, rate: int | None) -> int:
    """The VAT in a gross amount of tiyn, rounded to the nearest tiyn; none without a rate."""
    if rate is None:
        return 0
    tax = (2 * abs(gross) * rate + 100 + rate) // (2 * (100 + rate))
    return tax if gross >= 0 else -tax


def shares(whole: int, count: int) -> list[int]:
    """`whole` tiyn over `count` numbers; the last has what is left over."""
    each = whole // count if count else 0
    return [each + (whole - each * count) * (place == count - 1) for place in range(count)]


@dataclass(frozen=True)
class Charge:
    """One line of a bill; `rate` is the per cent of VAT, None for a line without."""

    name: str
    gross: int
    rate: int | None

    @property
    def tax(self) -> int:
        """The VAT in it."""
        return vat_in(self.gross, self.rate)


@dataclass(frozen=True)
class Bill:
    """One account's month, or the credit note to it. Money is in tiyn.

    `missing` has not been paid of it; `late` was paid as a debt, by payments of its own. `charges`
    are in `gross` besides what its numbers cost.
    """

    account: str
    company: str
    kind: str
    month: date
    gross: int
    missing: int
    late: int
    luck: int
    numbers: int
    is_note: bool = False
    charges: tuple[Charge, ...] = ()
    is_registered: bool = True

    @property
    def lines(self) -> int:
        """How many lines it has."""
        return self.numbers + len(self.charges)

    @property
    def usual(self) -> int:
        """What the numbers cost."""
        return self.gross - sum(charge.gross for charge in self.charges)

    @property
    def corrects(self) -> str:
        """The number of the bill that a note corrects."""
        return f"{self.account}{self.month:%Y%m}"

    @property
    def number(self) -> str:
        """The bill's number: account and month, with a mark behind it for a credit note."""
        return f"{self.account}{self.month:%Y%m}{_NOTE_MARK * self.is_note}"

    @property
    def registration(self) -> str:
        """Its number in the electronic invoice system."""
        last_eight = (int(self.account) * 10 + self.is_note) % 10**8
        return f"ESF-{SUPPLIER_BIN}-{day_of(self.dated):%Y%m%d}-{last_eight:08d}"

    @property
    def dated(self) -> int:
        """The date of the bill: the day after its month, of a note some days later."""
        return self.end + _NOTE_DAYS * 86_400 * self.is_note

    @property
    def start(self) -> int:
        """When the month begins, in Unix seconds."""
        return day_start(self.month)

    @property
    def end(self) -> int:
        """When the next month begins."""
        return day_start(next_month(self.month))

    @property
    def rate(self) -> int:
        """The per cent of VAT in that month."""
        return vat(self.start)

    @property
    def taxes(self) -> dict[int, int]:
        """The VAT in `gross` by its rates: each line rounds its own."""
        found = {self.rate: sum(vat_in(one, self.rate) for one in shares(self.usual, self.numbers))}
        for charge in self.charges:
            if charge.rate is not None:
                found[charge.rate] = found.get(charge.rate, 0) + charge.tax
        return found

    @property
    def tax(self) -> int:
        """All the VAT in `gross`."""
        return sum(self.taxes.values())

    @property
    def note(self) -> Bill:
        """The credit note that takes a part of it back."""
        back = -(self.usual * _NOTE_SHARE // 100)
        return replace(
            self, gross=back, missing=0, late=0, is_note=True, charges=(), is_registered=True
        )

    @property
    def paid(self) -> int:
        """What was paid of it in time."""
        return self.gross - self.missing - self.late

    @property
    def order(self) -> str:
        """The number of the payment order by which it was paid, as the payer counts them."""
        return str(self.luck // 5 % 9_000 + 1_000)

    @property
    def paid_at(self) -> int:
        """When the payment came: on the 4th to the 25th of the next month."""
        return self.end + 3 * 86_400 + self.luck % (21 * 86_400)


class Months:
    """The bills of a world. Both bounds of time are about the month, not the day of payment."""

    def __init__(
        self, database: OperatorDatabase, clock: WorldClock, awkward: int | None = None
    ) -> None:
        self._database = database
        self._clock = clock
        self._awkward = awkward
        self._paid_debts: dict[str, list[tuple[float, int]]] = {}

    def closed(self) -> list[date]:
        """The months that have bills, oldest first."""
        month = months_before(self._database.anchor.replace(day=1), MONTHS_KEPT)
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
        for debt in self._database.rows("SELECT * FROM paid_debt"):
            self._paid_debts.setdefault(debt["account"], []).append((debt["at"], debt["tiyn"]))
        condition, parameters = "1", list[str]()
        for column, values in (("id", ids), ("company", companies)):
            if values is not None:
                condition += f" AND a.{column} IN ({','.join('?' * len(values))})"
                parameters += values
        return self._database.rows(f"{_ACCOUNTS} WHERE {condition} ORDER BY a.id", parameters)

    def bills(self, account: sqlite3.Row) -> Iterator[Bill]:
        """What the account was billed, oldest first; a credit note behind its bill.

        An account that has neither numbers nor lines is billed nothing.
        """
        if not account["size"]:
            return
        for month in self.closed():
            if (account["id"], month) == self._ago(NOT_BILLED):
                continue
            bill = self._bill(account, month)
            yield bill
            if (account["id"], month) == self._ago(CORRECTED) and bill.note.dated <= self.now():
                yield bill.note

    def _ago(self, what: tuple[str, int]) -> tuple[str, date]:
        """The account, and the month that was so long before this world began."""
        return what[0], months_before(self._database.anchor.replace(day=1), what[1])

    def _bill(self, account: sqlite3.Row, month: date) -> Bill:
        luck = mix(self._database.seed, int(account["id"]), month.toordinal())
        gross = account["size"] * (180_000 + luck % 420_000) + luck // 7 % 100
        newest = next_month(month) == day_of(self._clock.timestamp()).replace(day=1)
        missing = account["debt"] if newest else 0
        charges = self._charges(account, month)
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
            max(gross, missing + late) + sum(charge.gross for charge in charges),
            missing,
            late,
            luck,
            account["size"],
            charges=charges,
            is_registered=not (self._awkward is not None and newest and luck % 2),
        )

    def _charges(self, account: sqlite3.Row, month: date) -> tuple[Charge, ...]:
        """What an operator bills besides its tariffs: some without VAT, some at another rate."""
        if self._awkward is None:
            return ()
        luck = mix(self._awkward, int(account["id"]), month.toordinal())
        gross = 10_000 + luck // 8 % 500_000
        return {
            0: (Charge("Пеня за просрочку оплаты", gross, None),),
            1: (Charge("Roaming of partners abroad", gross, 0),),
            2: (
                Charge("Перерасчёт за прошлый период", -(gross % 50_000) - 1, 12),
                Charge("Пеня за просрочку оплаты", gross, None),
            ),
        }.get(luck % 8, ())

    def by_number(self, number: str) -> Bill | None:
        """The bill or the credit note of this number."""
        for account in self.accounts([number[:-6], number[:-7]], None):
            for bill in self.bills(account):
                if bill.number == number:
                    return bill
        return None

    def now(self) -> float:
        """The world's time."""
        return self._clock.timestamp()
