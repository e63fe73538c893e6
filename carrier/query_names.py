"""Names in a query where an operator has others: filters, with what compares them, and fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

_COMPARED = (".gte", ".gt", ".lte", ".lt", ".regex")


def renamed(query: str, names: Mapping[str, str]) -> str:
    """`a=1&b.gte=2&fields=a,c` with each name that is in `names` as it is called there."""
    if not names:
        return query
    return "&".join(_renamed(names, query))


def _renamed(names: Mapping[str, str], query: str) -> Iterator[str]:
    for condition in query.split("&"):
        name, equals, value = condition.partition("=")
        if name == "fields":
            value = ",".join(names.get(field, field) for field in value.split(","))
        elif name == "sort":
            descends, field = value.startswith("-"), value.removeprefix("-")
            value = ("-" if descends else "") + names.get(field, field)
        else:
            compared = next((one for one in _COMPARED if name.endswith(one)), "")
            own = name.removesuffix(compared)
            name = names.get(own, own) + compared
        yield f"{name}{equals}{value}"
