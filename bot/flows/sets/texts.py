"""What is said of many numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext

from account.changes.action import ActionKind
from account.changes.due_schedules import LATE
from account.changes.parameters import ChangeParameters
from account.changes.sensitive_numbers import APPROVAL_WITHDRAWN
from account.changes.sets.change_set import (
    ChangeSet,
    Fate,
    Outcome,
    SetCounts,
    SetNumber,
    SetState,
    minutes_left,
)
from account.changes.sets.gathering import Gathering
from account.changes.sets.second_opinion import Reason
from account.chapters.bans import BanParameters
from account.chapters.blocking import BlockParameters, BlockReason
from account.chapters.forwarding import ForwardingOffParameters
from account.chapters.services.changes import ServiceOffParameters, ServiceOnParameters
from account.effects.history import HistoryEntry
from account.lists.list_file import Hidden
from account.lists.number_list import LeftOut, Unread
from account.values.periods import shown_moment
from account.values.wall_times import WallTime
from bot.flows.bans.texts import turning
from bot.flows.changes import WORDS
from bot.flows.forwarding.texts import which_rules
from bot.flows.schedules.texts import begins_line, days_line
from bot.flows.services.texts import disable_word, enable_word
from bot.texts.facts import reason_word
from bot.texts.failures import reason
from bot.texts.service_errors import in_language
from bot.widgets.progress_bar import bar
from bot.widgets.text import Html, said

GOING = "sp:"
"""Callback data of the button that leads to a set that runs; behind it stands its id."""
ASKED = "sa:"
"""Callback data of the button that leads to a set to approve; behind it stands the token."""
MOST_SIGNS = 40
"""Of a sheet's name or a heading on a button."""
LINES_NAMED = 10
"""Lines that were not understood and are named; more are counted."""


def shortened(name: str | None) -> str:
    """A name from a file as a button has room for it, on one line."""
    plain = " ".join((name or "").split())
    return plain if len(plain) <= MOST_SIGNS else f"{plain[: MOST_SIGNS - 1]}…"


def kind_word(kind: ActionKind) -> str:
    """What is done to the numbers: `Block`."""
    words = {
        ActionKind.BAN: _("Bans"),
        ActionKind.SERVICE_ON: _("Enable a service"),
        ActionKind.SERVICE_OFF: _("Disable a service"),
        ActionKind.FORWARDING_OFF: _("Switch off call forwarding"),
        ActionKind.SECRET_SEND: _("Send secret codes"),
        ActionKind.SECRET_DELETE: _("Delete secret codes"),
    }
    return words.get(kind) or _(WORDS[kind].history)


def deed_word(kind: ActionKind, parameters: ChangeParameters) -> str:
    """The same with what was chosen: `Block (lost)`, `Forbid roaming`."""
    match parameters:
        case BanParameters():
            return turning(parameters.ban, on=parameters.on)
        case ServiceOnParameters():
            name = in_language(parameters.offering.names)
            return _("Enable {service}").format(service=name)
        case ServiceOffParameters():
            name = in_language(parameters.names)
            return _("Disable {service}").format(service=name)
        case ForwardingOffParameters():
            return f"{kind_word(kind)} ({which_rules(parameters.condition)})"
        case BlockParameters(BlockReason() as reason):
            return f"{kind_word(kind)} ({reason_word(reason)})"
        case _:
            return kind_word(kind)


def count_word(count: int) -> str:
    """So many numbers."""
    return ngettext("{n} number", "{n} numbers", count).format(n=count)


def confirm_button(change_set: ChangeSet, count: int) -> str:
    """The button that does it, naming kind and count."""
    if change_set.kind is ActionKind.UNBLOCK:
        return ngettext("🟢 Unblock {n} number", "🟢 Unblock {n} numbers", count).format(n=count)
    if change_set.kind is ActionKind.BLOCK:
        return ngettext("⛔ Block {n} number", "⛔ Block {n} numbers", count).format(n=count)
    match change_set.parameters:
        case ServiceOnParameters():
            deed = enable_word(change_set.parameters.offering.names)
        case ServiceOffParameters():
            deed = disable_word(change_set.parameters.names)
        case _:
            deed = deed_word(change_set.kind, change_set.parameters)
    return f"{deed} · {count_word(count)}"


