"""What an entry of the actions history says of what was asked for (S29)."""

from __future__ import annotations

from datetime import date

from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext

from account.chapters.history import HistoryKind
from account.chapters.kinds import KIND_OF
from account.chapters.usage import UsageKind
from account.documents.kinds import DocumentKind
from account.documents.parameters.base import FIRST, LAST, TYPE
from account.effects.history import HistoryEntry, HistoryEvent
from account.values.identifiers import Msisdn
from account.values.periods import shown_day, shown_time
from bot.flows.changes import WORDS
from bot.flows.documents.titles import title
from bot.flows.documents.titles import told as about
from bot.flows.schedules.texts import schedule_told
from bot.flows.sets.texts import set_told
from bot.flows.transfers.texts import transfer_told
from bot.texts.facts import by_word, event_word, result_word, usage_word
from bot.widgets.text import Html, said
from documents.reports.history import KINDS


def what_word(what: str) -> str:
    """What the history calls it."""
    kind = KIND_OF.get(what)
    return event_word(HistoryEvent(what)) if kind is None else _(WORDS[kind].history)


_OF_SECOND = frozenset(
    {HistoryEvent.APPROVED, HistoryEvent.APPROVAL_REFUSED, HistoryEvent.APPROVAL_WITHDRAWN}
)
"""A second administrator's word, and taking a request back: of a change, or of a set."""


def told(entry: HistoryEntry) -> str | None:
    """What was asked for, where an entry keeps it: a reason, a service, an amount, a target."""
    kind = KIND_OF.get(entry.what)
    if kind is not None:
        return WORDS[kind].told(entry)
    if entry.what == HistoryEvent.TRANSFER_IN:
        return transfer_told(entry)
    if entry.what == HistoryEvent.DOCUMENT_ORDERED:
        return _ordered(entry)
    if entry.what == HistoryEvent.USAGE_SEEN:
        return _seen(entry)
    if (
        entry.what in (HistoryEvent.HOLD_PLACED, HistoryEvent.HOLD_LIFTED)
        and "what" in entry.parameters
    ):
        return what_word(entry.parameters["what"])
    if entry.what == HistoryEvent.SET or (
        entry.what in _OF_SECOND and "numbers" in entry.parameters
    ):
        return set_told(entry)
    if entry.what == HistoryEvent.SCHEDULED:
        return schedule_told(entry)
    if entry.what == HistoryEvent.LABELLED:
        return _labelled(entry)
    return None


def kind_words() -> dict[HistoryKind | None, str]:
    """What entries are about, as filters; None is all of them."""
    return {None: _("Everything"), **{kind: _(word) for kind, word in KINDS.items()}}


def _labelled(entry: HistoryEntry) -> str:
    """What a number is called now; or how many were, by a list; or a cost centre's two names."""
    asked = entry.parameters
    if "import" in asked:
        count = int(asked["numbers"])
        line = ngettext("{n} number, from a list", "{n} numbers, from a list", count)
        if asked["import"] == "undone":
            line = ngettext("{n} number, a list undone", "{n} numbers, a list undone", count)
        return line.format(n=count)
    if "was" in asked:
        return f"{asked['was']} → {asked['centre'] or '—'}"
    return " · ".join(asked.get(name) or "—" for name in asked)


def _ordered(entry: HistoryEntry) -> str | None:
    """What was ordered, in which form, of what, and where it went."""
    asked = dict(entry.parameters)
    if (document := asked.pop("document", None)) not in set(DocumentKind):
        return None
    kind, email = DocumentKind(document), asked.pop("email", None)
    form = asked.pop("format", "").upper()
    where = _("to the chat and {address}").format(address=email) if email else _("to the chat")
    return " · ".join(filter(None, [title(kind), form, *about(kind, asked), where]))


def _seen(entry: HistoryEntry) -> str | None:
    """Of which days, and of which kind, the details were looked at."""
    asked = entry.parameters
    if not asked.get(FIRST) or not asked.get(LAST):
        return None
    first, last = (shown_day(date.fromisoformat(asked[name])) for name in (FIRST, LAST))
    kind = asked.get(TYPE)
    of = usage_word(UsageKind(kind)) if kind in set(UsageKind) else ""
    return " · ".join(filter(None, [f"{first} – {last}", of]))


def entry_line(entry: HistoryEntry) -> Html:
    """One entry below its day: when, what, which number; then the result, who, and its number."""
    first = [what_word(entry.what), Msisdn(entry.number).shown if entry.number else ""]
    second = [result_word(entry.result), told(entry), by_word(entry), entry.reference]
    return said(
        "{at} <b>{what}</b>\n{more}",
        at=shown_time(entry.at),
        what=" ".join(filter(None, first)),
        more=" · ".join(filter(None, second)),
    )
