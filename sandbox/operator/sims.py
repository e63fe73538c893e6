"""SIM cards: the blank ones of a company, and the replacement of a number's card (S08, S16)."""

from __future__ import annotations

import sqlite3

from sandbox.operator import esims
from sandbox.operator.api.answers import Json, TmfError
from sandbox.operator.database import OperatorDatabase
from sandbox.operator.numbers import set_columns
from sandbox.operator.order_items import Change, unsupported
from sandbox.operator.seed import identifiers
from sandbox.operator.seed.identifiers import luhn_digit, mix

PREFIX = "8999702"
BLANKS = 12
"""How many blank cards a company has in the beginning; the large one has one for 50 numbers."""
_LENGTHS = {19, 20}
_NUMBERS_FOR_A_BLANK = 50
_NO_NUMBER = 7 * 10**10
"""Cards made from here on have ICCIDs that no number's card has: nobody has 700 000…."""
_GUIDE_ICCID = {"77010542006": "89997027508016848485"}
_GUIDE_REPLACED = {"77010542006": 1_568_804_040.0}
"""18.09.2019 16:54 in Almaty."""
_GUIDE_CODES = {"77010542006": ("0000", "8649", "51352846", "55752910")}
CODES = ("PIN1", "PIN2", "PUK1", "PUK2")


def iccid_of(row: sqlite3.Row, seed: int) -> str:
    """The SIM card that serves the number."""
    own = row["iccid"] or _GUIDE_ICCID.get(row["msisdn"])
    return own or identifiers.iccid(seed, int(row["msisdn"]))


def replaced_at(database: OperatorDatabase, row: sqlite3.Row) -> float | None:
    """When the present card replaced another, None when it is the first."""
    if row["iccid"] is not None:
        since = database.one("SELECT since FROM sim WHERE iccid = ?", (row["iccid"],))
        return None if since is None else since["since"]
    if row["msisdn"] in _GUIDE_REPLACED:
        return _GUIDE_REPLACED[row["msisdn"]]
    luck = mix(database.seed, int(row["msisdn"]), 12)
    if luck % 5 < 3:
        return None
    return float(row["start_at"] + luck // 5 % (300 * 86_400))


def codes_of(database: OperatorDatabase, row: sqlite3.Row) -> tuple[str, ...]:
    """PIN1, PIN2, PUK1 and PUK2 of the number's present card."""
    if row["iccid"] is None and row["msisdn"] in _GUIDE_CODES:
        return _GUIDE_CODES[row["msisdn"]]
    luck = mix(database.seed, int(row["iccid"] or row["msisdn"]), 6)
    return (
        f"{luck % 10**4:04d}",
        f"{luck // 10**4 % 10**4:04d}",
        f"{luck // 10**8 % 10**8:08d}",
        f"{mix(luck) % 10**8:08d}",
    )


def found(database: OperatorDatabase) -> None:
    """Give every company its blank cards, those that have none yet."""
    companies = database.rows(
        """SELECT id, (SELECT count(*) FROM number n WHERE n.company = c.id) AS size FROM company c
           WHERE id NOT IN (SELECT company FROM sim) ORDER BY bin"""
    )
    [(made,)] = database.rows(
        "SELECT count(*) FROM sim WHERE iccid NOT IN (SELECT iccid FROM esim)"
    )
    for company in companies:
        for _ in range(max(BLANKS, company["size"] // _NUMBERS_FOR_A_BLANK)):
            iccid = identifiers.iccid(database.seed, _NO_NUMBER + made)
            database.execute(
                "INSERT OR IGNORE INTO sim VALUES (?, ?, NULL, NULL, 'blank')",
                (iccid, company["id"]),
            )
            made += 1


def read(number: str, product: Json) -> Change:
    """The replacement that an item asks for. Raises `TmfError` 400, KeyError."""
    cards = product["realizingResource"]
    if len(cards) != 1:
        raise unsupported("a number has one SIM card")
    return Change(number, "sim.replace", {"iccid": str(cards[0]["id"])})


def check(database: OperatorDatabase, row: sqlite3.Row, change: Change) -> None:
    """May the number have this card? Raises `TmfError` 409."""
    iccid = change.parameters["iccid"]
    if row["state"] != "active":
        raise TmfError(
            409, "SIM.NOT_ACTIVE", "Number is not Active", f"{row['msisdn']} is not Active"
        )
    digits = iccid.isascii() and iccid.isdigit() and len(iccid) in _LENGTHS
    if not digits or luhn_digit(iccid[:-1]) != iccid[-1]:
        raise TmfError(409, "SIM.ICCID_INVALID", "Not an ICCID", f"{iccid} is no ICCID")
    card = database.one("SELECT * FROM sim WHERE iccid = ?", (iccid,))
    used_by = served_by(database, iccid)
    owner = card["company"] if card is not None else used_by and used_by["company"]
    if not iccid.startswith(PREFIX) or owner != row["company"]:
        raise TmfError(409, "SIM.FOREIGN", "Not this customer's card", f"{iccid} is another's")
    if used_by is not None or card is None or card["state"] != "blank":
        raise TmfError(409, "SIM.NOT_FREE", "The card is not free", f"{iccid} is not free")


def replace(database: OperatorDatabase, row: sqlite3.Row, change: Change, at: float) -> bool:
    """Give the number the card, or the eSIM; the old one is gone."""
    put_in_place(database, row, change.parameters["iccid"], at)
    esims.release(database, change.parameters["iccid"], at)
    return True


def put_in_place(database: OperatorDatabase, row: sqlite3.Row, iccid: str, at: float) -> None:
    """Let `iccid` be the number's card since `at`, unchecked."""
    for card, state, since in ((iccid_of(row, database.seed), "gone", None), (iccid, "used", at)):
        database.execute(
            "INSERT OR REPLACE INTO sim VALUES (?, ?, ?, ?, ?)",
            (card, row["company"], row["msisdn"], since, state),
        )
    set_columns(database, row["msisdn"], {"iccid": iccid})


def served_by(database: OperatorDatabase, iccid: str) -> sqlite3.Row | None:
    """The number that the card serves now."""
    made_for = identifiers.number_of_iccid(database.seed, iccid)
    guide = next((number for number, card in _GUIDE_ICCID.items() if card == iccid), "")
    rows = database.rows(
        "SELECT * FROM number WHERE msisdn IN (?, ?)"
        " OR msisdn = (SELECT number FROM sim WHERE iccid = ?)",
        (made_for, guide, iccid),
    )
    return next((row for row in rows if iccid_of(row, database.seed) == iccid), None)
