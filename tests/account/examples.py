"""One change of each kind, with what it is told. A new kind adds its line here."""

from __future__ import annotations

from datetime import UTC, datetime

from account.access.profile_email import EMAIL, LANGUAGE, WAS
from account.access.secret_codes import BIN, COMPANY
from account.changes.action import Action, ActionKind
from account.chapters.bans import wished
from account.chapters.devices.registrations import ACCEPTED, IMEI, TERMS
from account.chapters.forwarding import ALL, CONDITION, Condition, setting
from account.chapters.services.changes import wished_off, wished_on
from account.chapters.sim import ICCID
from account.chapters.transfers import TIYN, TO
from account.values.identifiers import Msisdn
from account.values.number import Ban
from tests.account.fake_services import HAS_SMS, ROAMING, SMS_100
from tests.account.fake_sims import BLANK

PARAMETERS: dict[ActionKind, dict[str, str]] = {
    ActionKind.BLOCK: {},
    ActionKind.UNBLOCK: {},
    ActionKind.REGISTER_DEVICE: {IMEI: "35367807651154"},
    ActionKind.DEREGISTER_DEVICE: {IMEI: "86978202212128"},
    ActionKind.REREGISTER_DEVICE: {IMEI: "35367807651154", TERMS: ACCEPTED},
    ActionKind.DUPLICATE_DEVICE: {IMEI: "35367807651154", TERMS: ACCEPTED},
    ActionKind.BAN: wished(Ban.ACCESS, on=True),
    ActionKind.FORWARDING_SET: setting(Condition.NO_ANSWER, Msisdn("77012115528"), 15),
    ActionKind.FORWARDING_OFF: {CONDITION: ALL},
    ActionKind.TRANSFER: {TO: "77012115528", TIYN: "150000"},
    ActionKind.SERVICE_ON: wished_on(ROAMING, []),
    ActionKind.SERVICE_OFF: wished_off(HAS_SMS, SMS_100.names),
    ActionKind.SECRET_SEND: {COMPANY: "Alpha LLP", BIN: "180140000018"},
    ActionKind.SECRET_DELETE: {},
    ActionKind.SIM_REVEAL: {},
    ActionKind.EMAIL: {EMAIL: "new@alpha.kz", LANGUAGE: "en", WAS: "aigul@alpha.kz"},
    ActionKind.SIM_REPLACE: {ICCID: BLANK.digits},
}


def an_example(kind: ActionKind) -> Action:
    """An offered change of that kind."""
    return Action(
        id="c0ffee00-0000-4000-8000-000000000001",
        kind=kind,
        company_id="org-180140000018",
        msisdn=Msisdn("77012115526"),
        telegram_id=1,
        session_id="s-1",
        administrator_id="adm-1",
        administrator="Асель Садыкова",
        shown="active",
        offered_at=datetime(2022, 1, 24, 10, 4, tzinfo=UTC),
        parameters=PARAMETERS[kind],
    )
