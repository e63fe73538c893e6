"""What is owed reaches people: messages and files by Telegram, codes by SMS and e-mail.

Every message is claimed, put into words in the person's language, sent, and only then crossed out,
so a crash repeats it and never loses it. A 429 holds up its own chat alone.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import structlog
from aiogram import Bot
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramRetryAfter,
)

from account.documents.document import DocumentState
from account.effects.effect import Channel, OutboxMessage
from account.errors import CarrierUnavailable, PostRefused
from account.values.identifiers import Email, Msisdn
from bot.delivery import messages, redacted
from bot.delivery.acknowledgement import acknowledged
from bot.delivery.alerts import AlertWords
from bot.delivery.changes import WORDS_MEANWHILE, ChangeWords
from bot.delivery.chats import ChatMessages, Resurface
from bot.delivery.concurrency import Concurrency
from bot.delivery.files import FILES, FileDelivery
from bot.delivery.labels import LabelWords
from bot.delivery.letters import SUBJECT, TEXT, LetterWords
from bot.delivery.outgoing_message import OutgoingMessage, UntoldError
from bot.delivery.rate_limiter import RateLimiter
from bot.delivery.schedules import ScheduleWords
from bot.delivery.set_progress import SetProgress
from bot.delivery.sets import SET_WORDS, SetWords, template_message
from bot.delivery.subscriptions import SubscriptionWords
from bot.flows.approvals.texts import announced
from bot.flows.documents.texts import DOCUMENT_WORDS
from bot.flows.freezes.texts import TO_OWNER, warning
from bot.flows.schedules.texts import adoptable_word
from bot.texts.language import Catalogues
from storage.encryption.sealer import LEFT_FOR
from storage.errors import SealBroken

if TYPE_CHECKING:
    from account.carrier import Carrier
    from account.chapters.notifications import Notifications
    from account.effects.notifier import Notifier
    from account.values.clock import Clock
    from documents.reports.sets import SetFiles
    from storage.open import Stores
    from storage.queue.outbox import OutboxRow

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=60)
FIRST_PAUSE, SLOWEST_PAUSE = 1.0, 60.0
BLOCKED_PAUSE, SLOWEST_LOOK = 60.0, 3600.0
"""Seconds between looks whether somebody has let the bot in again; an update of theirs wakes their
messages at once. Longer than a minute, so that a held message holds up no other of its chat."""
LOOK_AT_BARS = 90.0
"""Seconds; longer than a minute, so that it holds up no other message of its chat."""


class OutboxSender:
    """Claims messages owed and delivers them.

    While `sends_sms` says no, texts are left for the process that can send them.
    """

    def __init__(
        self,
        *,
        bot: Bot,
        stores: Stores,
        notifier: Notifier,
        carrier: Carrier,
        clock: Clock,
        catalogues: Catalogues,
        owner: str,
        resurface: Resurface,
        notifications: Notifications,
        set_files: SetFiles,
        alerts: AlertWords,
        rate_limiter: RateLimiter,
        sends_sms: Callable[[], bool] = lambda: True,
    ) -> None:
        self._stores = stores
        self._notifier = notifier
        self._clock = clock
        self._catalogues = catalogues
        self._owner = owner
        self._resurface = resurface
        self._notifications = notifications
        self._sends_sms = sends_sms
        self._alerts = alerts
        self._rate_limiter = rate_limiter
        self._concurrency = Concurrency()
        self._files = FileDelivery(bot, stores, notifier, clock, catalogues)
        self._letters = LetterWords(bot, catalogues)
        self._chats = ChatMessages(bot, stores.outbox, resurface)
        self._changes = ChangeWords(stores, carrier, notifications)
        self._sets = SetWords(stores, notifications, set_files, catalogues)
        self._set_progress = SetProgress(bot, stores, clock, notifications, resurface)
        self._schedules = ScheduleWords(stores, notifications)
        self._labels = LabelWords(stores, carrier, notifications)
        self._subscriptions = SubscriptionWords(stores, notifications)

    async def claim(self, _room: int) -> list[OutboxRow]:
        """Take messages that are due, as many of each channel as there is room for in it.

        Each must be given to `deliver`.
        """
        room = self._concurrency.room()
        if not self._sends_sms():
            room.pop(Channel.SMS, None)
        rows = await self._stores.outbox.claim(self._owner, self._clock.now(), LEASE, room)
        for row in rows:
            self._concurrency.begin(row.channel)
        return rows

    async def deliver(self, row: OutboxRow) -> None:
        """Deliver one message, or put it off, or give it up with a reason; none is dropped mute."""
        try:
            await self._deliver(row)
        finally:
            self._concurrency.end(row.channel)

    async def _deliver(self, row: OutboxRow) -> None:
        if self._clock.now() >= row.expires_at:
            if row.channel is Channel.MAIL and row.kind == "document.ready":
                await self._files.owe_end(row)
            await self._give_up(row, "expired")
            return
        try:
            if row.channel is Channel.TELEGRAM:
                await self._telegram(row)
            elif row.channel is Channel.COLLEAGUES:
                await self._spread(row)
            else:
                await self._notify(row)
        except TelegramRetryAfter as flood:
            await self._postpone(row, float(flood.retry_after))
        except TelegramForbiddenError:
            await self._hold(row)
        except SealBroken:
            # A file, or a change, that this process cannot open; another one may.
            await self._postpone(row, LEFT_FOR.total_seconds())
        except (TelegramBadRequest, TelegramEntityTooLarge, PostRefused) as refused:
            if isinstance(refused, PostRefused) and _is_awaited_code(row):
                await self._owe_refusal(row)
            elif row.channel is Channel.TELEGRAM and row.kind in FILES:
                await self._files.owe_refusal(row)
            await self._give_up(row, type(refused).__name__)
        except (TelegramAPIError, CarrierUnavailable) as fault:
            # A 401 or 404 too: that is about our token or Telegram's address, not the message.
            log.info("delivery.later", kind=row.kind, error=type(fault).__name__)
            await self._postpone(row, min(FIRST_PAUSE * 2 ** min(row.attempts, 8), SLOWEST_PAUSE))

    # --- Telegram ---

    async def _telegram(self, row: OutboxRow) -> None:
        chat_id = int(row.to)
        person = await self._stores.people.read(chat_id)
        language = row.language or (person.language if person else None) or "en"
        await self._rate_limiter.wait(chat_id, row.priority)
        with self._catalogues.speaking(language):
            try:
                await self._tell(row, language)
            except UntoldError as untold:
                await self._give_up(row, untold.why)

    async def _tell(self, row: OutboxRow, language: str) -> None:
        if row.kind == "chat.delete":
            await self._chats.delete(row)
        elif row.kind == "progress.delete":
            await self._end_progress(row)
        elif row.kind == "set.progress":
            await self._set_progress.tell(row)
        elif row.kind == "approval.closed":
            await self._chats.close(row, await self._changes.closed(row))
        elif row.kind == "set.closed":
            await self._chats.close(row, await self._sets.closed(row))
        elif row.kind.startswith("document."):
            await self._document(row)
        else:
            await self._chats.say(row, await self._outgoing(row, language))

    async def _outgoing(self, row: OutboxRow, language: str) -> OutgoingMessage:
        if row.kind == "action.final":
            outgoing = await self._changes.final(row)
        elif row.kind in WORDS_MEANWHILE:
            outgoing = await self._changes.meanwhile(row)
        elif row.kind.startswith("approval."):
            outgoing = await self._changes.asked(row)
        elif row.kind == "set.asked":
            outgoing = await self._sets.asked(row)
        elif row.kind in SET_WORDS:
            outgoing = await self._sets.of(row, language)
        elif row.kind.startswith("schedule."):
            outgoing = await self._schedules.of(row)
        elif row.kind.startswith("alert."):
            outgoing = await self._alerts.of(row)
        elif row.kind == "labels.file":
            outgoing = await self._labels.of(row)
        elif row.kind.startswith("subscription."):
            outgoing = await self._subscriptions.of(row)
        else:
            outgoing = _notice(row)
        return outgoing

    async def _end_progress(self, row: OutboxRow) -> None:
        """Remove the bar of a file that is no longer being made under that claim."""
        document = await self._stores.documents.read(row.parameters["document"])
        if (
            document is not None
            and document.state is DocumentState.MAKING
            and str(document.fence) == row.parameters["fence"]
        ):
            await self._postpone(row, LOOK_AT_BARS)
        else:
            await self._chats.delete(row)

    async def _document(self, row: OutboxRow) -> None:
        document = await self._stores.documents.read(row.parameters["document"])
        if document is None:
            raise UntoldError("no such document")
        order = document.order
        why = await self._notifications.barred(
            int(row.to), order.administrator_id, order.company_id
        )
        if why is not None:
            text = redacted.finished(document, why)
            await self._chats.say(row, OutgoingMessage(text, over=document.reference))
        elif row.kind in FILES:
            await self._files.send(row, document, self._give_up)
            await self._resurface(int(row.to), "", document.reference)
        else:
            text = DOCUMENT_WORDS[row.kind](document)
            await self._chats.say(row, OutgoingMessage(text, over=document.reference))

    # --- colleagues ---

    async def _spread(self, row: OutboxRow) -> None:
        """Owe everybody theirs; a crash in between owes none of them twice."""
        for message in await self._notifications.spread(
            row.to, row.kind, row.parameters, row.expires_at
        ):
            await self._stores.outbox.owe(message)
        await self._delivered(row)

    # --- SMS and e-mail ---

    async def _notify(self, row: OutboxRow) -> None:
        if row.kind == "document.ready":
            await self._files.mail(row, self._give_up)
            return
        letter = await self._letters.of(row)
        if letter is None:
            await self._give_up(row, "unknown kind")
            return
        if TEXT not in row.parameters:
            kept = {**row.parameters, SUBJECT: letter.subject, TEXT: letter.text}
            if not await self._stores.outbox.keep(row, kept):
                return
        reference = row.key or f"outbox:{row.id}"
        if row.channel is Channel.SMS:
            await self._notifier.sms(Msisdn(row.to), letter.text, reference)
        else:
            await self._notifier.mail(Email.parse(row.to), letter.subject, letter.text, reference)
        await self._delivered(row)

    async def _owe_refusal(self, row: OutboxRow) -> None:
        """Somebody waits in their chat for this code, which will not come: tell them there."""
        outgoing = OutboxMessage(
            channel=Channel.TELEGRAM,
            to=row.parameters["chat"],
            kind="code.refused",
            expires_at=row.expires_at,
            language=row.language,
            key=f"refused:{row.key or row.id}",
        )
        await self._stores.outbox.owe(outgoing)

    # --- bookkeeping ---

    async def _delivered(self, row: OutboxRow) -> None:
        await acknowledged(partial(self._stores.outbox.delivered, row, None))

    async def _postpone(self, row: OutboxRow, seconds: float) -> None:
        await self._stores.outbox.postpone(row, self._clock.now() + timedelta(seconds=seconds))

    async def _hold(self, row: OutboxRow) -> None:
        """Whoever blocked the bot hears it when they come back, if it is still worth hearing."""
        log.info("delivery.held", kind=row.kind)
        pause = min(BLOCKED_PAUSE * 2 ** min(row.attempts, 8), SLOWEST_LOOK)
        await self._stores.outbox.hold(row, self._clock.now() + timedelta(seconds=pause))

    async def _give_up(self, row: OutboxRow, why: str) -> None:
        log.warning("delivery.given_up", kind=row.kind, why=why)
        await self._stores.outbox.give_up(row, why)


def _is_awaited_code(row: OutboxRow) -> bool:
    """Whether somebody waits in a chat for the code that the message carries.

    Files name a chat too, and have a sentence of their own. The code of a reset names none: whether
    it was sent tells who asked that the number is known (S02-8).
    """
    return row.kind.startswith("code.") and "chat" in row.parameters


def _notice(row: OutboxRow) -> OutgoingMessage:
    """What needs nothing but the row to be put into words."""
    if row.kind.startswith("employee."):
        outgoing = OutgoingMessage(messages.to_employee(row.kind, Msisdn(row.parameters["number"])))
    elif row.kind == "takeover.announced":
        outgoing = OutgoingMessage(announced(row.parameters))
    elif row.kind in TO_OWNER:
        outgoing = OutgoingMessage(*warning(row.kind, row.parameters))
    elif row.kind == "code.refused":
        outgoing = OutgoingMessage(messages.code_refused())
    elif row.kind == "colleague.schedules":
        outgoing = OutgoingMessage(*adoptable_word(row.parameters))
    elif row.kind.startswith("colleague."):
        outgoing = OutgoingMessage(messages.to_colleague(row.kind, row.parameters))
    elif row.kind.startswith("reminder."):
        outgoing = OutgoingMessage(*messages.reminder(row.kind, row.parameters))
    elif row.kind == "set.template":
        outgoing = template_message()
    else:
        raise UntoldError("unknown kind")
    return outgoing
