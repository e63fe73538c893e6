"""The operator's shelf of services in memory: the catalogue, and what each number has of it.

Every number has the same in the beginning; each is switched for itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from account.changes.action import Action, ActionKind
from account.chapters.allowances import Allowance, Measure
from account.chapters.services.offerings import Group, Offering, Service, Volume, VolumeUnit
from account.values.identifiers import Msisdn
from account.values.money import Money

SINCE = datetime(2022, 1, 20, 5, 0, tzinfo=UTC)
MONTH, NEXT_MONTH = datetime(2021, 12, 31, 18, tzinfo=UTC), datetime(2022, 1, 31, 18, tzinfo=UTC)
VOICE, OFFNET = Group("voice", "Voice"), Group("voice-offnet", "Extra minutes")


def an_offering(id: str, price: int, **changes: object) -> Offering:  # noqa: A002
    """An offering for so many tenge, called by its id."""
    made = Offering(
        id=id,
        names={"en": f"{id} <en>", "ru": f"{id} <ru>", "kk": f"{id} <kk>"},
        terms={"en": "terms & more", "ru": "условия & ещё", "kk": "шарттар & тағы"},
        groups=(Group("sms", "SMS"),),
        price=Money(price * 100),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


OFFNET_50 = an_offering(
    "offnet-50",
    390,
    groups=(VOICE, OFFNET),
    volume=Volume(50, VolumeUnit.MINUTES),
    to_month_end=True,
    stackable=True,
)
SMS_100 = an_offering("sms-100", 250, monthly=True, excludes=frozenset({"sms-500"}))
SMS_500 = an_offering("sms-500", 790, monthly=True, excludes=frozenset({"sms-100"}))
ROAMING = an_offering("roaming", 0, monthly=True, groups=(Group("roaming-voice", "Roaming"),))
APN = an_offering("corporate-apn", 1200, monthly=True, sellable=False)
OFFERINGS = (SMS_500, SMS_100, OFFNET_50, ROAMING, APN)


def a_service(id: str, offering: Offering) -> Service:  # noqa: A002
    """A service of that offering, active since the 20th."""
    return Service(
        id=id,
        offering_id=offering.id,
        name=offering.names["en"],
        price=offering.price,
        monthly=offering.monthly,
        since=SINCE,
        until=None,
        group=offering.groups[0].id,
        subgroup=None,
        manageable=offering.sellable,
    )


HAS_SMS, HAS_APN = a_service("svc-1", SMS_100), a_service("svc-2", APN)


def allowances_of(msisdn: Msisdn) -> tuple[Allowance, ...]:
    """As the guide shows them; the last one ended with the month before."""
    minutes = Allowance(
        use="offnet",
        name="Calls to other KZ mobiles",
        measure=Measure.SECONDS,
        left=4080,
        total=6000,
        source=msisdn.digits,
        source_name="Business Class Junior",
        begins=MONTH,
        ends=NEXT_MONTH,
    )
    onnet = replace(minutes, use="onnet", name="Calls within Kcell", left=None, total=None)
    sms = replace(
        minutes,
        use="sms",
        name="SMS",
        measure=Measure.SMS,
        left=40,
        total=100,
        source=HAS_SMS.id,
        source_name=HAS_SMS.name,
    )
    return (onnet, minutes, sms, replace(minutes, ends=MONTH), replace(sms, ended=True))


@dataclass
class Shelf:
    """What is on offer, and what numbers have."""

    offerings: dict[str, Offering] = field(
        default_factory=lambda: {one.id: one for one in OFFERINGS}
    )
    had: dict[str, list[Service]] = field(default_factory=dict)
    serial: int = 0

    def of(self, msisdn: Msisdn) -> list[Service]:
        """The active services of a number."""
        return self.had.setdefault(msisdn.digits, [HAS_SMS, HAS_APN])

    def carry_out(self, action: Action[Any]) -> None:
        """Make the change, if it is about a service."""
        services = self.of(action.msisdn)
        if action.kind is ActionKind.SERVICE_ON:
            offering = self.offerings[action.parameters.offering.id]
            self.serial += 1
            services.append(a_service(f"svc-new-{self.serial}", offering))
        elif action.kind is ActionKind.SERVICE_OFF:
            gone = action.parameters.service
            services[:] = [service for service in services if service.id != gone]
