"""The numbers: the guide's own, the rest of the three companies, and the large company.

What only describes a number (ICCID, IMEI, registration form) is computed from the seed when asked
for; a row holds what is searched, sorted and changed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sandbox.operator.api.answers import ALMATY
from sandbox.operator.seed.identifiers import mix
from sandbox.operator.seed.people import DEMO, FLEETS, KAZYNA, QYRAN, Company

DAY = 86_400

TARIFFS = {
    "bc-junior": "Business Class Junior",
    "reel": "Reel",
    "bc-middle": "Business Class Middle",
    "bc-senior": "Business Class Senior",
    "office-20": "Офис Интернет +20 ГБ",
    "bastau": "Жаңа бастау",
    "telemetry": "M2M Telemetry <basic & safe>",
    "atlas-pro": "Atlas Pro",
}
_CODES = tuple(TARIFFS)
_LABELS = (
    "Склад, Алматы",
    "Қойма, Шымкент",
    "Айгүл Төлеуова",
    "Sales & Marketing",
    "Водитель №3",
    "<reception>",
    "Бухгалтерия",
    "Бас кеңсе",
    "Курьер",
    "O'Brien, security",
    "=СУММА(A1)",
    None,
    None,
)
_CREDIT_LIMITS = (1_000_000, 1_500_000, 2_500_000)
BIG_FLEET_ACCOUNT = 70_000_000

Row = dict[str, Any]


def _made(
    seed: int, now: float, company: Company, number: int, account: str, *, advance: bool
) -> Row:
    """A number as the seed would have it."""
    luck = mix(seed, number)
    label = _LABELS[luck % len(_LABELS)]
    limit = _CREDIT_LIMITS[luck // 100 % 3]
    own = luck // 1_000 % 100
    return {
        "msisdn": str(number),
        "company": company.id,
        "account": account,
        "tariff": TARIFFS[_CODES[luck // 10 % len(_CODES)]],
        "payment_method": "Advance" if advance else "Credit",
        "label": label,
        "start_at": int(now - (400 + luck // 7 % 2_000) * DAY - luck // 11 % DAY),
        "blocked_at": None,
        "debt": 0,
        "debt_at": None,
        "credit_limit": 0 if advance else limit,
        "balance": (luck // 13 % 900_000) if advance else limit - luck // 13 % (limit // 2),
        "individual_limit": (luck // 17 % 600_000) if own < 20 else None,
        "ban_sms": int(luck // 19 % 7 == 0),
        "ban_details": int(luck // 23 % 9 == 0),
        "ban_access": int(luck // 29 % 11 == 0),
        "usage_per_day": None,
    }


def guide_start() -> int:
    """The date that the guide shows on a number's card."""
    return int(datetime(2019, 12, 24, 11, 21, tzinfo=ALMATY).timestamp())


def _demo_changes(now: float) -> dict[str, Row]:
    """What the guide says of single numbers, over what the seed says."""
    return {
        "77010542006": {
            "account": "25060831",
            "tariff": TARIFFS["bc-junior"],
            "balance": 847_690,
            "credit_limit": 1_000_000,
            "individual_limit": None,
            "blocked_at": now - 69 * DAY,
            "start_at": guide_start(),
            "ban_access": 1,
            "label": "Склад, Алматы",
        },
        "77010542007": {
            "account": "25060830",
            "tariff": TARIFFS["bc-junior"],
            "balance": 847_590,
            "credit_limit": 1_000_000,
            "individual_limit": 44_600,
            "label": "Асель Садыкова",
        },
        "77012115526": {
            "account": "26025487",
            "tariff": TARIFFS["reel"],
            "balance": 375_000,
            "credit_limit": 500_000,
            "individual_limit": None,
            "start_at": guide_start(),
            "label": "Марат Ибраев",
        },
        "77010542008": {
            "account": "667068921",
            "balance": 175_000,
            "ban_sms": 1,
            "ban_details": 0,
            "ban_access": 1,
        },
        "77010542009": {
            "account": "25060840",
            "debt": 1_250_050,
            "debt_at": now - 19 * DAY,
            "credit_limit": 1_000_000,
            "balance": 0,
        },
        "77010542021": {"blocked_at": now - 3 * DAY - 5_000},
        "77010542012": {"tariff": TARIFFS["atlas-pro"]},
        "77010542015": {"tariff": TARIFFS["atlas-pro"]},
        "77010542030": {
            "tariff": TARIFFS["telemetry"],
            "label": "Терминал оплаты, ТРЦ «Достық»",
            "usage_per_day": 650,
        },
    }


