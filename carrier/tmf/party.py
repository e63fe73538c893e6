"""TMF632: who the administrators are and what companies they act for.

The role `administrator` is looked for in the answer itself, although it was asked for: a filter
over a list of parties may hold for one party's id and another one's role.
"""

from __future__ import annotations

from account.companies import Administrator, Colleague, Company
from account.errors import EmailInvalid
from account.identifiers import Bin, Email, Msisdn
from carrier.http import Api, OperatorHttp
from carrier.tmf import reading
from carrier.tmf.query import query
from carrier.tmf.reading import Item, Malformed

_ADMINISTRATOR = "administrator"
_MOST_COMPANIES = _MOST_ADMINISTRATORS = 1000
_BY_EMAIL = {"sms": False, "email": True}


async def individual(http: OperatorHttp, phone: Msisdn) -> Administrator | None:
    """The administrator who logs in with `phone`, None when nobody does or it is no administrator.

    Raises `CarrierUnavailable`, also when several people would share the number.
    """
    answer = await http.read(
        Api.PARTY,
        "individual",
        query(
            ("contactMedium.characteristic.phoneNumber", phone.digits),
            ("fields", "fullName,contactMedium,partyCharacteristic,relatedParty"),
            ("limit", 2),
        ),
    )
    people = [person for person in reading.items(answer) if _logs_in_with(person, phone)]
    if len(people) > 1:
        raise Malformed("contactMedium: several people with one login")
    if not people or not reading.related(people[0], _ADMINISTRATOR):
        return None
    return _administrator(people[0], phone)


def _administrator(person: Item, phone: Msisdn) -> Administrator:
    channel = reading.characteristics(person, "partyCharacteristic").get("codeChannel")
    return Administrator(
        id=reading.text(person, "id"),
        name=reading.text(person, "fullName"),
        phone=phone,
        email=_email(person),
        code_by_email=_BY_EMAIL.get(channel) if isinstance(channel, str) else None,
    )


async def individuals(http: OperatorHttp, company_id: str) -> tuple[Colleague, ...]:
    """Everybody who is administrator of the company now, by id. Raises `CarrierUnavailable`.

    Somebody without a number to log in with cannot act here, and is left out.
    """
    answer = await http.read(
        Api.PARTY,
        "individual",
        query(
            ("relatedParty.id", company_id),
            ("fields", "fullName,contactMedium,partyCharacteristic,relatedParty"),
            ("limit", _MOST_ADMINISTRATORS),
        ),
    )
    found = []
    for person in reading.items(answer):
        phone = _login(person)
        if phone is not None and company_id in reading.related(person, _ADMINISTRATOR):
            found.append(Colleague(_administrator(person, phone)))
    return tuple(sorted(found, key=lambda one: one.administrator.id))


async def organizations(http: OperatorHttp, administrator_id: str) -> tuple[Company, ...]:
    """The companies that name `administrator_id` as administrator now, by name.

    Raises `CarrierUnavailable`.
    """
    answer = await http.read(
        Api.PARTY,
        "organization",
        query(
            ("relatedParty.id", administrator_id),
            ("relatedParty.role", _ADMINISTRATOR),
            ("fields", "name,organizationIdentification,relatedParty"),
            ("limit", _MOST_COMPANIES),
        ),
    )
    companies = [
        Company(
            id=reading.text(company, "id"), name=reading.text(company, "name"), bin=_bin(company)
        )
        for company in reading.items(answer)
        if administrator_id in reading.related(company, _ADMINISTRATOR)
    ]
    return tuple(sorted(companies, key=lambda company: (company.name.casefold(), company.id)))


def _login(person: Item) -> Msisdn | None:
    """The number the person logs in with."""
    for medium in reading.entries(person, "contactMedium"):
        where = medium.get("characteristic")
        if isinstance(where, dict) and where.get("contactType") == "login":
            return reading.msisdn(where, "phoneNumber")
    return None


def _logs_in_with(person: Item, phone: Msisdn) -> bool:
    """Whether the number is the person's login, and not just one to be called at."""
    for medium in reading.entries(person, "contactMedium"):
        where = medium.get("characteristic")
        if isinstance(where, dict) and where.get("phoneNumber") == phone.digits:
            return where.get("contactType") == "login"
    return False


def _email(person: Item) -> Email | None:
    """The first usable address; one that cannot be written to is as good as none."""
    for medium in reading.entries(person, "contactMedium"):
        where = medium.get("characteristic")
        address = where.get("emailAddress") if isinstance(where, dict) else None
        if isinstance(address, str):
            try:
                return Email.parse(address)
            except EmailInvalid:
                continue
    return None


def _bin(company: Item) -> Bin:
    for paper in reading.entries(company, "organizationIdentification"):
        if paper.get("identificationType") == "BIN":
            try:
                return Bin(reading.text(paper, "identificationId"))
            except ValueError:
                break
    raise Malformed("organizationIdentification")
