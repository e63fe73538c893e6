"""Whatever goes wrong with an update stays with it: a sentence, and a window that goes on.

The conversation keeps the window it had (its state is put back), so that the buttons on the screen
go on working; where that window is lost or may no longer be seen, there is a fresh one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import structlog
from aiogram.exceptions import TelegramAPIError, TelegramForbiddenError
from aiogram_dialog import ShowMode
from aiogram_dialog.api.exceptions import OutdatedIntent, UnknownIntent

from account.errors import (
    CompanyNotAccessible,
    CompanyNotChosen,
    DetailsBanned,
    EmployeeAccessEnded,
    MyAccountError,
    SessionExpired,
)
from bot.context.saved_windows import restore_windows, save_windows
from bot.context.stack_reader import present_window, window_message
from bot.context.update_context import UpdateContext
from bot.texts.errors import refusal
from bot.updates.recovery import LOST_WINDOW
from bot.widgets.page import out_of_date
from storage.errors import StorageUnavailable

if TYPE_CHECKING:
    from account.values.clock import Clock
    from bot.updates.recovery import Recovery

log = structlog.get_logger(__name__)


class ErrorBoundary:
    """Runs what an update asks for, and says what came of it where that went wrong."""

    def __init__(self, recovery: Recovery, clock: Clock) -> None:
        self._recovery = recovery
        self._clock = clock

    async def run(self, context: UpdateContext, work: Callable[[UpdateContext], Any]) -> str | None:
        """Do `work`; the name of an error that nobody expected, or None.

        Raises `StorageUnavailable` alone: then the update is tried again.
        """
        try:
            await work(context)
        except StorageUnavailable:
            raise
        except LOST_WINDOW as lost:
            await self._lost(context, lost)
        except SessionExpired as ended:
            known = context.unit.session is not None
            if context.ran_out is not None:
                context.unit.revert_slots()
                save_windows(context.unit, context.ran_out)
            await self.afresh(context, refusal(ended) if known else "")
        except (EmployeeAccessEnded, DetailsBanned) as ended:
            # What is on the screen may no longer be seen.
            await self.afresh(context, refusal(ended))
        except CompanyNotAccessible as refused:
            if context.tap is None or isinstance(refused, CompanyNotChosen):
                # The menu says it itself, and leads on; a sentence alone would lead nowhere.
                await self.afresh(context, "")
            else:
                context.unit.revert_slots()
                await self._tell(context, refusal(refused))
        except MyAccountError as refused:
            context.unit.revert_slots()
            await self._tell(context, refusal(refused))
        except TelegramForbiddenError:
            context.unit.set_blocked(self._clock.now(), blocked=True)
        except TelegramAPIError as fault:
            log.warning("telegram.fault", error=type(fault).__name__)
            context.unit.revert_slots()
            context.redraw_after_fault(1)
        except Exception as error:
            log.exception("update.failed", error=type(error).__name__)
            context.unit.revert_slots()
            await self._tell(context, refusal(MyAccountError()))
            return type(error).__name__
        return None

    async def _lost(self, context: UpdateContext, lost: Exception) -> None:
        """A fresh window; or the present one, where a button of another moment was pressed.

        The second of two equal presses finds another window on its message already; the first was
        heard. A window above the present one was left long ago: the present one comes below again,
        with all that was half done in it.
        """
        pressed = isinstance(lost, OutdatedIntent | UnknownIntent)
        twice = pressed and context.pressed_again
        above = pressed and context.pressed_on not in {None, window_message(context.unit)}
        if not (twice or above) or present_window(context.unit) is None:
            await self.afresh(context, out_of_date())
            return
        if not twice:
            await self._tell(context, out_of_date())
        try:
            mode = ShowMode.EDIT if twice else ShowMode.DELETE_AND_SEND
            await self._recovery.show(context, mode)
        except (MyAccountError, *LOST_WINDOW):
            await self.afresh(context, "")
        except TelegramAPIError as fault:
            log.warning("telegram.fault", error=type(fault).__name__)

    async def come_back(self, context: UpdateContext) -> None:
        """Show the window that was left; the menu where it cannot be shown any more."""
        restore_windows(context.unit)
        try:
            await self._recovery.show(context, ShowMode.DELETE_AND_SEND)
        except (MyAccountError, *LOST_WINDOW):
            await self.afresh(context, "")

    async def afresh(self, context: UpdateContext, sentence: str) -> None:
        """Say the sentence, where there is one, and open a fresh window."""
        if sentence:
            await self._tell(context, sentence)
        try:
            await self._recovery.afresh(context)
        except MyAccountError as refused:
            # The old window stays where it was; its next tap asks for a fresh one again.
            context.unit.revert_slots()
            await self._tell(context, refusal(refused))
        except TelegramAPIError as fault:
            log.warning("telegram.fault", error=type(fault).__name__)

    async def _tell(self, context: UpdateContext, sentence: str) -> None:
        try:
            await context.tell(sentence)
        except TelegramAPIError as fault:
            log.warning("telegram.fault", error=type(fault).__name__)
