"""The services of a number: what it has, and how they are switched on and off (S11, S12).

What a number has had from the beginning is made of the seed when it is first asked for.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator

from sandbox.operator.api.answers import Json, TmfError
from sandbox.operator.database import OperatorDatabase
from sandbox.operator.numbers import charge, need_active, need_funds, need_no_debt
from sandbox.operator.order_items import Change, unsupported
from sandbox.operator.seed.identifiers import mix
from sandbox.operator.seed.months import next_month
from sandbox.operator.seed.offers import BY_ID, Offer
from sandbox.operator.seed.traffic import day_of, day_start

DAY = 86_400
_OF_THE_GUIDE = {
    "77010542006": ("roaming",),
    "77010542007": ("roaming", "sms-100", "offnet-50", "corporate-apn"),
    "77012115526": ("data-5", "call-recording"),
}
_USUAL = (
    ("roaming", 40),
    ("sms-100", 25),
    ("offnet-50", 20),
    ("data-5", 15),
    ("corporate-apn", 20),
    ("call-recording", 10),
)
"""Services and how many of a hundred numbers have them."""


def read(item: Json) -> Change:
    """The change that an item `add` or `delete` asks for. Raises `TmfError` 400, KeyError."""
    number = str(item["product"]["productSerialNumber"])
    offer = (item.get("productOffering") or {}).get("id")
    if item["action"] == "add":
        return Change(number, "service.on", {"offer": str(item["productOffering"]["id"])})
    service = item["product"].get("id")
    if service is None and offer is None:
        raise unsupported("a service is switched off by its id or by its offering's")
    return Change(number, "service.off", {"service": service, "offer": offer})


def check_on(database: OperatorDatabase, row: sqlite3.Row, change: Change) -> None:
    """May it be switched on? Raises `TmfError` 404 or 409."""
    need_active(row)
    offer = _offer(change.parameters["offer"])
    if not offer.sellable:
        raise _not_manageable(offer)
    active = [
        service["offer"] for service in of_number(database, row) if is_active(database, service)
    ]
    if offer.id in active and not offer.stackable:
        return
    for other in offer.excludes:
        if other in active:
            raise TmfError(
                409,
                "SERVICE.CONFLICT",
                "The services exclude each other",
                f"{other} ({BY_ID[other].name}) excludes {offer.id}",
            )
    need_funds(row, offer.price, "price")


def switch_on(database: OperatorDatabase, row: sqlite3.Row, change: Change, at: float) -> bool:
    """Switch it on and charge it, unless it is on and cannot be had twice."""
    offer = _offer(change.parameters["offer"])
    had = of_number(database, row)
    if not offer.stackable and any(
        service["offer"] == offer.id and is_active(database, service) for service in had
    ):
        return False
    charge(database, row, offer.price)
    _write(database, row, len(had), offer, at)
    return True


def check_off(database: OperatorDatabase, row: sqlite3.Row, change: Change) -> None:
    """May it be switched off? Raises `TmfError` 404 or 409."""
    need_no_debt(row)
    _meant(database, row, change)


def switch_off(database: OperatorDatabase, row: sqlite3.Row, change: Change, at: float) -> bool:
    """Switch off what is meant; what is left of it is lost."""
    active = [one for one in _meant(database, row, change) if is_active(database, one)]
    for service in active:
        database.execute("UPDATE service SET off_at = ? WHERE id = ?", (at, service["id"]))
    return bool(active)


def of_number(database: OperatorDatabase, row: sqlite3.Row) -> list[sqlite3.Row]:
    """All services that the number has or had, oldest first."""
    sql = "SELECT * FROM service WHERE number = ? ORDER BY serial"
    found = database.rows(sql, (row["msisdn"],))
    if found:
        return found
    for place, (offer, since) in enumerate(_from_the_beginning(database, row)):
        _write(database, row, place, offer, since)
    return database.rows(sql, (row["msisdn"],))


def put_in_place(
    database: OperatorDatabase, row: sqlite3.Row, offers: Iterable[str], at: float
) -> None:
    """Let the number have just these services. Raises `TmfError` 404."""
    wanted = [_offer(offer) for offer in offers]
    had = len(of_number(database, row))
    database.execute(
        "UPDATE service SET off_at = ? WHERE number = ? AND off_at IS NULL", (at, row["msisdn"])
    )
    for place, offer in enumerate(wanted, had):
        _write(database, row, place, offer, at)


def ended_at(service: sqlite3.Row) -> float | None:
    """When it ends or has ended, None when it goes on until it is switched off."""
    ends: float | None = service["ends_at"]
    return ends if service["off_at"] is None else float(service["off_at"])


def is_active(database: OperatorDatabase, service: sqlite3.Row) -> bool:
    """Whether it is in force now."""
    ends = ended_at(service)
    return ends is None or ends > database.now()


def _meant(database: OperatorDatabase, row: sqlite3.Row, change: Change) -> list[sqlite3.Row]:
    """The services, ended ones too, that are to be switched off. Raises `TmfError` 404 or 409."""
    service, offer = change.parameters["service"], change.parameters["offer"]
    found = [
        one
        for one in of_number(database, row)
        if (service is None or one["id"] == service) and (offer is None or one["offer"] == offer)
    ]
    if not found and (service is not None or offer not in BY_ID):
        raise _not_found(str(service or offer))
    for one in found:
        if not BY_ID[one["offer"]].sellable:
            raise _not_manageable(BY_ID[one["offer"]])
    return found


def _from_the_beginning(
    database: OperatorDatabase, row: sqlite3.Row
) -> Iterator[tuple[Offer, float]]:
    number = int(row["msisdn"])
    has = _OF_THE_GUIDE.get(row["msisdn"])
    for place, (name, share) in enumerate(_USUAL):
        luck = mix(database.seed, number, 21, place)
        if (luck % 100 < share) if has is None else (name in has):
            offer = BY_ID[name]
            days = luck // 100 % (400 if offer.monthly else 20)
            at = day_start(database.anchor) - days * DAY + luck // 40_000 % DAY
            yield offer, max(row["start_at"], min(at, day_start(database.anchor)))


def _write(
    database: OperatorDatabase, row: sqlite3.Row, place: int, offer: Offer, since: float
) -> None:
    ends: float | None = None
    if offer.days is not None:
        ends = since + offer.days * DAY
    elif not offer.monthly:
        ends = day_start(next_month(day_of(since).replace(day=1)))
    database.execute(
        "INSERT INTO service (id, number, offer, since, ends_at) VALUES (?, ?, ?, ?, ?)",
        (f"svc-{row['msisdn']}-{place + 1}", row["msisdn"], offer.id, since, ends),
    )


def _offer(name: str) -> Offer:
    if name not in BY_ID:
        raise _not_found(name)
    return BY_ID[name]


def _not_found(name: str) -> TmfError:
    return TmfError(404, "SERVICE.NOT_FOUND", "No such service", f"There is no service {name}")


def _not_manageable(offer: Offer) -> TmfError:
    return TmfError(
        409,
        "SERVICE.NOT_MANAGEABLE",
        "Not for the administrator to switch",
        f"{offer.id} ({offer.name}) is switched by the operator alone",
    )
