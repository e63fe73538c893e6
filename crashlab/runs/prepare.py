"""A database in which everybody has logged in: the only place that uses the bot's own code."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from account.access.secret_codes import SecretCode
from account.effects.effect import BindTelegram, OpenSession
from account.identity.sessions import Session
from account.values.identifiers import Msisdn
from storage.encryption.secrets import Secrets
from storage.engine.schema import upgrade
from storage.open import open_stores
from storage.stores.people import Person, keep_person

if TYPE_CHECKING:
    from crashlab.actors.administrators import Person as Someone
    from crashlab.actors.document_users import Reader
    from crashlab.actors.set_users import SetUser

SENT_BEFORE = timedelta(hours=2)


async def prepare(url: str, key: Path, people: Sequence[Someone | Reader | SetUser]) -> None:
    """Make the schema, the key, a session for each of the people and the secret codes there are."""
    await upgrade(url)
    stores = open_stores(url, Secrets.create(key))
    now = datetime.now(UTC)
    sessions = [
        OpenSession(
            Session(
                id=f"lab-{one.id}",
                telegram_id=one.id,
                administrator_id=one.administrator_id,
                administrator_name="Lab",
                phone=Msisdn(one.phone),
                company_id=one.company_id,
                opened_at=now,
                seen_at=now,
            )
        )
        for one in people
    ]

    known = [
        BindTelegram(administrator, Msisdn(one.phone), one.id, now)
        for one in people
        # As whom they are logged in comes last: the latest login is where questions go.
        for administrator in (*one.was, one.administrator_id)
    ]
    codes = [
        SecretCode(
            id=f"lab-{number}",
            company_id=one.company_id,
            company_name="TOO Demo",
            company_bin=one.company_id.removeprefix("org-"),
            msisdn=Msisdn(number),
            code_mac="",
            sent_at=now - SENT_BEFORE,
        )
        for one in people
        for number in one.coded
    ]

    def keep(conn: Any) -> None:
        for one in people:
            keep_person(conn, Person(one.id, language="en", chosen=True, first_seen=now))

    try:
        await stores.effect_store.write([*sessions, *known])
        await stores.database.write(keep)
        for code in codes:
            await stores.secret_codes.send(code, [])
    finally:
        await stores.close()
