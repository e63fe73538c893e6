"""TMF630's filters: `a=1,2`, `a.gt=1`, `a.regex=x`, and `;` groups, read once and put into SQL.

An attribute nobody knows is refused, never skipped: a filter that is quietly ignored would show
one company the numbers of another.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal

from aiohttp import web

from sandbox.operator.api.answers import Json, TmfError

DEFAULT_LIMIT = 20
LARGEST_LIMIT = 1000
_NEXT_MEMBER = re.compile(r";(?=@?[A-Za-z][\w.]*=)")
_COMPARISONS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


@dataclass(frozen=True)
class Condition:
    """`attribute operator values`; the operators are those of TMF630, `eq` when none is written."""

    attribute: str
    operator: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Query:
    """What a list is asked for. Every group must hold; a group holds when one member does."""

    groups: tuple[tuple[Condition, ...], ...]
    offset: int = 0
    limit: int = DEFAULT_LIMIT
    sort: str = ""
    descending: bool = False
    fields: tuple[str, ...] = ()

    def values(self, attribute: str) -> tuple[str, ...] | None:
        """The values of the plain filter on `attribute`, None when there is none."""
        for group in self.groups:
            if len(group) == 1 and (group[0].attribute, group[0].operator) == (attribute, "eq"):
                return group[0].values
        return None

    def only(self, *attributes: str) -> None:
        """Refuse every filter but those on `attributes`."""
        for condition in (condition for group in self.groups for condition in group):
            if condition.attribute not in attributes:
                raise unknown(condition.attribute)


def unknown(attribute: str) -> TmfError:
    """The refusal of a filter that does not exist here."""
    return TmfError(400, "QUERY.UNKNOWN", "Unknown filter", f"{attribute!r} cannot be filtered")


def bad_value(attribute: str, value: str) -> TmfError:
    """The refusal of a value that cannot be read."""
    return TmfError(400, "QUERY.VALUE", "Bad value", f"{attribute} cannot be {value!r}")


def read_query(request: web.Request) -> Query:
    """The query string of `request`. Raises `TmfError` 400."""
    groups = []
    sort = ""
    fields: tuple[str, ...] = ()
    numbers = {"offset": 0, "limit": DEFAULT_LIMIT}
    for name, value in request.query.items():
        if name in numbers:
            if not re.fullmatch("[0-9]{1,12}", value):
                raise bad_value(name, value)
            numbers[name] = int(value)
        elif name == "sort":
            sort = value
        elif name == "fields":
            fields = tuple(value.split(","))
        else:
            groups.append(_group(f"{name}={value}"))
    return Query(
        tuple(groups),
        numbers["offset"],
        min(numbers["limit"], LARGEST_LIMIT),
        sort.lstrip("-"),
        sort.startswith("-"),
        fields,
    )


def _group(text: str) -> tuple[Condition, ...]:
    return tuple(_condition(member) for member in _NEXT_MEMBER.split(text))


def _condition(member: str) -> Condition:
    name, _, value = member.partition("=")
    attribute, _, operator = name.rpartition(".")
    if operator == "regex":
        return Condition(attribute, operator, (value,))
    if operator in _COMPARISONS:
        return Condition(attribute, operator, (value,))
    return Condition(name, "eq", tuple(value.split(",")))


def timestamp(attribute: str, text: str) -> float:
    """Unix seconds of a moment in a query; a plus that arrived as a blank is forgiven."""
    try:
        when = datetime.fromisoformat(text.replace(" ", "+"))
        if when.tzinfo is not None:
            return when.timestamp()
    except (ValueError, OverflowError) as error:
        raise bad_value(attribute, text) from error
    raise TmfError(400, "QUERY.VALUE", "Bad value", f"{attribute} needs an offset: {text!r}")


def period(query: Query, attribute: str, *beside: str) -> tuple[float, float]:
    """The bounds that `.gte` and `.lt` of `attribute` give, the second exclusive.

    `beside`: other attributes that have bounds, too.
    """
    first, end = float("-inf"), float("inf")
    for condition in (one for group in query.groups for one in group):
        if condition.attribute == attribute:
            when = timestamp(attribute, condition.values[0])
            if condition.operator == "gte":
                first = max(first, when)
            elif condition.operator == "lt":
                end = min(end, when)
            else:
                raise unknown(f"{attribute} {condition.operator}")
        elif condition.operator != "eq" and condition.attribute not in beside:
            raise unknown(f"{condition.attribute} {condition.operator}")
    return first, end


@lru_cache(maxsize=256)
def pattern(text: str) -> re.Pattern[str]:
    """The compiled regex of a `.regex` filter."""
    try:
        return re.compile(text, re.IGNORECASE)
    except re.error as error:
        raise bad_value("regex", text) from error


def literal(text: str) -> str | None:
    """What a regex without any special sign looks for, None when it has one."""
    plain = []
    rest = iter(text.replace(r"\x3b", r"\;"))
    for sign in rest:
        if sign == "\\":
            escaped = next(rest, "a")
            if escaped.isalnum():
                return None
            plain.append(escaped)
        elif sign in ".^$*+?{}[]|()":
            return None
        else:
            plain.append(sign)
    return "".join(plain)


@dataclass(frozen=True)
class Column:
    """How an attribute stands in SQL. `folded` names the casefolded twin that searches use.

    `choices` gives the few values it can have, so that a search is done on them, not on rows;
    `names` the values in the column that a value asked for stands for.
    """

    sql: str
    kind: Literal["text", "time"] = "text"
    folded: str = ""
    choices: Callable[[], Iterable[str]] | None = None
    names: Mapping[str, tuple[str, ...]] | None = None


def where(query: Query, columns: Mapping[str, Column]) -> tuple[str, list[Any]]:
    """The SQL condition of `query` and its parameters. Raises `TmfError` 400."""
    parts = ["1"]
    parameters: list[Any] = []
    for group in query.groups:
        members = []
        for condition in group:
            column = columns.get(condition.attribute)
            if column is None:
                raise unknown(condition.attribute)
            sql, values = _sql(condition, column)
            members.append(sql)
            parameters += values
        parts.append(f"({' OR '.join(members)})")
    return " AND ".join(parts), parameters


def _sql(condition: Condition, column: Column) -> tuple[str, Sequence[Any]]:
    if condition.operator == "regex":
        return _search(condition.values[0], column)
    values: list[Any] = list(condition.values)
    if column.kind == "time":
        values = [timestamp(condition.attribute, value) for value in condition.values]
    if column.names is not None:
        values = [one for value in condition.values for one in column.names.get(value, ())]
    if condition.operator in _COMPARISONS:
        return f"{column.sql} {_COMPARISONS[condition.operator]} ?", values
    return f"{column.sql} IN ({','.join('?' * len(values))})", values


def _search(text: str, column: Column) -> tuple[str, Sequence[Any]]:
    found = pattern(text)
    if column.choices is not None:
        fitting = [choice for choice in column.choices() if found.search(choice)]
        return f"{column.sql} IN ({','.join('?' * len(fitting))})", fitting
    plain = literal(text)
    if plain is None:
        return f"regexp(?, {column.sql})", [text]
    return f"instr({column.folded or column.sql}, ?) > 0", [plain.casefold()]


def order_by(query: Query, columns: Mapping[str, str], key: str) -> str:
    """The ORDER BY of `query`; `columns` are those that can be sorted by, `key` breaks ties."""
    direction = " DESC" if query.descending else ""
    if not query.sort:
        return key
    if query.sort not in columns:
        raise TmfError(400, "QUERY.UNKNOWN", "Unknown sort", f"{query.sort!r} cannot be sorted by")
    sql = columns[query.sort]
    return f"{sql}{direction}" if sql == key else f"{sql}{direction}, {key}{direction}"


Getter = Callable[[Json], Iterable[object]]


def kept(items: Iterable[Json], query: Query, getters: Mapping[str, Getter]) -> list[Json]:
    """The items of a short list that `query` asks for; times are compared as moments."""
    for condition in (condition for group in query.groups for condition in group):
        if condition.attribute not in getters:
            raise unknown(condition.attribute)
    return [
        item
        for item in items
        if all(
            any(_holds(condition, getters[condition.attribute](item)) for condition in group)
            for group in query.groups
        )
    ]


def _holds(condition: Condition, found: Iterable[object]) -> bool:
    if condition.operator == "eq":
        return any(str(value) in condition.values for value in found)
    if condition.operator == "regex":
        return any(pattern(condition.values[0]).search(str(value)) for value in found)
    bound = timestamp(condition.attribute, condition.values[0])
    for value in found:
        when = datetime.fromisoformat(str(value)).timestamp()
        if {
            "gt": when > bound,
            "gte": when >= bound,
            "lt": when < bound,
            "lte": when <= bound,
        }[condition.operator]:
            return True
    return False
