"""One of each document, with figures that can be added up apart."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from account.chapters.atlas import Pool, PoolUsage
from account.chapters.billing.accounts import ServiceLine
from account.chapters.billing.bills import (
    Amounts,
    Bill,
    BilledNumber,
    BillLine,
    Certificate,
)
from account.chapters.billing.parties import (
    BankAccount,
    Contract,
    Customer,
    Supplier,
    VatCertificate,
)
from account.chapters.billing.vat import vat_on
from account.chapters.payments import Payment, PaymentMeans, PaymentState
from account.chapters.usage import Direction, UsageKind, UsageRecord
from account.documents import invoices
from account.documents.reconciliation import (
    LedgerEntry,
    Posting,
    Reconciliation,
    postings,
    reconcile,
)
from account.effects.history import HistoryEntry
from account.values.identifiers import Bin, Imei, Msisdn
from account.values.money import Money
from account.values.number import Number, NumberState, PaymentMethod
from account.values.periods import Month, Period
from documents.layout.header import DocumentHeader
from documents.reports.devices import DeviceRow
from documents.reports.numbers import NumberRow
from tests.account.world import NOON

Row = TypeVar("Row")

HEAD = DocumentHeader(
    company="ЖШС «Қазына Үлгі»",
    bin="180140000018",
    made_at=NOON,
    requested_by="Әсел Садыкова",
    reference="R-20220124-0007",
    language="en",
)
OPERATOR = Supplier(
    "АҚ «Оператор»",
    Bin("180140000901"),
    names={"ru": "АО «Оператор»"},
    addresses={"ru": "г. Алматы, ул. Примерная, 51", "en": "51 Example Street, Almaty"},
    contacts="+7 727 258 8300, b2b@operator.example",
    account=BankAccount("KZ86125KZT5004100100", "DEMOKZKA", "АҚ «Үлгі Банк»", "17"),
    vat=VatCertificate("60001", "0087654", date(2012, 8, 13)),
)
CONTRACT = Contract("4417-К", date(2019, 3, 12))
CUSTOMER = Customer(
    "050000, Алматы қ., Абай даңғылы, 10", ("+7 727 300 1020", "buh@kazyna.example")
)
DECEMBER = Period(date(2021, 12, 1), date(2021, 12, 31))
BLOCKED, ACTIVE = Msisdn("77010542006"), Msisdn("77010542007")
BILL = Bill(
    number="25060831202112",
    account="25060831",
    issued=date(2022, 1, 1),
    period=DECEMBER,
    net=Money(0),
    vat=Money(0),
    gross=Money(0),
)


async def pages(rows: Sequence[Row], size: int = 7) -> AsyncIterator[Sequence[Row]]:
    """The rows as an operator sends them; an empty page in front does no harm."""
    yield []
    for begin in range(0, len(rows), size):
        yield rows[begin : begin + size]


def payments() -> list[Payment]:
    """Forty payments, one of them pending and one refused."""
    made = [
        Payment(
            at=datetime(2021, 12, 1, 4, tzinfo=UTC) + timedelta(hours=17 * n),
            amount=Money(1_234_567 + 1_001 * n),
            account="25060831",
            document=f"pay-{n:06}",
            means=list(PaymentMeans)[n % 4],
            channel="Kaspi.kz" if n % 4 == 2 else "Halyk Bank",
            number=ACTIVE if n % 3 == 0 else None,
        )
        for n in range(40)
    ]
    made[5] = replace(made[5], state=PaymentState.PENDING)
    made[9] = replace(made[9], state=PaymentState.FAILED)
    return made


def lines(count: int = 46, rate: int = 12) -> list[BillLine]:
    """The lines of an invoice, three services in turn."""
    services = ("Business Class Junior", "Мобильді интернет", "Звонки в роуминге")
    made = []
    for n in range(count):
        net = Money(150_037 + 911 * n)
        vat = vat_on(net, rate)
        made.append(BillLine(Msisdn(f"770105420{n:02}"), services[n % 3], net, vat, net + vat))
    return made


def certificate(month: Month = Month(2021, 12), rate: int = 12) -> Certificate:  # noqa: B008
    """An account's month."""
    return certificate_of(lines(rate=rate), month, rate)


def certificate_of(
    lines: Sequence[BillLine],
    month: Month = Month(2021, 12),  # noqa: B008
    rate: int = 12,
) -> Certificate:
    """The certificate of these lines."""
    summed = Amounts.of(lines)
    bill = replace(
        BILL,
        number=f"25060831{month.year}{month.month:02}",
        period=month.period,
        issued=month.plus(1).first,
        net=summed.net,
        vat=summed.vat,
        gross=summed.gross,
        lines=summed.count,
        registration="ESF-180140000018-20220105-00001234",
    )
    return Certificate(bill, lines, OPERATOR, contract=CONTRACT, customer=CUSTOMER)


