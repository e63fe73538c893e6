"""TMF637: the rules of call forwarding, a characteristic of the number's product (S20)."""

from __future__ import annotations

from account.chapters.forwarding import Condition, Rule
from account.values.identifiers import Msisdn
from carrier.apis import Api
from carrier.http import OperatorHttp
from carrier.tmf import fields, paging
from carrier.tmf.fields import Item, Malformed


async def rules(http: OperatorHttp, company_id: str, msisdn: Msisdn) -> tuple[Rule, ...] | None:
    """The number's rules in the order of `Condition`; None when it is not the company's.

    Raises `CarrierUnavailable`.
    """
    products = await paging.whole(
        http,
        Api.PRODUCT_INVENTORY,
        "product",
        [
            ("relatedParty.id", company_id),
            ("id", msisdn.digits),
            ("fields", "productSerialNumber,productCharacteristic,relatedParty"),
        ],
        limit=1,
    )
    for found in products:
        of_company = company_id in fields.related(found, http.profile.words.customer_role)
        if of_company and fields.msisdn(found, "productSerialNumber") == msisdn:
            known = fields.characteristics(found, "productCharacteristic")
            kept = [_rule(one) for one in fields.entries(known, "forwarding")]
            return tuple(sorted(kept, key=lambda rule: list(Condition).index(rule.condition)))
    return None


def _rule(found: Item) -> Rule:
    try:
        condition = Condition(fields.text(found, "condition"))
    except ValueError:
        raise Malformed("condition") from None
    return Rule(
        condition=condition,
        target=fields.text(found, "target"),
        active=fields.flag(found, "active"),
        suspended=fields.flag(found, "suspended"),
        timer=fields.whole(found, "timer") if "timer" in found else None,
    )
