"""TMF677: what is left of a number's allowances (S09, S10). A question that is posted.

An operator may answer that it is working on it: then the question's own address is asked until it
is done, within the time of the call.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from account.chapters.allowances import Allowance, Measure
from account.errors import CarrierUnavailable
from account.values.identifiers import Msisdn
from account.values.page import Page
from carrier.apis import Api
from carrier.http import OperatorHttp
from carrier.tmf import number_product, version5
from carrier.tmf.rows import LeftOut
from carrier.tmf.units import Volume, volume
from carrier.tmf.wire import decoding, parts, values
from carrier.tmf.wire.tmf677 import Bucket, Owners, QueryUsageConsumption, UsageConsumption
from carrier.tmf.wire.values import Malformed
from carrier.tmf.words import ALLOWANCES

_RESOURCE = "queryUsageConsumption"
_PAUSES = (0.2, 0.4, 0.8, 1.6)
"""Seconds between looks at a question that is being worked on; the last one for ever."""


def body(company_id: str, number: str) -> dict[str, Any]:
    """The question: one number, as the operator writes it, which must be that company's."""
    return {
        "searchCriteria": {
            "logicalResource": [{"id": number, "@referredType": "MSISDN"}],
            "relatedParty": [{"id": company_id, "@referredType": "Organization"}],
        }
    }


def said(http: OperatorHttp, question: dict[str, Any]) -> dict[str, Any]:
    """The question in the form that the operator's version has."""
    speaks_v5 = http.profile.speaks_v5(Api.USAGE_CONSUMPTION)
    return version5.consumption(question) if speaks_v5 else question


async def asked(http: OperatorHttp, question: dict[str, Any]) -> list[UsageConsumption] | None:
    """What there is of that which was asked about; None when the operator knows no such thing.

    Raises `CarrierUnavailable`.
    """
    answer = await http.ask(Api.USAGE_CONSUMPTION, _RESOURCE, question)
    if answer is None:
        return None
    pauses = iter(_PAUSES)
    while True:
        found = decoding.one(answer.body, QueryUsageConsumption)
        states = {values.word(one.state) for one in (found, *(found.usageConsumption or ()))}
        if any(one in ALLOWANCES.failed for one in states):
            raise CarrierUnavailable("the question was not answered")
        if not any(one in ALLOWANCES.under_way for one in states):
            break
        await http.pause(next(pauses, _PAUSES[-1]))
        address = values.text(found.id, "id")
        answer = await http.read(Api.USAGE_CONSUMPTION, f"{_RESOURCE}/{address}", "")
    if found.usageConsumption is None:
        raise Malformed("usageConsumption")
    return found.usageConsumption


async def allowances(http: OperatorHttp, company_id: str, msisdn: Msisdn) -> Page[Allowance]:
    """All the number's allowances in the operator's order; none of another company's.

    Raises `CarrierUnavailable`.
    """
    left_out = LeftOut(http, Api.USAGE_CONSUMPTION)
    found = []
    question = body(company_id, http.profile.phone(msisdn.digits))
    told = await asked(http, said(http, question)) or ()
    product = await number_product.id_of(http, company_id, msisdn) if told else None
    for consumption in told:
        for raw in consumption.buckets:
            if not _is_of(msisdn, consumption.logicalResource, raw):
                continue  # another number's, or nobody's
            try:
                one = _allowance(decoding.as_struct(raw, Bucket), msisdn, product)
            except Malformed as fault:
                left_out.add(fault.field)
                continue
            if one is not None:
                found.append(one)
    return Page(tuple(found), 0, len(found) + left_out.count, left_out.count)


def _is_of(msisdn: Msisdn, owners: Sequence[parts.Ref] | None, raw: Any) -> bool:
    """Whether a bucket is that number's alone: by the answer's number, else by its own."""
    if not owners:
        try:
            bucket = decoding.as_struct(raw, Owners)
        except Malformed:
            return False
        owners = bucket.logicalResource or bucket.product
    return {number_of(one) for one in owners or ()} == {msisdn}


def number_of(told: parts.Ref) -> Msisdn | None:
    """The number that a reference is of: what a resource's value says, else its id."""
    value = told.value if isinstance(told, parts.LogicalResource) else None
    try:
        return Msisdn.told(str(told.id if value is None else value))
    except ValueError:
        return None


def _allowance(found: Bucket, msisdn: Msisdn, product_id: str | None) -> Allowance | None:
    """One allowance; None for money, which is none. `product_id` is that of the number itself."""
    kind = values.word(found.usageType)
    if kind in ALLOWANCES.monetary:
        return None
    unlimited = (
        found.remainingValue is None
        and values.word(found.remainingValueName) in ALLOWANCES.unlimited
    )
    measure = ALLOWANCES.measures.get(kind)
    left = None if unlimited else _left(found, measure)
    if measure is None and left is None:
        raise Malformed("usageType")
    counted = measure or (left.measure if left is not None else Measure.SMS)
    total = None if unlimited else _total(found, counted)
    source = (found.product or [parts.Ref()])[0]
    begins, ends = _valid(found)
    own = values.shown(source.id)
    if own is None or own == product_id or number_of(source) == msisdn:
        own = msisdn.digits
    name = values.shown(found.name) or values.shown(found.usageType) or ""
    return Allowance(
        use=(values.shown(found.id) or "").partition(".")[0],
        name=name,
        measure=counted,
        left=None if left is None else left.amount,
        total=total,
        source=own,
        source_name=values.shown(source.name) or "",
        begins=begins,
        ends=ends,
        ended=values.word(found.status) in ALLOWANCES.ended,
    )


def _valid(found: Bucket) -> tuple[datetime | None, datetime | None]:
    """From when to when, as far as it is told."""
    told = found.validFor
    if told is None:
        return None, None
    begin, end = told.startDateTime, told.endDateTime
    return (
        None if values.is_blank(begin) else values.moment(begin, "validFor.startDateTime"),
        None if values.is_blank(end) else values.moment(end, "validFor.endDateTime"),
    )


def _left(found: Bucket, measure: Measure | None) -> Volume:
    """What is left, or, where that is not told, what there was without what was used of it."""
    if found.remainingValue is not None or measure is None:
        return volume(found.remainingValue, "remainingValue", measure)
    told = {values.word(one.counterType): one.value for one in found.bucketCounter or ()}
    there, used = (
        [value for word, value in told.items() if word in words]
        for words in (ALLOWANCES.totals, ALLOWANCES.used)
    )
    if len(there) != 1 or len(used) != 1:
        raise Malformed("remainingValue")
    total = volume(there[0], "bucketCounter", measure)
    return Volume(measure, max(0, total.amount - volume(used[0], "bucketCounter", measure).amount))


def _total(found: Bucket, measure: Measure) -> int | None:
    """How much there was at first; None where it is not told, or not so that it can be read."""
    for counter in found.bucketCounter or ():
        if values.word(counter.counterType) in ALLOWANCES.totals:
            try:
                return volume(counter.value, "bucketCounter", measure).amount
            except Malformed:
                return None
    return None
