"""Payments of one number (S26): what is said."""

from __future__ import annotations

from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext

from account.chapters.payments import PaidTotal, Payment, PaymentMeans, PaymentState
from account.values.periods import shown_time
from bot.texts.facts import language, not_in_total_line
from bot.widgets.text import Html, said


def means_word(means: PaymentMeans) -> str:
    """How it was paid."""
    return {
        PaymentMeans.BANK_TRANSFER: _("Bank transfer"),
        PaymentMeans.CARD: _("Bank card"),
        PaymentMeans.WALLET: _("Digital wallet"),
        PaymentMeans.CASH: _("Cash"),
        PaymentMeans.BALANCE_TRANSFER: _("Balance transfer"),
        PaymentMeans.OTHER: _("Other"),
    }[means]


def payment_state_word(state: PaymentState) -> str:
    """Where it stands."""
    return {
        PaymentState.DONE: _("✅ carried out"),
        PaymentState.PENDING: _("⏳ pending"),
        PaymentState.CANCELLED: _("⚠️ cancelled"),
        PaymentState.FAILED: _("⚠️ not received"),
        PaymentState.UNKNOWN: _("❔ the operator does not say"),
    }[state]


def payment_line(payment: Payment) -> Html:
    """One payment below its day."""
    how = means_word(payment.means)
    if payment.channel and payment.means is not PaymentMeans.BALANCE_TRANSFER:
        how += f" ({payment.channel})"
    document = _("document {number}").format(number=payment.document) if payment.document else ""
    return said(
        "{at} <b>{amount}</b> · {how}\n{more}",
        at=shown_time(payment.at),
        amount=payment.amount.shown(language()),
        how=how,
        more=" · ".join(filter(None, (payment_state_word(payment.state), document))),
    )


def total_lines(count: int, total: PaidTotal) -> list[Html]:
    """How many payments, their sum, and how many have no part in it."""
    payments = ngettext("{n} payment", "{n} payments", count).format(n=count)
    amount = total.amount.shown(language())
    line = said(_("{payments}, in all <b>{amount}</b>"), payments=payments, amount=amount)
    return [line, *map(Html, not_in_total_line(total.left_out))]
