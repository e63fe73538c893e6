"""eSIMs: profiles that are kept for a company, and the codes by which devices download them.

An eSIM is a card of the table `sim` with a row here; it is put in use as any card is.
"""

from __future__ import annotations

import sqlite3

from sandbox.operator.database import OperatorDatabase
from sandbox.operator.seed import identifiers
from sandbox.operator.seed.identifiers import mix

KEPT = 6
"""How many profiles are kept for a company in the beginning."""
STATES = ("available", "released", "downloaded", "installed", "expired")
LIVES = 30 * 86_400
"""Seconds from the replacement on in which the code works."""
SERVER = "rsp.kcell.example"
_FIRST = 7 * 10**10 + 10**8
"""Their ICCIDs are those of numbers that nobody has, and no card of plastic either."""
_SIGNS = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def found(database: OperatorDatabase) -> None:
    """Keep profiles for every company that has none yet."""
    companies = database.rows(
        """SELECT id FROM company WHERE id NOT IN
           (SELECT s.company FROM sim s JOIN esim e ON e.iccid = s.iccid) ORDER BY bin"""
    )
    [(made,)] = database.rows("SELECT count(*) FROM esim")
    for company in companies:
        for _ in range(KEPT):
            iccid = identifiers.iccid(database.seed, _FIRST + made)
            database.execute(
                "INSERT OR IGNORE INTO sim VALUES (?, ?, NULL, NULL, 'blank')",
                (iccid, company["id"]),
            )
            database.execute(
                "INSERT OR IGNORE INTO esim VALUES (?, 'available', NULL, NULL)", (iccid,)
            )
            made += 1


def of(database: OperatorDatabase, iccid: str) -> sqlite3.Row | None:
    """What is known of the profile, None for a card of plastic."""
    return database.one("SELECT * FROM esim WHERE iccid = ?", (iccid,))


def release(database: OperatorDatabase, iccid: str, at: float) -> None:
    """Let the profile be downloaded from now on; a card of plastic is none."""
    wanted = database.settings["esim_confirmation"]
    confirmation = f"{mix(database.seed, int(iccid), 8) % 10**6:06d}" if wanted else None
    database.execute(
        "UPDATE esim SET state = 'released', confirmation = ?, expires_at = ? WHERE iccid = ?",
        (confirmation, at + LIVES, iccid),
    )


def activation_code(database: OperatorDatabase, row: sqlite3.Row) -> str:
    """`LPA:1$host$matching ID`, and the field that asks for another code where one is wanted."""
    luck, matching = mix(database.seed, int(row["iccid"]), 7), ""
    for _ in range(20):
        luck, sign = divmod(mix(luck), len(_SIGNS))
        matching += _SIGNS[sign]
    parts = "-".join(matching[n : n + 5] for n in range(0, 20, 5))
    return f"LPA:1${SERVER}${parts}" + ("$$1" if row["confirmation"] else "")
