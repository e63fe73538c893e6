"""TMF677: what is left of a number's allowances (S09, S10). A question that is posted."""

from __future__ import annotations

from typing import Any

from account.chapters.allowances import Allowance, Measure
from account.values.identifiers import Msisdn
from carrier.http import Api, OperatorHttp
from carrier.tmf import fields
from carrier.tmf.fields import Item, Malformed

_MEASURE = {"voice": Measure.SECONDS, "sms": Measure.SMS, "data": Measure.BYTES}
_ENDED = {"active": False, "suspended": False, "expired": True}
_UNLIMITED = "Unlimited"


def body(company_id: str, msisdn: Msisdn) -> dict[str, Any]:
    """The question: one number, which must be that company's."""
    return {
        "searchCriteria": {
            "logicalResource": [{"id": msisdn.digits, "@referredType": "MSISDN"}],
            "relatedParty": [{"id": company_id, "@referredType": "Organization"}],
        }
    }


async def allowances(http: OperatorHttp, company_id: str, msisdn: Msisdn) -> tuple[Allowance, ...]:
    """The number's allowances in the operator's order; none when it is not the company's.

    Raises `CarrierUnavailable`.
    """
    answer = await http.ask(
        Api.USAGE_CONSUMPTION, "queryUsageConsumption", body(company_id, msisdn)
    )
    if answer is None:
        return ()
    answered = fields.item(answer)
    if "usageConsumption" not in answered:
        raise Malformed("usageConsumption")
    found = []
    for consumption in fields.entries(answered, "usageConsumption"):
        owners = [one.get("id") for one in fields.entries(consumption, "logicalResource")]
        if owners != [msisdn.digits]:
            raise Malformed("logicalResource")
        found += [_allowance(one) for one in fields.entries(consumption, "bucketRefOrValue")]
    return tuple(found)


def _allowance(found: Item) -> Allowance:
    measure = _MEASURE.get(fields.text(found, "usageType"))
    ended = _ENDED.get(fields.text(found, "status"))
    sources = fields.entries(found, "product")
    if measure is None or ended is None or not sources:
        raise Malformed("usageType, status or product")
    valid = fields.entry(found, "validFor") if "validFor" in found else {}
    unlimited = (
        "remainingValue" not in found
        and fields.optional_text(found, "remainingValueName") == _UNLIMITED
    )
    return Allowance(
        use=fields.text(found, "id").partition(".")[0],
        name=fields.text(found, "name"),
        measure=measure,
        left=None if unlimited else _quantity(found, "remainingValue", measure),
        total=None if unlimited else _total(found, measure),
        source=fields.text(sources[0], "id"),
        source_name=fields.optional_text(sources[0], "name") or "",
        begins=fields.moment(valid, "startDateTime") if "startDateTime" in valid else None,
        ends=fields.moment(valid, "endDateTime") if "endDateTime" in valid else None,
        ended=ended,
    )


def _total(found: Item, measure: Measure) -> int | None:
    for counter in fields.entries(found, "bucketCounter"):
        if counter.get("counterType") == "total":
            return _quantity(counter, "value", measure)
    return None


def _quantity(of: Item, field: str, measure: Measure) -> int:
    quantity = fields.entry(of, field)
    if quantity.get("units") != measure:
        raise Malformed(f"{field}.units")
    return fields.whole(quantity, "amount")
