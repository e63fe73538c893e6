"""Who lives in the fuzzed town, and the operator that knows them.

Whatever the operator tells of a company's numbers carries the mark of that company. A mark in a
chat whose person may not see that company at that moment is a breach.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import cast

from stdnum import luhn

from account.changes.confirmation import PollingPolicy
from account.chapters.allowances import Allowance
from account.chapters.devices.registrations import Registration, RegistrationKind
from account.chapters.services.offerings import Service
from account.chapters.sim import SimCodes
from account.chapters.usage import Direction, UsageKind, UsageQuery, UsageRecord
from account.identity.directory import Administrator, Company
from account.values.identifiers import Bin, Email, Iccid, Imei, Msisdn
from account.values.money import Money
from account.values.number import Number, NumberState, PaymentMethod
from account.values.page import Page
from account.values.rights import Role
from tests.account.fakes.carrier import FakeCarrier
from tests.account.fakes.services import HAS_SMS
from tests.account.world import NOON, a_number

LONGEST = PollingPolicy().longest_processing
ALPHA, BETA = "alpha", "beta"
MARKS = {ALPHA: "Ⱥlphaⱥ", BETA: "Ƀetaƀ"}
COMPANIES = {
    ALPHA: Company(ALPHA, "<Alpha & {0.__class__}> ЖШС", Bin("180140000018")),
    BETA: Company(BETA, "Beta </b> «%s» LLP", Bin("180140000901")),
}
ROLES = ("administrator", "viewer")
USAGE = "Ʉsage"
"""Stands before the mark in usage details, services and allowances: viewers of this town may not
see those."""


@dataclass(frozen=True)
class Person:
    """One person with a telephone; `administrator_id` is None for a stranger."""

    id: int
    phone: Msisdn
    administrator_id: str | None = None
    grants: tuple[tuple[str, str], ...] = ()

    @property
    def mailbox(self) -> str:
        """An address of their own, which the operator does not know yet."""
        return f"{self.id}@new.kz"


PEOPLE = (
    Person(101, Msisdn("77010540001"), "adm-a", ((ALPHA, "administrator"),)),
    Person(102, Msisdn("77010540002"), "adm-b", ((BETA, "administrator"),)),
    Person(103, Msisdn("77010540003"), "adm-c", ((ALPHA, "administrator"), (BETA, "viewer"))),
    Person(104, Msisdn("77010540004")),
    Person(105, Msisdn("77010540005")),
)
NUMBERS = {
    ALPHA: ("77012110001", "77012110002", "77012110003", "77012110004"),
    BETA: ("77012120001", "77012120002", "77012120003"),
}
PREPAID = {
    ALPHA: ("77012110011", "77012110012", "77012110013"),
    BETA: ("77012120011", "77012120012"),
}
"""Active numbers with money of their own."""
OWN = {
    ALPHA: ("77010540001", "77010540003", "77010540004"),
    BETA: ("77010540002", "77010540005"),
}
"""Active numbers of the companies that the people of this town carry with them."""
LOGINS = {person.phone.digits for person in PEOPLE if person.administrator_id}
DETAILS = "<1414>"
"""Stands behind the mark in usage details alone."""
ALL_NUMBERS = (*NUMBERS[ALPHA], *NUMBERS[BETA], "77019999999")


class Operator(FakeCarrier):
    """The operator's systems, with both companies in them and a mark on all they tell."""

    def __init__(self) -> None:
        super().__init__()
        self._late_for = 0.0
        for person in PEOPLE:
            if person.administrator_id is not None:
                self.administrators[person.phone.digits] = Administrator(
                    person.administrator_id, "Б<ota> & Ко", person.phone, Email("a@b.kz")
                )
                self.grant(person, person.grants)
        for company, numbers in NUMBERS.items():
            for place, digits in enumerate(numbers):
                self.add(_marked(Msisdn(digits), company, place))
                self._equip(Msisdn(digits), company, place)
        self._give_money()
        for company, numbers in OWN.items():
            for digits in numbers:
                self.add(_marked(Msisdn(digits), company, 0))
            place = list(OWN).index(company)
            self.drawer.blank[company] = [_card(10 * place + n) for n in range(10)]

    def works_for(self, seconds: float) -> None:
        """So long pass. It keeps its word: what it took it carries out within the longest time.

        One that did not could carry a change out twice; that is not the bot's to prevent (G-10).
        """
        self._late_for = self._late_for + seconds if self._late else 0.0
        if self._late_for >= LONGEST.total_seconds():
            self.catch_up()
            self._late_for = 0.0

    def _give_money(self) -> None:
        for company, numbers in PREPAID.items():
            for digits in numbers:
                number = _marked(Msisdn(digits), company, 0)
                funds = Money(20_000_00)
                self.add(replace(number, payment=PaymentMethod.ADVANCE, funds=funds))

    def _equip(self, msisdn: Msisdn, company: str, place: int) -> None:
        """A device that was seen and is nobody's, and one that is registered with the number."""
        self.registry.last[msisdn.digits] = Imei(f"3536780{company == 'beta':d}76511{place % 10}")
        row = Registration(
            imei=Imei(f"8697820{company == 'beta':d}21212{place % 10}"),
            msisdn=msisdn,
            kind=RegistrationKind.DUPLICATE,
            since=NOON,
            bin=COMPANIES[company].bin or Bin("180140000018"),
            model=f"{MARKS[company]} & <i>model",
        )
        self.registry.rows.append((company, row))

    def grant(self, person: Person, grants: tuple[tuple[str, str], ...]) -> None:
        """What the operator grants from now on."""
        assert person.administrator_id is not None
        self.granted[person.administrator_id] = tuple(
            replace(COMPANIES[company], role=cast("Role", role)) for company, role in grants
        )

    def may_read(self, person: Person, company: str) -> bool:
        """Whether the person may see the company's numbers at this moment."""
        granted = self.granted.get(person.administrator_id or "", ())
        return any(known.id == company for known in granted)

    def may_change(self, person: Person, company: str) -> bool:
        """Whether the person may change something there, and see usage, at this moment."""
        granted = self.granted.get(person.administrator_id or "", ())
        return any(known.id == company and known.role == "administrator" for known in granted)

    async def sim_codes(self, company_id: str, msisdn: Msisdn, iccid: Iccid) -> SimCodes | None:
        """Of each card its own."""
        found = await super().sim_codes(company_id, msisdn, iccid)
        one, two = _puk(1, msisdn.digits), _puk(2, msisdn.digits)
        return None if found is None else SimCodes("4711", "8649", one, two)

    async def services(self, company_id: str, msisdn: Msisdn) -> Page[Service]:
        """As on the shelf, and one more that only this company has."""
        found = await super().services(company_id, msisdn)
        own = replace(HAS_SMS, id="svc-own", offering_id="own", name=_secret(company_id))
        return replace(found, rows=(*found.rows, own)) if found.rows else found

    async def allowances(self, company_id: str, msisdn: Msisdn) -> Page[Allowance]:
        """Called what only this company calls them."""
        found = await super().allowances(company_id, msisdn)
        own = (replace(one, use="own", name=_secret(company_id)) for one in found.rows)
        return replace(found, rows=tuple(own))

    async def usage(
        self, company_id: str, query: UsageQuery, *, offset: int, limit: int
    ) -> Page[UsageRecord]:
        """A few records a day."""
        self._hear()
        number = self.fleet.get(query.msisdn.digits)
        if number is None:
            return Page((), offset, 0)
        rows = tuple(_record(number, n) for n in range(23))
        kinds = (UsageKind.EVERYTHING, *(row.kind for row in rows))
        chosen = tuple(row for row in rows if query.kind in (UsageKind.EVERYTHING, row.kind))
        assert query.kind in kinds or not chosen
        return Page(chosen[offset : offset + limit], offset, len(chosen))


