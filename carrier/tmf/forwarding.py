"""TMF637: the rules of call forwarding, a characteristic of the number's product (S20)."""

from __future__ import annotations

from account.chapters.forwarding import Condition, Rule
from account.values.identifiers import Msisdn
from carrier.http import OperatorHttp
from carrier.tmf import fields, number_product
from carrier.tmf.fields import Item, Malformed
from carrier.tmf.wire.parts import characteristics


async def rules(http: OperatorHttp, company_id: str, msisdn: Msisdn) -> tuple[Rule, ...] | None:
    """The number's rules in the order of `Condition`; None when it is not the company's.

    Raises `CarrierUnavailable`.
    """
    found = await number_product.find(http, company_id, msisdn)
    if found is None:
        return None
    known = characteristics(found.productCharacteristic)
    name = http.profile.characteristics.forwarding
    kept = [_rule(one) for one in fields.entries({name: known.get(name)}, name)]
    return tuple(sorted(kept, key=lambda rule: list(Condition).index(rule.condition)))


def _rule(found: Item) -> Rule:
    try:
        condition = Condition(fields.text(found, "condition"))
    except ValueError:
        raise Malformed("condition") from None
    return Rule(
        condition=condition,
        target=_digits(fields.text(found, "target")),
        active=fields.flag(found, "active"),
        suspended=fields.flag(found, "suspended"),
        timer=fields.whole(found, "timer") if "timer" in found else None,
    )


def _digits(told: str) -> str:
    """A target as digits; what is no number, as it came."""
    try:
        return Msisdn.told(told).digits
    except ValueError:
        return told
