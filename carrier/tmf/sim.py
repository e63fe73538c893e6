"""TMF639: SIM cards and eSIMs, in use and blank (S08, S16).

The operator's key opens every company, so the customer and the number of each card in an answer are
compared with what was asked for. PIN, PUK and activation codes are read of one card alone, and go
nowhere but to whoever asked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from account.chapters.esim import Activation
from account.chapters.sim import CardStatus, Esim, EsimState, Sim, SimCodes
from account.errors import IccidInvalid, ImeiInvalid, NumberInvalid
from account.values.capabilities import Capability
from account.values.identifiers import ActivationCode, Iccid, Imei, Msisdn
from account.values.page import Page
from carrier.apis import Api
from carrier.http import OperatorHttp
from carrier.profile.model import Profile
from carrier.tmf import paging
from carrier.tmf.query import query_string
from carrier.tmf.rows import parties
from carrier.tmf.wire import decoding, values
from carrier.tmf.wire.decoding import Unread
from carrier.tmf.wire.parts import Characteristics, whose
from carrier.tmf.wire.tmf639 import ICCID, Resource, ResourceRelationship
from carrier.tmf.wire.values import Malformed

_FIELDS = (
    "fields",
    (
        "category,serialNumber,resourceStatus,resourceCharacteristic,resourceRelationship,"
        "relatedParty"
    ),
)
_FREE = "available"
_CODE = "activationCode"


async def card_of(http: OperatorHttp, company_id: str, msisdn: Msisdn) -> Resource | None:
    """The card in use for a number of the company; None when there is none.

    Raises `CarrierUnavailable`, also when a card of the company's cannot be read: it may be that.
    """
    unread: Unread | None = None
    of_company = ("relatedParty.id", company_id)
    for card in await _cards(http, of_company, _of_number(http.profile, msisdn)):
        if not _is_theirs(card, company_id, http.profile):
            continue
        if isinstance(card, Unread):
            unread = card
        elif _serves(card, msisdn, http.profile):
            return card
    if unread is not None:
        raise Malformed(unread.field)
    return None


async def sim(http: OperatorHttp, company_id: str, msisdn: Msisdn, now: datetime) -> Sim | None:
    """The card in use for a number of the company. Raises `CarrierUnavailable`."""
    card = await card_of(http, company_id, msisdn)
    if card is None:
        return None
    known = card.known
    imei, replaced = imei_of(known), _moment(known.get("replacedAt"))
    return Sim(
        iccid=_iccid(known),
        replaced_at=replaced,
        imei=imei,
        replaced_told=values.shown(known.get("replacedAt")) if replaced is None else None,
        imei_told=values.shown(known.get("IMEI")) if imei is None else None,
        esim=_esim(known, http.profile, now) if _is_esim(card, http.profile) else None,
    )


async def replaced_at(http: OperatorHttp, msisdn: Msisdn) -> datetime | None:
    """When the number's card replaced another, whosever it is.

    Raises `CarrierUnavailable`, also when that cannot be read: it may have been now.
    """
    for card in await _cards(http, _of_number(http.profile, msisdn)):
        if isinstance(card, Unread):
            raise Malformed(card.field)
        if _serves(card, msisdn, http.profile):
            told = card.known.get("replacedAt")
            return None if told is None else values.moment(told, "replacedAt")
    return None


async def codes(
    http: OperatorHttp, company_id: str, msisdn: Msisdn, iccid: Iccid
) -> SimCodes | None:
    """The first codes of the number's card; None when it is no longer that number's card.

    Raises `CarrierUnavailable`.
    """
    answer = await http.read(Api.RESOURCE, f"resource/{iccid.digits}", query_string(_FIELDS))
    card = decoding.one(answer.body, Resource)
    profile = http.profile
    if not (_is_theirs(card, company_id, profile) and _serves(card, msisdn, profile)):
        return None
    known = card.known
    pin1, pin2 = (_figures(known, name, 4) for name in ("PIN1", "PIN2"))
    puk1, puk2 = (_figures(known, name, 8) for name in ("PUK1", "PUK2"))
    return SimCodes(pin1, pin2, puk1, puk2)


async def activation(
    http: OperatorHttp, company_id: str, msisdn: Msisdn, iccid: Iccid, now: datetime
) -> Activation | None:
    """The activation code of the number's eSIM; None when it is no longer that number's.

    Raises `CarrierUnavailable`, which says nothing of the code.
    """
    answer = await http.read(Api.RESOURCE, f"resource/{iccid.digits}", query_string(_FIELDS))
    card, profile = decoding.one(answer.body, Resource), http.profile
    theirs = _is_theirs(card, company_id, profile) and _serves(card, msisdn, profile)
    if not (theirs and _is_esim(card, profile)):
        return None
    known = card.known
    told = known.get(_CODE)
    if told is None:
        return Activation(_esim(known, profile, now))
    try:
        code = ActivationCode.told(values.text(told, _CODE))
    except ValueError:
        raise Malformed(_CODE) from None
    return Activation(_esim(known, profile, now), code)


async def blanks(
    http: OperatorHttp, company_id: str, *, offset: int, limit: int, esims: bool = False
) -> Page[Iccid]:
    """A page of the company's blank cards, or of its free eSIMs, by ICCID.

    Raises `CarrierUnavailable`.
    """
    profile = http.profile
    wanted = profile.spelled("resource_category", "esim" if esims else "sim")
    of_company = ("relatedParty.id", company_id)
    told = await paging.part(
        http,
        Api.RESOURCE,
        "resource",
        [("category", wanted), ("resourceStatus", _FREE), of_company, _FIELDS],
        Resource,
        offset=offset,
        limit=limit,
    )
    return told.read(
        lambda card: (
            _iccid(card.known)
            if _is_card(card, profile)
            and (_meant(card, profile) == "esim") is esims
            and values.word(card.standing) == _FREE
            else None
        ),
        lambda card: _is_theirs(card, company_id, profile),
    )


async def standing(http: OperatorHttp, company_id: str, iccid: Iccid) -> CardStatus:
    """Whether the card can be put in use for the company. Raises `CarrierUnavailable`."""
    for card in await _cards(http, ("id", iccid.digits), ("relatedParty.id", company_id)):
        if not _is_theirs(card, company_id, http.profile):
            continue
        if isinstance(card, Unread):
            raise Malformed(card.field)
        if _iccid(card.known) != iccid:
            continue
        if values.word(card.standing) != _FREE or card.resourceRelationship:
            return CardStatus.TAKEN
        return CardStatus.FREE_ESIM if _is_esim(card, http.profile) else CardStatus.FREE
    return CardStatus.FOREIGN


async def _cards(http: OperatorHttp, *conditions: tuple[str, str]) -> Sequence[Resource | Unread]:
    found: list[Resource | Unread] = []
    for category in _categories(http.profile):
        asked = [("category", category), *conditions, _FIELDS]
        found += await paging.all_of(http, Api.RESOURCE, "resource", asked, Resource, limit=10)
    return found


def _categories(profile: Profile) -> Sequence[str]:
    """What to ask for in turn, so that a card is found whether it is of plastic or not."""
    card = profile.spelled("resource_category", "sim")
    if not _has_esims(profile):
        return [card]
    both = (card, profile.spelled("resource_category", "esim"))
    return [",".join(both)] if profile.find.lists else both


def _has_esims(profile: Profile) -> bool:
    return Capability.ESIM not in profile.lacks


def _of_number(profile: Profile, msisdn: Msisdn) -> tuple[str, str]:
    return profile.find.card_number, profile.phone(msisdn.digits)


def _is_card(card: Resource, profile: Profile) -> bool:
    if not values.word(card.category):  # what is asked for by category, and has an ICCID
        return card.known.get(ICCID) is not None
    meant = _meant(card, profile)
    return meant == "sim" or (meant == "esim" and _has_esims(profile))


def _is_esim(card: Resource, profile: Profile) -> bool:
    return _has_esims(profile) and _meant(card, profile) == "esim"


def _meant(card: Resource, profile: Profile) -> str | None:
    return profile.words.resource_category.get(values.word(card.category))


def _esim(known: Characteristics, profile: Profile, now: datetime) -> Esim:
    """What is told besides the code. A state of another name is none that ends it."""
    state = profile.words.esim_state.get(values.word(known.get("profileState")), EsimState.READY)
    expires = _moment(known.get("activationCodeExpires"))
    if state is EsimState.READY and expires is not None and expires <= now:
        state = EsimState.EXPIRED
    return Esim(state, expires)


def _is_theirs(card: Resource | Unread, company_id: str, profile: Profile) -> bool:
    """Whether it is a card of the company's; one that cannot be read is taken for a card."""
    of_company = company_id in whose(parties(card), profile.words.customer_role)
    return of_company and (isinstance(card, Unread) or _is_card(card, profile))


