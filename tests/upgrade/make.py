"""Leaves what a build leaves behind: a database, its secret, and a world with chats in it.

    python -m tests.upgrade.make e8cfc8f

is run in a checkout of the build whose data is wanted, with this folder copied into it; the archive
is then kept here, under the name of the build. In it: an administrator who has logged in and stands
at a number's card, a file that was delivered, a change that ended, and one that the operator has
not finished.
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
import tarfile
import tempfile
from pathlib import Path

from tests.scenarios.conftest import Stage, staged
from tests.scenarios.phone import Phone

ADMINISTRATOR = "77012115526"
ENDED, OPEN = ("77010542008", "+7 701 054 20 08"), ("77010542013", "+7 701 054 20 13")


async def live(stage: Stage) -> None:
    """A short day of an administrator, until the operator takes its time."""
    phone = await stage.administrator(ADMINISTRATOR)
    await phone.command("/documents")
    await phone.tap("3 · Numbers")
    await phone.tap("XLSX file")
    await phone.sees("List of numbers report", "37 records")
    await block(phone, *ENDED)
    await phone.sees("✅ Blocked")
    await dawdle(stage)
    await block(phone, *OPEN)
    await phone.sees("⏳ Sent to the operator")


async def block(phone: Phone, number: str, shown: str) -> None:
    """Confirm a block at the number's card."""
    await phone.command("/menu")
    await phone.say(number)
    await phone.sees("Tariff: ", shown)
    await phone.tap("⛔ Block")
    await phone.sees(f"Block {shown}?")
    await phone.tap(f"⛔ Block {shown}")


async def dawdle(stage: Stage) -> None:
    """Have the operator take a day for each order from now on."""
    answer = await stage.http.patch("/sandbox/operator/settings", json={"order_seconds": 86_400})
    assert answer.is_success, answer.text


def settled(folder: Path) -> None:
    """Every database in one file."""
    for path in (*folder.rglob("*.db"), *folder.rglob("*.sqlite3")):
        with sqlite3.connect(path) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.execute("PRAGMA journal_mode = DELETE")
            connection.execute("VACUUM")
        connection.close()


async def make(archive: Path) -> None:
    """Live, leave, and pack what was left."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        async with staged(folder) as stage:
            await live(stage)
        settled(folder)
        with tarfile.open(archive, "w:xz") as packed:
            packed.add(folder, arcname=".")


if __name__ == "__main__":
    asyncio.run(make(Path(__file__).with_name(f"{sys.argv[1]}.tar.xz")))