def hidden_parts(hidden: Hidden) -> list[str]:
    """What of a file is hidden and was not read, as far as there is any."""
    counts = (
        (_("hidden rows left out: {n}"), hidden.rows),
        (_("hidden columns left out: {n}"), hidden.columns),
        (_("hidden sheets left out: {n}"), hidden.sheets),
    )
    return [words.format(n=count) for words, count in counts if count]


def list_lines(gathered: Gathering) -> list[Html]:
    """What was read of a list, which lines were not and why, and what is hidden."""
    numbers, hidden = gathered.numbers, gathered.hidden
    parts = [count_word(len(numbers))]
    if numbers.repeated:
        parts.append(
            ngettext("{n} repeated", "{n} repeated", numbers.repeated).format(n=numbers.repeated)
        )
    parts += hidden_parts(hidden)
    lines = [said("<b>{line}</b>", line=" · ".join(parts))]
    for why, reasons in _unread_words():
        told = [one for one in numbers.left_out if one.reason in reasons]
        if told:
            lines.append(said(why, rows=_rows(told)))
    if gathered.questions:
        lines.append(said("{line}", line=_("A sheet or a column is still to be chosen.")))
    return lines


def _unread_words() -> Sequence[tuple[str, frozenset[Unread]]]:
    return (
        (_("Not understood, left out: rows {rows}."), frozenset({Unread.MALFORMED})),
        (
            _("Not a Kazakh mobile number, left out: rows {rows}."),
            frozenset({Unread.FOREIGN, Unread.CITY}),
        ),
        (
            _("Numbers from – to are not read, left out: rows {rows}."),
            frozenset({Unread.RANGE}),
        ),
        (
            _(
                "Excel has cut the digits, left out: rows {rows}. Format the column as text or "
                "number and send the file again."
            ),
            frozenset({Unread.CUT}),
        ),
        (
            _(
                "Formulas without a result, left out: rows {rows}. Open the file, save it and send "
                "it again."
            ),
            frozenset({Unread.NO_RESULT}),
        ),
        (_("Without a number, left out: rows {rows}."), frozenset({Unread.MISSING})),
    )


def _rows(left_out: Sequence[LeftOut]) -> str:
    rows = sorted({one.line for one in left_out})
    named = ", ".join(map(str, rows[:LINES_NAMED]))
    return f"{named} … (+{len(rows) - LINES_NAMED})" if len(rows) > LINES_NAMED else named


def fates_line(counts: SetCounts) -> str:
    """What the preview says, in one line."""
    line = _("Will be done {ready} · already so {already} · refused {refused} · not read {unread}")
    return line.format(
        ready=counts.of_fate(Fate.READY),
        already=counts.of_fate(Fate.ALREADY),
        refused=counts.of_fate(Fate.REFUSED),
        unread=counts.of_fate(Fate.UNREADABLE),
    )


def fate_heading(fate: Fate) -> str:
    """What stands before the first numbers of a fate."""
    return {
        Fate.READY: _("Will be done"),
        Fate.ALREADY: _("Already so"),
        Fate.REFUSED: _("Refused"),
        Fate.UNREADABLE: _("Could not be read"),
        Fate.ABSENT: _("Not in the company"),
    }[fate]


def outcomes_line(counts: SetCounts) -> str:
    """What became of the numbers, in one line."""
    return _outcomes({outcome: counts.of(outcome) for outcome in Outcome})


def _outcomes(counts: dict[Outcome, int]) -> str:
    return _("Done {done} · already so {already} · refused {refused} · not sent {not_sent}").format(
        done=counts.get(Outcome.DONE, 0),
        already=counts.get(Outcome.ALREADY, 0),
        refused=counts.get(Outcome.REFUSED, 0),
        not_sent=counts.get(Outcome.NOT_SENT, 0),
    )


def heading(change_set: ChangeSet, counts: SetCounts) -> Html:
    """What it is, and its reference."""
    return said(
        "<b>{kind}: {numbers}</b> · {reference}",
        kind=deed_word(change_set.kind, change_set.parameters),
        numbers=count_word(counts.size),
        reference=change_set.reference or "…",
    )


