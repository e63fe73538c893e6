"""aiogram_dialog keeps its windows in our turns: also over a restart of the process."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware, Dispatcher
from aiogram.filters import CommandStart
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message, TelegramObject
from aiogram_dialog import Dialog, DialogManager, StartMode, Window, setup_dialogs
from aiogram_dialog.test_tools import BotClient, MockMessageManager
from aiogram_dialog.test_tools.keyboard import InlineButtonTextLocator
from aiogram_dialog.widgets.kbd import Button, Next
from aiogram_dialog.widgets.text import Const, Format

from storage import Stores, open_stores
from storage.fsm_storage import unit_in_use
from tests.storage.conftest import SECRETS


class Flow(StatesGroup):
    first = State()
    second = State()


class InTurn(BaseMiddleware):
    """What the bot's gate does."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        unit = await self._stores.units.open(1, 1, data["bot"].id)
        with unit_in_use(unit):
            result = await handler(event, data)
        await self._stores.units.close(unit, None)
        return result


async def count(_: CallbackQuery, __: Button, manager: DialogManager) -> None:
    manager.dialog_data["taps"] = manager.dialog_data.get("taps", 0) + 1


async def taps(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    return {"taps": dialog_manager.dialog_data.get("taps", 0)}


async def start(_: Message, dialog_manager: DialogManager) -> None:
    await dialog_manager.start(Flow.first, mode=StartMode.RESET_STACK)


def a_process(stores: Stores) -> tuple[BotClient, MockMessageManager]:
    dispatcher = Dispatcher(storage=stores.fsm)
    dispatcher.update.outer_middleware(InTurn(stores))
    dispatcher.message.register(start, CommandStart())
    dispatcher.include_router(
        Dialog(
            Window(
                Format("taps: {taps}"),
                Button(Const("Tap"), id="tap", on_click=count),
                Next(Const("Next")),
                state=Flow.first,
                getter=taps,
            ),
            Window(Const("second"), state=Flow.second),
        )
    )
    screen = MockMessageManager()  # type: ignore[no-untyped-call]
    setup_dialogs(dispatcher, message_manager=screen)
    # The queue's middleware has to stand before the framework's own, which read the state.
    middlewares = dispatcher.update.outer_middleware._middlewares
    middlewares.insert(0, middlewares.pop(_place(middlewares)))
    return BotClient(dispatcher), screen


def _place(middlewares: list[Any]) -> int:
    return next(n for n, known in enumerate(middlewares) if isinstance(known, InTurn))


async def test_a_window_goes_on_after_a_restart(url: str, stores: Stores) -> None:
    client, screen = a_process(stores)
    await client.send("/start")
    first = screen.one_message()
    assert first.text == "taps: 0"
    screen.reset_history()  # type: ignore[no-untyped-call]
    await client.click(first, InlineButtonTextLocator("Tap"))
    shown = screen.one_message()
    assert shown.text == "taps: 1"

    again = open_stores(url, SECRETS)
    client, screen = a_process(again)
    await client.click(shown, InlineButtonTextLocator("Tap"))
    shown = screen.one_message()
    assert shown.text == "taps: 2"
    screen.reset_history()  # type: ignore[no-untyped-call]
    await client.click(shown, InlineButtonTextLocator("Next"))
    assert screen.one_message().text == "second"
    await again.close()
