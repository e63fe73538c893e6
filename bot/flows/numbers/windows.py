"""The list with its filter, and one number's card with its general information."""

from __future__ import annotations

from aiogram.enums import ButtonStyle
from aiogram.fsm.state import State
from aiogram.types import CallbackQuery
from aiogram_dialog import Dialog, DialogManager
from aiogram_dialog.widgets.kbd import Button, Column, Group, Row, Start, SwitchTo
from aiogram_dialog.widgets.style import Style

from account.changes.action import ActionKind
from account.values.rights import Right
from bot.context import states
from bot.flows.confirm.handlers import ask
from bot.flows.faq.windows import why_blocked, why_not_replaced
from bot.flows.numbers import getters, handlers
from bot.flows.transfers.handlers import open_from_card
from bot.widgets.choices import choices
from bot.widgets.page import OnClick, back_to, leave, page, way_back
from bot.widgets.paging import pages_row
from bot.widgets.rights import allowed
from bot.widgets.text import Msgid, Value


def opens(state: State) -> OnClick:
    """A button that opens another chapter of this number; its dialog starts with the number."""

    async def open_chapter(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
        await manager.start(state, data={"msisdn": getters.card_of(manager).digits})

    return open_chapter


numbers_dialog = Dialog(
    page(
        states.Numbers.list,
        Value("text"),
        keyboard=[
            Group(choices("first", "first", handlers.open_row), width=2),
            Column(choices("row", "rows", handlers.open_row)),
            pages_row(),
            Row(
                Button(
                    Msgid("✕ Show all numbers"),
                    id="clear",
                    on_click=handlers.clear_search,
                    when="searching",
                ),
                SwitchTo(Value("filter"), id="filter", state=states.Numbers.filter),
            ),
            Row(
                Button(Msgid("☑ Many numbers"), id="many", on_click=handlers.choose_many),
                Start(Msgid("🕒 Schedule"), id="schedules", state=states.Schedules.list),
                when=allowed(Right.LIST_NUMBERS),
            ),
        ],
        getter=getters.get_list,
        back=way_back(leave),
    ),
    page(
        states.Numbers.filter,
        Msgid("\nWhich numbers to show?"),
        keyboard=[
            Column(choices("state", "states", handlers.choose_state)),
            Button(
                Msgid("🏷 By cost centre"),
                id="centres",
                on_click=handlers.open_centres,
                when=allowed(Right.READ_LABELS, "has_centres"),
            ),
            Button(
                Msgid("🏷 Labels and cost centres"),
                id="labels",
                on_click=handlers.open_labels,
                when=allowed(Right.READ_LABELS),
            ),
        ],
        getter=getters.get_filter,
        back=way_back(back_to(states.Numbers.list)),
    ),
    page(
        states.Numbers.centres,
        Msgid("\nWhich cost centre?"),
        keyboard=[Column(choices("centre", "centres", handlers.choose_centre)), pages_row()],
        getter=getters.get_centres,
        back=way_back(back_to(states.Numbers.filter)),
    ),
    on_start=handlers.take_search,
)

card_dialog = Dialog(
    page(
        states.Card.main,
        Value("text"),
        keyboard=[
            Row(
                Button(
                    Msgid("📊 Usage details"),
                    id="usage",
                    on_click=opens(states.Usage.order),
                    when=allowed(Right.READ_USAGE),
                ),
                Button(
                    Msgid("📦 Allowances"),
                    id="allowances",
                    on_click=opens(states.Allowances.tariff),
                    when=allowed(Right.READ_ALLOWANCES),
                ),
            ),
            Row(
                Button(
                    Msgid("🧩 Services"),
                    id="services",
                    on_click=opens(states.Services.active),
                    when=allowed(Right.READ_SERVICES),
                ),
                Button(
                    Msgid("🔀 Call forwarding"),
                    id="forwarding",
                    on_click=opens(states.Forwarding.rules),
                    when=allowed(Right.READ_FORWARDING),
                ),
            ),
            # In a row of its own: longer ones are cut off side by side on a narrow screen.
            Button(Msgid("💳 SIM & device"), id="sim", on_click=opens(states.Sim.main)),
            Row(
                SwitchTo(Msgid("ℹ️ General information"), id="general", state=states.Card.general),
                Button(Value("favourite"), id="favourite", on_click=handlers.turn_favourite),
            ),
            SwitchTo(
                Value("more"),
                id="more",
                state=states.Card.more,
            ),
            Button(
                Value("block"),
                id="block",
                on_click=ask(ActionKind.BLOCK),
                when=allowed(Right.BLOCK, "can_block"),
                style=Style(ButtonStyle.DANGER),
            ),
            Button(
                Value("unblock"),
                id="unblock",
                on_click=ask(ActionKind.UNBLOCK),
                when=allowed(Right.UNBLOCK, "can_unblock"),
            ),
            Button(
                Msgid("🧾 Payments"),
                id="paid",
                on_click=opens(states.Payments.list),
                when=allowed(Right.READ_PAYMENTS, "in_debt"),
            ),
            why_blocked(),
        ],
        getter=getters.get_card,
        back=way_back(before=[Button(Msgid("⟳ Refresh"), id="refresh")]),
    ),
    page(
        states.Card.more,
        Value("text"),
        keyboard=[
            Button(
                Msgid("💸 Balance transfer"),
                id="transfer",
                on_click=open_from_card,
                when=allowed(Right.TRANSFER, "transfers"),
            ),
            Button(
                Msgid("🧾 Payments"),
                id="payments",
                on_click=opens(states.Payments.list),
                when=allowed(Right.READ_PAYMENTS),
            ),
            Button(
                Msgid("💳 SIM card replacement"),
                id="sim",
                on_click=opens(states.SimReplacement.pick),
                when=allowed(Right.REPLACE_SIM, "replaces"),
            ),
            Row(
                Button(
                    Msgid("🚫 Bans"),
                    id="bans",
                    on_click=opens(states.Bans.list),
                    when=allowed(Right.BAN, "bans"),
                ),
                Button(
                    Msgid("🔑 Secret code"),
                    id="secret",
                    on_click=opens(states.SecretCode.main),
                    when=allowed(Right.SECRET_CODE),
                ),
            ),
            Button(
                Msgid("🏷 Label, cost centre"),
                id="labels",
                on_click=opens(states.Labels.main),
                when=allowed(Right.READ_LABELS),
            ),
            Button(
                Msgid("🔔 Alerts"),
                id="alerts",
                on_click=opens(states.Alerts.list),
                when=allowed(Right.LIST_NUMBERS),
            ),
            Button(
                Msgid("📲 Device registration (IMEI)"),
                id="devices",
                on_click=opens(states.Devices.list),
                when=allowed(Right.READ_DEVICES),
            ),
            why_not_replaced(allowed(Right.REPLACE_SIM, "explains")),
        ],
        getter=getters.get_more,
        back=way_back(back_to(states.Card.main)),
    ),
    page(
        states.Card.general,
        Value("text"),
        getter=getters.get_general,
        back=way_back(back_to(states.Card.main)),
    ),
    on_start=handlers.note_opened,
)
