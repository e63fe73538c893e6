"""One update of one person: who it is, in which language, and how to answer the tap.

A window gets its `UpdateContext` with `context_of(manager)`. The actor is asked for at most once
per update
and is never kept longer, so that a right that was taken away is gone with the next tap (S04-3).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from aiogram.utils.i18n import get_i18n

from account.errors import SessionExpired
from bot.context.callback_answer import CallbackAnswer
from bot.context.queued_update import LaterQueue, QueuedUpdate
from bot.context.typed_secrets import TypedSecrets

if TYPE_CHECKING:
    from datetime import datetime

    from aiogram import Bot
    from aiogram.fsm.state import State
    from aiogram_dialog.api.protocols import DialogManager

    from account.effects.effect import EffectStore
    from account.identity.permissions import Actor
    from account.identity.sessions import Session, SessionLimits
    from account.values.capabilities import Capability
    from bot.context.use_cases import UseCases
    from storage.retention import KeptFor
    from storage.unit_of_work import ConversationUnitOfWork


T = TypeVar("T")
MOST_TRIES, SLOWEST_TRY = 14, 60.0
ALERT_LIMIT = 200
"""Telegram's limit of the text of an answered callback."""


class UpdateContext:
    """What a window needs to know of the update it is drawn for."""

    def __init__(
        self,
        *,
        use_cases: UseCases,
        unit: ConversationUnitOfWork,
        bot: Bot,
        language: str,
        limits: SessionLimits,
        tap: CallbackAnswer | None,
        chat_queue: LaterQueue,
        tries: int = 0,
        secrets: TypedSecrets | None = None,
    ) -> None:
        self.secrets = secrets or TypedSecrets()
        """What was typed as a secret just now."""
        self._use_cases = use_cases
        self.unit = unit
        self.bot = bot
        self.language = language
        self.tap = tap
        self.pressed_again = False
        """The same button of the same message was this person's last press, too."""
        self.pressed_on: int | None = None
        """The message whose button was pressed."""
        self.below = False
        """The window is to be sent anew at the bottom; the tapped message is none of its own."""
        self.comes_back = False
        """Somebody has logged in whose windows were kept: they come in the place of this one."""
        self.over = ""
        """What the message said that the window comes below: the reference of a finished file."""
        self._limits = limits
        self._chat_queue = chat_queue
        self._tries = tries
        self._actor: Actor | None = None

    def use(self, kind: type[T]) -> T:
        """The use cases of that type: a handler names those it needs, and reaches no others."""
        return self._use_cases.of(kind)

    def now(self) -> datetime:
        """The moment, aware, UTC."""
        return self._use_cases.clock.now()

    @property
    def support(self) -> str:
        """Where people turn who need somebody."""
        return self._use_cases.support

    @property
    def kept(self) -> KeptFor:
        """How long things are kept here."""
        return self._use_cases.kept

    @property
    def lacks(self) -> frozenset[Capability]:
        """What the operator does not have."""
        return self._use_cases.carrier.lacks

    @property
    def effects(self) -> EffectStore:
        """For what is only written down."""
        return self._use_cases.effect_store

    @property
    def telegram_id(self) -> int:
        """The person's Telegram id; private chats only, so the chat's as well."""
        return self.unit.chat_id

    @property
    def session(self) -> Session | None:
        """The live session, or None."""
        session = self.unit.session
        if session is None or not session.alive(self._use_cases.clock.now(), self._limits):
            return None
        return session

    @property
    def ran_out(self) -> Session | None:
        """The session that was over by time: nobody has left, and the chat is still theirs."""
        session = self.unit.session
        if session is None or session.ended_at is not None or self.session is not None:
            return None
        return session

    async def actor(self) -> Actor:
        """Who acts: an administrator in a session, or an employee let in by a secret code.

        Raises `SessionExpired` for anybody else, `EmployeeAccessEnded`, `CarrierUnavailable`.
        """
        if self._actor is None:
            session = self.session
            if session is not None:
                self._actor = await self._use_cases.companies.actor(session)
            else:
                self._actor = await self._use_cases.employees.actor(self.telegram_id)
        if self._actor is None:
            raise SessionExpired
        return self._actor

    @property
    def acting(self) -> Actor | None:
        """Who acts, where it was asked for already in this update: for what only shows (trap 7)."""
        return self._actor

    async def session_changed(self) -> None:
        """Read the session anew: it was opened, ended, or got another company just now."""
        self._actor = None
        await self._use_cases.units.reload_session(self.unit)

    def choose_language(self, language: str) -> None:
        """Keep the person's language; the rest of this update speaks it already."""
        self.unit.set_language(language, self._use_cases.clock.now(), chosen=True)
        self.language = language
        get_i18n().ctx_locale.set(language)

    def redraw_later(self, seconds: float, state: State) -> None:
        """Draw the window anew after `seconds`, if the person still is in it by then."""
        assert state.state is not None
        self._chat_queue.admit_later(
            seconds, QueuedUpdate(self.unit.chat_id, request="redraw", about=state.state)
        )

    def redraw_after_fault(self, seconds: float) -> None:
        """Show the present window after `seconds` or more: Telegram did not take it now.

        Each try in vain makes the next one wait longer, for ten minutes in all; after that the
        person gets a fresh window with their next message.
        """
        if self._tries > MOST_TRIES:
            return
        pause = max(seconds, min(2.0**self._tries - 1, SLOWEST_TRY))
        self._chat_queue.admit_later(
            pause, QueuedUpdate(self.unit.chat_id, request="resurface", tries=self._tries + 1)
        )

    async def toast(self, text: str | None) -> None:
        """Answer the tap with a word that needs no closing; say it where there is no tap left."""
        heard = self.tap is not None and await self.tap.answer(text)
        if text and not heard:
            await self.tell(text)

    async def tell(self, text: str) -> None:
        """Say one sentence: as an alert on the tap, or as a message where there is no tap left.

        A flood of presses gets no flood of sentences.
        """
        if self.tap is not None and self.tap.late:
            return
        if (
            self.tap is not None
            and len(text) <= ALERT_LIMIT
            and await self.tap.answer(text, alert=True)
        ):
            return
        await self.bot.send_message(self.unit.chat_id, text, parse_mode=None)


def context_of(manager: DialogManager) -> UpdateContext:
    """The context of the update this manager serves."""
    context = manager.middleware_data["context"]
    assert isinstance(context, UpdateContext)
    return context
