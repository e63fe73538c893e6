"""The register of devices: whose an IMEI is, was, and what list it is on (S21 to S25).

IMEIs are kept with 15 digits. A registration ties one to an owner (BIN or IIN) and a number;
several may hold for one IMEI: one original, and duplicates beside it.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sandbox.operator.api.answers import ALMATY
from sandbox.operator.database import OperatorDatabase
from sandbox.operator.seed import identifiers
from sandbox.operator.seed.identifiers import luhn_digit, mix
from sandbox.operator.seed.people import COMPANIES, FLEETS, KAZYNA

DAY = 86_400
_FLEETS = frozenset(one.id for one in FLEETS)
LISTS = ("white", "grey", "black")
MODELS = {
    "35367807": "Samsung Galaxy A50",
    "86978202": "Xiaomi Redmi 9",
    "35299209": "Apple iPhone 11",
}
_GUIDE_IMEI = {"77010542006": "353678076511548", "77010542007": "869782022121282"}
_NOT_REGISTERED = {"77012115526"}
_MODEL_OF_DEMO = "35299209"
_INSERT = """INSERT INTO registration (id, imei, number, owner, company, provider, kind, since)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""


class Owner(NamedTuple):
    """Whose a device is: the number, BIN or IIN, the company if it is ours, another operator."""

    number: str
    key: str | None = None
    company: str | None = None
    provider: str | None = None


INDIVIDUAL = Owner("77012115299", "850115300011")
WITH_ANOTHER_OPERATOR = Owner("77071112233", provider="Tele2")


def full(digits: object) -> str | None:
    """The 15 digits of an IMEI written with 14, 15 or 16 (IMEISV); None when it is none."""
    text = str(digits)
    if not re.fullmatch("[0-9]{14,16}", text):
        return None
    imei = text[:14] + luhn_digit(text[:14])
    return None if len(text) == 15 and text != imei else imei


def demo(place: int) -> str:
    """The IMEIs of the demonstration: docs/operator.md tells whose each is."""
    body = f"{_MODEL_OF_DEMO}{100_000 + place}"
    return body + luhn_digit(body)


def imei_of(row: sqlite3.Row, seed: int) -> str:
    """The device last seen with the number."""
    own = row["imei"] or _GUIDE_IMEI.get(row["msisdn"])
    return own or identifiers.imei(seed, int(row["msisdn"]))


def settle_number(database: OperatorDatabase, row: sqlite3.Row) -> None:
    """Write what the seed says of a number of a large company, if nothing is written of it."""
    known = database.one("SELECT 1 FROM registration WHERE number = ?", (row["msisdn"],))
    if known is None and row["company"] in _FLEETS:
        _settle(database, [row], COMPANIES[row["company"]].bin)


def settle_company(database: OperatorDatabase, company: str) -> None:
    """Write what the seed says of all numbers of a large company, once."""
    settled = f"devices_settled_{company}"
    if company in _FLEETS and database.fact(settled, "no") == "no":
        rows = database.rows(
            """SELECT * FROM number WHERE company = ?
               AND msisdn NOT IN (SELECT number FROM registration WHERE company = ?)""",
            (company, company),
        )
        with database.transaction():
            _settle(database, rows, COMPANIES[company].bin)
            database.execute("UPDATE fact SET value = 'yes' WHERE name = ?", (settled,))


def found(database: OperatorDatabase) -> None:
    """Make the register of the three companies and what the guide and the demonstration need."""
    if database.one("SELECT 1 FROM registration") is not None:
        return
    for company in database.rows("SELECT * FROM company"):
        if company["id"] in _FLEETS:
            continue
        rows = database.rows("SELECT * FROM number WHERE company = ?", (company["id"],))
        _settle(database, [row for row in rows if row["msisdn"] not in _GUIDE_IMEI], company["bin"])
    _found_guide(database)
    begun = _at(2020, 3, 14, 10, 30)
    _write_owner(database, demo(1), Owner("77023300101", KAZYNA.bin, KAZYNA.id), begun)
    _write_owner(database, demo(2), INDIVIDUAL, begun)
    _write_owner(database, demo(3), WITH_ANOTHER_OPERATOR, begun)
    for place, name in ((4, "black"), (5, "grey")):
        put_on_list(database, demo(place), name)


