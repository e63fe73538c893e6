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
from carrier.tmf import paging, sim
from carrier.tmf.product_order import reason_of, references_of, stands
from carrier.tmf.query import listed
from carrier.tmf.rows import parties
from carrier.tmf.wire import values
from carrier.tmf.wire.decoding import Unread
from carrier.tmf.wire.parts import Characteristics, characteristics, whose
from carrier.tmf.wire.tmf622 import ProductOrder
from carrier.tmf.wire.tmf639 import Resource
from carrier.tmf.wire.values import Malformed

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
    card = await sim.card_of(http, company_id, msisdn)
    return None if card is None else sim.imei_of(card.known)


async def devices(http: OperatorHttp, company_id: str, query: DevicesQuery) -> Page[Registration]:
    """A page of registrations, by number, oldest first.

    Raises `CarrierUnavailable`, also when the one device that is asked for cannot be read.
    """
    profile = http.profile
    conditions: list[tuple[str, str | int]] = [
        ("category", profile.spelled("resource_category", "device")),
        ("relatedParty.id", company_id),
    ]
    if query.msisdn is not None:
        conditions.append((profile.find.card_number, profile.phone(query.msisdn.digits)))
    if query.imei is not None:
        conditions.append(("IMEI", query.imei.full))
    if not query.removed:
        conditions.append(("registrationStatus", _HOLDS))
    told = await paging.part(
        http,
        Api.RESOURCE,
        "resource",
        conditions,
        Resource,
        offset=query.offset,
        limit=query.limit,
    )
    page = told.read(
        lambda found: _registration(profile, found, query),
        lambda found: _is_theirs(profile, found, company_id),
    )
    if query.imei is not None and page.left_out and not page.rows:
        raise Malformed("resource: the device that was asked for")
    return page


async def requests(
    http: OperatorHttp, company_id: str, msisdn: Msisdn | None, *, offset: int, limit: int
) -> Page[DeviceRequest]:
    """Orders about devices, newest first, ours and others. Raises `CarrierUnavailable`."""
    profile = http.profile
    conditions: list[tuple[str, str | int]] = [
        ("category", listed(kind.value for kind in _KINDS.values())),
        ("relatedParty.id", company_id),
    ]
    if msisdn is not None:
        serial = "productOrderItem.product.productSerialNumber"
        conditions.append((serial, profile.phone(msisdn.digits)))
    conditions += [
        ("sort", "-orderDate"),
        ("fields", "externalId,state,orderDate,productOrderItem,note,relatedParty"),
    ]
    told = await paging.part(
        http,
        Api.PRODUCT_ORDER,
        "productOrder",
        conditions,
        ProductOrder,
        offset=offset,
        limit=limit,
    )
    return told.read(
        lambda found: _request(profile, found, msisdn),
        lambda found: _is_theirs(profile, found, company_id),
    )


def _registration(profile: Profile, found: Resource, query: DevicesQuery) -> Registration | None:
    """A registration; None for one that was not asked for. Raises `Malformed`."""
    category = profile.words.resource_category.get(values.word(found.category))
    if category not in (None, "device"):
        return None
    known = characteristics(found.resourceCharacteristic)
    msisdn, imei = _number(profile, found), _imei(known)
    if query.msisdn not in (None, msisdn) or query.imei not in (None, imei):
        return None
    status = values.word(known.get("registrationStatus"))
    if status not in (_HOLDS, _REMOVED):
        raise Malformed("registrationStatus")
    if status == _REMOVED and not query.removed:
        return None
    try:
        kind = RegistrationKind(values.word(known.get("registrationKind")))
        owner = Bin(values.text(known.get("BIN"), "BIN"))
    except ValueError:
        raise Malformed("registrationKind or BIN") from None
    removed = status == _REMOVED
    return Registration(
        imei=imei,
        msisdn=msisdn,
        kind=kind,
        since=values.moment(found.startOperatingDate, "startOperatingDate"),
        bin=owner,
        model=values.shown(known.get("model")),
        removed_at=values.moment(found.endOperatingDate, "endOperatingDate") if removed else None,
    )


def _request(profile: Profile, found: ProductOrder, asked: Msisdn | None) -> DeviceRequest | None:
    """A request; None for one that was not asked for. Raises `Malformed`."""
    items = found.productOrderItem
    product = items[0].product if items else None
    if product is None:
        raise Malformed("productOrderItem")
    field = "id" if product.productSerialNumber is None else "productSerialNumber"
    msisdn = values.msisdn(getattr(product, field), field)
    if asked not in (None, msisdn):
        return None
    known = characteristics(product.productCharacteristic)
    kind = _KINDS.get(values.word(known.get("deviceRegistration")))
    if kind is None:
        raise Malformed("deviceRegistration")
    stage = _stage(profile, found)
    ordered = found.creationDate if found.orderDate is None else found.orderDate
    return DeviceRequest(
        id=next(iter(references_of(found)), None),
        kind=kind,
        msisdn=msisdn,
        imei=_imei(known),
        stage=stage,
        at=values.moment(ordered, "orderDate"),
        reason_code=reason_of(found) if stage is Stage.FAILED else None,
    )


def _stage(profile: Profile, found: ProductOrder) -> Stage:
    if values.word(found.state) in _WAITING:
        return Stage.ACCEPTED
    items = [item.state for item in found.productOrderItem or ()]
    state, _ = stands(profile, found.state, items)
    return {
        OrderState.UNDER_WAY: Stage.IN_PROGRESS,
        OrderState.COMPLETED: Stage.DONE,
        OrderState.FAILED: Stage.FAILED,
    }[state]


def _is_theirs(profile: Profile, found: Resource | ProductOrder | Unread, company_id: str) -> bool:
    return company_id in whose(parties(found), profile.words.customer_role)


def _number(profile: Profile, found: Resource) -> Msisdn:
    """The number a resource relies on. Raises `Malformed`."""
    for relation in found.resourceRelationship or ():
        msisdn = sim.number_of(relation, profile)
        if msisdn is not None:
            return msisdn
    raise Malformed("resourceRelationship")


def _imei(known: Characteristics) -> Imei:
    """14, 15 or 16 digits, as whoever ordered wrote them. Raises `Malformed`."""
    try:
        return Imei.told(values.text(known.get("IMEI"), "IMEI"))
    except ImeiInvalid:
        raise Malformed("IMEI") from None
