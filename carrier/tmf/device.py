"""TMF639 and TMF622: the devices of a company, and what was asked for about them (S21 to S25).

The operator's key opens every company, so each answer is compared with what was asked for: a
registration or an order of another company is never shown.
"""

from __future__ import annotations

from account.changes.action import ActionKind, OrderState
from account.chapters.devices.registrations import DevicesQuery, Registration, RegistrationKind
from account.chapters.devices.requests import DeviceRequest, Stage
from account.errors import ImeiInvalid
from account.values.identifiers import Bin, Imei, Msisdn
from account.values.page import Page
from carrier.apis import Api
from carrier.http import OperatorHttp
from carrier.profile.model import Profile
from carrier.tmf import fields, paging
from carrier.tmf.fields import Item, Malformed
from carrier.tmf.product_order import ORDERS, reason_of
from carrier.tmf.query import listed

_KINDS = {
    "register": ActionKind.REGISTER_DEVICE,
    "deregister": ActionKind.DEREGISTER_DEVICE,
    "reregister": ActionKind.REREGISTER_DEVICE,
    "duplicate": ActionKind.DUPLICATE_DEVICE,
}
_WAITING = frozenset({"acknowledged", "pending", "held"})
_HOLDS, _REMOVED = "registered", "removed"


async def last_imei(http: OperatorHttp, company_id: str, msisdn: Msisdn) -> Imei | None:
    """The device last seen with the number: what its SIM card says. Raises `CarrierUnavailable`."""
    cards = await paging.whole(
        http,
        Api.RESOURCE,
        "resource",
        [
            ("category", "SIM"),
            ("relatedParty.id", company_id),
            ("resourceRelationship.id", msisdn.digits),
            ("fields", "category,resourceCharacteristic,resourceRelationship,relatedParty"),
        ],
        limit=1,
    )
    for card in cards:
        if _is_theirs(card, company_id) and _number(card) == msisdn:
            known = fields.characteristics(card, "resourceCharacteristic")
            return _imei(known) if fields.optional_text(known, "IMEI") else None
    return None


async def devices(http: OperatorHttp, company_id: str, wish: DevicesQuery) -> Page[Registration]:
    """A page of registrations, by number, oldest first. Raises `CarrierUnavailable`."""
    conditions: list[tuple[str, str | int]] = [
        ("category", "Device"),
        ("relatedParty.id", company_id),
    ]
    if wish.msisdn is not None:
        conditions.append(("resourceRelationship.id", wish.msisdn.digits))
    if wish.imei is not None:
        conditions.append(("IMEI", wish.imei.full))
    if not wish.removed:
        conditions.append(("registrationStatus", _HOLDS))
    found, total = await paging.page(
        http, Api.RESOURCE, "resource", conditions, offset=wish.offset, limit=wish.limit
    )
    rows = tuple(_registration(one, company_id, wish) for one in found)
    return Page(rows, wish.offset, total)


async def requests(
    http: OperatorHttp, company_id: str, msisdn: Msisdn | None, *, offset: int, limit: int
) -> Page[DeviceRequest]:
    """Orders about devices, newest first, ours and others. Raises `CarrierUnavailable`."""
    conditions: list[tuple[str, str | int]] = [
        ("category", listed(kind.value for kind in _KINDS.values())),
        ("relatedParty.id", company_id),
    ]
    if msisdn is not None:
        conditions.append(("productOrderItem.product.productSerialNumber", msisdn.digits))
    conditions += [
        ("sort", "-orderDate"),
        ("fields", "externalId,state,orderDate,productOrderItem,note,relatedParty"),
    ]
    found, total = await paging.page(
        http, Api.PRODUCT_ORDER, "productOrder", conditions, offset=offset, limit=limit
    )
    rows = tuple(_request(http.profile, one, company_id, msisdn) for one in found)
    return Page(rows, offset, total)


def _registration(found: Item, company_id: str, wish: DevicesQuery) -> Registration:
    if not _is_theirs(found, company_id):
        raise Malformed("relatedParty: another company's")
    known = fields.characteristics(found, "resourceCharacteristic")
    msisdn, imei = _number(found), _imei(known)
    if wish.msisdn not in (None, msisdn) or wish.imei not in (None, imei):
        raise Malformed("another device than was asked for")
    status = fields.text(known, "registrationStatus")
    if status not in (_HOLDS, _REMOVED) or (status == _REMOVED and not wish.removed):
        raise Malformed("registrationStatus")
    try:
        kind = RegistrationKind(fields.text(known, "registrationKind"))
        owner = Bin(fields.text(known, "BIN"))
    except ValueError:
        raise Malformed("registrationKind or BIN") from None
    return Registration(
        imei=imei,
        msisdn=msisdn,
        kind=kind,
        since=fields.moment(found, "startOperatingDate"),
        bin=owner,
        model=fields.optional_text(known, "model"),
        removed_at=fields.moment(found, "endOperatingDate") if status == _REMOVED else None,
    )


def _request(profile: Profile, found: Item, company_id: str, asked: Msisdn | None) -> DeviceRequest:
    if not _is_theirs(found, company_id):
        raise Malformed("relatedParty: another company's")
    items = fields.entries(found, "productOrderItem")
    if not items:
        raise Malformed("productOrderItem")
    product = fields.entry(items[0], "product")
    field = "id" if product.get("productSerialNumber") is None else "productSerialNumber"
    msisdn = fields.msisdn(product, field)
    if asked not in (None, msisdn):
        raise Malformed("another number's")
    known = fields.characteristics(product, "productCharacteristic")
    kind = _KINDS.get(fields.text(known, "deviceRegistration"))
    if kind is None:
        raise Malformed("deviceRegistration")
    stage = _stage(profile, found)
    return DeviceRequest(
        id=fields.optional_text(found, "externalId"),
        kind=kind,
        msisdn=msisdn,
        imei=_imei(known),
        stage=stage,
        at=fields.moment(found, "orderDate"),
        reason_code=reason_of(found) if stage is Stage.FAILED else None,
    )


def _stage(profile: Profile, found: Item) -> Stage:
    if fields.text(found, "state") in _WAITING:
        return Stage.ACCEPTED
    return {
        OrderState.UNDER_WAY: Stage.IN_PROGRESS,
        OrderState.COMPLETED: Stage.DONE,
        OrderState.FAILED: Stage.FAILED,
    }[ORDERS.state_of(found, profile)]


def _is_theirs(found: Item, company_id: str) -> bool:
    return company_id in fields.related(found)


def _number(found: Item) -> Msisdn:
    """The number a resource relies on. Raises `Malformed`."""
    for relation in fields.entries(found, "resourceRelationship"):
        if relation.get("relationshipType") == "reliesOn":
            return fields.msisdn(relation, "id")
    raise Malformed("resourceRelationship")


def _imei(known: Item) -> Imei:
    """14, 15 or 16 digits, as whoever ordered wrote them. Raises `Malformed`."""
    try:
        return Imei.parse(fields.text(known, "IMEI"))
    except ImeiInvalid:
        raise Malformed("IMEI") from None