def bills() -> list[Bill]:
    """Twelve months, each with its own figures; the newest is not paid in full."""
    made = []
    for n in range(12):
        month = Month(2021, 1).plus(n)
        net = Money(20_000_000 + 777_777 * n)
        vat = vat_on(net, 12)
        made.append(
            replace(
                BILL,
                number=f"25060831{month.year}{month.month:02}",
                issued=month.plus(1).first,
                period=month.period,
                net=net,
                vat=vat,
                gross=net + vat,
                lines=37,
            )
        )
    made[-1] = replace(made[-1], unpaid=Money(1_250_050))
    return made


def billed() -> list[BilledNumber]:
    """The numbers of an invoice."""
    bill = certificate().bill
    return invoices.billed(bill, tuple(lines(12)))


def statement() -> Reconciliation:
    """A month with invoices, payments and a correction of two services."""
    entries = [
        *postings([replace(bill, issued=date(2021, 12, 2)) for bill in bills()[-1:]], payments()),
        LedgerEntry(
            date(2021, 12, 7),
            ServiceLine.FIXED_INTERNET,
            Posting.INVOICE,
            "INT-771",
            Money(1_990_000),
        ),
        LedgerEntry(
            date(2021, 12, 20),
            ServiceLine.FIXED_INTERNET,
            Posting.CORRECTION,
            "COR-12",
            Money(-90_001),
        ),
    ]
    openings = {ServiceLine.MOBILE: Money(33_333_333), ServiceLine.TELEMETRY: Money(-500)}
    return reconcile(DECEMBER, NOON, openings, entries)


def entries() -> list[HistoryEntry]:
    """Entries of the history, the newest first."""
    return [
        HistoryEntry(
            at=NOON - timedelta(hours=5 * n),
            what="number.block" if n % 2 else "number.unblock",
            result="done" if n % 5 else "refused",
            administrator_id="adm-1",
            administrator="Әсел Садыкова",
            company_id="org-1",
            number=BLOCKED.digits if n % 4 else None,
            reference=f"A-20220124-{n:04}",
        )
        for n in range(20)
    ]


def numbers() -> list[NumberRow]:
    """The guide's rows, and a prepaid number."""
    blocked = Number(
        msisdn=BLOCKED,
        company_id="org-1",
        state=NumberState.BLOCKED,
        state_since=None,
        account="25060831",
        tariff="Business Class Junior",
        payment=PaymentMethod.CREDIT,
        funds=Money(847_690),
    )
    owing = replace(
        blocked,
        msisdn=Msisdn("77010542009"),
        state=NumberState.DEBT,
        funds=Money(0),
        debt=Money(1_250_050),
    )
    prepaid = replace(
        blocked,
        msisdn=Msisdn("77012115526"),
        state=NumberState.ACTIVE,
        tariff="Reel",
        payment=PaymentMethod.ADVANCE,
        funds=Money(375_000),
    )
    return [
        NumberRow(blocked, Money(1_000_000)),
        NumberRow(owing, Money(1_000_000)),
        NumberRow(prepaid),
    ]


def devices() -> list[DeviceRow]:
    """Two devices of one number."""
    first = DeviceRow(
        ACTIVE,
        Imei("35367807651154"),
        datetime(2021, 1, 6, 3, 46, tzinfo=UTC),
        Bin("180140000018"),
        "Registered successfully",
        model="Galaxy A52",
    )
    return [first, replace(first, imei=Imei("86978202212128"), duplicate=True, model=None)]


POOL = Pool("Atlas Pro 500", DECEMBER, 500 * 3600, 10_000, None)


def pool_usage() -> list[PoolUsage]:
    """Who used how much."""
    return [
        PoolUsage(
            Msisdn(f"770105420{n:02}"),
            seconds=3_671 * (n + 1),
            pieces=11 * n,
            bytes=n * 1_234_567_890,
            charged=Money(99_950 if n == 7 else 0),
            label="Склад, Алматы" if n % 3 == 0 else None,
        )
        for n in range(15)
    ]


def usage(days: int = 31) -> list[UsageRecord]:
    """Calls, messages and data of a month; a week of it abroad."""
    made = []
    for n in range(days * 6):
        day, which = divmod(n, 6)
        kind = (UsageKind.CALLS, UsageKind.CALLS, UsageKind.SMS, UsageKind.DATA)[which % 4]
        amount = {
            UsageKind.CALLS: 61 + 37 * (n % 23),
            UsageKind.SMS: 1 + n % 3,
            UsageKind.DATA: (5 + n % 40) * 3_000_000,
        }[kind]
        made.append(
            UsageRecord(
                at=datetime(2021, 12, 1, 4, tzinfo=UTC) + timedelta(days=day, hours=which),
                kind=kind,
                direction=Direction.NONE if kind is UsageKind.DATA else Direction.OUT,
                party="" if kind is UsageKind.DATA else "+77051234567",
                amount=amount,
                cost=Money(2_040 + n),
                roaming="TR" if 12 <= day < 19 else None,
                service="Қалааралық қоңыраулар" if kind is UsageKind.CALLS else None,
            )
        )
    return made