def progress_line(counts: SetCounts) -> Html:
    """How far it is."""
    return said(
        "{bar} {ended} / {size}",
        bar=bar(counts.ended, counts.size),
        ended=counts.ended,
        size=counts.size,
    )


def final_word(change_set: ChangeSet, counts: SetCounts) -> Html:
    """The one last word of a set."""
    whole = counts.of(Outcome.DONE) + counts.of(Outcome.ALREADY) == counts.size
    word = said(
        "{sign} {heading}\n{outcomes}",
        sign="✅" if whole else "⚠️",
        heading=heading(change_set, counts),
        outcomes=outcomes_line(counts),
    )
    begins, began = change_set.begins, counts.began_at
    if begins is not None and began is not None and began - begins.moment > LATE:
        line = _("It was due {due} and began late.").format(due=begins.shown)
        word = Html(f"{word}\n{said('{line}', line=line)}")
    if change_set.reason_code is None:
        return word
    return Html(f"{word}\n{said('{why}', why=reason(change_set.reason_code))}")


def second_words(why: Iterable[Reason]) -> list[str]:
    """Why a second administrator has to approve a set, a line each."""
    words = {
        Reason.NUMBERS: _("so many numbers within a day: a second administrator has to approve"),
        Reason.COST: _("so high a sum within a day: a second administrator has to approve"),
        Reason.LOGIN_NUMBERS: _(
            "administrators log in with some of the numbers: a second administrator has to approve"
        ),
    }
    return [word for reason, word in words.items() if reason in set(why)]


def asked(
    change_set: ChangeSet, counts: SetCounts, company: str, token: str
) -> tuple[Html, InlineKeyboardMarkup]:
    """The question to a second administrator; what there is to see comes by its button."""
    until = change_set.approvable_until
    asks = _("{administrator} asks for this, and a second administrator has to approve it.")
    text = said(
        "{company} › {many}\n{heading}\n{asks}\n\n{until}",
        company=company,
        many=_("Many numbers"),
        heading=heading(change_set, counts),
        asks=asks.format(administrator=change_set.administrator),
        until=_("Valid until {time}.").format(time="" if until is None else shown_moment(until)),
    )
    look = InlineKeyboardButton(text=_("🔍 Look at it and decide"), callback_data=ASKED + token)
    return text, InlineKeyboardMarkup(inline_keyboard=[[look]])


def closed(change_set: ChangeSet, counts: SetCounts, company: str) -> Html:
    """What stands in the place of the question once somebody has decided it."""
    return said(
        "{company} › {many}\n{heading}\n{word}",
        company=company,
        many=_("Many numbers"),
        heading=heading(change_set, counts),
        word=decided_word(change_set),
    )


def decided_word(change_set: ChangeSet) -> str:
    """What became of a set that somebody was asked about."""
    reference = change_set.reference or ""
    if change_set.reason_code == APPROVAL_WITHDRAWN:
        return _("The request was withdrawn · {reference}").format(reference=reference)
    if change_set.reason_code is not None:
        return _("Not approved · {reference}").format(reference=reference)
    if change_set.state is SetState.PROPOSED:
        return _("Not decided yet · {reference}").format(reference=reference)
    return _("Approved · {reference}").format(reference=reference)


def interim_word(change_set: ChangeSet, counts: SetCounts) -> Html:
    """What is said while some numbers are being checked for long."""
    line = _("Being checked: {n}. Nothing else is needed from you; the final word comes here.")
    return said(
        "⏳ {heading}\n{outcomes}\n{line}",
        heading=heading(change_set, counts),
        outcomes=outcomes_line(counts),
        line=line.format(n=counts.of(Outcome.OPEN)),
    )


def going_word(change_set: ChangeSet, counts: SetCounts, now: datetime) -> Html:
    """How far a set is, with the time that is left by its pace so far."""
    lines = [heading(change_set, counts), progress_line(counts), Html(outcomes_line(counts))]
    if change_set.state is SetState.PAUSED:
        lines.append(Html(_("⏸ Paused: nothing more is sent until you go on.")))
    elif change_set.state is SetState.STOPPED:
        lines.append(Html(_("⏹ Stopped: what was sent comes to its end.")))
    elif (minutes := minutes_left(change_set, counts, now)) is not None:
        left = ngettext("about {n} minute left", "about {n} minutes left", minutes)
        lines.append(Html(left.format(n=minutes)))
    return Html("\n".join(lines))


