"""The composition root: the one place where the rooms are put together."""

from __future__ import annotations

import asyncio
import json
import os
import secrets as random
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import aiohttp
import structlog
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramAPIError
from aiohttp import web

from account.actions import Actions
from account.blocking import Block, Unblock
from account.companies import Companies
from account.documents import LEASE as DOCUMENT_LEASE
from account.documents import Document, DocumentKind, Documents
from account.history import ActionsHistory
from account.login import Codes, Login
from account.numbers import Numbers
from account.passwords import Passwords
from account.step_up import StepUp
from account.usage import Usage
from bot.clock import RunningClock
from bot.delivery import Delivery
from bot.dispatch import make_dispatcher
from bot.gate import Gate, Letter
from bot.handlers.commands import commands
from bot.house import House
from bot.intake import Intake, Poller, webhook_routes
from bot.language import LANGUAGES, Catalogues
from bot.reception import Reception
from bot.recovery import Recovery
from bot.settings import BadSetting, Settings
from bot.worker import ACTION_LEASE, Crew, ProgressSign
from carrier.http import OperatorHttp
from carrier.mail import MailSender
from carrier.operator import TmfCarrier
from carrier.post import SmsAndMail
from carrier.sms import SmsSender
from documents.usage import UsageWorkbook
from storage.errors import StorageUnavailable
from storage.schema import upgrade
from storage.sealing import Secrets
from storage.stores import Stores, open_stores

if TYPE_CHECKING:
    from account.actions import Action
    from account.ports import Clock
    from storage.outbox import OutboxRow

log = structlog.get_logger(__name__)