def puks() -> dict[str, str]:
    """Every first PUK there is, with its number."""
    numbers = (*NUMBERS.values(), *PREPAID.values(), *OWN.values())
    return {_puk(place, digits): digits for own in numbers for digits in own for place in (1, 2)}


def _puk(place: int, digits: str) -> str:
    return f"9{place}{digits[-6:]}"


def _card(n: int) -> Iccid:
    digits = f"89997027508016{n:05}"
    return Iccid.parse(digits + luhn.calc_check_digit(digits))


def _marked(msisdn: Msisdn, company: str, place: int) -> Number:
    blocked = place % 4 in (1, 3)
    debt = place % 4 == 2
    state = NumberState.BLOCKED if blocked else NumberState.DEBT if debt else NumberState.ACTIVE
    return replace(
        a_number(msisdn, company),
        tariff=f"{MARKS[company]} <b>tariff",
        label=f"{MARKS[company]} & {{0}}",
        account=f"{company}-2602",
        state=state,
        blocked_by_company=blocked,
        debt=Money(1_250_000) if debt else None,
    )


def _secret(company_id: str) -> str:
    """What only those read who may read usage and services there."""
    return f"{USAGE}{MARKS[company_id]} <i>&"


def _record(number: Number, n: int) -> UsageRecord:
    return UsageRecord(
        at=NOON - timedelta(hours=3 * n),
        kind=(UsageKind.CALLS, UsageKind.SMS, UsageKind.DATA, UsageKind.OTHER)[n % 4],
        direction=Direction.OUT,
        party=f"{USAGE}{MARKS[number.company_id]} {DETAILS}",
        amount=60 + n,
        cost=Money(2040),
        service=f"{USAGE}{MARKS[number.company_id]} & service",
    )