def demo_rows(seed: int, now: float) -> Iterator[Row]:
    """The 52 numbers of the three companies."""
    changes = _demo_changes(now)
    numbers = [*range(77010542006, 77010542010), *range(77010542012, 77010542044), 77012115526]
    for place, number in enumerate(numbers):
        advance = place % 3 == 2
        account = str(25_060_850 + place // 12 * 2 + advance)
        row = _made(seed, now, DEMO, number, account, advance=advance)
        yield row | changes.get(str(number), {})
    for place in range(12):
        account = str(31_400_100 + place % 2)
        yield _made(seed, now, KAZYNA, 77023300101 + place, account, advance=place % 2 == 1)
    for place, number in enumerate((77010542010, 77753001002, 77753001003)):
        row = _made(seed, now, QYRAN, number, str(40_200_001 + place), advance=place == 2)
        # The company without the package.
        yield row | {"tariff": TARIFFS["bc-middle"]}


def fleet_rows(seed: int, now: float, size: int, companies: int = 1) -> Iterator[Row]:
    """`size` numbers of the large company: about 3 % blocked, 1 % in debt, 100 to an account.

    Shared out among the first `companies` of `FLEETS`, two whole accounts at a time.
    """
    shift = mix(seed) % 10**7
    numbers = sorted(((index * 7_919 + shift) % 10**7, index) for index in range(size))
    for last_seven, index in numbers:
        number = 77780000000 + last_seven
        account = BIG_FLEET_ACCOUNT + index // 200 * 2 + index % 2
        company = FLEETS[index // 200 % companies]
        row = _made(seed, now, company, number, str(account), advance=index % 2 == 1)
        fate = mix(seed, index, 4) % 1_000
        if fate < 30:
            row["blocked_at"] = now - fate * DAY - 1_800
        elif fate < 40:
            row |= {"debt": 150_000 + fate * 1_750, "debt_at": now - (fate - 25) * DAY}
        yield row


def write_rows(database: sqlite3.Connection, rows: Iterator[Row]) -> None:
    """Insert `rows`, and the accounts they name."""
    database.executemany(
        """INSERT INTO number (msisdn, company, account, tariff, payment_method, label,
               label_folded, start_at, active_at, blocked_at, debt, debt_at, credit_limit, balance,
               individual_limit, ban_sms, ban_details, ban_access, usage_per_day)
           VALUES (:msisdn, :company, :account, :tariff, :payment_method, :label, :label_folded,
               :start_at, :start_at, :blocked_at, :debt, :debt_at, :credit_limit, :balance,
               :individual_limit, :ban_sms, :ban_details, :ban_access, :usage_per_day)""",
        (row | {"label_folded": (row["label"] or "").casefold()} for row in rows),
    )
    database.execute(
        """INSERT OR IGNORE INTO account
           SELECT account, company, CASE payment_method WHEN 'Credit' THEN 'postpaid'
               ELSE 'prepaid' END, sum(credit_limit) FROM number GROUP BY account"""
    )
    database.execute(
        """INSERT INTO silence SELECT msisdn, coalesce(min(blocked_at, debt_at), blocked_at,
               debt_at), NULL FROM number
           WHERE state <> 'active' AND msisdn NOT IN (SELECT msisdn FROM silence)"""
    )