def going_button(set_id: str) -> InlineKeyboardMarkup:
    """Below that message: the way to its window, where it is paused and stopped."""
    button = InlineKeyboardButton(text=_("⏸ Pause, stop"), callback_data=GOING + set_id)
    return InlineKeyboardMarkup(inline_keyboard=[[button]])


def paused_word(change_set: ChangeSet, counts: SetCounts) -> Html:
    """What is said when a set was paused, but not by a press."""
    return said(
        "⏸ {heading}\n{outcomes}\n{line}",
        heading=heading(change_set, counts),
        outcomes=outcomes_line(counts),
        line=_(
            "Paused: many were refused by the operator, or your password changed. Look at it in "
            "☑ Many numbers: go on, or stop the rest."
        ),
    )


def of_late_label(change_set: ChangeSet) -> str:
    """A set of late on its button."""
    signs = {
        SetState.PAUSED: "⏸",
        SetState.ENDED: "✓",
        SetState.SCHEDULED: "🕒",
        SetState.SUSPENDED: "⏸",
    }
    sign = signs.get(change_set.state, "⏳")
    deed = deed_word(change_set.kind, change_set.parameters)
    return f"{sign} {shortened(deed)} · {change_set.reference}"


def of_later_label(change_set: ChangeSet, size: int | None = None) -> str:
    """One that begins later on its button: when first, for that is what is looked for."""
    sign = "🕒" if change_set.repeat is None else "🔁"
    if change_set.state is SetState.SUSPENDED:
        sign = "⏸"
    when = "" if change_set.begins is None else change_set.begins.shown
    many = change_set.reference or "" if size is None else count_word(size)
    return f"{sign} {when} · {shortened(kind_word(change_set.kind))} · {many}"


def later_lines(change_set: ChangeSet) -> list[Html]:
    """When it begins, and what it waits for."""
    lines = []
    begins, repeat = change_set.begins, change_set.repeat
    if begins is not None:
        days = None if repeat is None else days_line(begins, repeat)
        lines.append(begins_line(begins, days, many=True))
    if change_set.takes_back is not None:
        lines.append(said("{text}", text=_("Only the numbers that the first list has changed.")))
    if change_set.state is SetState.SUSPENDED:
        lines.append(
            said(
                "\n{line}",
                line=_("⏸ Waits for your word: the password was changed, or sessions were ended"),
            )
        )
    return lines


def preview_word(change_set: ChangeSet, counts: SetCounts) -> Html:
    """What goes with the file of a preview."""
    return said(
        "{kind} · {reference}\n{line}\n{fates}",
        kind=deed_word(change_set.kind, change_set.parameters),
        reference=change_set.reference or "…",
        line=_("Preview: nothing has changed yet."),
        fates=fates_line(counts),
    )


def absent_line(count: int) -> str:
    """How many are not the company's, or nobody's: nobody can tell which."""
    return ngettext(
        "{n} number is not in this company.", "{n} numbers are not in this company.", count
    ).format(n=count)


def why(number: SetNumber) -> str:
    """Why a number is not done, in words; empty where there is nothing to tell."""
    if number.reason_code is None or number.fate is Fate.ABSENT:
        return ""
    return reason(number.reason_code)


def set_told(entry: HistoryEntry) -> str:
    """What the history says of a set: kind and count; at its end what became of the numbers."""
    told = entry.parameters
    kind = ActionKind(told["kind"])
    deed = kind_word(kind)
    if chosen := WORDS[kind].told(entry):
        deed = f"{deed} ({chosen})"
    begun = f"{deed}: {count_word(int(told['numbers']))}"
    if "at" in told:
        begun = f"{begun} · 🕒 {WallTime.read(told['at']).shown}"
    ended = {outcome: int(told[outcome.value]) for outcome in Outcome if outcome.value in told}
    return f"{begun} · {_outcomes(ended)}" if ended else begun
