"""What is owed reaches people: messages and files by Telegram, codes by SMS and e-mail.

Every message is claimed, put into words in the person's language, sent, and only then crossed out,
so a crash repeats it and never loses it. A 429 holds up its own chat alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Protocol

import structlog
from aiogram import Bot
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramRetryAfter,
)
from aiogram.types import BufferedInputFile, InlineKeyboardMarkup
from aiogram.utils.i18n import gettext as _

from account.changes.action import FINAL, Action, ActionState
from account.changes.safety_notices import NOT_ME
from account.changes.schedules import ScheduleState
from account.changes.sets.change_set import ChangeSet, SetCounts, SetNumber, SetState, progress_word
from account.documents.document import DocumentState
from account.effects.effect import Channel, OutboxMessage
from account.errors import CarrierUnavailable, DocumentNotMade, PostRefused
from account.values.identifiers import Email, Msisdn
from bot.context import states
from bot.delivery import messages, redacted
from bot.delivery.acknowledgement import acknowledged
from bot.delivery.alerts import AlertWords
from bot.delivery.concurrency import Concurrency
from bot.delivery.files import FILES, UPLOAD_SECONDS, FileDelivery
from bot.delivery.messages import Letter
from bot.delivery.rate_limiter import RateLimiter
from bot.flows.approvals.texts import announced, asked, closed
from bot.flows.changes import WORDS
from bot.flows.documents.texts import DOCUMENT_WORDS
from bot.flows.freezes.texts import TO_OWNER, link, warning
from bot.flows.schedules import texts as schedules
from bot.flows.sets import texts as sets
from bot.flows.subscriptions import texts as subscriptions
from bot.telegram.client import bad_html, plain
from bot.texts.language import Catalogues
from bot.widgets.deep_links import way_in
from bot.widgets.text import Html
from documents.lists.template import NAME, template
from storage.encryption.sealer import LEFT_FOR
from storage.errors import SealBroken

if TYPE_CHECKING:
    from account.carrier import Carrier
    from account.chapters.notifications import Notifications
    from account.effects.notifier import Notifier
    from account.errors import AccessRefused
    from account.values.clock import Clock
    from account.values.number import NumberState
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


SUBJECT, TEXT = "letter.subject", "letter.text"
"""In the parameters of an SMS or a letter from its first try on: what it says."""
HELD = "action.held"
WORDS_MEANWHILE: dict[str, Callable[[Action], Html]] = {
    "action.waiting": messages.still_waiting,
    "action.not_let_in": messages.not_let_in,
    "action.not_understood": messages.not_understood,
    "action.paused": messages.paused,
    "action.queued": messages.queued,
    "action.taken": messages.taken,
    "action.order_held": messages.order_held,
    "action.overdue": messages.overdue,
    "action.unconfirmed": messages.unconfirmed,
    HELD: messages.on_hold,
}
"""What is said of a change that has not ended."""


WORK = ("alert.", "document.", "schedule.", "subscription.")
"""Words of what is worked on, or looked for, while nobody waits."""
SET_PAUSED, SET_INTERIM = "set.paused", "set.interim"
SET_PROGRESS, SET_TEMPLATE = "set.progress", "set.template"
LOOK_AT_SET = timedelta(seconds=55)
"""A set of which nothing has changed is looked at less often."""
GOING_ON = frozenset({SetState.RUNNING, SetState.PAUSED, SetState.STOPPED, SetState.PROPOSED})
SET_WORDS: dict[str, Callable[[ChangeSet, SetCounts], Html]] = {
    "set.final": sets.final_word,
    "set.preview": sets.preview_word,
    SET_PAUSED: sets.paused_word,
    SET_INTERIM: sets.interim_word,
}
"""What is said of a set, each with a file of its numbers."""


class Resurface(Protocol):
    """Brings the window of a chat below a message that was sent there."""

    async def __call__(
        self, chat_id: int, window: str, over: str = "", *, action: str = "", number: str = ""
    ) -> None:
        """`window` is the one that this message makes pointless; a sentence that names `over` in
        the window is no longer true.

        With `action` it is pointless only as far as it is about that change; the card of `number`
        comes in its place.
        """


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
        self._bot = bot
        self._stores = stores
        self._notifier = notifier
        self._carrier = carrier
        self._clock = clock
        self._catalogues = catalogues
        self._owner = owner
        self._resurface = resurface
        self._notifications = notifications
        self._sends_sms = sends_sms
        self._set_files = set_files
        self._alerts = alerts
        self._rate_limiter = rate_limiter
        self._concurrency = Concurrency()
        self._files = FileDelivery(bot, stores, notifier, clock, catalogues)

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
            if row.kind == "chat.delete":
                await self._delete(row)
            elif row.kind == "progress.delete":
                await self._end_progress(row)
            elif row.kind == "action.final":
                await self._final_word(row)
            elif row.kind in WORDS_MEANWHILE:
                await self._waiting_word(row)
            elif row.kind.startswith("employee."):
                await self._say(
                    row, messages.to_employee(row.kind, Msisdn(row.parameters["number"]))
                )
                await self._resurface(chat_id, "")
            elif row.kind.startswith(("approval.", "set.asked", "set.closed")):
                await self._approval(row)
            elif row.kind == "takeover.announced" or row.kind in TO_OWNER:
                await self._warning(row)
            elif row.kind == "code.refused":
                await self._say(row, messages.code_refused())
                await self._resurface(int(row.to), "")
            elif row.kind.startswith("colleague."):
                await self._say(row, messages.to_colleague(row.kind, row.parameters))
                await self._resurface(chat_id, "")
            elif row.kind.startswith("reminder."):
                text, keyboard = messages.reminder(row.kind, row.parameters)
                await self._say(row, text, keyboard)
                await self._resurface(chat_id, "")
            elif _is_of_work(row.kind):
                await self._word_of_work(row, language)
            else:
                await self._give_up(row, "unknown kind")

    async def _delete(self, row: OutboxRow) -> None:
        try:
            await self._bot.delete_message(int(row.to), int(row.parameters["message_id"]))
        except TelegramBadRequest as refused:
            if "not found" not in refused.message:
                raise
        await self._delivered(row)

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
            await self._delete(row)

    async def _final_word(self, row: OutboxRow) -> None:
        action = await self._action(row)
        if action is None or action.state not in FINAL:
            await self._give_up(row, "no such action")
            return
        why = await self._barred(row, action.administrator_id, action.company_id)
        if why is None:
            text, keyboard = messages.final_word(action, await self._state(action), row.parameters)
        else:
            text, keyboard = redacted.final_word(action, why)
        silent = await self._notifications.is_silent(action)
        await self._say(row, text, keyboard, silent=silent)
        card = action.msisdn.digits if why is None and WORDS[action.kind].of_number else ""
        window = str(states.Confirm.waiting.state)
        await self._resurface(int(row.to), window, action=action.id, number=card)

    async def _waiting_word(self, row: OutboxRow) -> None:
        action = await self._action(row)
        if action is None or action.state in FINAL:
            await self._give_up(row, "no longer true")
            return
        if row.kind == HELD and not await self._is_held(action):
            await self._give_up(row, "no longer true")
            return
        word = WORDS_MEANWHILE[row.kind]
        if await self._barred(row, action.administrator_id, action.company_id) is not None:
            word = redacted.still_waiting
        await self._say(row, word(action))
        await self._resurface(int(row.to), "")

    async def _is_held(self, action: Action) -> bool:
        held = await self._stores.holds.cover(action.kind, action.company_id)
        return held and action.state is ActionState.ACCEPTED

    async def _approval(self, row: OutboxRow) -> None:
        if row.kind.startswith("set."):
            await self._set_approval(row)
            return
        action = await self._action(row)
        if row.kind == "approval.closed" and action is not None:
            await self._closed(row, action)
            return
        if action is None or action.state is not ActionState.PROPOSED:
            await self._give_up(row, "no longer true")
            return
        held = await self._stores.holds.cover(action.kind, action.company_id)
        company, token = row.parameters["company"], row.parameters["token"]
        text, keyboard = asked(action, company, token, held=held)
        await self._say(row, text, keyboard)
        await self._resurface(int(row.to), "")

    async def _closed(self, row: OutboxRow, action: Action) -> None:
        await self._close_question(row, closed(action, row.parameters["company"]))

    async def _close_question(self, row: OutboxRow, text: Html) -> None:
        """Have the question say so, without its buttons; where it cannot be edited, below it."""
        message_id = await self._stores.outbox.message_of(row.parameters["asked"])
        if message_id is None:
            await self._give_up(row, "never asked")
            return
        try:
            await self._bot.edit_message_text(
                text, chat_id=int(row.to), message_id=message_id, parse_mode="HTML"
            )
        except TelegramBadRequest as refused:
            if "not modified" not in refused.message:
                await self._say(row, text)
                await self._resurface(int(row.to), "")
                return
        await self._delivered(row, message_id)

    async def _set_approval(self, row: OutboxRow) -> None:
        """What a second administrator is asked about a set, and that it was decided."""
        change_set = await self._stores.change_sets.read(row.parameters["set"])
        if change_set is None:
            await self._give_up(row, "no such set")
            return
        counts = await self._stores.change_sets.counts(change_set.id)
        company = row.parameters["company"]
        if row.kind == "set.closed":
            await self._close_question(row, sets.closed(change_set, counts, company))
        elif change_set.state is not SetState.PROPOSED:
            await self._give_up(row, "no longer true")
        else:
            await self._say(row, *sets.asked(change_set, counts, company, row.parameters["token"]))
            await self._resurface(int(row.to), "")

    async def _warning(self, row: OutboxRow) -> None:
        """What concerns the safety of one's own account or company."""
        if row.kind in TO_OWNER:
            text, keyboard = warning(row.kind, row.parameters)
        else:
            text, keyboard = announced(row.parameters), None
        await self._say(row, text, keyboard)
        await self._resurface(int(row.to), "")

    async def _schedule(self, row: OutboxRow) -> None:
        """What is to begin, has not begun, or waits for its person."""
        if row.kind == "schedule.suspended":
            await self._say(row, schedules.suspended_word())
        else:
            schedule = await self._stores.schedules.read(row.parameters["schedule"])
            if schedule is None:
                await self._give_up(row, "no such schedule")
                return
            why = await self._barred(row, schedule.administrator_id, schedule.company_id)
            if row.kind == "schedule.missed":
                missed = schedules.missed_word if why is None else redacted.not_begun
                await self._say(row, missed(schedule))
            elif why is None and schedule.state is ScheduleState.SCHEDULED:
                await self._say(row, schedules.scheduled_word(schedule))
            else:
                # Cancelled or begun since, or not for these eyes: how it ends is told then.
                await self._give_up(row, "no longer true")
                return
        await self._resurface(int(row.to), "")

    async def _alert(self, row: OutboxRow) -> None:
        word = await self._alerts.of(row)
        if word is None:
            await self._give_up(row, "nobody may hear it")
            return
        await self._say(row, *word)
        await self._resurface(int(row.to), "")

    async def _subscription(self, row: OutboxRow) -> None:
        """What becomes of a paper that orders itself, when it is no order yet."""
        if row.kind == "subscription.suspended":
            await self._say(row, subscriptions.suspended_word())
        else:
            one = await self._stores.subscriptions.read(row.parameters["subscription"])
            if one is None:
                await self._give_up(row, "no such subscription")
                return
            why = await self._barred(row, one.administrator_id, one.company_id)
            if why is not None and row.kind != "subscription.ended":
                await self._give_up(row, "nobody may see it in this chat")
                return
            await self._say(row, subscriptions.word(row.kind, one, row.parameters))
        await self._resurface(int(row.to), "")

    async def _document(self, row: OutboxRow) -> None:
        document = await self._stores.documents.read(row.parameters["document"])
        if document is None:
            await self._give_up(row, "no such document")
            return
        order = document.order
        why = await self._barred(row, order.administrator_id, order.company_id)
        if why is not None:
            await self._say(row, redacted.finished(document, why))
        elif row.kind in FILES:
            await self._files.send(row, document, self._give_up)
        else:
            await self._say(row, DOCUMENT_WORDS[row.kind](document))
        await self._resurface(int(row.to), "", document.reference)

    async def _word_of_work(self, row: OutboxRow, language: str) -> None:
        if row.kind in SET_WORDS:
            await self._set_word(row, language)
        elif row.kind == SET_PROGRESS:
            await self._set_progress(row)
        elif row.kind == SET_TEMPLATE:
            words = Html(_("Fill in the column, one number a row, and send the file back here."))
            await self._say_with_file(row, words, BufferedInputFile(template(), NAME))
            await self._resurface(int(row.to), "")
        elif row.kind.startswith("schedule."):
            await self._schedule(row)
        elif row.kind.startswith("alert."):
            await self._alert(row)
        elif row.kind.startswith("subscription."):
            await self._subscription(row)
        else:
            await self._document(row)

    async def _set_word(self, row: OutboxRow, language: str) -> None:
        """The preview of a set, or its one final word: a sentence with the file of its numbers."""
        change_set = await self._stores.change_sets.read(row.parameters["set"])
        if change_set is None:
            await self._give_up(row, "no such set")
            return
        # A preview is for whoever asked for it: its person, or a second administrator.
        whose = row.parameters.get("for", change_set.administrator_id)
        why = await self._barred(row, whose, change_set.company_id)
        if why is not None and row.kind in (SET_PAUSED, SET_INTERIM):
            # Nothing has ended: it waits, and stands in the list for whoever comes back.
            await self._give_up(row, "nobody may see it in this chat")
            return
        if why is not None:
            await self._say(row, redacted.set_ended(change_set))
        else:
            counts = await self._stores.change_sets.counts(change_set.id)
            text = SET_WORDS[row.kind](change_set, counts)
            await self._say_with_file(row, text, await self._set_file(change_set, language))
        window = str(states.Sets.progress.state) if row.kind == "set.final" else ""
        await self._resurface(int(row.to), window)

    async def _set_progress(self, row: OutboxRow) -> None:
        """One message that goes on until the set is over, edited where something has changed.

        Each look is a message owed of its own, which the one before it leaves behind.
        """
        now, told = self._clock.now(), row.parameters
        change_set = await self._stores.change_sets.read(told["set"])
        message_id = int(told["message"]) if "message" in told else None
        if (
            change_set is None
            or change_set.state not in GOING_ON
            or await self._barred(row, change_set.administrator_id, change_set.company_id)
        ):
            if message_id is not None:
                with suppress(TelegramBadRequest):
                    await self._bot.delete_message(int(row.to), message_id)
            await self._delivered(row)
            return
        counts = await self._stores.change_sets.counts(change_set.id)
        text, keyboard = sets.going_word(change_set, counts, now), sets.going_button(change_set.id)
        shown = hashlib.sha256(text.encode()).hexdigest()[:16]
        later = now
        if shown == told.get("shown"):
            later += LOOK_AT_SET
        else:
            message_id = await self._edited(int(row.to), message_id, text, keyboard)
        left = {"message": str(message_id), "shown": shown}
        following = progress_word(
            change_set.id, change_set.telegram_id, later, int(told["n"]) + 1, left
        )
        owed = self._stores.outbox
        await owed.delivered(row, message_id, lambda conn: owed.owe_on(conn, following))

    async def _edited(
        self, chat_id: int, message_id: int | None, text: Html, keyboard: InlineKeyboardMarkup
    ) -> int:
        """The message with that text: the one there is, or a new one where it is gone."""
        if message_id is not None:
            try:
                await self._bot.edit_message_text(
                    text,
                    chat_id=chat_id,
                    message_id=message_id,
                    parse_mode="HTML",
                    reply_markup=keyboard,
                )
            except TelegramBadRequest as refused:
                if "not modified" in refused.message:
                    return message_id
            else:
                return message_id
        sent = await self._bot.send_message(
            chat_id, text, parse_mode="HTML", reply_markup=keyboard, disable_notification=True
        )
        await self._resurface(chat_id, "")
        return sent.message_id

    async def _set_file(self, change_set: ChangeSet, language: str) -> BufferedInputFile | None:
        """None where it could not be made: the word is told without it."""

        def why(number: SetNumber) -> str:
            with self._catalogues.speaking(language):
                return sets.why(number)

        try:
            made = await self._set_files.make(
                replace(change_set, language=language),
                sets.deed_word(change_set.kind, change_set.parameters),
                why,
            )
        except (DocumentNotMade, CarrierUnavailable) as fault:
            log.info("set.without_file", error=type(fault).__name__)
            return None
        return BufferedInputFile(made.content[: len(made.content)], made.name)

    async def _say_with_file(
        self, row: OutboxRow, text: Html, file: BufferedInputFile | None
    ) -> None:
        if file is None:
            await self._say(row, text)
            return
        sent = await self._bot.send_document(
            int(row.to), file, caption=text, parse_mode="HTML", request_timeout=UPLOAD_SECONDS
        )
        await self._delivered(row, sent.message_id)

    async def _say(
        self,
        row: OutboxRow,
        text: Html,
        keyboard: InlineKeyboardMarkup | None = None,
        *,
        silent: bool = False,
    ) -> None:
        try:
            sent = await self._bot.send_message(
                int(row.to),
                text,
                reply_markup=keyboard,
                parse_mode="HTML",
                disable_notification=silent or None,
            )
        except TelegramBadRequest as refused:
            # A button that Telegram does not take must not silence the word above it.
            buttons = keyboard if bad_html(refused) else None
            sent = await self._bot.send_message(int(row.to), plain(text), reply_markup=buttons)
        await self._delivered(row, sent.message_id)

    async def _action(self, row: OutboxRow) -> Action | None:
        return await self._stores.actions.read(row.parameters["action"])

    async def _barred(
        self, row: OutboxRow, administrator_id: str, company_id: str
    ) -> AccessRefused | None:
        return await self._notifications.barred(int(row.to), administrator_id, company_id)

    async def _state(self, action: Action) -> NumberState | None:
        """The number's state at this moment, for the buttons below; None when it cannot be had."""
        if not WORDS[action.kind].of_number:
            return None
        try:
            number = await self._carrier.number(action.company_id, action.msisdn)
        except CarrierUnavailable:
            return None
        return None if number is None else number.state

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
        letter = await self._letter(row)
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

    async def _letter(self, row: OutboxRow) -> Letter | None:
        """Put into words once: of two texts under one reference both are delivered, or the second
        is refused. What they say depends on the program and on whether Telegram told our name.
        """
        if TEXT in row.parameters:
            return Letter(row.parameters[SUBJECT], row.parameters[TEXT])
        disown, told = await self._link(row), await self._with_way_in(row)
        with self._catalogues.speaking(row.language or "en"):
            return messages.letter(row.kind, told, disown)

    async def _link(self, row: OutboxRow) -> str | None:
        """Where the reader can say that it was not them; None where Telegram names no bot now."""
        token = row.parameters.get(NOT_ME)
        name = None if token is None else await self._name()
        return None if token is None or name is None else link(name, token)

    async def _with_way_in(self, row: OutboxRow) -> Mapping[str, str]:
        """What is told, and where: whoever gets a secret code has never seen the bot (S14-1)."""
        if row.kind != messages.SECRET_CODE:
            return row.parameters
        name = await self._name()
        return {**row.parameters, messages.WAY_IN: "" if name is None else way_in(name)}

    async def _name(self) -> str | None:
        """The bot's name at Telegram; None where it cannot be asked now."""
        try:
            return (await self._bot.me()).username
        except TelegramAPIError:
            return None

    async def _owe_refusal(self, row: OutboxRow) -> None:
        """Somebody waits in their chat for this code, which will not come: tell them there."""
        word = OutboxMessage(
            channel=Channel.TELEGRAM,
            to=row.parameters["chat"],
            kind="code.refused",
            expires_at=row.expires_at,
            language=row.language,
            key=f"refused:{row.key or row.id}",
        )
        await self._stores.outbox.owe(word)

    # --- bookkeeping ---

    async def _delivered(self, row: OutboxRow, message_id: int | None = None) -> None:
        await acknowledged(partial(self._stores.outbox.delivered, row, message_id))

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


def _is_of_work(kind: str) -> bool:
    """Whether it is a word of what is worked on, or of a set."""
    return kind.startswith(WORK) or kind in (SET_PROGRESS, SET_TEMPLATE, *SET_WORDS)
