"""aiogram and aiogram_dialog, set up the way this house uses them."""

from __future__ import annotations

from copy import copy

from aiogram import Dispatcher, Router
from aiogram.fsm.storage.base import BaseStorage
from aiogram.fsm.storage.memory import DisabledEventIsolation
from aiogram_dialog import Dialog, setup_dialogs
from aiogram_dialog.context.intent_filter import IntentFilter

from bot.flows.alerts.windows import alerts_dialog
from bot.flows.allowances.windows import allowances_dialog
from bot.flows.bans.windows import bans_dialog
from bot.flows.companies.windows import companies_dialog
from bot.flows.confirm.windows import confirm_dialog
from bot.flows.cost_centres.windows import cost_centres_dialog
from bot.flows.devices.windows import devices_dialog
from bot.flows.documents.windows import documents_dialog, ordering_dialog
from bot.flows.employees.windows import employee_dialog
from bot.flows.faq.windows import faq_dialog
from bot.flows.forwarding.windows import forwarding_dialog
from bot.flows.history.windows import history_dialog
from bot.flows.labels.windows import labels_dialog
from bot.flows.language.windows import language_dialog
from bot.flows.login.windows import login_dialog
from bot.flows.menu.windows import menu_dialog
from bot.flows.numbers.handlers import search
from bot.flows.numbers.windows import card_dialog, numbers_dialog
from bot.flows.payments.windows import payments_dialog
from bot.flows.privacy.windows import privacy_dialog
from bot.flows.profile.windows import profile_dialog
from bot.flows.schedules.windows import schedules_dialog
from bot.flows.secret_codes.windows import secret_code_dialog
from bot.flows.services.windows import services_dialog
from bot.flows.sets.approval import set_approval_dialog
from bot.flows.sets.windows import sets_dialog
from bot.flows.sim.windows import replacement_dialog, sim_dialog
from bot.flows.subscriptions.windows import subscriptions_dialog
from bot.flows.transfers.windows import transfers_dialog
from bot.flows.typed_commands.windows import typed_command_dialog
from bot.flows.usage.windows import usage_dialog
from bot.framework.buttons import use_plain_buttons
from bot.handlers.commands import commands_router
from bot.handlers.free_text import answer_typing
from bot.handlers.lost import lost_router
from bot.updates.intent_ids import use_unique_ids
from bot.updates.processor import current_context
from bot.updates.window_messages import WindowMessages
from bot.widgets.page import ANSWER_TYPING
from bot.widgets.search_offer import LOOK_FOR

DIALOGS = (
    card_dialog,
    numbers_dialog,
    sets_dialog,
    set_approval_dialog,
    labels_dialog,
    cost_centres_dialog,
    schedules_dialog,
    alerts_dialog,
    subscriptions_dialog,
    typed_command_dialog,
    menu_dialog,
    language_dialog,
    login_dialog,
    companies_dialog,
    confirm_dialog,
    services_dialog,
    allowances_dialog,
    bans_dialog,
    devices_dialog,
    transfers_dialog,
    forwarding_dialog,
    payments_dialog,
    secret_code_dialog,
    sim_dialog,
    replacement_dialog,
    employee_dialog,
    usage_dialog,
    documents_dialog,
    ordering_dialog,
    history_dialog,
    profile_dialog,
    faq_dialog,
    privacy_dialog,
)
"""The busiest first: a tap asks one after the other whether it is theirs."""


def _own(dialog: Dialog) -> Dialog:
    """The dialog as a router of its own, which belongs to one dispatcher for ever.

    Windows and handlers keep nothing and are shared: copied along, they took a third of a start.
    """
    own = copy(dialog)
    Router.__init__(own, name=dialog.name)
    for event, observer in dialog.observers.items():
        if observer.handlers:
            own.observers[event].handlers.extend(observer.handlers)
            own.observers[event].filter(
                IntentFilter(aiogd_intent_state_group=dialog.states_group())
            )
    return own


def make_dispatcher(storage: BaseStorage) -> Dispatcher:
    """A dispatcher with every dialog.

    Isolation of updates is the queue's: one chat is served by one task (trap 1).
    """
    dispatcher = Dispatcher(
        storage=storage, events_isolation=DisabledEventIsolation(), disable_fsm=True
    )
    dispatcher["fsm_storage"] = storage
    dispatcher[ANSWER_TYPING] = answer_typing
    dispatcher[LOOK_FOR] = search
    dispatcher.include_router(commands_router())
    for dialog in DIALOGS:
        dispatcher.include_router(_own(dialog))
    dispatcher.include_router(lost_router())
    use_unique_ids()
    use_plain_buttons()
    setup_dialogs(
        dispatcher,
        message_manager=WindowMessages(current_context),
        events_isolation=DisabledEventIsolation(),
    )
    return dispatcher
