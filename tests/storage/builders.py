"""Valid things to keep."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from account.changes.action import Action, ActionKind
from account.chapters.blocking import BlockParameters, BlockReason
from account.chapters.devices.registrations import OWNER_ID, DeviceParameters, PreviousOwner
from account.chapters.kinds import parameters_of
from account.credentials.one_time_codes import Code
from account.documents.document import DocumentOrder
from account.documents.kinds import DocumentFormat, DocumentKind
from account.effects.effect import Channel, OutboxMessage
from account.effects.history import HistoryEntry
from account.identity.sessions import Session
from account.values.identifiers import Iin, Imei, Msisdn
from storage import Stores
from storage.queue.inbox import NewUpdate
from tests.account.examples import PARAMETERS

NOW = datetime(2022, 1, 24, 9, 30, 0, 123456, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
LEASE = timedelta(seconds=30)
PHONE = Msisdn("77010542006")
OTHER_PHONE = Msisdn("77010542007")


def an_update(update_id: int, chat_id: int | None = 5, text: str = "hello", **changes: Any) -> Any:
    new = NewUpdate(1, update_id, chat_id, NOW, text.encode())
    return replace(new, **changes)


def a_session(session_id: str = "s1", **changes: Any) -> Session:
    session = Session(
        id=session_id,
        telegram_id=5,
        administrator_id="adm-1",
        administrator_name="Айгүл",
        phone=PHONE,
        company_id=None,
        opened_at=NOW,
        seen_at=NOW,
    )
    return replace(session, **changes)


def an_offer(**changes: Any) -> Action:
    action = Action(
        id=str(uuid.uuid4()),
        kind=ActionKind.BLOCK,
        company_id="company-1",
        msisdn=PHONE,
        telegram_id=5,
        session_id="s1",
        administrator_id="adm-1",
        administrator="Айгүл",
        shown="active",
        offered_at=NOW,
        parameters=BlockParameters(BlockReason.OTHER),
    )
    kind = changes.get("kind", action.kind)
    told = changes.get("parameters") or {}
    if isinstance(told, Mapping):
        changes["parameters"] = parameters_of(kind, told, {}) if told else PARAMETERS[kind]
    return replace(action, **changes)


def with_a_secret(iin: str) -> dict[str, Any]:
    """What makes an offer one that tells of a previous owner."""
    owner = PreviousOwner(OTHER_PHONE, Iin(iin))
    imei = Imei("35367807651154")
    return {
        "kind": ActionKind.REREGISTER_DEVICE,
        "parameters": DeviceParameters(imei, terms=True, owner=owner),
    }


def secret_of(action: Action) -> str | None:
    """The previous owner that it still tells of."""
    return action.parameters.sealed().get(OWNER_ID)


def a_message(text: str = "hello", **changes: Any) -> OutboxMessage:
    owed = OutboxMessage(Channel.TELEGRAM, "5", "note", NOW + timedelta(hours=24), {"text": text})
    return replace(owed, **changes)


def an_entry(**changes: Any) -> HistoryEntry:
    entry = HistoryEntry(
        at=NOW,
        what="number.block",
        result="done",
        administrator_id="adm-1",
        administrator="Айгүл",
        company_id="company-1",
        number=PHONE.digits,
        parameters={"b": "2", "a": "1"},
    )
    return replace(entry, **changes)


def a_code(code_id: str, sent_at: datetime = NOW, figures: str = "123456", **changes: Any) -> Code:
    code = Code(code_id, PHONE, 5, "reset", mac(figures), sent_at)
    return replace(code, **changes)


def mac(figures: str) -> str:
    return hashlib.sha256(figures.encode()).hexdigest()


def a_document_order(**changes: Any) -> DocumentOrder:
    order = DocumentOrder(
        kind=DocumentKind.USAGE,
        format=DocumentFormat.XLSX,
        telegram_id=5,
        administrator_id="adm-1",
        administrator="Айгүл",
        company_id="company-1",
        company_name="ТОО «Ромашка»",
        company_bin="020540003431",
        language="ru",
        parameters={"msisdn": PHONE.digits, "first": "2022-01-01"},
    )
    return replace(order, **changes)


async def offered(stores: Stores, token: str, lock_key: str = "block", **changes: Any) -> Action:
    action = an_offer(**changes)
    await stores.actions.offer(action, token, lock_key)
    return action


async def accepted(stores: Stores, token: str, lock_key: str = "block", **changes: Any) -> Action:
    action = await offered(stores, token, lock_key, **changes)
    taken, first = await stores.actions.accept(
        token, session_id=action.session_id, company_id=action.company_id, now=NOW, effects=[]
    )
    assert first
    return taken
