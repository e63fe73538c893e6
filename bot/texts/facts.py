"""The words for facts: states, kinds, amounts of time and data, in the person's language."""

from __future__ import annotations

from datetime import timedelta

from aiogram.utils.i18n import get_i18n, ngettext
from aiogram.utils.i18n import gettext as _
from babel.numbers import format_decimal

from account.changes.holds import SUPPORT
from account.chapters.blocking import BlockReason
from account.chapters.usage import Direction, UsageKind
from account.effects.history import HistoryEntry, HistoryEvent
from account.values.identifiers import Msisdn
from account.values.number import NumberState, PaymentMethod
from account.values.rights import Role

SIGNS = {
    NumberState.ACTIVE: "🟢",
    NumberState.BLOCKED: "⛔",
    NumberState.DEBT: "🟠",
    NumberState.BLOCKED_BY_OPERATOR: "🚫",
    NumberState.CONNECTING: "🟡",
    NumberState.CLOSING: "⚪",
}

NARROW = 30
"""Characters of a button that has a row of its own on a screen of 360 points."""


def language() -> str:
    """The language of the person this update is from."""
    return get_i18n().current_locale


def state_word(state: NumberState) -> str:
    """Active, Blocked, Blocked / Debt, or what the operator alone can change."""
    return {
        NumberState.ACTIVE: _("Active"),
        NumberState.BLOCKED: _("Blocked"),
        NumberState.DEBT: _("Blocked / Debt"),
        NumberState.BLOCKED_BY_OPERATOR: _("Blocked by the operator"),
        NumberState.CONNECTING: _("Being connected"),
        NumberState.CLOSING: _("Being closed"),
    }[state]


def state_shown(state: NumberState) -> str:
    """The state with its sign; a sign never stands without its word."""
    return f"{SIGNS[state]} {state_word(state)}"


def payment_word(method: PaymentMethod, told: str | None = None) -> str:
    """Credit or Advance, or the operator's own word for another method."""
    if method is PaymentMethod.OTHER and told is not None:
        return _("“{word}” in the operator's words").format(word=told)
    return {
        PaymentMethod.CREDIT: _("Credit"),
        PaymentMethod.ADVANCE: _("Advance"),
        PaymentMethod.OTHER: _("not told by the operator"),
    }[method]


def funds_word(method: PaymentMethod) -> str:
    """What the money of a number is called: a credit limit is not a balance (S05)."""
    if method is PaymentMethod.CREDIT:
        return _("Remaining credit limit")
    return _("Balance")


def role_word(role: Role) -> str:
    """The administrator's role in a company."""
    return {
        Role.ADMINISTRATOR: _("administrator"),
        Role.OPERATOR: _("operator of numbers"),
        Role.FINANCE: _("finance"),
        Role.VIEWER: _("viewer"),
        Role.EMPLOYEE: _("user of the number"),
    }[role]


def usage_word(kind: UsageKind) -> str:
    """The kinds of usage."""
    return {
        UsageKind.EVERYTHING: _("Everything"),
        UsageKind.CALLS: _("Calls"),
        UsageKind.SMS: _("SMS"),
        UsageKind.DATA: _("Data (internet)"),
        UsageKind.OTHER: _("Other"),
    }[kind]


def direction_word(direction: Direction) -> str:
    """Which way a call went; empty for what has no direction."""
    return {
        Direction.OUT: _("outgoing"),
        Direction.IN: _("incoming"),
        Direction.NONE: "",
    }[direction]


def done_line(done: str, reference: str, at: str = "") -> str:
    """The last word of a change that was carried out, at a moment when it is known."""
    if at:
        return _("✅ {done} {at} · action {reference}").format(
            done=done, at=at, reference=reference
        )
    return _("✅ {done} · action {reference}").format(done=done, reference=reference)


def not_done_line(not_done: str, reference: str) -> str:
    """The last word of a change that was not carried out."""
    return _("⚠️ {not_done} · action {reference}").format(not_done=not_done, reference=reference)


def reason_word(reason: BlockReason) -> str:
    """Why a number is blocked."""
    return {
        BlockReason.LOST: _("Lost"),
        BlockReason.STOLEN: _("Stolen"),
        BlockReason.NOT_USED: _("Not used"),
        BlockReason.OTHER: _("Other reason"),
    }[reason]