def _serves(card: Resource, msisdn: Msisdn, profile: Profile) -> bool:
    """Whether it is the card of that number."""
    return _is_card(card, profile) and any(
        number_of(relation, profile) == msisdn for relation in card.resourceRelationship or ()
    )


def number_of(relation: ResourceRelationship, profile: Profile) -> Msisdn | None:
    """The number that a resource relies on by that relation; None for anything else."""
    if values.word(relation.relationshipType) not in profile.words.relies_on:
        return None
    try:
        return Msisdn.told(str(relation.other))
    except ValueError:
        pass
    try:
        # An id of the operator's own, and the number as the name of the resource.
        return Msisdn.parse(str(None if relation.resource is None else relation.resource.name))
    except NumberInvalid:
        return None


def _moment(told: object) -> datetime | None:
    try:
        return None if told is None else values.moment(told, "replacedAt")
    except Malformed:
        return None


def _iccid(known: Characteristics) -> Iccid:
    try:
        return Iccid.told(re.sub(r"[\s-]", "", values.text(known.get(ICCID), ICCID)))
    except IccidInvalid:
        raise Malformed(ICCID) from None


def imei_of(known: Characteristics) -> Imei | None:
    """The device, None where none is told, or nothing that is the number of one."""
    try:
        return Imei.told(values.shown(known.get("IMEI")) or "")
    except ImeiInvalid:
        return None


def _figures(known: Characteristics, name: str, length: int) -> str:
    """A code of so many figures. Raises `Malformed`, which names the field alone."""
    text = known.get(name)
    if not isinstance(text, str) or re.fullmatch(f"[0-9]{{{length}}}", text) is None:
        raise Malformed(name)
    return text
