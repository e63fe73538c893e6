"""The composition root: the one place where the rooms are put together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import structlog

from account.values.durations import boottime
from bot.app import failpoints
from bot.app.lifecycle import App
from bot.app.message_centre import BIND, bind_failed, message_centre, state_of
from bot.app.wiring import wire
from bot.config.errors import BadSetting
from bot.config.operator_access import tls_of
from bot.config.settings import Settings
from bot.delivery.alerts import AlertWords
from bot.delivery.rate_limiter import RateLimiter
from bot.delivery.sender import OutboxSender
from bot.events.operator_events import OperatorEvents
from bot.ops.clock import SteadyClock
from bot.ops.health import HealthPages
from bot.ops.metrics import Metrics, Present, Waiting
from bot.ops.process_identity import an_owner
from bot.telegram.client import make_bot
from bot.texts.language import Catalogues
from bot.updates.chat_queue import ChatQueue
from bot.updates.dispatcher import make_dispatcher
from bot.updates.intake import Intake
from bot.updates.processor import UpdateProcessor
from bot.updates.recovery import Recovery
from bot.workers.claimed_work import worker_pools
from bot.workers.clock_sync import ClockSync
from bot.workers.generation_watch import GenerationWatch
from bot.workers.key_watch import KeyWatch
from bot.workers.leased_task import LeasedTask
from bot.workers.pool import ProgressSign
from bot.workers.work_signal import WorkSignal
from carrier.breaker import BreakerState
from carrier.http import Limits, OperatorHttp
from carrier.limiter import CallLimiter, SharedTurns
from carrier.mail import MailSender
from carrier.notifier import CarrierNotifier
from carrier.sms.tmf681 import SmsSender
from carrier.tmf.adapter import TmfAdapter
from carrier.transport import PooledTransport
from storage.encryption.secrets import Secrets, open_to_others
from storage.engine.schema import refuse_newer, upgrade
from storage.open import Stores, open_stores
from storage.restore.witness import Witness
from storage.stores.call_slots import CallSlots

if TYPE_CHECKING:
    from account.values.clock import Clock
    from storage.queue.inbox import InboxRow


log = structlog.get_logger(__name__)


def read_secrets(settings: Settings) -> Secrets:
    """The master secret; made at the first start when its default place is used.

    Raises `BadSetting`.
    """
    path = settings.secret_key_file
    try:
        if settings.secret_key_may_be_made and not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            return Secrets.create(path)
        return Secrets.from_file(path)
    except (OSError, ValueError) as error:
        raise BadSetting(
            f"MYACCOUNT_SECRET_KEY_FILE: the file {path} cannot be used: {error}"
        ) from error


async def database_of(settings: Settings, secrets: Secrets, now: datetime) -> Stores:
    """Bring the schema up to date, once the secret has proven to be this database's.

    Nothing is written before, and nothing at all by a program that is older than the database.
    Raises `DatabaseNewer`, `SecretMismatch`, `DatabaseUrlInvalid`, `StorageUnavailable`.
    """
    stores = open_stores(settings.database_url, secrets, settings.kept)
    try:
        stores.database.make_room()
        await stores.database.read(refuse_newer)
        known = await stores.secret_keys.prove()
        await upgrade(settings.database_url)
        if not known:
            await stores.secret_keys.register(now)
    except BaseException:
        await stores.close()
        raise
    return stores


@asynccontextmanager
async def stores_of(settings: Settings) -> AsyncIterator[Stores]:
    """The database for a command beside the bot, of which nothing is changed by opening it.

    Raises `DatabaseNewer`, `SecretMismatch`, `DatabaseUrlInvalid`, `StorageUnavailable`.
    """
    stores = open_stores(settings.database_url, read_secrets(settings))
    try:
        await stores.database.read(refuse_newer)
        await stores.secret_keys.prove()
        yield stores
    finally:
        await stores.close()


def witness_of(settings: Settings, stores: Stores) -> Witness:
    """What this machine remembers of how far the database had come."""
    return Witness(settings.witness, stores.keys.checks)


async def build(settings: Settings, clock: SteadyClock | None = None) -> App:
    """Put the rooms together; the schema is brought up to date first.

    Raises `BadSetting`, `DatabaseNewer`, `SecretMismatch`, `DatabaseOlder`, `WitnessDamaged`,
    `StorageUnavailable`.
    """
    clock = clock or SteadyClock(settings.now)
    secrets = read_secrets(settings)
    if exposed := open_to_others(settings.secret_key_file):
        log.warning("secret.exposed", why=exposed)
    stores = await database_of(settings, secrets, clock.now())
    watch = GenerationWatch(stores.generations, witness_of(settings, stores))
    try:
        await watch.check(clock.now())
    except BaseException:
        await stores.close()
        raise
    owner = an_owner()
    clock_sync = ClockSync(clock, stores.clocks, owner)
    await clock_sync.beat()

    def fit() -> bool:
        return clock_sync.fit

    catalogues = Catalogues(settings.profile.names, settings.support)
    metrics = Metrics()
    bot = make_bot(settings, metrics.telegram_call)

    operator = operator_of(settings, metrics, clock, stores.call_slots)
    carrier = TmfAdapter(operator, clock, orders_expire_after=_expiry(settings))
    smpp = message_centre(settings, stores, clock, metrics)
    sms_link = None
    if smpp is not None:
        sms_link = LeasedTask(BIND, smpp.run, stores.leases, clock, owner, fit, failed=bind_failed)
    notifier = CarrierNotifier(smpp or SmsSender(operator), _mail(settings, clock))

    wired = wire(settings, clock, clock_sync, stores, carrier, operator, catalogues, metrics, owner)
    use_cases = wired.use_cases

    dispatcher = make_dispatcher(stores.fsm)
    await dispatcher.emit_startup()
    signal = WorkSignal()

    async def more(chat_id: int, limit: int) -> list[InboxRow]:
        return await stores.inbox.of_chat(chat_id, owner, limit)

    chat_queue = ChatQueue(more)
    processor = UpdateProcessor(
        bot=bot,
        dispatcher=dispatcher,
        use_cases=use_cases,
        stores=stores,
        catalogues=catalogues,
        recovery=Recovery(bot, dispatcher),
        limits=settings.session,
        owner=owner,
        worked=signal.ring,
        chat_queue=chat_queue,
    )
    chat_queue.serve(processor.receive)
    intake = Intake(stores, chat_queue, clock, bot, owner, fit=fit)

    async def resurface(
        chat_id: int, window: str, over: str = "", *, action: str = "", number: str = ""
    ) -> None:
        """A message was sent below the window: have the window come below it, in its turn."""
        payload = {"window": window, "over": over, "action": action, "number": number}
        await intake.keep_own(chat_id, "resurface", payload)

    delivery = OutboxSender(
        bot=bot,
        stores=stores,
        notifier=notifier,
        carrier=carrier,
        clock=clock,
        catalogues=catalogues,
        owner=owner,
        resurface=resurface,
        notifications=use_cases.notifications,
        set_files=wired.set_files,
        alerts=AlertWords(stores, carrier, use_cases.alert_hearers, clock),
        rate_limiter=RateLimiter(SharedTurns(stores.call_slots, boottime)),
        sends_sms=lambda: smpp is None or smpp.bound,
    )
    sign = ProgressSign(bot, stores, clock, catalogues)
    key_watch = KeyWatch(stores, settings.secret_key_file)
    observing = _observing(metrics, stores, clock_sync, clock, operator)
    observing.watch("key", key_watch.well)
    if smpp is not None and sms_link is not None:
        observing.watch("sms", partial(state_of, smpp, sms_link))
    failpoints.plant(stores, carrier, delivery, clock)
    return App(
        settings=settings,
        clock=clock,
        clock_sync=clock_sync,
        stores=stores,
        bot=bot,
        catalogues=catalogues,
        chat_queue=chat_queue,
        intake=intake,
        use_cases=use_cases,
        pools=worker_pools(
            stores,
            wired.execution,
            wired.set_execution,
            use_cases.documents,
            delivery,
            sign,
            clock,
            owner,
            signal,
            fit,
        ),
        delivery=delivery,
        signal=signal,
        observing=observing,
        owner=owner,
        watch=watch,
        key_watch=key_watch,
        sms_link=sms_link,
        events=OperatorEvents(
            settings, stores, clock, operator, metrics, owner, fit=fit, ring=signal.ring
        ),
        closers=[operator.close, *wired.closers],
    )


def _expiry(settings: Settings) -> timedelta | None:
    """When an order may no longer arrive: from then on its absence begins to prove something."""
    polling = settings.polling_policy
    return polling.dispatch_within + polling.call_timeout if settings.orders_expire else None


def operator_of(
    settings: Settings,
    metrics: Metrics | None = None,
    clock: Clock | None = None,
    slots: CallSlots | None = None,
) -> OperatorHttp:
    """The connection to the operator's systems, as it is set."""
    seconds = settings.carrier_seconds
    limits = Limits(connect=seconds / 4, read=seconds * 3 / 4, total=seconds)
    limiter = None
    if slots is not None:
        budget = float(settings.background_calls_per_second)
        limiter = CallLimiter(settings.profile.limits, SharedTurns(slots, boottime), budget)
    return OperatorHttp(
        settings.carrier_url,
        settings.carrier_token_file or settings.carrier_token,
        limits=limits,
        transport=PooledTransport(
            unacknowledged=limits.total, tls=tls_of(settings), proxy=settings.carrier_proxy
        ),
        observer=None if metrics is None else metrics.operator_call,
        decoding_observer=metrics,
        profile=settings.profile,
        clock=clock.now if clock is not None else None,
        limiter=limiter,
    )


def _mail(settings: Settings, clock: Clock) -> MailSender | None:
    if settings.smtp_url is None:
        return None
    try:
        return MailSender(
            settings.smtp_url, settings.mail_from, clock, megabytes=settings.mail_megabytes
        )
    except ValueError as error:
        raise BadSetting(f"MYACCOUNT_SMTP_URL or MYACCOUNT_MAIL_FROM: {error}") from error


def _observing(
    metrics: Metrics, stores: Stores, clock_sync: ClockSync, clock: Clock, operator: OperatorHttp
) -> HealthPages:
    waiting = Waiting(stores.gauges, clock, metrics)
    metrics.registry.register(waiting)
    present = Present(lambda: operator.breakers, BreakerState, stores.sealer.unopened)
    metrics.registry.register(present)
    observing = HealthPages(metrics, waiting)
    observing.watch("seals", stores.sealer.well)
    observing.watch("clock", lambda: clock_sync.well)
    observing.watch("operator", lambda: "refused" if operator.refused else "ok")
    return observing
