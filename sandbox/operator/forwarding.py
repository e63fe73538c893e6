"""Call forwarding: four rules of a number, as 3GPP TS 22.030 and 22.082 have them (S20)."""

from __future__ import annotations

import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterable

from sandbox.operator.api.answers import Json, TmfError
from sandbox.operator.database import OperatorDatabase
from sandbox.operator.numbers import need_active
from sandbox.operator.order_items import Change, unsupported

CONDITIONS = (
    "unconditional",
    "conditional_busy",
    "conditional_no_answer",
    "conditional_not_reachable",
)
_WITH_TIMER = "conditional_no_answer"
_USUAL_TIMER = 20
_TIMERS = range(5, 31, 5)
_POSSIBLE = re.compile("7[0-9]{10}|[1-689][0-9]{7,14}")
_COSTLY = re.compile("780[0-9]{8}|8800[0-9]{7}|87[0-9]{9}")
"""8-800 and the other 8-80x; and a number that begins with the trunk prefix instead of the 7."""


def read(number: str, rules: object) -> Change:
    """What the value of the characteristic asks for. Raises `TmfError` 400."""
    if not isinstance(rules, list):
        raise unsupported(f"forwarding cannot be {rules!r}")
    if not rules:
        return Change(number, "forwarding.off", {"rules": [_off(name) for name in CONDITIONS]})
    wanted = [_rule(rule) for rule in rules]
    if len({rule["condition"] for rule in wanted}) < len(wanted):
        raise unsupported("a condition of forwarding is there twice")
    sets = any(rule["active"] for rule in wanted)
    return Change(number, "forwarding.set" if sets else "forwarding.off", {"rules": wanted})


def check(database: OperatorDatabase, row: sqlite3.Row, change: Change) -> None:
    """May these rules be set? Raises `TmfError` 409."""
    del database
    need_active(row)
    for target in (rule["target"] for rule in change.parameters["rules"] if rule["active"]):
        if target == row["msisdn"]:
            raise TmfError(
                409, "FORWARD.SELF", "A number is not forwarded to itself", f"{target} is itself"
            )
        if not _POSSIBLE.fullmatch(target) or _COSTLY.fullmatch(target):
            raise TmfError(
                409, "FORWARD.TARGET", "Not a possible target", f"{target} is no possible target"
            )


def apply(database: OperatorDatabase, row: sqlite3.Row, change: Change, at: float) -> bool:
    """Set the rules, or switch them off and keep their targets."""
    del at
    before = of_numbers(database, [row["msisdn"]])[row["msisdn"]]
    for rule in change.parameters["rules"]:
        if rule["active"]:
            write(database, row["msisdn"], rule)
        else:
            database.execute(
                "UPDATE forwarding SET active = 0 WHERE number = ? AND condition = ?",
                (row["msisdn"], rule["condition"]),
            )
    return of_numbers(database, [row["msisdn"]])[row["msisdn"]] != before


def put_in_place(database: OperatorDatabase, row: sqlite3.Row, rules: object) -> None:
    """Let the number have just these rules, unchecked but for their form. Raises `TmfError` 400."""
    change = read(row["msisdn"], rules)
    database.execute("DELETE FROM forwarding WHERE number = ?", (row["msisdn"],))
    for rule in change.parameters["rules"]:
        if rule["target"]:
            write(database, row["msisdn"], rule)


def write(database: OperatorDatabase, number: str, rule: Json) -> None:
    """Write one rule over what was there."""
    database.execute(
        "INSERT OR REPLACE INTO forwarding VALUES (?, ?, ?, ?, ?)",
        (number, rule["condition"], rule["target"], int(rule["active"]), rule["timer"]),
    )


def of_numbers(database: OperatorDatabase, numbers: Iterable[str]) -> defaultdict[str, list[Json]]:
    """The rules of several numbers, each number's in the order of `CONDITIONS`."""
    wanted = list(numbers)
    rows = database.rows(
        f"SELECT * FROM forwarding WHERE number IN ({','.join('?' * len(wanted))})",  # noqa: S608
        wanted,
    )
    found: defaultdict[str, list[Json]] = defaultdict(list)
    unconditional = {
        row["number"] for row in rows if row["condition"] == CONDITIONS[0] and row["active"]
    }
    for row in sorted(rows, key=lambda row: CONDITIONS.index(row["condition"])):
        kept_back = row["number"] in unconditional and row["condition"] != CONDITIONS[0]
        rule: Json = {
            "condition": row["condition"],
            "target": row["target"],
            "active": bool(row["active"]),
            "suspended": bool(row["active"]) and kept_back,
        }
        if row["timer"] is not None:
            rule["timer"] = row["timer"]
        found[row["number"]].append(rule)
    return found


def _rule(rule: Json) -> Json:
    condition, active = rule["condition"], rule.get("active", True)
    if condition not in CONDITIONS or not isinstance(active, bool):
        raise unsupported(f"forwarding cannot be {rule!r}")
    timer = rule.get("timer", _USUAL_TIMER) if condition == _WITH_TIMER else None
    if timer is not None and timer not in _TIMERS:
        raise unsupported(f"the timer cannot be {timer!r}")
    target = rule["target"] if active else rule.get("target")
    return {
        "condition": condition,
        "target": None if target is None else str(target),
        "active": active,
        "timer": timer,
    }


def _off(condition: str) -> Json:
    return {"condition": condition, "target": None, "active": False, "timer": None}
