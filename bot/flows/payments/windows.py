"""Payments of one number on screen: when, how much, by what, which document (S26)."""

from __future__ import annotations

from aiogram_dialog import Dialog
from aiogram_dialog.widgets.kbd import Button, Row

from account.documents.kinds import DocumentFormat
from bot.context import states
from bot.flows.payments.getters import get_payments, where
from bot.flows.payments.handlers import check, ordering, window
from bot.widgets.days import OwnPeriod
from bot.widgets.months import keep_days, months_row
from bot.widgets.page import page
from bot.widgets.paging import pages_row
from bot.widgets.text import Msgid, Value

own_period = OwnPeriod(
    first_day=states.Payments.first_day,
    last_day=states.Payments.last_day,
    back=states.Payments.list,
    where=where,
    window=window,
    check=check,
    take=keep_days,
)

payments_dialog = Dialog(
    page(
        states.Payments.list,
        Value("text"),
        keyboard=[
            months_row(),
            Button(Value("own"), id="own", on_click=own_period.open),
            pages_row(),
            Row(
                Button(Msgid("📄 XLSX file"), id="xlsx", on_click=ordering(DocumentFormat.XLSX)),
                Button(Msgid("📄 PDF file"), id="pdf", on_click=ordering(DocumentFormat.PDF)),
            ),
        ],
        typing=own_period.typing(),
        getter=get_payments,
    ),
    *own_period.windows(),
)