def event_word(what: HistoryEvent) -> str:
    """Entries of the actions history that are no change."""
    return {
        HistoryEvent.LOGIN: _("Login"),
        HistoryEvent.LOGIN_REFUSED: _("Login refused"),
        HistoryEvent.LOGOUT: _("Logout"),
        HistoryEvent.PASSWORD_CHANGED: _("Password changed"),
        HistoryEvent.TRANSFER_IN: _("Balance received"),
        HistoryEvent.APPROVED: _("Approved as second administrator"),
        HistoryEvent.APPROVAL_REFUSED: _("Rejected as second administrator"),
        HistoryEvent.APPROVAL_WITHDRAWN: _("Request withdrawn"),
        HistoryEvent.USAGE_SEEN: _("Usage details viewed"),
        HistoryEvent.DOCUMENT_ORDERED: _("Document ordered"),
        HistoryEvent.HOLD_PLACED: _("Changes put on hold"),
        HistoryEvent.PERSON_ERASED: _("Personal data erased"),
        HistoryEvent.HOLD_LIFTED: _("Hold on changes lifted"),
        HistoryEvent.VERDICT: _("Outcome established"),
        HistoryEvent.UPDATE_REPLAYED: _("Message taken up again"),
        HistoryEvent.ACCOUNT_REMOVED: _("Telegram account removed"),
        HistoryEvent.FROZEN: _("Changes stopped: “It was not me”"),
        HistoryEvent.THAWED: _("Changes allowed again"),
        HistoryEvent.SET: _("Many numbers"),
        HistoryEvent.SCHEDULED: _("Change for later"),
        HistoryEvent.LABELLED: _("Label or cost centre"),
    }[what]


def by_word(entry: HistoryEntry) -> str:
    """Who did it; of the operator's own people no name is told, it stands in the chain."""
    return _("Operator's support") if entry.channel == SUPPORT else entry.administrator


def result_word(result: str) -> str:
    """Results in the actions history, with their signs."""
    return {
        "done": _("✅ done"),
        "refused": _("⚠️ not done"),
        "unknown": _("⏳ being checked"),
        "accepted": _("confirmed"),
        "proposed": _("⏳ waits for a second administrator"),
    }[result]


def seconds_left(seconds: int) -> str:
    """How long to wait, as a person says it."""
    if seconds < 90:
        return ngettext("{n} second", "{n} seconds", seconds).format(n=seconds)
    minutes = -(-seconds // 60)
    if minutes < 90:
        return ngettext("{n} minute", "{n} minutes", minutes).format(n=minutes)
    hours = -(-minutes // 60)
    return ngettext("{n} hour", "{n} hours", hours).format(n=hours)


def number_label(words: str, number: Msisdn) -> str:
    """A button's words with the number in its `{number}` or `{target}`.

    Telegram cuts off what is too long for a narrow screen, and that would be the number's end: the
    country's code goes first.
    """
    label = words.format(number=number.shown, target=number.shown)
    if len(label) <= NARROW:
        return label
    return words.format(number=number.short, target=number.short)


def duration(seconds: int) -> str:
    """The length of a call: `1:05` or `1:02:05`."""
    text = str(timedelta(seconds=seconds))
    return text.removeprefix("0:").removeprefix("0") if seconds < 3600 else text


def volume(size: int) -> str:
    """The volume of data; 1 MB is 1024 KB (S09)."""
    if size < 1024 * 1024:
        return _("{n} KB").format(n=-(-size // 1024))
    if size < 1024**3:
        return _("{n} MB").format(n=_decimals(size / 1024**2, "0.#"))
    return _("{n} GB").format(n=_decimals(size / 1024**3, "0.##"))


def _decimals(value: float, look: str) -> str:
    """`12,5` in Kazakh and Russian, `12.5` in English."""
    return format_decimal(value, look, locale=language())


def left_out_line(count: int) -> list[str]:
    """How many records are not shown, as the last lines of a window; nothing when all are."""
    if not count:
        return []
    said = ngettext(
        "⚠️ {n} record cannot be shown: the operator's data about it cannot be read.",
        "⚠️ {n} records cannot be shown: the operator's data about them cannot be read.",
        count,
    )
    return ["\n" + said.format(n=count)]


def not_in_total_line(count: int) -> list[str]:
    """How many records have no part in the sum above; nothing when all have."""
    if not count:
        return []
    said = ngettext(
        "⚠️ {n} record is not in the total: it cannot be read whole.",
        "⚠️ {n} records are not in the total: they cannot be read whole.",
        count,
    )
    return [said.format(n=count)]
