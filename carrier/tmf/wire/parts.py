"""Parts that many resources of TM Forum have, v4 and v5 alike.

No struct of an answer can be part of a circle, so the garbage collector is told to leave them out
(`gc=False`): a page of a thousand rows is many thousand of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from msgspec import Struct

from carrier.profile.vocabulary import compact
from carrier.tmf.wire.values import word


class Ref(Struct, gc=False):
    """A reference to another resource."""

    id: Any = None
    name: Any = None


class LogicalResource(Ref, gc=False):
    """A number as a resource: its id may be the operator's own, and its value is the number."""

    value: Any = None


class PartyOrPartyRole(Ref, gc=False):
    """A party, or a role of one, which has an id of its own beside the party's."""

    partyId: Any = None  # noqa: N815 - the contract's word


class RelatedParty(Struct, gc=False):
    """Who is what to a resource; since v5 the party itself is one level further down."""

    id: Any = None
    role: Any = None
    partyOrPartyRole: PartyOrPartyRole | None = None  # noqa: N815

    @property
    def party(self) -> str | None:
        """The party's id."""
        told, inner = self.id, self.partyOrPartyRole
        if inner is not None:
            told = inner.id if inner.partyId is None else inner.partyId
        if told.__class__ is int:
            return str(told)
        return told if isinstance(told, str) and told else None


class Owned(Struct, gc=False):
    """What is read of every row first: whose it is."""

    relatedParty: list[RelatedParty] | None = None  # noqa: N815


def whose(parties: Sequence[RelatedParty] | None, roles: Collection[str]) -> list[str]:
    """Ids of the parties to whom a resource belongs: the first of these roles that anybody has to
    it decides.
    """
    for role in roles:
        found = [one.party for one in parties or () if word(one.role) == role]
        if found:
            return [party for party in found if party is not None]
    return []


class Characteristic(Struct, gc=False):
    """One of TMF's open-ended values."""

    name: Any = None
    value: Any = None


class TimePeriod(Struct, gc=False):
    """From when to when; either end may be missing."""

    startDateTime: Any = None  # noqa: N815
    endDateTime: Any = None  # noqa: N815


class Money(Struct, gc=False):
    """TMF's Money and Quantity in all their spellings."""

    unit: Any = None
    value: Any = None
    units: Any = None
    amount: Any = None
    currency: Any = None
    currencyCode: Any = None  # noqa: N815 - as ISO 4217 is told beside an amount

    @property
    def measured_in(self) -> Any:
        """The word for its unit, wherever it stands; a code in figures is the same in a text."""
        told = self.unit if self.unit is not None else self.units
        if told is None:
            told = self.currency if self.currency is not None else self.currencyCode
        return told if told.__class__ is not int else str(told)


class Characteristics(Mapping[str, Any]):
    """Values by their names, whatever a name's case and what stands between its parts. What is null
    is not there.
    """

    __slots__ = ("_values", "_written")

    def __init__(self, told: dict[str, Any]) -> None:
        self._values = told
        self._written: _Written | None = None

    @property
    def told(self) -> Mapping[str, Any]:
        """The values by their names as they are written."""
        return self._values

    def get(self, name: str, default: Any = None) -> Any:
        """The value of that name."""
        value = self._values.get(name)
        if value is None:
            if self._written is None:
                self._written = _written(tuple(self._values))
            written = self._written[name]
            if written is None:
                return default
            value = self._values[written]
        return value if value.__class__ not in _HOLDERS else _held(value)

    def __getitem__(self, name: str) -> Any:
        value = self.get(name)
        if value is None:
            raise KeyError(name)
        return value

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.get(name) is not None

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def characteristics(told: Sequence[Characteristic] | None) -> Characteristics:
    """The values of a struct's open-ended list."""
    return Characteristics(
        {
            one.name: value
            for one in told or ()
            if (value := one.value if one.value.__class__ not in _HOLDERS else _held(one.value))
            is not None
            and one.name.__class__ is str
        }
    )


class _Written(dict[str, str | None]):
    """How a name that is asked for is written in the rows that have these names; None: not there.

    It keeps each answer: what is asked for are the few names of a profile.
    """

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__()
        self._folded = {compact(name): name for name in names}

    def __missing__(self, name: str) -> str | None:
        written = self[name] = self._folded.get(compact(name))
        return written


@lru_cache(maxsize=1024)
def _written(names: tuple[str, ...]) -> _Written:
    """Rows of one list have the same names."""
    return _Written(names)


_HOLDERS = frozenset({dict, list})


def _held(value: Any) -> Any:
    """The value itself, where it is the only one of a list, or of an object that has no other."""
    if value.__class__ is list and len(value) == 1:
        [one] = value
        if one.__class__ is not dict or one.keys() == {"value"}:
            value = one
    if value.__class__ is dict and value.keys() == {"value"}:
        return value["value"]
    return value
