"""What an entry of the actions history says of what was asked for (S29)."""

from __future__ import annotations

from aiogram.utils.i18n import gettext as _

from account.chapters.kinds import KIND_OF
from account.effects.history import Entry, What
from account.values.identifiers import Msisdn
from account.values.periods import shown_time
from bot.flows.changes import WORDS
from bot.flows.sets.texts import set_told
from bot.flows.transfers.texts import transfer_told
from bot.texts.facts import by_word, event_word, result_word
from bot.widgets.text import Html, said


def what_word(what: str) -> str:
    """What the history calls it."""
    kind = KIND_OF.get(what)
    return event_word(What(what)) if kind is None else _(WORDS[kind].history)


def told(entry: Entry) -> str | None:
    """What was asked for, where an entry keeps it: a reason, a service, an amount, a target."""
    kind = KIND_OF.get(entry.what)
    if kind is not None:
        return WORDS[kind].told(entry)
    if entry.what == What.TRANSFER_IN:
        return transfer_told(entry)
    if entry.what in (What.HOLD_PLACED, What.HOLD_LIFTED) and "what" in entry.parameters:
        return what_word(entry.parameters["what"])
    if entry.what == What.SET:
        return set_told(entry)
    return None


def entry_line(entry: Entry) -> Html:
    """One entry below its day: when, what, which number; then the result, who, and its number."""
    first = [what_word(entry.what), Msisdn(entry.number).shown if entry.number else ""]
    second = [result_word(entry.result), told(entry), by_word(entry), entry.reference]
    return said(
        "{at} <b>{what}</b>\n{more}",
        at=shown_time(entry.at),
        what=" ".join(filter(None, first)),
        more=" · ".join(filter(None, second)),
    )
