"""Documents and reports: the menu of nine, the order of one, and the requests (S27 to S36)."""

from __future__ import annotations

from aiogram.enums import ButtonStyle
from aiogram_dialog import Dialog
from aiogram_dialog.widgets.kbd import Button, Column, Group, Row, Start, SwitchTo
from aiogram_dialog.widgets.style import Style

from account.values.rights import Right
from bot.context import states
from bot.flows.documents import getters, handlers, input_handlers, requests
from bot.widgets.choices import choices
from bot.widgets.months import months_row
from bot.widgets.named import named
from bot.widgets.page import back_to, page, way_back
from bot.widgets.paging import pages_row
from bot.widgets.rights import allowed
from bot.widgets.text import Msgid, Value
from bot.widgets.text_input import nothing, reading, text_input

documents_dialog = Dialog(
    page(
        states.Documents.menu,
        Value("text"),
        keyboard=[
            Group(choices("kind", "kinds", handlers.open_kind), width=2),
            Row(
                SwitchTo(
                    Msgid("📈 Charts"),
                    id="charts",
                    state=states.Documents.charts,
                    when=allowed(Right.ORDER_DOCUMENTS, "charts"),
                ),
                SwitchTo(Msgid("📥 My requests"), id="requests", state=states.Documents.requests),
            ),
            Start(
                Msgid("🗓 Every month"),
                id="monthly",
                state=states.Subscriptions.list,
                when=allowed(Right.ORDER_DOCUMENTS),
            ),
        ],
        typing=named(handlers.typed_kinds, handlers.pick),
        getter=getters.get_menu,
    ),
    page(
        states.Documents.charts,
        Msgid("\nPictures of what the company spends. The chart of one number is on its card."),
        keyboard=[Column(choices("kind", "kinds", handlers.open_kind))],
        typing=named(handlers.typed_kinds),
        getter=getters.get_charts,
        back=way_back(back_to(states.Documents.menu)),
    ),
    page(
        states.Documents.requests,
        Value("text"),
        keyboard=[
            Column(choices("request", "requests", requests.open_request)),
            pages_row(),
        ],
        getter=requests.get_requests,
        back=way_back(
            back_to(states.Documents.menu), before=[Button(Msgid("⟳ Refresh"), id="refresh")]
        ),
    ),
    page(
        states.Documents.request,
        Value("text"),
        keyboard=[
            Button(
                Msgid("📥 Send the file once more"),
                id="again",
                on_click=requests.send_again,
                when="kept",
            ),
            Button(
                Msgid("↻ Order it again"), id="anew", on_click=requests.order_again, when="again"
            ),
        ],
        getter=requests.get_request,
        back=way_back(
            back_to(states.Documents.requests), before=[Button(Msgid("⟳ Refresh"), id="refresh")]
        ),
    ),
)

ordering_dialog = Dialog(
    page(
        states.Ordering.form,
        Value("text"),
        keyboard=[
            months_row(handlers.take_days),
            Group(choices("ready", "ready", handlers.take_ready), width=2),
            Button(
                Msgid("📅 Own period…"),
                id="days",
                on_click=handlers.own_period.open,
                when="of_days",
            ),
            Button(
                Msgid("📅 Months…"), id="months", on_click=handlers.pick_months, when="of_months"
            ),
            Group(choices("near", "near", handlers.choose_account), width=3),
            Row(
                SwitchTo(
                    Msgid("🧾 Account or phone…"),
                    id="account",
                    state=states.Ordering.account,
                    on_click=handlers.to_accounts,
                    when="of_account",
                ),
                Button(
                    Msgid("🗂 All accounts"),
                    id="all_accounts",
                    on_click=handlers.to_all_accounts,
                    when="of_account",
                ),
            ),
            Row(
                Button(
                    Msgid("📅 Month…"),
                    id="month",
                    on_click=handlers.pick_month,
                    when="of_one_month",
                ),
            ),
            Group(
                choices("search", "searches", handlers.choose_search), width=2, when="of_invoice"
            ),
            Group(choices("year", "years", handlers.choose_year), width=5, when="of_invoice"),
            Group(choices("paper", "papers", handlers.choose_paper), width=2),
            SwitchTo(
                Msgid("🔢 Number of the invoice…"),
                id="number",
                state=states.Ordering.number,
                when="of_invoice",
            ),
            Row(
                Button(
                    Msgid("📊 Show here"), id="show", on_click=handlers.show_here, when="on_screen"
                ),
                Group(choices("format", "formats", handlers.place), width=2),
            ),
            SwitchTo(Value("email"), id="email", state=states.Ordering.email),
        ],
        typing=reading(input_handlers.type_into_form),
        getter=getters.get_form,
    ),
    page(
        states.Ordering.month,
        Value("text"),
        keyboard=[
            Row(
                Button(
                    Value("earlier"), id="earlier", on_click=handlers.turn_year, when="has_earlier"
                ),
                Button(Value("year"), id="same_year"),
                Button(Value("later"), id="later", on_click=handlers.turn_year, when="has_later"),
            ),
            Group(choices("month", "months", handlers.choose_month), width=3),
        ],
        typing=text_input(input_handlers.type_month),
        getter=getters.get_month,
        back=way_back(back_to(states.Ordering.form)),
    ),
    *handlers.own_period.windows(),
    page(
        states.Ordering.account,
        Value("text"),
        keyboard=[
            Group(choices("one", "accounts", handlers.choose_account), width=2),
            pages_row(),
        ],
        typing=text_input(input_handlers.type_account),
        getter=getters.get_accounts,
        back=way_back(back_to(states.Ordering.form)),
    ),
    page(
        states.Ordering.number,
        Value("text"),
        typing=text_input(input_handlers.type_number),
        getter=getters.get_number,
        back=way_back(back_to(states.Ordering.form)),
    ),
    page(
        states.Ordering.found,
        Value("text"),
        keyboard=[pages_row(), Group(choices("format", "formats", handlers.place), width=2)],
        typing=reading(nothing),
        getter=getters.get_found,
        back=way_back(back_to(states.Ordering.form)),
    ),
    page(
        states.Ordering.payments,
        Value("text"),
        keyboard=[pages_row(), Group(choices("format", "formats", handlers.place), width=2)],
        typing=reading(nothing),
        getter=getters.get_payments,
        back=way_back(back_to(states.Ordering.form)),
    ),
    page(
        states.Ordering.email,
        Value("text"),
        keyboard=[
            Button(Value("own"), id="own", on_click=handlers.choose_own, when="has_own"),
            Button(Msgid("This chat alone"), id="none", on_click=handlers.no_email, when="chosen"),
        ],
        typing=text_input(input_handlers.type_email),
        getter=getters.get_email,
        back=way_back(back_to(states.Ordering.form)),
    ),
    page(
        states.Ordering.outside,
        Value("text"),
        keyboard=[
            Button(
                Value("send"),
                id="outside",
                on_click=handlers.confirm_outside,
                style=Style(ButtonStyle.DANGER),
            ),
        ],
        typing=reading(nothing),
        getter=getters.get_outside,
        back=way_back(back_to(states.Ordering.email), label=Msgid("Cancel")),
    ),
    on_start=handlers.begin,
)