DRAIN_SECONDS = 20
MOST_CONNECTIONS = 500
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
    owner: str
    closers: list[Callable[[], object]]

    def ring(self) -> None:
        """Something was written: let the crews look."""
        actions, documents, delivery = self.crews
        actions.ring()
        documents.ring()
        delivery.ring()

    # --- lives of the process ---

    async def run(self, stop: asyncio.Event, first_poll: Callable[[], None] = lambda: None) -> None:
        """The bot: intake, conversations and work, until `stop`; then drain and leave."""
        async with aiohttp.ClientSession() as session:
            poller = self._poller(session, first_poll)
            await self.intake.take_up()
            runner = None
            tasks = [self._supervised(self.intake.sweep(), "sweep")]
            if self.settings.webhook_url:
                runner = await self._serve_webhook()
                first_poll()
            else:
                await self._drop_webhook()
                tasks.append(self._supervised(poller.run(), "poller"))
            tasks.append(self._supervised(self._describe(), "describe"))
            tasks.extend(self._work())
            await self._until(stop, tasks)
            log.info("drain.begin")
            for task in tasks[:2]:
                task.cancel()
            if runner is not None:
                await runner.cleanup()
            await asyncio.gather(*tasks[:2], return_exceptions=True)
            await self.gate.drain(DRAIN_SECONDS)
            await self._stop_work(tasks)
            with suppress(StorageUnavailable):
                await poller.release()

    async def work(self, stop: asyncio.Event) -> None:
        """A worker: the crews alone, on the same database as the bot."""
        tasks = self._work()
        await self._until(stop, tasks)
        await self._stop_work(tasks)

    async def close(self) -> None:
        """Let go of everything."""
        for close in self.closers:
            outcome = close()
            if asyncio.iscoroutine(outcome):
                await outcome
        await self.bot.session.close()
        await self.stores.close()

    def _work(self) -> list[asyncio.Task[None]]:
        actions, documents, delivery = self.crews
        crews = [
            self._supervised(actions.run(), "actions"),
            self._supervised(documents.run(), "documents"),
            self._supervised(delivery.run(), "delivery"),
        ]
        return [*crews, self._supervised(self._purge(), "purge")]

    async def _stop_work(self, tasks: list[asyncio.Task[None]]) -> None:
        actions, documents, delivery = self.crews
        half = DRAIN_SECONDS / 2
        await asyncio.gather(actions.stop(half), documents.stop(half), delivery.stop(half))
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _supervised(self, work: object, name: str) -> asyncio.Task[None]:
        assert asyncio.iscoroutine(work)
        return asyncio.get_running_loop().create_task(work, name=name)

    async def _until(self, stop: asyncio.Event, tasks: list[asyncio.Task[None]]) -> None:
        """Wait for the stop, or for a part of the process that fails."""
        stopping = asyncio.get_running_loop().create_task(stop.wait(), name="stop")
        watched: set[asyncio.Task[object]] = {stopping, *tasks}
        try:
            while not stopping.done():
                done, watched = await asyncio.wait(watched, return_when=asyncio.FIRST_COMPLETED)
                for task in done - {stopping}:
                    task.result()
        finally:
            stopping.cancel()

    # --- Telegram's side ---

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
        )

    async def _drop_webhook(self) -> None:
        """Polling does not work while a webhook is set; an unknown one is an alarm."""
        try:
            known = await self.bot.get_webhook_info()
            if known.url:
                log.error("webhook.unknown", alarm="a webhook that is not ours was set; removed")
                await self.bot.delete_webhook()
        except TelegramAPIError as fault:
            log.warning("telegram.fault", error=type(fault).__name__)

    async def _serve_webhook(self) -> web.AppRunner:
        assert self.settings.webhook_url is not None
        assert self.settings.webhook_secret is not None
        path = urlsplit(self.settings.webhook_url).path or "/"
        server = web.Application(client_max_size=1 << 20)
        server.add_routes(webhook_routes(self.intake, path, self.settings.webhook_secret))
        runner = web.AppRunner(server, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", self.settings.webhook_port).start()
        await self.bot.set_webhook(
            self.settings.webhook_url,
            secret_token=self.settings.webhook_secret,
            allowed_updates=["message", "callback_query", "my_chat_member"],
        )
        return runner

    async def _describe(self) -> None:
        """Tell Telegram the commands and what the bot is, in every language."""
        catalogues = Catalogues()
        try:
            for language in LANGUAGES:
                code = None if language == "en" else language
                with catalogues.speaking(language):
                    say = catalogues.gettext
                    await self.bot.set_my_commands(commands(), language_code=code)
                    await self.bot.set_my_description(
                        say(
                            "My Account: your company's mobile numbers. Balances, usage details, "
                            "blocking and reports, here in the chat."
                        ),
                        language_code=code,
                    )
                    await self.bot.set_my_short_description(
                        say("Corporate self-care: your company's mobile numbers in a chat."),
                        language_code=code,
                    )
        except TelegramAPIError as fault:
            log.warning("describe.failed", error=type(fault).__name__)

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
    bot = make_bot(settings)

    operator = OperatorHttp(settings.carrier_url, settings.carrier_token)
    carrier = TmfCarrier(operator, clock)
    mail = None
    if settings.smtp_url is not None:
        try:
            mail = MailSender(settings.smtp_url, settings.mail_from, clock)
        except ValueError as error:
            raise BadSetting(f"MYACCOUNT_SMTP_URL or MYACCOUNT_MAIL_FROM: {error}") from error
    post = SmsAndMail(SmsSender(operator), mail)

    passwords = Passwords(secrets.pepper)
    codes = Codes(stores.login, clock, secrets.codes)
    usage = Usage(carrier, stores.history, clock)
    workbook = UsageWorkbook(usage, clock, catalogues.say)
    documents = Documents(stores.documents, usage, {DocumentKind.USAGE: workbook}, clock)
    practices = {practice.kind: practice for practice in (Block(), Unblock())}
    actions = Actions(carrier, stores.actions, clock, practices, settings.patience)
    house = House(
        clock=clock,
        carrier=carrier,
        login=Login(carrier, stores.login, stores.book, codes, passwords, clock),
        companies=Companies(carrier, stores.sessions),
        numbers=Numbers(carrier, clock),
        usage=usage,
        documents=documents,
        actions=actions,
        step_up=StepUp(carrier, actions, stores.actions, codes, clock),
        history=ActionsHistory(stores.history, clock),
        book=stores.book,
        turns=stores.turns,
        support=settings.support,
    )

    dispatcher = make_dispatcher(stores.fsm)
    await dispatcher.emit_startup()
    owner = f"{socket.gethostname()}:{os.getpid()}:{random.token_hex(4)}"
    reception = Reception(
        bot=bot,
        dispatcher=dispatcher,
        house=house,
        turns=stores.turns,
        inbox=stores.inbox,
        catalogues=catalogues,
        recovery=Recovery(bot, dispatcher),
        limits=settings.session,
        worked=lambda: app.ring(),
    )
    gate = Gate(reception.receive)
    reception.gate = gate

    async def resurface(chat_id: int, window: str) -> None:
        """A message was sent below the window: have the window come below it, in its turn."""
        payload = json.dumps({"window": window}).encode()
        row = await stores.inbox.put_internal(chat_id, "resurface", payload, clock.now(), bot.id)
        gate.admit(Letter(chat_id, row=row))

    delivery = Delivery(
        bot=bot,
        stores=stores,
        post=post,
        carrier=carrier,
        clock=clock,
        catalogues=catalogues,
        owner=owner,
        resurface=resurface,
    )
    sign = ProgressSign(bot, stores, catalogues)
    app = App(
        settings=settings,
        clock=clock,
        stores=stores,
        bot=bot,
        gate=gate,
        intake=Intake(stores.inbox, gate, clock, bot.id, owner),
        house=house,
        crews=_crews(stores, actions, documents, delivery, sign, clock, owner, lambda: app.ring()),
        delivery=delivery,
        owner=owner,
        closers=[operator.close, passwords.close, workbook.close],
    )
    return app


def make_bot(settings: Settings) -> Bot:
    """Aiogram's client, with more connections than chats that are busy at once."""
    session = AiohttpSession(
        api=TelegramAPIServer.from_base(settings.telegram_url), limit=MOST_CONNECTIONS
    )
    return Bot(settings.bot_token, session=session)


def _crews(
    stores: Stores,
    actions: Actions,
    documents: Documents,
    delivery: Delivery,
    sign: ProgressSign,
    clock: Clock,
    owner: str,
    ring: Callable[[], None],
) -> tuple[Crew[Action], Crew[Document], Crew[OutboxRow]]:
    async def claim_actions(room: int) -> list[Action]:
        return await stores.actions.claim(owner, clock.now(), ACTION_LEASE, room)

    async def advance(action: Action) -> None:
        await actions.advance(action)
        ring()

    async def claim_documents(_room: int) -> list[Document]:
        claimed = await stores.documents.claim(owner, clock.now(), DOCUMENT_LEASE)
        return [] if claimed is None else [claimed]

    async def make(document: Document) -> None:
        async with sign.shown(document):
            await documents.make(document)
        ring()

    return (
        Crew("actions", claim_actions, advance, hands=ACTION_HANDS),
        Crew("documents", claim_documents, make, hands=DOCUMENT_HANDS),
        Crew("delivery", delivery.claim, delivery.deliver, hands=DELIVERY_HANDS),
    )
