"""TMF639: SIM cards, in use and blank (S08, S16).

The operator's key opens every company, so the customer and the number of each card in an answer are
compared with what was asked for. PIN and PUK are read of one card alone, and go nowhere but to
whoever asked.
"""

from __future__ import annotations

import re
from datetime import datetime

from account.chapters.sim import CardStatus, Sim, SimCodes
from account.errors import IccidInvalid, ImeiInvalid
from account.values.identifiers import Iccid, Imei, Msisdn
from account.values.page import Page
from carrier.apis import Api
from carrier.http import OperatorHttp
from carrier.profile.model import Profile
from carrier.tmf import fields, paging
from carrier.tmf.fields import Item, Malformed
from carrier.tmf.query import query
from carrier.tmf.wire import values

_FIELDS = (
    "fields",
    "category,resourceStatus,resourceCharacteristic,resourceRelationship,relatedParty",
)
_FREE = "available"


async def sim(http: OperatorHttp, company_id: str, msisdn: Msisdn) -> Sim | None:
    """The card in use for a number of the company. Raises `CarrierUnavailable`."""
    of_company = ("relatedParty.id", company_id)
    for card in await _cards(http, of_company, _of_number(http.profile, msisdn)):
        if _is_theirs(card, company_id, http.profile) and _serves(card, msisdn, http.profile):
            known = fields.characteristics(card, "resourceCharacteristic")
            return Sim(
                iccid=_iccid(known),
                replaced_at=_replaced_at(known),
                imei=_imei(known),
            )
    return None


async def replaced_at(http: OperatorHttp, msisdn: Msisdn) -> datetime | None:
    """When the number's card replaced another, whosever it is. Raises `CarrierUnavailable`."""
    for card in await _cards(http, _of_number(http.profile, msisdn)):
        if _serves(card, msisdn, http.profile):
            return _replaced_at(fields.characteristics(card, "resourceCharacteristic"))
    return None


async def codes(
    http: OperatorHttp, company_id: str, msisdn: Msisdn, iccid: Iccid
) -> SimCodes | None:
    """The first codes of the number's card; None when it is no longer that number's card.

    Raises `CarrierUnavailable`.
    """
    answer = await http.read(Api.RESOURCE, f"resource/{iccid.digits}", query(_FIELDS))
    card = fields.item(answer)
    profile = http.profile
    if not (_is_theirs(card, company_id, profile) and _serves(card, msisdn, profile)):
        return None
    known = fields.characteristics(card, "resourceCharacteristic")
    pin1, pin2 = (_figures(known, name, 4) for name in ("PIN1", "PIN2"))
    puk1, puk2 = (_figures(known, name, 8) for name in ("PUK1", "PUK2"))
    return SimCodes(pin1, pin2, puk1, puk2)


async def blanks(http: OperatorHttp, company_id: str, *, offset: int, limit: int) -> Page[Iccid]:
    """A page of the company's blank cards, by ICCID. Raises `CarrierUnavailable`."""
    cards, total = await paging.page(
        http,
        Api.RESOURCE,
        "resource",
        [
            _a_card(http.profile),
            ("resourceStatus", _FREE),
            ("relatedParty.id", company_id),
            _FIELDS,
        ],
        offset=offset,
        limit=limit,
    )
    rows = []
    for card in cards:
        if not _is_theirs(card, company_id, http.profile) or card.get("resourceStatus") != _FREE:
            raise Malformed("relatedParty or resourceStatus: not a blank card of the company")
        rows.append(_iccid(fields.characteristics(card, "resourceCharacteristic")))
    return Page(tuple(rows), offset, total)


async def standing(http: OperatorHttp, company_id: str, iccid: Iccid) -> CardStatus:
    """Whether the card can be put in use for the company. Raises `CarrierUnavailable`."""
    for card in await _cards(http, ("id", iccid.digits), ("relatedParty.id", company_id)):
        known = fields.characteristics(card, "resourceCharacteristic")
        if not _is_theirs(card, company_id, http.profile) or _iccid(known) != iccid:
            continue
        free = card.get("resourceStatus") == _FREE
        free = free and not fields.entries(card, "resourceRelationship")
        return CardStatus.FREE if free else CardStatus.TAKEN
    return CardStatus.FOREIGN


async def _cards(http: OperatorHttp, *conditions: tuple[str, str]) -> list[Item]:
    asked = [_a_card(http.profile), *conditions, _FIELDS]
    return await paging.whole(http, Api.RESOURCE, "resource", asked, limit=10)


def _a_card(profile: Profile) -> tuple[str, str]:
    return "category", profile.spelled("resource_category", "sim")


def _of_number(profile: Profile, msisdn: Msisdn) -> tuple[str, str]:
    return profile.find.card_number, profile.phone(msisdn.digits)


def _is_card(card: Item, profile: Profile) -> bool:
    return profile.words.resource_category.get(values.word(card.get("category"))) == "sim"


def _is_theirs(card: Item, company_id: str, profile: Profile) -> bool:
    roles = profile.words.customer_role
    return _is_card(card, profile) and company_id in fields.related(card, roles)


def _serves(card: Item, msisdn: Msisdn, profile: Profile) -> bool:
    """Whether it is the card of that number."""
    return _is_card(card, profile) and any(
        values.word(relation.get("relationshipType")) in profile.words.relies_on
        and _number(relation) == msisdn
        for relation in fields.entries(card, "resourceRelationship")
    )


def _number(relation: Item) -> Msisdn | None:
    """The number at the other end, in either of the places where it may stand."""
    inner = relation.get("resource")
    told = inner.get("id") if isinstance(inner, dict) else relation.get("id")
    try:
        return Msisdn.told(str(told))
    except ValueError:
        return None


def _replaced_at(known: Item) -> datetime | None:
    return fields.moment(known, "replacedAt") if "replacedAt" in known else None


def _iccid(known: Item) -> Iccid:
    try:
        return Iccid.parse(fields.text(known, "ICCID"))
    except IccidInvalid:
        raise Malformed("ICCID") from None


def _imei(known: Item) -> Imei | None:
    text = fields.optional_text(known, "IMEI")
    try:
        return None if text is None else Imei.parse(text)
    except ImeiInvalid:
        raise Malformed("IMEI") from None


def _figures(known: Item, name: str, length: int) -> str:
    """A code of so many figures. Raises `Malformed`, which names the field alone."""
    text = known.get(name)
    if not isinstance(text, str) or re.fullmatch(f"[0-9]{{{length}}}", text) is None:
        raise Malformed(name)
    return text
