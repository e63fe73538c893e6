"""The lives of one process: the bot with its intake and conversations, or a worker alone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import aiohttp
import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramAPIError

from account.documents.document import Document
from account.errors import CarrierUnavailable
from bot.config.settings import Settings
from bot.context.use_cases import UseCases
from bot.delivery.sender import OutboxSender
from bot.events.operator_events import OperatorEvents
from bot.handlers.commands import commands
from bot.ops import logs
from bot.ops.health import HealthPages
from bot.telegram.profile import describe
from bot.updates.chat_queue import ChatQueue
from bot.updates.command_menus import GUEST
from bot.updates.intake import Intake
from bot.updates.poller import Poller
from bot.updates.webhook import Webhook
from bot.workers.clock_sync import ClockSync
from bot.workers.generation_watch import GenerationWatch
from bot.workers.heartbeat import Heartbeat
from bot.workers.history_watch import HistoryWatch
from bot.workers.key_watch import KeyWatch
from bot.workers.leased_task import LeasedTask
from bot.workers.pool import WorkerPool
from bot.workers.work_signal import WorkSignal
from carrier.limiter import last_of_budget, within_budget
from storage.engine.pg_notify import WORK
from storage.errors import StorageUnavailable
from storage.open import Stores

if TYPE_CHECKING:
    from aiogram.types import BotCommand

    from account.changes.action import Action
    from account.changes.sets.change_set import ChangeSet
    from account.values.clock import Clock
    from bot.http.server import HttpServer
    from bot.texts.language import Catalogues
    from storage.queue.outbox import OutboxRow

log = structlog.get_logger(__name__)

DRAIN_SECONDS = 15
"""For what runs when the stop comes; with what is around it the process ends within 20 s."""
PURGE_EVERY, REMIND_EVERY = 3600.0, 600.0
OWNERS_EVERY = 3600.0
BEGIN_EVERY, LOOK_EVERY = 5.0, 5.0
"""Seconds between looks for what was confirmed for later (SC-6: it begins within a minute), and
for companies whose alerts are due to be looked at, or people to be told."""


@dataclass
class App:
    """Everything of one process, put together and ready to run."""

    settings: Settings
    clock: Clock
    clock_sync: ClockSync
    stores: Stores
    bot: Bot
    catalogues: Catalogues
    chat_queue: ChatQueue
    intake: Intake
    use_cases: UseCases
    pools: tuple[
        WorkerPool[Action], WorkerPool[Document], WorkerPool[OutboxRow], WorkerPool[ChangeSet]
    ]
    delivery: OutboxSender
    signal: WorkSignal
    observing: HealthPages
    owner: str
    watch: GenerationWatch
    key_watch: KeyWatch
    sms_link: LeasedTask | None
    events: OperatorEvents
    closers: list[Callable[[], object]]

    # --- lives of the process ---

    def _commands(self) -> list[BotCommand]:
        return commands(only=GUEST)

    async def run(self, stop: asyncio.Event, first_poll: Callable[[], None] = lambda: None) -> None:
        """The bot: intake, conversations and work, until `stop`; then drain and leave."""
        asyncio.get_running_loop().set_exception_handler(logs.of_loop)
        await self.observing.serve(self.settings)
        await self.intake.take_up()
        async with aiohttp.ClientSession() as session:
            server, taking = await self._listen(session, first_poll)
            taking.append(_task(self.intake.sweep(), "sweep"))
            others = self._minding_others()
            work = [
                _task(describe(self.bot, self.catalogues, self._commands), "describe"),
                *self._work(),
            ]
            try:
                told = await self.events.begin()
                await _until(stop, [*taking, *others, *work, *told])
            finally:
                log.info("drain.begin")
                await _cancelled(taking)
                if server is not None:
                    await server.close()
                self.chat_queue.close()
                await asyncio.gather(
                    self.chat_queue.drain(DRAIN_SECONDS),
                    self._stop_work(work),
                    self._let_go(),
                    self.events.end(),
                )
                # Until here: who drains lives, and nobody is to inherit from it.
                await _cancelled(others)
                await self._leave()

    async def work(self, stop: asyncio.Event) -> None:
        """A worker: the pools alone, on the same database as the bot."""
        asyncio.get_running_loop().set_exception_handler(logs.of_loop)
        self.chat_queue.close()
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
        actions, documents, delivery, sets = self.pools
        return [
            _task(actions.run(), "actions"),
            _task(documents.run(), "documents"),
            _task(delivery.run(), "delivery"),
            _task(sets.run(), "sets"),
            _task(self._purge(), "purge"),
            _task(self._remind(), "remind"),
            _task(self._begin_scheduled(), "schedules"),
            _task(self._look_after_schedules(), "owners"),
            _task(self._look_for_alerts(), "alerts"),
            _task(HistoryWatch(self.stores, self.clock, self.owner).run(), "history"),
            _task(self.observing.measure(), "loop"),
            *([] if self.sms_link is None else [_task(self.sms_link.run(), "sms")]),
        ]

    async def _stop_work(self, work: list[asyncio.Task[None]]) -> None:
        await asyncio.gather(*(pool.stop(DRAIN_SECONDS) for pool in self.pools))
        await _cancelled(work)

    def _minding_others(self) -> list[asyncio.Task[None]]:
        """Tasks by which the processes on one database know of each other."""
        heartbeat = Heartbeat(
            self.stores.orphans,
            self.clock,
            self.clock_sync,
            self.owner,
            late=self.intake.late,
            inherited=self._look_anew,
            keys=self.stores.keys,
        )
        return [
            _task(heartbeat.run(), "neighbours"),
            _task(self.stores.database.listen(self._heard), "listen"),
            _task(self.key_watch.run(), "keys"),
            _task(self.watch.run(), "generation"),
        ]

    def _look_anew(self) -> None:
        self.signal.ring()
        self.intake.ring()

    def _heard(self, what: str) -> None:
        """Another process has written something; or this one, which does no harm."""
        if what == WORK:
            self.signal.ring()
        else:
            self.intake.ring()

    async def _let_go(self) -> None:
        """What has not begun need not wait until what has is finished."""
        with suppress(StorageUnavailable):
            await self.intake.let_go_of_strays()

    async def _leave(self) -> None:
        """What did not end is free for the next process at once."""
        with suppress(StorageUnavailable):
            await self.stores.orphans.release([self.owner])
        await self.watch.leave()

    # --- Telegram's side ---

    async def _listen(
        self, session: aiohttp.ClientSession, first_poll: Callable[[], None]
    ) -> tuple[HttpServer | None, list[asyncio.Task[None]]]:
        """Begin to take updates, the one way or the other."""
        if not self.settings.webhook_url:
            poller = self._poller(session, first_poll)
            self.observing.watch("poller", lambda: poller.fresh)
            return None, [_task(poller.run(), "poller")]
        webhook = self._webhook()
        server = await webhook.serve()
        self.observing.watch("webhook", lambda: webhook.state)
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
            fit=lambda: self.clock_sync.fit,
            told_date=self.clock_sync.telegram_said,
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
        """Forget what is old; by a clock that is not the others', nothing is."""
        while True:
            try:
                if self.clock_sync.fit:
                    await self.stores.purge(self.clock.now())
            except StorageUnavailable as fault:
                log.warning("storage.unavailable", error=type(fault).__name__)
            await asyncio.sleep(PURGE_EVERY)

    async def _begin_scheduled(self) -> None:
        """Begin what was confirmed for this minute; by a clock that is not the others', nothing."""
        derived = False
        while True:
            try:
                if self.clock_sync.fit:
                    if not derived:
                        await self.use_cases.due_schedules.derive_anew()
                        await self.stores.change_sets.derive_anew(self.clock.now())
                        derived = True
                    if await self.use_cases.due_schedules.begin():
                        self.signal.ring()
            except StorageUnavailable as fault:
                log.info("schedules.later", error=type(fault).__name__)
            await asyncio.sleep(BEGIN_EVERY)

    async def _look_after_schedules(self) -> None:
        """Cancel what nobody may do any more; by a clock that is not the others', nothing."""
        while True:
            try:
                if self.clock_sync.fit:
                    with last_of_budget():
                        await self.use_cases.due_schedules.look_after_owners()
            except StorageUnavailable as fault:
                log.info("schedules.later", error=type(fault).__name__)
            await asyncio.sleep(OWNERS_EVERY)

    async def _look_for_alerts(self) -> None:
        """Look at companies that have rules, a page at a time, behind all else in the budget."""
        while True:
            looked = False
            try:
                if self.clock_sync.fit:
                    with last_of_budget():
                        looked = await self.use_cases.alert_looks.step()
                    if await self.use_cases.alert_looks.tell():
                        self.signal.ring()
            except (StorageUnavailable, CarrierUnavailable) as fault:
                log.info("alerts.later", error=type(fault).__name__)
                looked = False
            if not looked:
                await asyncio.sleep(LOOK_EVERY)

    async def _remind(self) -> None:
        """Look for what is due of a month, told or ordered; what could not be, is next time."""

        async def order_due() -> int:
            with within_budget():
                return await self.use_cases.subscriptions.order_due()

        while True:
            # The one goes on where the other cannot.
            for look in (self.use_cases.reminders.look, order_due):
                try:
                    if self.clock_sync.fit and await look():
                        self.signal.ring()
                except (StorageUnavailable, CarrierUnavailable) as fault:
                    log.info("remind.later", error=type(fault).__name__)
            await asyncio.sleep(REMIND_EVERY)


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
