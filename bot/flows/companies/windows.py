"""One window: the administrator's companies, the current one marked (S04)."""

from __future__ import annotations

from aiogram_dialog import Dialog, LaunchMode
from aiogram_dialog.widgets.kbd import Button, Column, NextPage, PrevPage, Row, StubScroll

from bot.context import states
from bot.flows.companies.getters import get_companies
from bot.flows.companies.handlers import choose, typed_companies
from bot.flows.faq.handlers import ABOUT_COMPANIES, open_answer
from bot.widgets.choices import choices
from bot.widgets.named import named
from bot.widgets.page import page, way_back
from bot.widgets.text import Msgid, Value

companies_dialog = Dialog(
    page(
        states.Companies.choose,
        Value("text"),
        keyboard=[
            StubScroll(id="pages", pages="pages"),
            Column(choices("company", "companies", choose)),
            Row(PrevPage(scroll="pages"), NextPage(scroll="pages"), when="many"),
            Button(
                Msgid("❓ Not the company you need?"),
                id="faq1",
                on_click=open_answer(ABOUT_COMPANIES),
            ),
        ],
        typing=named(typed_companies),
        getter=get_companies,
        back=way_back(when="chosen"),
    ),
    launch_mode=LaunchMode.ROOT,
)
