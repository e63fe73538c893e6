"""Two windows that ask for a new password: the password, and the same once more.

The login and the administrator's page have them; each says what lets the person set one, and what
follows. Between the two messages the hash alone is kept.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiogram.fsm.state import State
from aiogram_dialog import DialogManager, Window
from aiogram_dialog.widgets.kbd import Row
from aiogram_dialog.widgets.text import Text

from account.errors import LoginRefused, PasswordMismatch
from bot.texts.errors import refusal
from bot.widgets.page import Getter, notice, page
from bot.widgets.secret import secret_input

_DRAFT = "draft"


@dataclass(frozen=True, slots=True)
class NewPassword:
    """Ask for a password in the window `first`, and once more in `second`.

    `draft` checks the one that was typed and gives its hash; `take` sets it by this hash and the
    second typing. Both raise `LoginRefused`; an `expiry` leads to `begin_again`, where the person
    proves anew who they are. `done` follows the password that was taken.
    """

    first: State
    second: State
    begin_again: State
    expiry: type[LoginRefused]
    draft: Callable[[DialogManager, str], Awaitable[str]]
    take: Callable[[DialogManager, str, str], Awaitable[object]]
    done: Callable[[DialogManager], Awaitable[None]]

    def windows(
        self, asks: Text, asks_again: Text, *, getter: Getter, back: Row, back_from_second: Row
    ) -> list[Window]:
        """Both windows."""
        return [
            page(
                self.first,
                asks,
                typing=secret_input(self._given),
                getter=getter,
                back=back,
            ),
            page(
                self.second,
                asks_again,
                typing=secret_input(self._repeated),
                getter=getter,
                back=back_from_second,
            ),
        ]

    async def _given(self, password: str, manager: DialogManager) -> None:
        """Check a new password and ask for it once more."""
        try:
            draft = await self.draft(manager, password)
        except LoginRefused as refused:
            if isinstance(refused, self.expiry):
                await manager.switch_to(self.begin_again)
            notice(manager, refusal(refused))
            return
        manager.dialog_data[_DRAFT] = draft
        await manager.switch_to(self.second)

    async def _repeated(self, password: str, manager: DialogManager) -> None:
        """Set the password; one that differs is asked for anew."""
        draft = manager.dialog_data.pop(_DRAFT, "")
        try:
            await self.take(manager, draft, password)
        except (PasswordMismatch, self.expiry) as refused:
            expired = isinstance(refused, self.expiry)
            await manager.switch_to(self.begin_again if expired else self.first)
            notice(manager, refusal(refused))
            return
        await self.done(manager)
