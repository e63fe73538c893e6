"""TMF632: who the administrators are, what they may do for which companies, and their address.

Roles are looked for in the answer itself, although they were asked for: a filter over a list of
parties may hold for one party's id and another one's role.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import quote

import structlog

from account.access.profile_email import EmailParameters
from account.changes.action import Action, Order, OrderState
from account.changes.ports import DispatchGuard
from account.errors import CarrierNotReached, EmailInvalid
from account.identity.directory import Administrator, Colleague, Company
from account.values.alphabet import name_order
from account.values.identifiers import Bin, Email, Msisdn
from account.values.rights import Role
from carrier.apis import Api
from carrier.http import OperatorHttp
from carrier.profile.model import Profile
from carrier.profile.vocabulary import Meanings
from carrier.tmf import fields, paging, version5
from carrier.tmf.change_outcome import before_sending, check_taken
from carrier.tmf.fields import Item, Malformed
from carrier.tmf.rows import LeftOut, parties, readable
from carrier.tmf.wire import decoding, values
from carrier.tmf.wire.decoding import Unread
from carrier.tmf.wire.parts import RelatedParty, characteristics
from carrier.tmf.wire.tmf632 import Individual, Login, Organization

log = structlog.get_logger(__name__)

Person = TypeVar("Person")

_ROLES = (Role.ADMINISTRATOR, Role.OPERATOR, Role.FINANCE, Role.VIEWER)
"""What the operator may grant, the strongest first. Whatever else it says grants nothing."""
_LARGEST_PAGE = 1000
_PERSON = (
    "fields",
    (
        "fullName,givenName,middleName,familyName,legalName,status,deathDate,contactMedium,"
        "partyCharacteristic,relatedParty"
    ),
)
_NO_MORE = frozenset({"deceased", "deceaded", "inactive", "closed", "terminated", "deleted"})
"""States of a person who logs in no more; the second is how the standard spells the first."""
_COMPANY = (
    "fields",
    "name,tradingName,organizationIdentification,partyCharacteristic,relatedParty",
)
_BY_EMAIL = Meanings({"sms": False, "email": True})


async def individual(
    http: OperatorHttp, phone: Msisdn, now: datetime, *, proof: bool = False
) -> Administrator | None:
    """The administrator who logs in with `phone`, None when nobody does or it is no administrator.

    `proof` is as of `OperatorHttp.read`.
    Raises `CarrierUnavailable`, also when several people would share the number.
    """
    people = await _with_login(http, phone, now, proof=proof)
    if not people:
        return None
    person = people[0]
    if not _roles(http.profile, person.relatedParty):
        if person.relatedParty:
            # It may be a word that the profile does not have.
            log.warning("operator_person_without_a_known_role", api=Api.PARTY.value)
        return None
    return _administrator(http.profile, person, phone, now)


async def _with_login(
    http: OperatorHttp, phone: Msisdn, now: datetime, *, proof: bool
) -> list[Individual]:
    """Who logs in with `phone`: nobody or one."""
    found = await paging.all_of(
        http, Api.PARTY, "individual", _with_phone(http, phone), Individual, limit=3, proof=proof
    )
    left_out, people = LeftOut(http, Api.PARTY), []
    for row in found:
        try:
            person = readable(row)
        except Malformed as fault:
            known = row.part(Login) if isinstance(row, Unread) else None
            # Of somebody else, or of nobody knows whom, there is no trace.
            if known is not None and _logs_in(http.profile, known, phone, now):
                left_out.add(fault.field)
            continue
        if _logs_in(http.profile, person, phone, now):
            people.append(person)
    return _one(people)


def _with_phone(http: OperatorHttp, phone: Msisdn) -> list[tuple[str, str]]:
    told = http.profile.phone(phone.digits)
    return [("contactMedium.characteristic.phoneNumber", told), _PERSON]


def _one(people: list[Person]) -> list[Person]:
    if len(people) > 1:
        raise Malformed("contactMedium: several people with one login")
    return people


def _administrator(
    profile: Profile, person: Individual, phone: Msisdn, now: datetime
) -> Administrator:
    channel = characteristics(person.partyCharacteristic).get("codeChannel")
    by_email = _BY_EMAIL.get(values.word(channel))
    if by_email is None and not phone.abroad:
        # The register knows better than the prefix; a ported number has another network's.
        by_email = phone.digits[1:4] in profile.names.codes_by_email or None
    return Administrator(
        id=values.text(person.id, "id"),
        name=_name(person),
        phone=phone,
        email=_email(person, now),
        code_by_email=by_email,
    )


async def individuals(http: OperatorHttp, company_id: str, now: datetime) -> tuple[Colleague, ...]:
    """Everybody who may do something for the company now, by id. Raises `CarrierUnavailable`.

    Somebody without a number to log in with cannot act here, and is left out.
    """
    people = await paging.all_of(
        http,
        Api.PARTY,
        "individual",
        [
            ("relatedParty.id", company_id),
            _PERSON,
        ],
        Individual,
        limit=_LARGEST_PAGE,
    )
    left_out, found = LeftOut(http, Api.PARTY), []
    for row in people:
        role = _roles(http.profile, parties(row)).get(company_id)
        if role is None:
            continue
        try:
            person = readable(row)
            phone = _login(http.profile, person, now)
            if phone is not None:
                who = _administrator(http.profile, person, phone, now)
                found.append(Colleague(who, role))
        except Malformed as fault:
            left_out.add(fault.field)
    return tuple(sorted(found, key=lambda one: one.administrator.id))


async def organizations(
    http: OperatorHttp, administrator_id: str, now: datetime
) -> tuple[Company, ...]:
    """The companies that name `administrator_id` with a role now, by name.

    Raises `CarrierUnavailable`.
    """
    profile = http.profile
    conditions: list[tuple[str, str | int]] = [("relatedParty.id", administrator_id)]
    if profile.find.lists:
        roles = ",".join(profile.spelled("role", role) for role in _ROLES)
        conditions.append(("relatedParty.role", roles))
    conditions.append(_COMPANY)
    found = await paging.all_of(
        http, Api.PARTY, "organization", conditions, Organization, limit=_LARGEST_PAGE
    )
    left_out, companies = LeftOut(http, Api.PARTY), []
    for company in found:
        role = _roles(profile, parties(company)).get(administrator_id)
        if role is None:
            continue
        try:
            companies.append(_company(profile, readable(company), role, now))
        except Malformed as fault:
            left_out.add(fault.field)
    if left_out.count and not companies:
        raise Malformed("organization")
    return tuple(sorted(companies, key=lambda company: (name_order(company.name), company.id)))


def _company(profile: Profile, company: Organization, role: Role, now: datetime) -> Company:
    """A company by its name, or the one it trades under. Raises `Malformed`."""
    return Company(
        id=values.text(company.id, "id"),
        name=values.shown(company.name) or values.text(company.tradingName, "tradingName"),
        bin=_bin(profile, company, now),
        role=role,
        domains=_domains(company),
        lacks=profile.lacks,
    )


async def change_email(
    http: OperatorHttp,
    action: Action[EmailParameters],
    now: datetime,
    guard: DispatchGuard | None = None,
) -> Order:
    """Have the register know the administrator's new address, once.

    The media are read a moment before, for a merge patch replaces their whole list. Raises
    `CarrierNotReached`, `CarrierRefused`, `OutcomeUnknown`.
    """
    async with before_sending(http, "the register"):
        people = await _as_they_came(http, action.msisdn, now)
        found = [
            (fields.text(person, "id"), with_email(person, action.parameters.email.address, now))
            for person in people
        ]
    if not found:
        raise CarrierNotReached("the register does not know the login")
    [(who, body)] = found
    where = f"individual/{quote(who, safe='')}"
    if http.profile.speaks_v5(Api.PARTY):
        body = version5.individual(body)
    answer = await http.change(Api.PARTY, where, body, action.id, method="PATCH", guard=guard)
    check_taken(
        answer, http.profile.refusals
    )  # the register keeps no state of a change: what it took is done
    return Order(action.id, OrderState.COMPLETED)


async def _as_they_came(http: OperatorHttp, phone: Msisdn, now: datetime) -> list[Item]:
    """As `_with_login`, with all that the register says of the person."""
    found = await paging.whole(http, Api.PARTY, "individual", _with_phone(http, phone), limit=3)
    people = []
    for row in found:
        person = decoding.row(row, Individual)
        if isinstance(person, Individual) and _logs_in(http.profile, person, phone, now):
            people.append(row)
    return _one(people)


async def email_changed(
    http: OperatorHttp, action: Action[EmailParameters], now: datetime
) -> Order | None:
    """The change, if the register has the new address; there is no other trace of it."""
    person = await individual(http, action.msisdn, now, proof=True)
    if person is None or person.email != action.parameters.email:
        return None
    return Order(action.id, OrderState.COMPLETED)


def with_email(person: Item, address: str, now: datetime) -> dict[str, Any]:
    """The media of a person with that address in the place of the one that is valid now."""
    media = [dict(medium) for medium in fields.entries(person, "contactMedium")]
    for medium in media:
        if not _is_valid(medium.get("validFor"), now):
            continue
        where = medium.get("characteristic")
        if isinstance(where, dict) and "emailAddress" in where:
            medium["characteristic"] = where | {"emailAddress": address}
            return {"contactMedium": media}
        if "emailAddress" in medium:
            medium["emailAddress"] = address
            return {"contactMedium": media}
    own = {"contactType": "work", "emailAddress": address}
    return {"contactMedium": [*media, {"mediumType": "email", "characteristic": own}]}


def _name(person: Individual) -> str:
    """The whole name, or made of its parts, or the id. Raises `Malformed`."""
    parts = (person.givenName, person.middleName, person.familyName)
    told = map(values.shown, parts)
    whole = values.shown(person.fullName) or values.shown(person.formattedName)
    other = values.shown(person.name) or values.shown(person.legalName)
    name = whole or " ".join(part for part in told if part) or other
    return name or values.text(person.id, "id")


def _roles(profile: Profile, told: Sequence[RelatedParty] | None) -> Mapping[str, Role]:
    """What each party is to a person or a company: of several roles the strongest."""
    found: dict[str, Role] = {}
    for one in told or ():
        who, role = one.party, profile.words.role.get(values.word(one.role))
        if role is not None and who is not None:
            found[who] = min(role, found.get(who, role), key=_ROLES.index)
    return found


def _login(profile: Profile, person: Individual, now: datetime) -> Msisdn | None:
    """The number the person logs in with."""
    return min(_logins(profile, person, now), key=lambda phone: phone.digits, default=None)


def _logs_in(profile: Profile, person: Individual | Login, phone: Msisdn, now: datetime) -> bool:
    try:
        return phone in _logins(profile, person, now)
    except Malformed:
        return False


def _logins(profile: Profile, person: Individual | Login, now: datetime) -> set[Msisdn]:
    """The numbers that are logins now, and not just to be called at, or somebody else's by now.

    Raises `Malformed` when there are some and none can be read.
    """
    found: set[Msisdn] = set()
    fault: Malformed | None = None
    if values.word(person.status) in _NO_MORE or not values.is_blank(person.deathDate):
        return found
    for medium in person.contactMedium or ():
        if not _is_valid(medium.validFor, now):
            continue
        kind = values.word(medium.where.contactType or medium.contactType)
        if kind not in profile.words.login_contact:
            continue
        told = medium.where.phoneNumber
        if told is None:
            continue
        try:
            found.add(values.msisdn(told, "phoneNumber"))
        except Malformed as unread:
            fault = unread
    if fault is not None and not found:
        raise fault
    return found


def _is_valid(between: object, now: datetime) -> bool:
    """Whether a medium or a paper is valid now; one of which that cannot be read is not."""
    try:
        return fields.valid_at({"validFor": between}, now)
    except Malformed:
        return False


def _email(person: Individual, now: datetime) -> Email | None:
    """The first usable address; one that is over, or cannot be written to, is as good as none."""
    for medium in person.contactMedium or ():
        address = medium.where.emailAddress
        if isinstance(address, str) and _is_valid(medium.validFor, now):
            try:
                return Email.parse(address.strip().removeprefix("mailto:"))
            except EmailInvalid:
                continue
    return None


def _domains(company: Organization) -> tuple[str, ...]:
    """The company's own domains; without a usable list every address is asked about."""
    told = characteristics(company.partyCharacteristic).get("emailDomains")
    if isinstance(told, str):
        told = re.findall(r"[^\s,;]+", told)
    if not isinstance(told, list):
        return ()
    return tuple(domain.lower() for domain in told if isinstance(domain, str))


def _bin(profile: Profile, company: Organization, now: datetime) -> Bin | None:
    """None where none is told, or none that is one; a paper counts while it is valid."""
    for paper in company.organizationIdentification or ():
        of_kind = values.word(paper.identificationType) in profile.words.identification
        if of_kind and _is_valid(paper.validFor, now):
            try:
                return Bin(re.sub(r"[\s-]", "", values.shown(paper.identificationId) or ""))
            except ValueError:
                continue
    return None
