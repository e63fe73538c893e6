"""The product under load: a database with people who have logged in, and the bot's process."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from account.effects.effect import OpenSession
from account.identity.sessions import Session
from account.values.identifiers import Msisdn
from bench.processes import Process
from bench.telegram import FIRST_USER
from storage.encryption.secrets import Secrets
from storage.engine.schema import upgrade
from storage.open import open_stores
from storage.stores.people import Person, keep_person
from storage.tables.access import secret_codes

TOKEN = "1000001:bench-bot-000000000000000000000000000"  # noqa: S105 - no secret of anybody
ADMINISTRATOR_S = "77010542007"
"""The telephone that codes come to."""
COMPANY, NUMBER = "org-180140000018", "77012115526"
EMPLOYEE_S = "77010542007"
"""The number that employees see; on the other one access is banned."""
BIG_COMPANY = "org-190140099990"
NOTHING_ELSE: Mapping[str, str] = {}


async def prepare(
    database: str, key: Path, users: int, company: str, *, employees: bool = False
) -> None:
    """A database in which `users` people have a session, as after their logins.

    `employees`: each is let in by a secret code of the one number instead.
    """
    await upgrade(database)
    stores = open_stores(database, Secrets.create(key))
    now = datetime.now(UTC)
    try:
        for begin in range(0, users, 1000):
            ids = range(FIRST_USER + begin, FIRST_USER + min(users, begin + 1000))
            if employees:
                codes = [_code(user, company, now) for user in ids]

                def bound(conn: Any, codes: list[dict[str, object]] = codes) -> None:
                    conn.execute(secret_codes.insert(), codes)

                await stores.database.write(bound)
            else:
                sessions = [OpenSession(_session(user, company, now)) for user in ids]
                await stores.effect_store.write(sessions)

            def people(conn: Any, ids: range = ids) -> None:
                for user in ids:
                    keep_person(conn, Person(user, language="en", chosen=True, first_seen=now))

            await stores.database.write(people)
    finally:
        await stores.close()


def _session(user: int, company: str, now: datetime) -> Session:
    return Session(
        id=f"bench-{user}",
        telegram_id=user,
        administrator_id="adm-1",
        administrator_name="Bench",
        phone=Msisdn(ADMINISTRATOR_S),
        company_id=company,
        opened_at=now,
        seen_at=now,
    )


def _code(user: int, company: str, now: datetime) -> dict[str, object]:
    """A code in use; many for one number, as only a bench has them."""
    return {
        "id": f"bench-{user}",
        "company_id": company,
        "company_name": "TOO Demo",
        "company_bin": "180140000018",
        "msisdn": EMPLOYEE_S,
        "code_mac": "",
        "sent_at": now,
        "telegram_id": user,
        "used_at": now,
    }


def product(
    telegram: str,
    folder: Path,
    operator: str,
    *,
    users: int,
    database: str | None = None,
    company: str = COMPANY,
    employees: bool = False,
    environment: Mapping[str, str] | None = None,
) -> Process:
    """Prepare a database in `folder` (or at `database`) and start the bot on it."""
    folder.mkdir(exist_ok=True)
    url = database or f"sqlite:///{folder / 'bench.db'}"
    asyncio.run(prepare(url, folder / "key", users, company, employees=employees))
    return started(telegram, folder, operator, url, environment or {})


def started(
    telegram: str,
    folder: Path,
    operator: str,
    database: str,
    environment: Mapping[str, str] = NOTHING_ELSE,
) -> Process:
    """Start the bot on a database that is there."""
    return Process(
        "-m",
        "bot",
        "run",
        environment={
            "MYACCOUNT_BOT_TOKEN": TOKEN,
            "MYACCOUNT_TELEGRAM_URL": telegram,
            "MYACCOUNT_CARRIER_URL": operator,
            "MYACCOUNT_DATABASE_URL": database,
            "MYACCOUNT_SECRET_KEY_FILE": str(folder / "key"),
            "MYACCOUNT_METRICS_PORT": "0",
            "MYACCOUNT_LOG_LEVEL": "ERROR",
            **environment,
        },
    )
