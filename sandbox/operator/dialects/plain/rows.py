"""A row of the operator as it is written here: one function for each resource.

Money, traffic and papers are in `charging`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sandbox.operator.api.answers import Json
from sandbox.operator.dialects.plain import words
from sandbox.operator.dialects.plain.aliases import Aliases

Row = Callable[[Json, Aliases], Iterator[Json]]


def known_as(item: Json, ids: Aliases) -> Json:
    """The row under the id that the server made for it."""
    alias = ids.told(item["id"])
    return item | {"id": alias, "href": moved(item["href"]).replace(item["id"], alias)}


def moved(href: str) -> str:
    """An address of the operator's own, where it is here."""
    for own, told in words.BASES.items():
        if href.startswith(f"{own}/"):
            return told + href.removeprefix(own)
    return href


def parties(item: Json, ids: Aliases) -> list[Json]:
    """Its parties by their UUIDs, in the roles of this dialect."""
    return [
        party | {"id": ids.told(party["id"]), "role": words.ROLES.get(role := party["role"], role)}
        for party in item.get("relatedParty", ())
    ]


def text(value: object) -> object:
    """Numbers and flags are texts here."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else value


def _characteristic(one: Json) -> Json:
    name, value = one["name"], one["value"]
    if isinstance(value, str):
        value = words.VALUES.get(name, {}).get(value, value)
    if name == "forwarding":
        value = [
            rule | {"target": words.phone(rule["target"])} if "target" in rule else rule
            for rule in value
        ]
    return {"name": words.CHARACTERISTICS.get(name, name), "value": text(value)}


def individual(item: Json, ids: Aliases) -> Iterator[Json]:
    """No whole name, and no word for the medium that is the login."""
    item = known_as(item, ids) | {"relatedParty": parties(item, ids)}
    media = []
    for medium in item["contactMedium"]:
        where = dict(medium["characteristic"])
        where.pop("contactType", None)
        if "phoneNumber" in where:
            where["phoneNumber"] = words.phone(where["phoneNumber"])
        media.append({"mediumType": medium["mediumType"], "characteristic": where})
    item["contactMedium"] = media
    for name in ("fullName", "partyCharacteristic"):
        item.pop(name, None)
    yield item


def organization(item: Json, ids: Aliases) -> Iterator[Json]:
    """Its trading name, and its BIN under another word."""
    item = known_as(item, ids) | {"relatedParty": parties(item, ids)}
    item["tradingName"] = item.pop("name")
    item["organizationIdentification"] = [
        one | {"identificationType": "businessIdentificationNumber"}
        for one in item["organizationIdentification"]
    ]
    item.pop("partyCharacteristic", None)
    yield item


def product(item: Json, ids: Aliases) -> Iterator[Json]:
    """A number, or a service of one."""
    item = known_as(item, ids) | {
        "productSerialNumber": words.phone(item["productSerialNumber"]),
        "relatedParty": parties(item, ids),
        "productCharacteristic": [
            _characteristic(one)
            for one in item["productCharacteristic"]
            if one["name"] != "manageable"
        ],
    }
    if "productRelationship" in item:
        item["productRelationship"] = [
            {"relationshipType": "isAddonOf", "product": {"id": ids.told(one["product"]["id"])}}
            for one in item["productRelationship"]
        ]
    yield item


def order(item: Json, ids: Aliases) -> Iterator[Json]:
    """States by v5 where it has more of them; what was sent, as it was sent."""
    item = known_as(item, ids) | {"relatedParty": parties(item, ids)}
    item["state"] = words.ORDER_STATES.get(item["state"], item["state"])
    item["productOrderItem"] = [
        part | {"state": item["state"], "product": _ordered(part["product"], ids)}
        for part in item["productOrderItem"]
    ]
    if "note" in item:
        item["note"] = [
            note | {"text": coded(note["text"])} if note.get("author") == "operator" else note
            for note in item["note"]
        ]
    yield item


def _ordered(asked: Json, ids: Aliases) -> Json:
    asked = dict(asked)
    if "id" in asked:
        asked["id"] = ids.told(asked["id"])
    if "productSerialNumber" in asked:
        asked["productSerialNumber"] = words.phone(asked["productSerialNumber"])
    if "productCharacteristic" in asked:
        asked["productCharacteristic"] = [
            _characteristic(one) for one in asked["productCharacteristic"]
        ]
    return asked


def coded(text: str) -> str:
    """`1001: Debt of …` of `NUMBER.DEBT: Debt of …`."""
    code, colon, sentence = text.partition(":")
    return f"{words.CODES.get(code, words.OTHER_CODE)}{colon}{sentence}"


def offering(item: Json, ids: Aliases) -> Iterator[Json]:
    """Periods as `monthly`, volumes in units of another name."""
    del ids
    item = item | {"href": moved(item["href"])}
    item["productOfferingPrice"] = [
        price | {"recurringChargePeriod": "monthly"} if "recurringChargePeriod" in price else price
        for price in item["productOfferingPrice"]
    ]
    item["prodSpecCharValueUse"] = [
        use
        | {
            "productSpecCharacteristicValue": [
                value | {"unitOfMeasure": words.UNITS.get(unit := value["unitOfMeasure"], unit)}
                if "unitOfMeasure" in value
                else value
                for value in use["productSpecCharacteristicValue"]
            ]
        }
        for use in item["prodSpecCharValueUse"]
    ]
    yield item


def resource(item: Json, ids: Aliases) -> Iterator[Json]:
    """SIM cards alone, each with its number where TM Forum's sample has it; no codes are told."""
    category = words.CARDS.get(item["category"])
    if category is None:
        return
    item = item | {
        "href": moved(item["href"]),
        "category": category,
        "relatedParty": parties(item, ids),
        "resourceCharacteristic": [
            {"name": one["name"], "value": one["value"]}
            for one in item["resourceCharacteristic"]
            if one["name"][:3] not in {"PIN", "PUK"}
        ],
    }
    if "resourceRelationship" in item:
        item["resourceRelationship"] = [
            {
                "relationshipType": one["relationshipType"],
                "resource": {"id": words.phone(one["id"]), "@referredType": "MSISDN"},
            }
            for one in item["resourceRelationship"]
        ]
    yield item


def message(item: Json, ids: Aliases) -> Iterator[Json]:
    """With the numbers of its receivers."""
    item = known_as(item, ids)
    item["receiver"] = [
        {"phoneNumber": words.phone(one["phoneNumber"])} for one in item["receiver"]
    ]
    yield item
