"""Payments of one number (S26): what is said."""

from __future__ import annotations

from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext

from account.chapters.payments import PaidTotal, Payment, PaymentMeans, PaymentState
from account.values.periods import shown_time
from bot.texts.facts import language, not_in_total_line
from bot.widgets.text import Html, said

LONGEST_DOCUMENT, END_OF_DOCUMENT = 20, 8
"""Signs of a document's number: what a line has room for, and what is shown of a longer one."""


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
    """One payment of a number below its day."""
    return Html("\n".join(_payment_lines(payment)))


def company_payment_line(payment: Payment) -> Html:
    """One payment of the company below its day, with the account and the number it is for."""
    whose = [_("account {account}").format(account=payment.account)]
    if payment.number is not None:
        whose.append(payment.number.shown)
    first, second = _payment_lines(payment)
    return Html("\n".join([first, said("{whose}", whose=" · ".join(whose)), second]))


def _payment_lines(payment: Payment) -> tuple[Html, Html]:
    """When, how much and by what; where it stands and by which document."""
    how = means_word(payment.means)
    if payment.channel and not payment.internal:
        how += f" ({payment.channel})"
    document = (
        _("document {number}").format(number=_document(payment.document))
        if payment.document
        else ""
    )
    return (
        said(
            "{at} <b>{amount}</b> · {how}",
            at=shown_time(payment.at),
            amount=payment.amount.shown(language()),
            how=how,
        ),
        said(
            "{more}",
            more=" · ".join(filter(None, (payment_state_word(payment.state), document))),
        ),
    )


def _document(number: str) -> str:
    """The number of a document; of a machine's long one the end, as the file has it whole."""
    if len(number) <= LONGEST_DOCUMENT:
        return number
    return f"…{number[-END_OF_DOCUMENT:]}"


def total_lines(total: PaidTotal) -> list[Html]:
    """How many payments, their sum, what is not in it: transfers, and what cannot be read."""
    payments = ngettext("{n} payment", "{n} payments", total.payments).format(n=total.payments)
    amount = total.amount.shown(language())
    lines = [said(_("{payments}, in all <b>{amount}</b>"), payments=payments, amount=amount)]
    if total.transfers:
        moved = ngettext(
            "{n} balance transfer between numbers is not in it.",
            "{n} balance transfers between numbers are not in it.",
            total.transfers,
        )
        lines.append(said(moved, n=total.transfers))
    return [*lines, *map(Html, not_in_total_line(total.left_out))]
