"""TMF635: the itemised usage of a number.

A record whose owner is in doubt is nobody's. What was rejected, or rated again, is not told a
second time, wherever pages are cut; what has no price yet is not free.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from account.chapters.usage import (
    Direction,
    UsageKind,
    UsageQuery,
    UsageRecord,
)
from account.values.identifiers import Msisdn
from account.values.page import Page
from carrier.apis import Api
from carrier.http import OperatorHttp
from carrier.profile.vocabulary import Meanings
from carrier.tmf import full_scan, number_product
from carrier.tmf.query import moment
from carrier.tmf.rows import LeftOut, Part, Sifted, readable
from carrier.tmf.usage_record import RecordReader, direction_of
from carrier.tmf.usage_versions import INCOMING_FROM, OUTGOING_TO, superseded, with_versions
from carrier.tmf.wire.decoding import Unread
from carrier.tmf.wire.parts import Characteristics, characteristics
from carrier.tmf.wire.tmf635 import Owners, Usage
from carrier.tmf.wire.values import Malformed
from carrier.tmf.words import USAGE

_KINDS = {
    "voice": UsageKind.CALLS,
    "sms": UsageKind.SMS,
    "data": UsageKind.DATA,
    "other": UsageKind.OTHER,
}
_TYPES = {kind: meaning for meaning, kind in _KINDS.items()}
"""Both ways between kinds and what the profile says a word means."""
_SHOWN = (
    (
        "fields",
        (
            "usageDate,usageType,usageCharacteristic,ratedProductUsage,status,description,"
            "usageSpecification"
        ),
    ),
    ("sort", "-usageDate"),
)
_PRODUCT, _TYPE = "ratedProductUsage.productRef.id", "usageType"
_AT_A_STRETCH = 100
"""Records read before the conversations have their turn: a whole page would hold them up."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is looked for among the rows: the number's product, the query, and before when."""

    product: str
    query: UsageQuery
    until: datetime


async def usage(
    http: OperatorHttp,
    company_id: str,
    query: UsageQuery,
    until: datetime,
    *,
    offset: int,
    limit: int,
) -> Page[UsageRecord]:
    """Records of the period before `until` (aware), newest first. Raises `CarrierUnavailable`.

    Where the operator does not look at the kind of usage, or sorts nothing, the period is read
    whole for it.
    """
    product = await number_product.id_of(http, company_id, query.msisdn)
    if product is None:
        return Page((), offset, 0)
    conditions: list[tuple[str, str | int]] = [
        (_PRODUCT, product),
        ("usageDate.gte", moment(query.period.start_utc)),
        ("usageDate.lt", moment(until)),
    ]
    asked = _Asked(product, query, until)
    by_kind = query.kind is UsageKind.EVERYTHING or http.profile.holds(Api.USAGE.value, _TYPE)
    if not by_kind or not http.profile.find.sorting:
        sifted = await _sifted(http, conditions, asked)
        return sifted.page(offset, limit)
    if query.kind is not UsageKind.EVERYTHING:
        conditions.append((_TYPE, http.profile.spelled("usage_type", _TYPES[query.kind])))
    stretch = await with_versions(http, [*conditions, *_SHOWN], offset, limit)
    begin = offset - stretch.offset
    told = Part(http, Api.USAGE, stretch.rows[begin : begin + limit], offset, stretch.total)
    gone = superseded(stretch.rows)
    left_out = LeftOut(http, Api.USAGE)
    standing = [row for row in told.rows if id(row) not in gone] if gone else told.rows
    return told.page(await _read(http, standing, asked, left_out), left_out)


async def _sifted(
    http: OperatorHttp, conditions: list[tuple[str, str | int]], asked: _Asked
) -> Sifted[UsageRecord]:
    """The records of one kind among those of all."""
    whole = [*conditions, *_SHOWN]

    async def sift() -> Sifted[UsageRecord]:
        rows = await full_scan.cached(http, Api.USAGE, "usage", whole, Usage, versions=True)
        left_out, gone = LeftOut(http, Api.USAGE), superseded(rows)
        found = await _read(http, [row for row in rows if id(row) not in gone], asked, left_out)
        return Sifted(sorted(found, key=lambda one: one.at, reverse=True), left_out.count)

    name = full_scan.key(Api.USAGE, f"{asked.query.kind.value} usage", whole)
    return await http.list_cache.whole(name, sift)


async def _read(
    http: OperatorHttp,
    rows: Sequence[Usage | Unread],
    asked: _Asked,
    left_out: LeftOut,
) -> list[UsageRecord]:
    query, words = asked.query, http.profile.words.usage_type
    number, begin = query.msisdn.digits, query.period.start_utc
    kinds = Meanings({**USAGE.kinds, **{word: _KINDS[said] for word, said in words.items()}})
    reader = RecordReader(kinds, http.profile.words.usage_service, http.profile.words.money_unit)
    record, everything = reader.record, query.kind is UsageKind.EVERYTHING
    found: list[UsageRecord] = []
    for place, row in enumerate(rows, 1):
        if place % _AT_A_STRETCH == 0:
            await http.others_first()
        owners = row.part(Owners) if isinstance(row, Unread) else row
        known = characteristics(owners.usageCharacteristic if owners is not None else None)
        if owners is None or not _is_of(owners, asked.product, number, known):
            continue
        try:
            one = record(readable(row), known)
        except Malformed as fault:
            left_out.add(fault.field)
            continue
        # An operator may not look at every filter.
        if (everything or one.kind is query.kind) and begin <= one.at < asked.until:
            found.append(one)
    return found


# --- whose it is, and which of several it is ---


def _is_of(owners: Owners | Usage, product_id: str, number: str, known: Characteristics) -> bool:
    """Whether a record is that number's: by what was rated for it, else by the end that is ours.

    A record that is rated for another number is another's, whatever else it says.
    """
    rated_for = []
    for rated in owners.ratedProductUsage or ():
        product = rated.productRef or rated.product
        if product is not None and product.id is not None:
            if product.id == product_id:
                return True
            rated_for.append(_digits(product.id))
    if number in rated_for:
        return True
    if any(rated_for):
        return False
    direction = direction_of(known)
    ends = {Direction.OUT: (INCOMING_FROM,), Direction.IN: (OUTGOING_TO,)}.get(
        direction, ("msisdn", "number")
    )
    return any(_digits(known.get(end)) == number for end in ends)


def _digits(told: object) -> str | None:
    """The number that an id is; None for a service's."""
    try:
        return Msisdn.told(str(told)).digits
    except ValueError:
        return None
