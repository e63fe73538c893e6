"""Reconciliation statements, from the order to the file.

What a file must say is computed here from what the sandbox answers over HTTP, read as plain JSON
with decimals: nothing of the product stands between.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl.cell import Cell

from account.identity.directory import Company
from tests.documents.reading import day_in, rows, tenge, workbook
from tests.documents.test_usage import english
from tests.documents.works import (
    ACCOUNTS,
    BILLS,
    DEMO,
    KIND,
    PAYMENTS,
    TOTAL,
    XLSX,
    Works,
    almost,
    day,
    money,
    opened,
    total_of,
)

SERVICES = {
    "mobile": "Mobile communications",
    "fixed-internet": "Fixed Internet",
    "auto-monitoring": "Auto Monitoring",
    "telemetry": "Telemetry",
    "contract-phone": "Contract Phone",
}


async def ledger(works: Works, company: Company) -> dict[str, list[tuple[date, Decimal]]]:
    """By service: days with what was owed more (or less, below zero) from then on."""
    found: dict[str, list[tuple[date, Decimal]]] = defaultdict(list)
    accounts = await works.get(ACCOUNTS, **{"relatedParty.id": company.id})
    service = {
        one["id"]: one["financialAccount"]["id"] if one["financialAccount"] else "other"
        for one in accounts
    }
    for bill in await works.get(BILLS, **{"relatedParty.id": company.id}):
        amount = money(bill, "taxIncludedAmount")
        is_note = bill["category"] == "credit note"
        when = day(bill, "billDate") if is_note else day(bill["billingPeriod"], "endDateTime")
        found[service[bill["billingAccount"]["id"]]].append((when, amount))
    for paid in await works.get(PAYMENTS, **{"relatedParty.id": company.id}):
        if paid["paymentMethod"]["@type"] != "balanceTransfer":
            amount = -money(paid, "totalAmount")
            found[service[paid["account"]["id"]]].append((day(paid, "paymentDate"), amount))
    return found


def net(row: dict[str, Cell], debit: str, credit: str) -> Decimal:
    """Debit less credit; either may be an empty cell."""
    return almost(row[debit].value or 0) - almost(row[credit].value or 0)


def balances(row: dict[str, Cell]) -> dict[str, Decimal]:
    """Opening, turnover and closing, what is owed to the company below zero."""
    for name in ("Opening", "Closing"):
        signed = row[f"{name} balance, ₸"].value
        if signed is not None:  # balances of months do not add up
            assert almost(signed) == net(row, f"{name} debit, ₸", f"{name} credit, ₸")
    return {
        "Opening": net(row, "Opening debit, ₸", "Opening credit, ₸"),
        "Debit": almost(row["Debit, ₸"].value),
        "Credit": almost(row["Credit, ₸"].value),
        "Closing": net(row, "Closing debit, ₸", "Closing credit, ₸"),
    }


@pytest.mark.parametrize(
    ("first", "last"),
    [("2025-11-22", "2026-10-31"), ("2026-03-10", "2026-03-10"), ("2026-01-01", "2026-08-14")],
)
async def test_opening_and_debit_less_credit_is_closing_to_the_tiyn(
    works: Works, first: str, last: str
) -> None:
    begin, end = date.fromisoformat(first), date.fromisoformat(last)
    entries = await ledger(works, DEMO)
    assert set(entries) == {*SERVICES, "cloud-storage"}
    made = await works.made(KIND.RECONCILIATION, {"first": first, "last": last}, XLSX)
    summary, postings = workbook(made).worksheets
    told = {str(row["Service"].value): row for row in rows(summary, "Service")}
    assert set(told) == {*SERVICES.values(), TOTAL}
    wanted: dict[str, Decimal] = defaultdict(Decimal)
    for service, name in SERVICES.items():
        opening = sum((amount for when, amount in entries[service] if when < begin), Decimal())
        within = [amount for when, amount in entries[service] if begin <= when <= end]
        sums = {
            "Opening": opening,
            "Debit": sum((amount for amount in within if amount > 0), Decimal()),
            "Credit": -sum((amount for amount in within if amount < 0), Decimal()),
            "Closing": opening + sum(within, Decimal()),
        }
        assert balances(told[name]) == sums, name
        for heading, amount in sums.items():
            wanted[heading] += amount
    assert balances(told[TOTAL]) == wanted
    assert wanted["Opening"] + wanted["Debit"] - wanted["Credit"] == wanted["Closing"]
    *by_month, in_all = rows(summary, "Month")
    covered = [change for service in SERVICES for change in entries[service]]
    balance = wanted["Opening"]
    for row in by_month:
        month = str(row["Month"].value)
        of_month = [a for d, a in covered if begin <= d <= end and f"{d:%m.%Y}" == month]
        assert balances(row)["Opening"] == balance
        balance += sum(of_month, Decimal())
        assert balances(row)["Closing"] == balance
    assert balance == wanted["Closing"]
    assert almost(in_all["Debit, ₸"].value) == wanted["Debit"]
    ours, theirs, _difference = rows(summary, "By whose books")
    assert net(ours, "Debit, ₸", "Credit, ₸") == wanted["Closing"]
    assert (theirs["Debit, ₸"].value, theirs["Credit, ₸"].value) == (None, None)
    if made.rows:
        *listed, _ = rows(postings, "Date")
        running = wanted["Opening"]
        for row in listed:
            running += net(row, "Debit, ₸", "Credit, ₸")
            assert net(row, "Balance, debit, ₸", "Balance, credit, ₸") == running
        assert running == wanted["Closing"]
        detail = total_of(postings, "Date")
        assert almost(detail["Debit, ₸"]) == wanted["Debit"]
        assert almost(detail["Credit, ₸"]) == wanted["Credit"]


async def test_a_credit_note_is_a_correction_in_the_statement(works: Works) -> None:
    period = {"first": "2026-09-01", "last": "2026-09-30"}
    statement = workbook(await works.made(KIND.RECONCILIATION, period, XLSX))
    corrected = [
        row
        for row in rows(statement.worksheets[1], "Date")
        if str(row["Posting"].value).startswith("Correction")
    ]
    [note] = [
        bill
        for bill in await works.get(BILLS, **{"billingAccount.id": "25060850"})
        if bill["category"] == "credit note"
    ]
    assert [row["Document"].value for row in corrected] == [note["billNo"]]
    registered, corrects = note["billDocument"]
    assert corrected[0]["Posting"].value == f"Correction of № {corrects['id']}"
    assert corrected[0]["Registration number"].value == registered["id"]
    assert tenge(corrected[0]["Credit, ₸"]) == -money(note, "taxIncludedAmount")


@pytest.mark.parametrize(
    ("now", "first", "last"),
    [
        ("2022-01-24", "2021-01-24", "2021-12-31"),
        ("2024-03-05", "2023-03-05", "2024-02-29"),
        ("2026-01-07", "2025-01-07", "2025-12-31"),
        ("2026-11-29", "2025-11-29", "2026-10-31"),
    ],
)
async def test_the_last_month_is_in_the_closing_balance(
    tmp_path: Path, now: str, first: str, last: str
) -> None:
    """What the certificates of the last month say is owed at its end, whenever it was invoiced."""
    end = date.fromisoformat(last)
    async with opened(tmp_path, english, datetime.fromisoformat(f"{now}T07:00Z")) as works:
        entries = await ledger(works, DEMO)
        billed = sum(
            money(bill, "taxIncludedAmount")
            for bill in await works.get(BILLS, **{"relatedParty.id": DEMO.id})
            if day(bill["billingPeriod"], "endDateTime") == end
            and bill["billingAccount"]["id"] != "88010005"  # Cloud storage, covered by none
        )
        made = await works.made(KIND.RECONCILIATION, {"first": first, "last": last}, XLSX)
        summary, postings = workbook(made).worksheets
        total = total_of(summary, "Service")
        invoiced = [
            row
            for row in rows(postings, "Date")[:-1]
            if row["Posting"].value == "Invoice" and day_in(row["Date"]) == end
        ]
        assert sum(tenge(row["Debit, ₸"]) for row in invoiced) == billed > 0
        assert {day_in(row["Document date"]) for row in invoiced} == {end + timedelta(days=1)}
        owed = sum(
            (
                amount
                for service, changes in entries.items()
                if service != "cloud-storage"
                for when, amount in changes
                if when <= end
            ),
            Decimal(),
        )
        closing = almost(total["Closing debit, ₸"] or 0) - almost(total["Closing credit, ₸"] or 0)
        assert closing == owed


@pytest.mark.parametrize("seed", [1, 2])
async def test_an_awkward_operators_statement_adds_up(tmp_path: Path, seed: int) -> None:
    """Bills that are not registered yet are in it, and accounts that say not what for."""
    async with opened(tmp_path, english, awkward=seed) as works:
        entries = await ledger(works, DEMO)
        asked = {"first": "2026-01-01", "last": "2026-10-31"}
        summary, postings = workbook(await works.made(KIND.RECONCILIATION, asked, XLSX)).worksheets
        covered = [
            change
            for service, changes in entries.items()
            if service != "cloud-storage"
            for change in changes
        ]
        owed = sum((a for d, a in covered if d <= date(2026, 10, 31)), Decimal())
        told = {str(row["Service"].value): row for row in rows(summary, "Service")}
        assert balances(told[TOTAL])["Closing"] == owed
        registered = {row["Registration number"].value for row in rows(postings, "Date")}
        assert "not registered yet" in registered
