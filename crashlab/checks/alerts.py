"""What was promised of alerts: whoever has a rule is told of each number that it is about, once.

| Name | Broken when |
|---|---|
| SILENT | a number is below the amount, its company was looked at and its person not told |
| DOUBLE | a number was told of in two messages (the same one may come again: Telegram has no key) |
| LIE | told of a number that was told of before and did not rise, or that is above the amount |
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

import openpyxl

if TYPE_CHECKING:
    from crashlab.actors.watchers import Watcher
    from crashlab.checks.final_state import Database
    from crashlab.checks.received_files import ReceivedFile
    from crashlab.world.outside import World

_DIGITS = re.compile(r"7\d{10}")
BELL = "🔔"
_NUMBER = re.compile(r"\+7 \d{3} \d{3} \d\d \d\d")
_LOOKS = "SELECT id FROM alert_looks WHERE finished_at IS NOT NULL"


async def looked_at(database: Database) -> set[str]:
    """The companies whose numbers were read to the end once. One that could not be is tried again
    in a minute, for which the shortest runs do not wait.
    """
    return {row[0] for row in await database.rows(_LOOKS)}


def broken_alerts(
    world: World,
    looked: Collection[str],
    parcels: Sequence[ReceivedFile],
    *,
    restored: bool = False,
) -> Iterator[tuple[str, str]]:
    """Every promise about them that was broken; where backups were put back, of what was told in
    the time that is lost the bot knows nothing.
    """
    for watcher in world.watchers:
        told = _told(watcher, parcels)
        name = f"{watcher.way} {watcher.company_id}"
        for number in watcher.fallen if watcher.company_id in looked else ():
            if not told[number]:
                yield "SILENT", f"{name}: nobody was told of {number}"
        for number, count in sorted(told.items()):
            if count > 1 and not restored:
                yield "DOUBLE", f"{name}: {number} was told of in {count} messages"
            if number not in watcher.fallen:
                yield "LIE", f"{name}: {number} was told of"


def _told(watcher: Watcher, parcels: Sequence[ReceivedFile]) -> Counter[str]:
    """In how many different messages each number was told of, by its digits."""
    messages = {
        one.text: {re.sub("[^0-9]", "", found) for found in _NUMBER.findall(one.text)}
        for one in watcher.chat.said
        if one.kind == "message" and BELL in one.text.partition("\n")[0]
    }
    for parcel in parcels:
        if parcel.chat_id == watcher.id and parcel.caption in messages:
            messages[parcel.caption] |= numbers_in(parcel.content)
    return Counter(one for found in messages.values() for one in found)


def numbers_in(content: bytes) -> set[str]:
    """The numbers of the network in the first column of a workbook, as digits."""
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
    rows = book[book.sheetnames[0]].iter_rows(max_col=1, values_only=True)
    return {str(cell) for (cell,) in rows if _DIGITS.fullmatch(str(cell))}