def put_on_list(database: OperatorDatabase, imei: str, name: str) -> None:
    """Put the IMEI on one of `LISTS`."""
    database.execute("INSERT OR REPLACE INTO listed_device VALUES (?, ?)", (imei, name))


def list_of(database: OperatorDatabase, imei: str) -> str:
    """Which of `LISTS` the IMEI is on."""
    row = database.one("SELECT list FROM listed_device WHERE imei = ?", (imei,))
    return "white" if row is None else str(row["list"])


def present(database: OperatorDatabase, imei: str) -> list[sqlite3.Row]:
    """The registrations of an IMEI that hold, the original first."""
    return database.rows(
        "SELECT * FROM registration WHERE imei = ? AND removed_at IS NULL"
        " ORDER BY kind DESC, serial",
        (imei,),
    )


def give(database: OperatorDatabase, imei: str, owner: Mapping[str, Any] | None, at: float) -> None:
    """Let the IMEI be `owner`'s alone, or nobody's. Raises KeyError."""
    for one in present(database, imei):
        remove(database, one, at)
    if owner is None:
        return
    number, key = str(owner["number"]), owner.get("id")
    company = database.one("SELECT id FROM company WHERE bin = ?", (key,))
    ours = None if company is None else company["id"]
    _write_owner(database, imei, Owner(number, key, ours, owner.get("provider")), at)


def _found_guide(database: OperatorDatabase) -> None:
    """The history that the guide shows: removed in January 2021, a duplicate since April."""
    rows = {
        row["msisdn"]: row
        for row in database.rows(
            "SELECT * FROM number WHERE msisdn IN ('77010542006', '77010542007')"
        )
    }
    second = rows["77010542007"]
    write(database, second, _GUIDE_IMEI["77010542007"], "original", second["start_at"] + DAY)
    first, imei = rows["77010542006"], _GUIDE_IMEI["77010542006"]
    write(database, first, imei, "original", _at(2019, 12, 25, 9, 0))
    remove(database, present(database, imei)[0], _at(2021, 1, 6, 9, 46))
    _write_owner(database, imei, INDIVIDUAL, _at(2021, 2, 1, 12, 0))
    write(database, first, imei, "duplicate", _at(2021, 4, 22, 18, 49))


def _settle(database: OperatorDatabase, rows: list[sqlite3.Row], owner: str) -> None:
    """Write what the seed says of the numbers `rows`, of which nothing is written yet."""
    database.execute_many(_INSERT, _from_the_beginning(database, rows, owner))


def _from_the_beginning(
    database: OperatorDatabase, rows: list[sqlite3.Row], owner: str
) -> Iterator[tuple[str | float | None, ...]]:
    for row in rows:
        luck = mix(database.seed, int(row["msisdn"]), 14)
        if luck % 10 < 6 and row["msisdn"] not in _NOT_REGISTERED:
            at = row["start_at"] + luck // 10 % (300 * DAY)
            imei = row["imei"] or identifiers.imei(database.seed, int(row["msisdn"]))
            whose = Owner(row["msisdn"], owner, row["company"])
            yield f"dev-{row['msisdn']}-1", imei, *whose, "original", at


def write(database: OperatorDatabase, row: sqlite3.Row, imei: str, kind: str, at: float) -> None:
    """Register the IMEI to the number `row`."""
    [company] = database.rows("SELECT bin FROM company WHERE id = ?", (row["company"],))
    _write_owner(database, imei, Owner(row["msisdn"], company["bin"], row["company"]), at, kind)


def _write_owner(
    database: OperatorDatabase, imei: str, whose: Owner, at: float, kind: str = "original"
) -> None:
    [(had,)] = database.rows("SELECT count(*) FROM registration WHERE number = ?", (whose.number,))
    database.execute(_INSERT, (f"dev-{whose.number}-{had + 1}", imei, *whose, kind, at))


def remove(database: OperatorDatabase, registration: sqlite3.Row, at: float) -> None:
    """End the registration."""
    database.execute(
        "UPDATE registration SET removed_at = ? WHERE serial = ?", (at, registration["serial"])
    )


def _at(year: int, month: int, day: int, hour: int, minute: int) -> float:
    return datetime(year, month, day, hour, minute, tzinfo=ALMATY).timestamp()
