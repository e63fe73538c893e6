"""A press of a window's button, straight to the dialog that the window is of.

aiogram asks router after router, each with its filters, and wraps the event anew for each; whose
press it is stands in its data. So aiogram_dialog's own intent middleware, manager, handler and
saving of state are called one after the other, the very objects that the dispatcher would come to,
in its order. Presses without a window, and all other updates, go the dispatcher's way.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from aiogram.dispatcher.middlewares.error import ErrorsMiddleware
from aiogram.dispatcher.middlewares.user_context import UserContextMiddleware
from aiogram_dialog import Dialog
from aiogram_dialog.api.internal import CONTEXT_KEY, STACK_KEY, STORAGE_KEY
from aiogram_dialog.context.intent_filter import IntentFilter
from aiogram_dialog.context.intent_middleware import (
    IntentMiddlewareFactory,
    context_saver_middleware,
    context_unlocker_middleware,
)
from aiogram_dialog.manager.manager_middleware import (
    BG_FACTORY_KEY,
    MANAGER_KEY,
    BgFactoryMiddleware,
    ManagerMiddleware,
)
from aiogram_dialog.utils import remove_intent_id

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection

    from aiogram import Bot, Dispatcher
    from aiogram.fsm.state import StatesGroup
    from aiogram.types import CallbackQuery, Update
    from aiogram_dialog import BgManagerFactory

_ELSEWHERE = object()


class FrameworkChangedError(Exception):
    """The dispatcher is not put together as it was when this was written."""


class Presses:
    """Knows the dialogs of a dispatcher."""

    _intents: IntentMiddlewareFactory
    _managers: ManagerMiddleware
    _background: BgManagerFactory

    def __init__(self, dispatcher: Dispatcher) -> None:
        self._dispatcher = dispatcher
        self._handlers: dict[type[StatesGroup], Callable[..., Awaitable[object]]] = {}
        # Of another version, put together otherwise: slower, and as right as ever.
        with suppress(FrameworkChangedError):
            self._find()

    @property
    def known(self) -> Collection[type[StatesGroup]]:
        """The groups of states whose dialogs are found here; none when aiogram has changed."""
        return self._handlers.keys()

    def _find(self) -> None:
        dispatcher = self._dispatcher
        around: list[object] = [type(one) for one in dispatcher.update.outer_middleware]
        usual = [ErrorsMiddleware, UserContextMiddleware, BgFactoryMiddleware]
        if around != usual or len(dispatcher.update.middleware):
            raise FrameworkChangedError("an update")
        if any(router.errors.handlers for router in (dispatcher, *dispatcher.sub_routers)):
            raise FrameworkChangedError("errors")
        presses = dispatcher.callback_query
        try:
            intents, unlocker, background = presses.outer_middleware
            managers, saver = presses.middleware
        except ValueError:
            raise FrameworkChangedError("middlewares of presses") from None
        factory = getattr(intents, "__self__", None)
        if (
            not isinstance(factory, IntentMiddlewareFactory)
            or not isinstance(background, BgFactoryMiddleware)
            or not isinstance(managers, ManagerMiddleware)
            or unlocker is not context_unlocker_middleware
            or saver is not context_saver_middleware
            or presses.handlers
        ):
            raise FrameworkChangedError("middlewares of presses")
        self._intents = factory
        self._managers = managers
        self._background = background.bg_manager_factory
        self._handlers = {
            router.states_group(): _handler(router)
            for router in dispatcher.sub_routers
            if isinstance(router, Dialog)
        }

    async def handle(self, bot: Bot, update: Update, **given: Any) -> bool:
        """Handle a press of a window's button; False when it is none, and nothing was done.

        What is wrong with the press, or goes wrong in the dialog, is raised as by the dispatcher.
        """
        query = update.callback_query
        if not self._handlers or query is None or query.message is None or not query.data:
            return False
        intent_id, _rest = remove_intent_id(query.data)
        # The buttons below messages begin otherwise, and are asked first by the dispatcher.
        if not intent_id or not intent_id.isalnum():
            return False
        about = UserContextMiddleware.resolve_event_context(update)
        if about.thread_id is not None or about.business_connection_id is not None:
            return False
        data = {
            "dispatcher": self._dispatcher,
            **self._dispatcher.workflow_data,
            **given,
            "bot": bot,
            "event_context": about,
            "event_from_user": about.user,
            "event_chat": about.chat,
            "event_update": update,
            "event_router": self._dispatcher,
            BG_FACTORY_KEY: self._background,
        }
        told = await self._intents.process_callback_query(self._in_dialog, query, data)
        return told is not _ELSEWHERE

    async def _in_dialog(self, query: CallbackQuery, data: dict[str, Any]) -> object:
        context = data.get(CONTEXT_KEY)
        handler = None if context is None else self._handlers.get(context.state.group)
        if handler is None:
            return _ELSEWHERE
        proxy = data[STORAGE_KEY]
        try:
            manager = self._managers.dialog_manager_factory(
                event=query,
                data=data,
                registry=self._managers.registry,
                router=self._managers.router,
            )
            data[MANAGER_KEY] = manager
            try:
                await handler(query, manager)
                del data[STORAGE_KEY]
                await proxy.save_context(data.pop(CONTEXT_KEY))
                await proxy.save_stack(data.pop(STACK_KEY))
            finally:
                del data[MANAGER_KEY]
                await manager.close_manager()
        finally:
            await proxy.unlock()
        return None


def _handler(dialog: Dialog) -> Callable[..., Awaitable[object]]:
    """What a dialog does with a press, the only thing it does."""
    presses = dialog.callback_query
    filters = [filter_.callback for filter_ in presses._handler.filters or ()]  # noqa: SLF001
    if (
        len(presses.handlers) != 1
        or presses.handlers[0].filters
        or len(presses.middleware)
        or len(presses.outer_middleware)
        or not filters
        or not all(isinstance(one, IntentFilter) for one in filters)
        or dialog.sub_routers
    ):
        raise FrameworkChangedError(f"the dialog {dialog.name}")
    return presses.handlers[0].callback
