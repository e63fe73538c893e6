"""All stores over one database, put together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from storage.audit.chain import Chain
from storage.audit.pruning import HistoryPruning
from storage.audit.verification import Audit
from storage.encryption.keyring import Keyring
from storage.encryption.sealer import Sealer
from storage.encryption.secret_keys import SecretKeys
from storage.engine.database import Database
from storage.engine.open import open_database
from storage.fsm_storage import ConversationStorage
from storage.personal_data import PersonalDataStore
from storage.queue.gauges import Gauges
from storage.queue.inbox import Inbox
from storage.queue.leases import Leases
from storage.queue.orphans import Orphans
from storage.queue.outbox import Outbox
from storage.restore.generations import Generations
from storage.retention import KeptFor, Retention
from storage.stores.action_wakeups import ActionWakeups
from storage.stores.actions import ActionRows
from storage.stores.alerts import AlertRows
from storage.stores.approvals import ApprovalRows
from storage.stores.call_slots import CallSlots
from storage.stores.change_sets import ChangeSetRows
from storage.stores.clocks import ClockRows
from storage.stores.day_totals import DayTotalRows
from storage.stores.devices import DeviceRows
from storage.stores.documents import DocumentRows
from storage.stores.effects import EffectRows, EffectWriter
from storage.stores.event_subscriptions import EventSubscriptionRows
from storage.stores.freezes import FreezeRows
from storage.stores.history import HistoryRows
from storage.stores.holds import HoldRows
from storage.stores.known_accounts import AccountRows
from storage.stores.label_imports import LabelImportRows
from storage.stores.labels import LabelRows
from storage.stores.login import LoginRows
from storage.stores.notifications import NotificationRows
from storage.stores.number_lists import NumberListRows
from storage.stores.people import People
from storage.stores.quarantine import QuarantineRows
from storage.stores.schedules import ScheduleRows
from storage.stores.secret_codes import SecretCodeRows
from storage.stores.sessions import SessionRows
from storage.stores.set_approvals import SetApprovalRows
from storage.stores.shortlists import ShortlistRows
from storage.stores.sms_parts import SmsPartRows
from storage.stores.subscriptions import SubscriptionRows
from storage.unit_of_work import UnitsOfWork

if TYPE_CHECKING:
    from storage.encryption.secrets import Secrets


@dataclass(frozen=True, slots=True)
class Stores:
    """What the rest of the product gets of this room."""

    database: Database
    keys: Keyring
    secret_keys: SecretKeys
    sealer: Sealer
    effects: EffectWriter
    sessions: SessionRows
    effect_store: EffectRows
    history: HistoryRows
    chain: Chain
    personal_data: PersonalDataStore
    audit: Audit
    login: LoginRows
    accounts: AccountRows
    freezes: FreezeRows
    actions: ActionRows
    change_sets: ChangeSetRows
    schedules: ScheduleRows
    alerts: AlertRows
    subscriptions: SubscriptionRows
    number_lists: NumberListRows
    shortlists: ShortlistRows
    action_wakeups: ActionWakeups
    event_subscriptions: EventSubscriptionRows
    holds: HoldRows
    approvals: ApprovalRows
    set_approvals: SetApprovalRows
    devices: DeviceRows
    documents: DocumentRows
    day_totals: DayTotalRows
    secret_codes: SecretCodeRows
    people: People
    notifications: NotificationRows
    labels: LabelRows
    label_imports: LabelImportRows
    units: UnitsOfWork
    fsm: ConversationStorage
    inbox: Inbox
    quarantine: QuarantineRows
    outbox: Outbox
    sms_parts: SmsPartRows
    leases: Leases
    clocks: ClockRows
    call_slots: CallSlots
    orphans: Orphans
    retention: Retention
    pruning: HistoryPruning
    gauges: Gauges
    generations: Generations

    async def purge(self, now: datetime) -> int:
        """Forget what is old: see `storage.retention`, `storage.audit.pruning`."""
        touched = await self.retention.purge(now)
        if (term := self.retention.kept.history) is not None:
            touched += await self.pruning.prune(now - term, now)
        return touched

    async def close(self) -> None:
        """Let running transactions end, then close the database."""
        await self.database.close()


def open_stores(url: str, secrets: Secrets, kept: KeptFor | None = None) -> Stores:
    """Put the stores together; nothing is connected before the first use.

    The schema has to be there: see `storage.engine.schema.upgrade`. Raises `DatabaseUrlInvalid`.
    """
    database = open_database(url)
    keys = Keyring(secrets)
    sealer = Sealer(keys)
    chain = Chain(keys)
    audit = Audit(database, chain, keys)
    outbox = Outbox(database, sealer)
    effects = EffectWriter(outbox, chain)
    actions = ActionRows(database, effects, sealer)
    documents = DocumentRows(database, effects, sealer)
    return Stores(
        database=database,
        keys=keys,
        secret_keys=SecretKeys(database, keys),
        sealer=sealer,
        effects=effects,
        sessions=SessionRows(database),
        effect_store=EffectRows(database, effects),
        history=HistoryRows(database, chain),
        chain=chain,
        personal_data=PersonalDataStore(database, chain),
        audit=audit,
        login=LoginRows(database, effects),
        accounts=AccountRows(database),
        freezes=FreezeRows(database, effects),
        actions=actions,
        change_sets=ChangeSetRows(database, effects, actions),
        schedules=ScheduleRows(database, effects, actions),
        alerts=AlertRows(database, effects),
        number_lists=NumberListRows(database),
        shortlists=ShortlistRows(database),
        action_wakeups=ActionWakeups(database),
        event_subscriptions=EventSubscriptionRows(database),
        holds=HoldRows(database, effects),
        approvals=ApprovalRows(database, effects, actions),
        set_approvals=SetApprovalRows(database, effects),
        devices=DeviceRows(database),
        documents=documents,
        subscriptions=SubscriptionRows(database, effects, documents),
        day_totals=DayTotalRows(database),
        secret_codes=SecretCodeRows(database, effects, outbox),
        people=People(database),
        notifications=NotificationRows(database, effects),
        labels=LabelRows(database, effects),
        label_imports=LabelImportRows(database, effects),
        units=UnitsOfWork(database),
        fsm=ConversationStorage(),
        inbox=Inbox(database, sealer),
        quarantine=QuarantineRows(database, effects, sealer),
        outbox=outbox,
        sms_parts=SmsPartRows(database),
        leases=Leases(database),
        clocks=ClockRows(database),
        call_slots=CallSlots(database),
        orphans=Orphans(database),
        retention=Retention(database, kept),
        pruning=HistoryPruning(database, chain, audit, keys),
        gauges=Gauges(database),
        generations=Generations(database, outbox),
    )
