"""One change of each kind, with what it is told. A new kind adds its line here."""

from __future__ import annotations

from datetime import UTC, datetime

from account.access.profile_email import EmailParameters
from account.access.secret_codes import SendCodeParameters
from account.changes.action import Action, ActionKind
from account.changes.parameters import NOTHING, ChangeParameters
from account.chapters.bans import BanParameters
from account.chapters.blocking import BlockParameters
from account.chapters.devices.registrations import DeviceParameters
from account.chapters.forwarding import Condition, ForwardingOffParameters, setting
from account.chapters.services.changes import off_parameters, on_parameters
from account.chapters.sim import ReplaceParameters
from account.chapters.transfers import TransferParameters
from account.values.identifiers import Email, Imei, Msisdn
from account.values.money import Money
from account.values.number import Ban
from tests.account.fakes.services import HAS_SMS, ROAMING, SMS_100
from tests.account.fakes.sims import BLANK

PARAMETERS: dict[ActionKind, ChangeParameters] = {
    ActionKind.BLOCK: BlockParameters(),
    ActionKind.UNBLOCK: NOTHING,
    ActionKind.REGISTER_DEVICE: DeviceParameters(Imei("35367807651154")),
    ActionKind.DEREGISTER_DEVICE: DeviceParameters(Imei("86978202212128")),
    ActionKind.REREGISTER_DEVICE: DeviceParameters(Imei("35367807651154"), terms=True),
    ActionKind.DUPLICATE_DEVICE: DeviceParameters(Imei("35367807651154"), terms=True),
    ActionKind.BAN: BanParameters(Ban.ACCESS, on=True),
    ActionKind.FORWARDING_SET: setting(Condition.NO_ANSWER, Msisdn("77012115528"), 15),
    ActionKind.FORWARDING_OFF: ForwardingOffParameters(None),
    ActionKind.TRANSFER: TransferParameters(Msisdn("77012115528"), Money(150_000)),
    ActionKind.SERVICE_ON: on_parameters(ROAMING, []),
    ActionKind.SERVICE_OFF: off_parameters(HAS_SMS, SMS_100.names),
    ActionKind.SECRET_SEND: SendCodeParameters("Alpha LLP", "180140000018"),
    ActionKind.SECRET_DELETE: NOTHING,
    ActionKind.SIM_REVEAL: NOTHING,
    ActionKind.ESIM_SHOW: NOTHING,
    ActionKind.EMAIL: EmailParameters(Email("new@alpha.kz"), "en", "aigul@alpha.kz"),
    ActionKind.SIM_REPLACE: ReplaceParameters(BLANK),
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
