"""Lists of numbers that people put together, and forget."""

from __future__ import annotations

import json
from dataclasses import astuple
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, select
from typing_extensions import override

from account.changes.sets.gathering import Gathering
from account.changes.sets.ports import NumberListStore
from account.lists.list_file import Hidden, Sheet
from account.lists.number_list import LeftOut, ListedNumber, NumberList, Unread
from account.lists.tables import Column, ColumnsAsked
from account.values.identifiers import Msisdn
from storage.engine.upserts import insert_or_set
from storage.tables.change_sets import number_lists

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from storage.engine.database import Database


class NumberListRows(NumberListStore):
    """The port `NumberListStore`. Every method raises `StorageUnavailable`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @override
    async def keep(
        self, telegram_id: int, session_id: str, company_id: str, gathered: Gathering, now: datetime
    ) -> None:
        values = {
            "telegram_id": telegram_id,
            "session_id": session_id,
            "company_id": company_id,
            "kept_at": now,
            "content": json.dumps(
                {
                    "numbers": _told(gathered.numbers),
                    "columns": [],
                    "questions": [list(map(_sheet_told, one)) for one in gathered.questions],
                    "hidden": list(astuple(gathered.hidden)),
                    "aside": list(map(_sheet_told, gathered.aside)),
                }
            ),
        }
        await self._database.write(lambda conn: conn.execute(_KEEP.on(conn), values).close())

    @override
    async def gathered(
        self, telegram_id: int, session_id: str, company_id: str, since: datetime
    ) -> Gathering:
        values = {
            "person": telegram_id,
            "session": session_id,
            "company": company_id,
            "since": since,
        }

        def work(conn: Connection) -> Gathering:
            content = conn.execute(_READ, values).scalar_one_or_none()
            return Gathering() if content is None else _gathering(json.loads(content))

        return await self._database.read(work)

    @override
    async def drop(self, telegram_id: int) -> None:
        await self._database.write(lambda conn: drop_list(conn, telegram_id))


def drop_list(conn: Connection, telegram_id: int) -> None:
    """Forget what the Telegram user has put together."""
    conn.execute(_DROP, {"person": telegram_id})


def left_out_told(left_out: tuple[LeftOut, ...]) -> list[list[Any]]:
    """Lines that were not read, as JSON has them."""
    return [[one.line, one.reason.value] for one in left_out]


def left_out_of(told: list[list[Any]]) -> tuple[LeftOut, ...]:
    """The same back."""
    return tuple(LeftOut(line, Unread(reason)) for line, reason in told)


def _told(numbers: NumberList) -> dict[str, Any]:
    return {
        "numbers": [[number.msisdn.digits, number.line] for number in numbers.numbers],
        "left_out": left_out_told(numbers.left_out),
        "repeated": numbers.repeated,
        "lines": numbers.lines,
    }


def _list(told: dict[str, Any]) -> NumberList:
    return NumberList(
        tuple(ListedNumber(Msisdn(digits), line) for digits, line in told["numbers"]),
        left_out_of(told["left_out"]),
        told["repeated"],
        told["lines"],
    )


def _sheet_told(sheet: Sheet) -> dict[str, Any]:
    if isinstance(sheet.read, NumberList):
        return {"name": sheet.name, "numbers": _told(sheet.read)}
    columns = [[column.heading, _told(column.numbers)] for column in sheet.read.columns]
    return {"name": sheet.name, "columns": columns}


def _sheet(told: dict[str, Any]) -> Sheet:
    if "numbers" in told:
        return Sheet(told["name"], _list(told["numbers"]))
    columns = (Column(heading, _list(numbers)) for heading, numbers in told["columns"])
    return Sheet(told["name"], ColumnsAsked(tuple(columns)))


def _gathering(told: dict[str, Any]) -> Gathering:
    """What was kept; an older program kept no more than the numbers and one choice of columns."""
    if told["columns"]:
        told["questions"] = [[{"name": "", "columns": told["columns"]}]]
    return Gathering(
        _list(told["numbers"]),
        tuple(tuple(map(_sheet, one)) for one in told.get("questions", ())),
        Hidden(*told.get("hidden", ())),
        tuple(map(_sheet, told.get("aside", ()))),
    )


_KEEP = insert_or_set(
    number_lists, ("telegram_id",), ("session_id", "company_id", "kept_at", "content")
)
_READ = select(number_lists.c.content).where(
    number_lists.c.telegram_id == bindparam("person"),
    number_lists.c.session_id == bindparam("session"),
    number_lists.c.company_id == bindparam("company"),
    number_lists.c.kept_at > bindparam("since"),
)
_DROP = delete(number_lists).where(number_lists.c.telegram_id == bindparam("person"))
