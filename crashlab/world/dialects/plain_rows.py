"""The words of the dialect `plain`, and each row of the lab's operator as it is written there."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from crashlab.checks.oracle import BANS
from crashlab.world.dialects.dialect import Row

NAMES = {
    "paymentMethod": "billingMode",
    "suspensionReason": "barReason",
    "voluntaryBlock": "barredByCustomer",
    "forwarding": "divert",
    BANS["access"]: "portalBarred",
    BANS["details"]: "statementBarred",
    BANS["sms_ussd"]: "messagesBarred",
}
WORDS = {
    "status": {"active": "InService", "suspended": "Barred"},
    "state": {"acknowledged": "Accepted", "completed": "Fulfilled", "rejected": "Refused"},
    "role": {"administrator": "mainUser", "customer": "holder"},
    "paymentMethod": {"Credit": "POST", "Advance": "PRE"},
    "suspensionReason": {"voluntary": "byCustomer"},
    "bucket": {"main balance": "WALLET", "remaining credit limit": "LIMIT"},
}
CODES = {"NOT_FOUND": 60, "INTERNAL": 1, "UNAUTHENTICATED": 40}
CODES |= {"NUMBER.STATE": 1002, "FUNDS.INSUFFICIENT": 1201, "SIM.NOT_FREE": 1302}
OTHER_CODE = 1999
OWN_NAMES = {told: own for own, told in NAMES.items()}
OWN_WORDS = {name: {told: own for own, told in some.items()} for name, some in WORDS.items()}


def digits(told: str) -> str:
    """A number without its plus. Raises `ValueError` for one that has none."""
    if not told.startswith("+"):
        raise ValueError(f"a number without its plus: {told!r}")
    return told[1:]


def product_id(number: str) -> str:
    """The server's own id of a number's product."""
    return f"p{int(number):x}"


def parties(row: Row) -> Row:
    """Its parties in this dialect's roles, where it has any."""
    told = row.get("relatedParty")
    if told is None:
        return {}
    return {"relatedParty": [one | {"role": WORDS["role"][one["role"]]} for one in told]}


def asked_for(one: Row) -> Row:
    """A characteristic in this lab's own words. Raises `KeyError` for one that nobody knows."""
    name, value = OWN_NAMES[one["name"]], one["value"]
    if name == "forwarding":
        value = [
            rule | {"target": digits(rule["target"])} if "target" in rule else rule
            for rule in value
        ]
    elif name in OWN_WORDS:
        value = OWN_WORDS[name][value]
    elif isinstance(value, str):
        value = {"true": True, "false": False}[value]
    return {"name": name, "value": value}


def _characteristic(one: Row) -> Row:
    name, value = one["name"], one["value"]
    if name == "forwarding":
        value = [rule | {"target": f"+{rule['target']}"} for rule in value]
    elif name in WORDS:
        value = WORDS[name][value]
    elif isinstance(value, bool):
        value = str(value).lower()
    return {"name": NAMES[name], "value": value}


def _product(row: Row) -> Row:
    status = {"status": WORDS["status"][row["status"]]}
    if "productRelationship" in row:
        [one] = row["productRelationship"]
        of = {"relationshipType": "partOf", "product": {"id": product_id(one["product"]["id"])}}
        return row | status | {"productCharacteristic": [], "productRelationship": [of]}
    known = [_characteristic(one) for one in row["productCharacteristic"]]
    called = {"id": product_id(row["id"]), "productSerialNumber": f"+{row['id']}"}
    return row | status | called | {"productCharacteristic": known}


def _bucket(row: Row) -> Row:
    [of] = row["product"]
    left = round(row["remainingValue"]["amount"] * 100)
    return row | {
        "id": f"b{int(of['id']):x}",
        "name": WORDS["bucket"][row["name"]],
        "remainingValue": {"amount": left, "units": "tiyn"},
        "product": [{"id": product_id(of["id"])}],
    }


def _order(row: Row) -> Row:
    notes = [one | {"text": _coded(one["text"])} for one in row["note"]]
    return row | {"state": WORDS["state"][row["state"]], "note": notes}


def _transfer(row: Row) -> Row:
    return row | {"reason": _coded(row["reason"])} if row["status"] == "failed" else row


def _coded(text: str) -> str:
    """`1002: not possible now` of `NUMBER.STATE: not possible now`."""
    code, colon, sentence = text.partition(":")
    return f"{CODES.get(code, OTHER_CODE)}{colon}{sentence}"


def _company(row: Row) -> Row:
    row = row | {"tradingName": row["name"]}
    del row["name"]
    [paper] = row["organizationIdentification"]
    return row | {"organizationIdentification": [paper | {"identificationType": "businessNumber"}]}


def _person(row: Row) -> Row:
    media = []
    for one in row["contactMedium"]:
        where = {
            name: told for name, told in one["characteristic"].items() if name != "contactType"
        }
        if "phoneNumber" in where:
            where["phoneNumber"] = f"+{where['phoneNumber']}"
        media.append({"mediumType": one["mediumType"], "characteristic": where})
    return {key: told for key, told in row.items() if key != "partyCharacteristic"} | {
        "contactMedium": media
    }


def _card(row: Row) -> Row:
    on = [{"resource": {"id": f"+{one['id']}"}} for one in row["resourceRelationship"]]
    of = [one | {"relationshipType": "partOf"} for one in on]
    return row | {"category": "UICC", "resourceRelationship": of}


def _usage(row: Row) -> Row:
    rated = [
        one | {"productRef": {"id": product_id(one["productRef"]["id"])}}
        for one in row["ratedProductUsage"]
    ]
    return row | {"usageType": row["usageType"].upper(), "ratedProductUsage": rated}


ROWS: Mapping[str, Callable[[Row], Row]] = {
    "product": _product,
    "bucket": _bucket,
    "productOrder": _order,
    "transferBalance": _transfer,
    "organization": _company,
    "individual": _person,
    "resource": _card,
    "usage": _usage,
}
