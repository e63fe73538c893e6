"""TMF632: who the administrators are, what they may do for which companies, and their address.

Roles are looked for in the answer itself, although they were asked for: a filter over a list of
parties may hold for one party's id and another one's role.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from account.access.profile_email import EmailParameters
from account.changes.action import Action, Order, OrderState
from account.changes.ports import DispatchGuard
from account.errors import CarrierNotReached, CarrierUnavailable, EmailInvalid
from account.identity.directory import Administrator, Colleague, Company
from account.values.identifiers import Bin, Email, Msisdn
from account.values.rights import Role
from carrier.http import Api, OperatorHttp
from carrier.tmf import fields, paging
from carrier.tmf.change_outcome import check_taken
from carrier.tmf.fields import Item, Malformed

_ROLES = (Role.ADMINISTRATOR, Role.OPERATOR, Role.FINANCE, Role.VIEWER)
"""What the operator may grant, the strongest first. Whatever else it says grants nothing."""
_LARGEST_PAGE = 1000
_BY_EMAIL = {"sms": False, "email": True}


async def individual(http: OperatorHttp, phone: Msisdn) -> Administrator | None:
    """The administrator who logs in with `phone`, None when nobody does or it is no administrator.

    Raises `CarrierUnavailable`, also when several people would share the number.
    """
    people = await _with_login(http, phone)
    if not people or not _roles(people[0]):
        return None
    return _administrator(people[0], phone)


async def _with_login(http: OperatorHttp, phone: Msisdn) -> list[Item]:
    """Who logs in with `phone`: nobody or one."""
    found = await paging.whole(
        http,
        Api.PARTY,
        "individual",
        [
            ("contactMedium.characteristic.phoneNumber", phone.digits),
            ("fields", "fullName,contactMedium,partyCharacteristic,relatedParty"),
        ],
        limit=2,
    )
    people = [person for person in found if _logs_in_with(person, phone)]
    if len(people) > 1:
        raise Malformed("contactMedium: several people with one login")
    return people


def _administrator(person: Item, phone: Msisdn) -> Administrator:
    channel = fields.characteristics(person, "partyCharacteristic").get("codeChannel")
    return Administrator(
        id=fields.text(person, "id"),
        name=fields.text(person, "fullName"),
        phone=phone,
        email=_email(person),
        code_by_email=_BY_EMAIL.get(channel) if isinstance(channel, str) else None,
    )


async def individuals(http: OperatorHttp, company_id: str) -> tuple[Colleague, ...]:
    """Everybody who may do something for the company now, by id. Raises `CarrierUnavailable`.

    Somebody without a number to log in with cannot act here, and is left out.
    """
    people = await paging.whole(
        http,
        Api.PARTY,
        "individual",
        [
            ("relatedParty.id", company_id),
            ("fields", "fullName,contactMedium,partyCharacteristic,relatedParty"),
        ],
        limit=_LARGEST_PAGE,
    )
    found = []
    for person in people:
        phone, role = _login(person), _roles(person).get(company_id)
        if phone is not None and role is not None:
            found.append(Colleague(_administrator(person, phone), role))
    return tuple(sorted(found, key=lambda one: one.administrator.id))


async def organizations(http: OperatorHttp, administrator_id: str) -> tuple[Company, ...]:
    """The companies that name `administrator_id` with a role now, by name.

    Raises `CarrierUnavailable`.
    """
    found = await paging.whole(
        http,
        Api.PARTY,
        "organization",
        [
            ("relatedParty.id", administrator_id),
            ("relatedParty.role", ",".join(_ROLES)),
            ("fields", "name,organizationIdentification,partyCharacteristic,relatedParty"),
        ],
        limit=_LARGEST_PAGE,
    )
    companies = [
        Company(
            id=fields.text(company, "id"),
            name=fields.text(company, "name"),
            bin=_bin(company),
            role=role,
            domains=_domains(company),
        )
        for company in found
        if (role := _roles(company).get(administrator_id)) is not None
    ]
    return tuple(sorted(companies, key=lambda company: (company.name.casefold(), company.id)))


async def change_email(
    http: OperatorHttp, action: Action[EmailParameters], guard: DispatchGuard | None = None
) -> Order:
    """Have the register know the administrator's new address, once.

    The media are read a moment before, for a merge patch replaces their whole list. Raises
    `CarrierNotReached`, `CarrierRefused`, `OutcomeUnknown`.
    """
    try:
        async with http.in_time():
            people = await _with_login(http, action.msisdn)
    except CarrierUnavailable as fault:
        raise CarrierNotReached("the register could not be read") from fault
    if not people:
        raise CarrierNotReached("the register does not know the login")
    where = f"individual/{quote(fields.text(people[0], 'id'), safe='')}"
    body = with_email(people[0], action.parameters.email.address)
    answer = await http.change(Api.PARTY, where, body, action.id, method="PATCH", guard=guard)
    check_taken(answer)  # the register keeps no state of a change: what it took is done
    return Order(action.id, OrderState.COMPLETED)


async def email_changed(http: OperatorHttp, action: Action[EmailParameters]) -> Order | None:
    """The change, if the register has the new address; there is no other trace of it."""
    person = await individual(http, action.msisdn)
    if person is None or person.email != action.parameters.email:
        return None
    return Order(action.id, OrderState.COMPLETED)


def with_email(person: Item, address: str) -> dict[str, Any]:
    """The media of a person with that address in the place of the present one."""
    media = [dict(medium) for medium in fields.entries(person, "contactMedium")]
    for medium in media:
        where = medium.get("characteristic")
        if isinstance(where, dict) and "emailAddress" in where:
            medium["characteristic"] = where | {"emailAddress": address}
            return {"contactMedium": media}
    own = {"contactType": "work", "emailAddress": address}
    return {"contactMedium": [*media, {"mediumType": "email", "characteristic": own}]}


def _roles(of: Item) -> Mapping[str, Role]:
    """What each party is to a person or a company: of several roles the strongest."""
    known = {role.value: role for role in _ROLES}
    found: dict[str, Role] = {}
    for party in fields.entries(of, "relatedParty"):
        who, named = party.get("id"), party.get("role")
        role = known.get(named) if isinstance(named, str) else None
        if role is not None and isinstance(who, str):
            found[who] = min(role, found.get(who, role), key=_ROLES.index)
    return found


def _login(person: Item) -> Msisdn | None:
    """The number the person logs in with."""
    for medium in fields.entries(person, "contactMedium"):
        where = medium.get("characteristic")
        if isinstance(where, dict) and where.get("contactType") == "login":
            return fields.msisdn(where, "phoneNumber")
    return None


def _logs_in_with(person: Item, phone: Msisdn) -> bool:
    """Whether the number is the person's login, and not just one to be called at."""
    for medium in fields.entries(person, "contactMedium"):
        where = medium.get("characteristic")
        if isinstance(where, dict) and where.get("phoneNumber") == phone.digits:
            return where.get("contactType") == "login"
    return False


def _email(person: Item) -> Email | None:
    """The first usable address; one that cannot be written to is as good as none."""
    for medium in fields.entries(person, "contactMedium"):
        where = medium.get("characteristic")
        address = where.get("emailAddress") if isinstance(where, dict) else None
        if isinstance(address, str):
            try:
                return Email.parse(address)
            except EmailInvalid:
                continue
    return None


def _domains(company: Item) -> tuple[str, ...]:
    """The company's own domains; without a usable list every address is asked about."""
    told = fields.characteristics(company, "partyCharacteristic").get("emailDomains")
    if not isinstance(told, list):
        return ()
    return tuple(domain.lower() for domain in told if isinstance(domain, str))


def _bin(company: Item) -> Bin:
    for paper in fields.entries(company, "organizationIdentification"):
        if paper.get("identificationType") == "BIN":
            try:
                return Bin(fields.text(paper, "identificationId"))
            except ValueError:
                break
    raise Malformed("organizationIdentification")
