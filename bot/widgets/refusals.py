"""What is said of a refusal where a code or a password is asked for.

What can be typed again is said in the window, which stays; what ends the question closes it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

from aiogram_dialog import DialogManager

from account.errors import ChangeRefused, LoginRefused, MyAccountError
from bot.texts.errors import refusal
from bot.widgets.page import notice

Leave = Callable[[DialogManager, ChangeRefused], Awaitable[None]]


class Refusals:
    """Around the use case: takes `LoginRefused` and `also`, and `ChangeRefused` to `leave`.

    `refused` is what was refused, None when nothing was; every other fault comes out.
    """

    def __init__(self, manager: DialogManager, leave: Leave, *also: type[MyAccountError]) -> None:
        self._manager = manager
        self._leave = leave
        self._stays: tuple[type[MyAccountError], ...] = (LoginRefused, *also)
        self.refused: MyAccountError | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        fault: BaseException | None,
        _trace: TracebackType | None,
    ) -> bool:
        if isinstance(fault, self._stays):
            self.refused = fault
            notice(self._manager, refusal(fault))
        elif isinstance(fault, ChangeRefused):
            self.refused = fault
            await self._leave(self._manager, fault)
        return self.refused is not None
