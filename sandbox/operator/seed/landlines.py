"""What companies have besides mobile numbers: lines of offices, billed to accounts of their own."""

from __future__ import annotations

from typing import NamedTuple

from sandbox.operator.database import OperatorDatabase
from sandbox.operator.seed.people import DEMO, KAZYNA, Company

SERVICES = {
    "mobile": "Mobile communications",
    "fixed-internet": "Fixed Internet",
    "auto-monitoring": "Auto Monitoring",
    "telemetry": "Telemetry",
    "contract-phone": "Contract Phone",
    "cloud-storage": "Cloud storage",
}
"""The financial accounts: what a billing account is for."""


class _Office(NamedTuple):
    account: str
    company: Company
    service: str
    lines: tuple[str, ...]


_OFFICES = (
    _Office(
        "88010001",
        DEMO,
        "fixed-internet",
        ("Fixed Internet 100 Mbit/s, Алматы", "Fixed Internet 50 Mbit/s, Шымкент"),
    ),
    _Office("88010002", DEMO, "auto-monitoring", ("Auto Monitoring, 12 vehicles",)),
    _Office("88010003", DEMO, "telemetry", ("Telemetry, 40 meters",)),
    _Office("88010004", DEMO, "contract-phone", ("Contract Phone, 3 of 24 payments",)),
    _Office("88010005", DEMO, "cloud-storage", ("Cloud storage 1 TB",)),
    _Office("88020001", KAZYNA, "auto-monitoring", ("Auto Monitoring, 5 vehicles",)),
)


_NOT_USED = _Office("88010006", DEMO, "fixed-internet", ())
"""Of an awkward world: an account that nothing is billed on yet."""


def found(database: OperatorDatabase, *, awkward: bool = False) -> None:
    """Write down the offices' lines and accounts, where they are not there yet."""
    for office in (*_OFFICES, _NOT_USED) if awkward else _OFFICES:
        database.execute(
            "INSERT OR IGNORE INTO account VALUES (?, ?, 'postpaid', 0)",
            (office.account, office.company.id),
        )
        database.execute(
            "INSERT OR IGNORE INTO other_service VALUES (?, ?)", (office.account, office.service)
        )
        for place, name in enumerate(office.lines, 1):
            database.execute(
                "INSERT OR IGNORE INTO office_line VALUES (?, ?, ?)",
                (f"{office.service}-{office.account}-{place}", office.account, name),
            )
