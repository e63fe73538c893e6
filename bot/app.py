"""The composition root: the one place where the rooms are put together."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import aiohttp
import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramAPIError

from account.actions import Actions
from account.advancing import Advancing
from account.allowances import Allowances
from account.approvals import Approvals
from account.bans import ChangeBan
from account.blocking import Block, Unblock
from account.codes import Codes
from account.companies import Companies
from account.device_changes import (
    DeregisterDevice,
    DuplicateDevice,
    RegisterDevice,
    ReregisterDevice,
)
from account.device_requests import DeviceRequests
from account.devices import DeviceDesk
from account.documents import LEASE as DOCUMENT_LEASE
from account.documents import Document, Documents
from account.employees import Employees
from account.forwarding import Forwarding, SetForwarding, SwitchForwardingOff
from account.history import ActionsHistory, Entry
from account.identifiers import Msisdn
from account.invoices import Invoices
from account.login import Login
from account.notifications import Notifications
from account.numbers import Numbers
from account.passwords import Passwords
from account.payments import Payments
from account.practices import Practice
from account.profile import Profile
from account.profile_email import ChangeEmail
from account.reports import Reports
from account.secret_codes import DeleteCode, SecretCodes, SecretOffice, SendCode
from account.services import Services
from account.sim import ReplaceSim, RevealCodes, SimCards
from account.step_up import StepUp
from account.switching import SwitchOff, SwitchOn
from account.takeovers import Takeovers
from account.transfers import Transfer, Transfers
from account.usage import Usage
from bot import failpoints, logs
from bot.clock import RunningClock
from bot.delivery import Delivery
from bot.dispatch import make_dispatcher
from bot.gate import Gate
from bot.house import House
from bot.intake import Intake, an_owner
from bot.language import Catalogues
from bot.metrics import Metrics, Present, Waiting
from bot.neighbours import Neighbours
from bot.observing import Observing
from bot.poller import Poller
from bot.reception import Reception
from bot.recovery import Recovery
from bot.sentences import what_word
from bot.settings import BadSetting, Settings
from bot.telegram import describe, make_bot
from bot.webhook import Webhook
from bot.worker import ACTION_LEASE, Crew, ProgressSign
from carrier.breaker import BreakerState
from carrier.http import Limits, OperatorHttp
from carrier.mail import MailSender
from carrier.operator import TmfCarrier
from carrier.post import SmsAndMail
from carrier.sms import SmsSender
from documents.makers import makers
from documents.press import Press
from documents.usage import UsageWorkbook
from documents.workshop import Workshop
from storage.errors import StorageUnavailable
from storage.schema import upgrade
from storage.sealing import Secrets
from storage.sharing import WORK
from storage.stores import Stores, open_stores

if TYPE_CHECKING:
    from aiohttp import web

    from account.actions import Action
    from account.ports import Clock
    from storage.inbox import InboxRow
    from storage.outbox import OutboxRow

log = structlog.get_logger(__name__)

PRACTICES: tuple[Practice[Any], ...] = (
    Block(),
    Unblock(),
    ChangeBan(),
    RegisterDevice(),
    DeregisterDevice(),
    DuplicateDevice(),
    SwitchOn(),
    SwitchOff(),
    RevealCodes(),
    ReplaceSim(),
    SetForwarding(),
    SwitchForwardingOff(),
)
"""Every kind of change that needs nothing of its own to be put together."""

DRAIN_SECONDS = 15
"""For what runs when the stop comes; with what is around it the process ends within 20 s."""
ACTION_HANDS, DOCUMENT_HANDS, DELIVERY_HANDS = 16, 2, 16
PURGE_EVERY = 3600.0


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


@dataclass
class App:
    """Everything of one process, put together and ready to run."""

    settings: Settings
    clock: Clock
    stores: Stores
    bot: Bot
    gate: Gate
    intake: Intake
    house: House
    crews: tuple[Crew[Action], Crew[Document], Crew[OutboxRow]]
    delivery: Delivery
    observing: Observing
    owner: str
    closers: list[Callable[[], object]]

    def ring(self) -> None:
        """Something was written: let the crews look."""
        for crew in self.crews:
            crew.ring()

    # --- lives of the process ---

    async def run(self, stop: asyncio.Event, first_poll: Callable[[], None] = lambda: None) -> None:
        """The bot: intake, conversations and work, until `stop`; then drain and leave."""
        asyncio.get_running_loop().set_exception_handler(logs.of_loop)
        await self.observing.serve(self.settings)
        await self.intake.take_up()
        async with aiohttp.ClientSession() as session:
            server, taking = await self._listen(session, first_poll)
            taking.append(_task(self.intake.sweep(), "sweep"))
            others = self._minding_others()
            work = [_task(describe(self.bot), "describe"), *self._work()]
            try:
                await _until(stop, [*taking, *others, *work])
            finally:
                log.info("drain.begin")
                await _cancelled(taking)
                if server is not None:
                    await server.cleanup()
                await asyncio.gather(self.gate.drain(DRAIN_SECONDS), self._stop_work(work))
                # Until here: who drains lives, and nobody is to inherit from it.
                await _cancelled(others)
                await self._leave()

    async def work(self, stop: asyncio.Event) -> None:
        """A worker: the crews alone, on the same database as the bot."""
        asyncio.get_running_loop().set_exception_handler(logs.of_loop)
        self.gate.close()
        await self.observing.serve(self.settings)
        work = self._work()
        others = self._minding_others()
        try:
            await _until(stop, [*work, *others])
        finally:
            await self._stop_work(work)
            await _cancelled(others)
            await self._leave()

    async def close(self) -> None:
        """Let go of everything."""
        await self.observing.close()
        for close in self.closers:
            outcome = close()
            if asyncio.iscoroutine(outcome):
                await outcome
        await self.bot.session.close()
        await self.stores.close()

    def _work(self) -> list[asyncio.Task[None]]:
        actions, documents, delivery = self.crews
        return [
            _task(actions.run(), "actions"),
            _task(documents.run(), "documents"),
            _task(delivery.run(), "delivery"),
            _task(self._purge(), "purge"),
            _task(self.observing.measure(), "loop"),
        ]

    async def _stop_work(self, work: list[asyncio.Task[None]]) -> None:
        await asyncio.gather(*(crew.stop(DRAIN_SECONDS) for crew in self.crews))
        await _cancelled(work)

    def _minding_others(self) -> list[asyncio.Task[None]]:
        """Tasks by which the processes on one database know of each other."""
        neighbours = Neighbours(
            self.stores.estates,
            self.clock,
            self.owner,
            late=self.intake.late,
            inherited=self._look_anew,
        )
        return [
            _task(neighbours.run(), "neighbours"),
            _task(self.stores.database.listen(self._heard), "listen"),
        ]

    def _look_anew(self) -> None:
        self.ring()
        self.intake.ring()

    def _heard(self, what: str) -> None:
        """Another process has written something; or this one, which does no harm."""
        if what == WORK:
            self.ring()
        else:
            self.intake.ring()

    async def _leave(self) -> None:
        """What did not end is free for the next process at once."""
        with suppress(StorageUnavailable):
            await self.stores.estates.release([self.owner])

    # --- Telegram's side ---

    async def _listen(
        self, session: aiohttp.ClientSession, first_poll: Callable[[], None]
    ) -> tuple[web.AppRunner | None, list[asyncio.Task[None]]]:
        """Begin to take updates, the one way or the other."""
        if not self.settings.webhook_url:
            poller = self._poller(session, first_poll)
            self.observing.watch("poller", lambda: poller.fresh)
            return None, [_task(poller.run(), "poller")]
        webhook = self._webhook()
        server = await webhook.serve()
        self.observing.watch("webhook", lambda: webhook.fresh)
        first_poll()
        return server, [_task(webhook.announce(), "webhook")]

    def _poller(self, session: aiohttp.ClientSession, first_poll: Callable[[], None]) -> Poller:
        url = f"{self.settings.telegram_url}/bot{self.settings.bot_token}/getUpdates"
        return Poller(
            session=session,
            url=url,
            intake=self.intake,
            leases=self.stores.leases,
            clock=self.clock,
            owner=self.owner,
            first_poll=first_poll,
            drop_webhook=self._drop_webhook,
            observer=self.observing.metrics.telegram_call,
        )

    def _webhook(self) -> Webhook:
        return Webhook(
            bot=self.bot,
            intake=self.intake,
            settings=self.settings,
            counted=self.observing.metrics.webhook_call,
        )

    async def _drop_webhook(self) -> None:
        """Polling does not work while a webhook is set; one that is not ours is an alarm."""
        log.error("webhook.unknown", alarm="a webhook is set though none is configured; removed")
        try:
            await self.bot.delete_webhook()
        except TelegramAPIError as fault:
            log.warning("telegram.fault", error=type(fault).__name__)

    async def _purge(self) -> None:
        while True:
            try:
                await self.stores.purge(self.clock.now())
            except StorageUnavailable as fault:
                log.warning("storage.unavailable", error=type(fault).__name__)
            await asyncio.sleep(PURGE_EVERY)


async def build(settings: Settings, clock: Clock | None = None) -> App:
    """Put the rooms together; the schema is brought up to date first.

    Raises `BadSetting`, `StorageUnavailable`.
    """
    secrets = read_secrets(settings)
    await upgrade(settings.database_url)
    clock = clock or RunningClock(settings.now)
    stores = open_stores(settings.database_url, secrets)
    catalogues = Catalogues()
    metrics = Metrics()
    bot = make_bot(settings, metrics.telegram_call)

    seconds = settings.carrier_seconds
    patience = Limits(connect=seconds / 4, read=seconds * 3 / 4, total=seconds)
    operator = OperatorHttp(
        settings.carrier_url,
        settings.carrier_token,
        limits=patience,
        observer=metrics.operator_call,
    )
    carrier = TmfCarrier(operator, clock)
    mail = None
    if settings.smtp_url is not None:
        try:
            mail = MailSender(settings.smtp_url, settings.mail_from, clock)
        except ValueError as error:
            raise BadSetting(f"MYACCOUNT_SMTP_URL or MYACCOUNT_MAIL_FROM: {error}") from error
    post = SmsAndMail(SmsSender(operator), mail)

    passwords = Passwords(secrets.pepper, memory_kib=settings.password_memory_kib)
    codes = Codes(stores.login, clock, secrets.codes)
    usage = Usage(carrier, stores.history, clock)
    workbook = UsageWorkbook(usage, clock, catalogues.say)
    reports = Reports(carrier, clock)
    press = Press(catalogues.say, clock)

    def named(language: str, entry: Entry) -> str:
        with catalogues.speaking(language):
            return what_word(entry.what)

    shop = Workshop(
        press=press,
        carrier=carrier,
        history=stores.history,
        usage=usage,
        clock=clock,
        supplier=settings.supplier,
        named=named,
    )
    made_by = makers(shop, workbook)
    documents = Documents(stores.documents, reports, made_by, clock, stores.book)
    office = SecretOffice(stores.secret_codes, clock, secrets.codes)
    of_codes = [kind(stores.secret_codes, clock, office) for kind in (SendCode, DeleteCode)]

    async def taken_over(msisdn: Msisdn) -> bool:
        return await takeovers.recent(msisdn)

    transfer = Transfer(settings.transfers, stores.day_totals, clock, taken_over)
    practices = {practice.kind: practice for practice in (*PRACTICES, *of_codes, transfer)}
    takeovers = Takeovers(carrier, stores.approvals, clock, practices)
    email = ChangeEmail(takeovers)
    reregister = ReregisterDevice(stores.devices, clock)
    practices |= {reregister.kind: reregister, email.kind: email}
    notifications = Notifications(carrier, stores.approvals, stores.notifications, practices)
    actions = Actions(carrier, stores.actions, clock, practices, takeovers)
    advancing = Advancing(carrier, stores.actions, clock, practices, settings.patience)
    house = House(
        clock=clock,
        carrier=carrier,
        login=metrics.counting_refusals(
            "login", Login(carrier, stores.login, stores.book, codes, passwords, clock, takeovers)
        ),
        companies=Companies(carrier, stores.sessions),
        profile=Profile(
            carrier,
            stores.sessions,
            stores.login,
            stores.book,
            passwords,
            clock,
            settings.session,
        ),
        notifications=notifications,
        numbers=Numbers(carrier, clock),
        allowances=Allowances(carrier, clock),
        services=Services(carrier, clock),
        usage=usage,
        documents=documents,
        reports=reports,
        invoices=Invoices(carrier, clock),
        actions=actions,
        step_up=metrics.counting_refusals(
            "step_up", StepUp(carrier, actions, stores.actions, codes, clock, takeovers)
        ),
        takeovers=takeovers,
        approvals=Approvals(carrier, stores.actions, stores.approvals, clock, practices, takeovers),
        sims=SimCards(carrier, actions, clock),
        secret_codes=SecretCodes(carrier, stores.secret_codes, clock),
        employees=Employees(
            carrier, stores.secret_codes, stores.login, stores.book, clock, secrets.codes
        ),
        transfers=Transfers(carrier, transfer, settings.transfers),
        forwarding=Forwarding(carrier),
        payments=Payments(carrier, clock),
        devices=DeviceDesk(carrier, stores.devices, clock),
        device_requests=DeviceRequests(carrier, stores.devices, clock),
        history=ActionsHistory(stores.history, clock),
        book=stores.book,
        turns=stores.turns,
        support=settings.support,
    )

    dispatcher = make_dispatcher(stores.fsm)
    await dispatcher.emit_startup()
    owner = an_owner()
    reception = Reception(
        bot=bot,
        dispatcher=dispatcher,
        house=house,
        stores=stores,
        catalogues=catalogues,
        recovery=Recovery(bot, dispatcher),
        limits=settings.session,
        owner=owner,
        worked=lambda: app.ring(),
    )

    async def more(chat_id: int, limit: int) -> list[InboxRow]:
        return await stores.inbox.of_chat(chat_id, owner, limit)

    gate = Gate(reception.receive, more)
    reception.gate = gate
    intake = Intake(stores, gate, clock, bot, owner)

    async def resurface(chat_id: int, window: str) -> None:
        """A message was sent below the window: have the window come below it, in its turn."""
        await intake.keep_own(chat_id, "resurface", {"window": window})

    delivery = Delivery(
        bot=bot,
        stores=stores,
        post=post,
        carrier=carrier,
        clock=clock,
        catalogues=catalogues,
        owner=owner,
        resurface=resurface,
        notifications=notifications,
    )
    sign = ProgressSign(bot, stores, clock, catalogues)
    failpoints.plant(stores, carrier, delivery)
    app = App(
        settings=settings,
        clock=clock,
        stores=stores,
        bot=bot,
        gate=gate,
        intake=intake,
        house=house,
        crews=_crews(
            stores, advancing, documents, delivery, sign, clock, owner, lambda: app.ring()
        ),
        delivery=delivery,
        observing=_observing(metrics, stores, clock, operator),
        owner=owner,
        closers=[operator.close, passwords.close, workbook.close, press.close],
    )
    return app


def _observing(metrics: Metrics, stores: Stores, clock: Clock, operator: OperatorHttp) -> Observing:
    waiting = Waiting(stores.gauges, clock, metrics)
    metrics.registry.register(waiting)
    metrics.registry.register(Present(lambda: operator.breakers, BreakerState))
    return Observing(metrics, waiting)


def _crews(
    stores: Stores,
    advancing: Advancing,
    documents: Documents,
    delivery: Delivery,
    sign: ProgressSign,
    clock: Clock,
    owner: str,
    ring: Callable[[], None],
) -> tuple[Crew[Action], Crew[Document], Crew[OutboxRow]]:
    async def seconds_to(due: Callable[[datetime], Awaitable[datetime | None]]) -> float | None:
        now = clock.now()
        moment = await due(now)
        return None if moment is None else (moment - now).total_seconds()

    async def claim_actions(room: int) -> list[Action]:
        return await stores.actions.claim(owner, clock.now(), ACTION_LEASE, room)

    async def advance(action: Action) -> None:
        await advancing.advance(action)
        ring()

    async def claim_documents(_room: int) -> list[Document]:
        claimed = await stores.documents.claim(owner, clock.now(), DOCUMENT_LEASE)
        return [] if claimed is None else [claimed]

    async def make(document: Document) -> None:
        async with sign.shown(document):
            await documents.make(document)
        ring()

    return (
        Crew(
            "actions",
            claim_actions,
            advance,
            hands=ACTION_HANDS,
            next_due=lambda: seconds_to(stores.actions.next_due),
        ),
        Crew("documents", claim_documents, make, hands=DOCUMENT_HANDS),
        Crew(
            "delivery",
            delivery.claim,
            delivery.deliver,
            hands=DELIVERY_HANDS,
            next_due=lambda: seconds_to(stores.outbox.next_due),
        ),
    )


def _task(work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
    return asyncio.get_running_loop().create_task(work, name=name)


async def _cancelled(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _until(stop: asyncio.Event, tasks: list[asyncio.Task[None]]) -> None:
    """Wait for the stop, or for a part of the process that fails: its error comes out."""
    stopping = asyncio.get_running_loop().create_task(stop.wait(), name="stop")
    watched: set[asyncio.Task[Any]] = {stopping, *tasks}
    try:
        while not stopping.done():
            done, watched = await asyncio.wait(watched, return_when=asyncio.FIRST_COMPLETED)
            for task in done - {stopping}:
                task.result()
    finally:
        stopping.cancel()
