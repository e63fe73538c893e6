"""What is said of a list of labels before it is kept, and after."""

from __future__ import annotations

from collections.abc import Sequence

from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext

from account.chapters.label_import import LabelImport
from account.lists.label_list import RowLeftOut, Unlabelled
from bot.flows.sets.texts import hidden_parts
from bot.widgets.text import Html, said

LINES_NAMED = 20
SHOWN = 5
"""Numbers that a preview shows."""


def preview(found: LabelImport) -> Html:
    """What a list comes to, with its first numbers and the lines that are not taken."""
    counts = _("New {new} · changed {changed} · taken away {cleared} · unchanged {unchanged}")
    lines = [
        Html("\n" + _("Preview: nothing has changed yet.")),
        said(
            f"<b>{counts}</b>",
            new=found.new,
            changed=found.changed,
            cleared=found.cleared,
            unchanged=found.unchanged,
        ),
    ]
    for one in found.changes[:SHOWN]:
        words = " · ".join(filter(None, [one.after.label, one.after.centre])) or "—"
        lines.append(said("<code>{number}</code> · {words}", number=one.msisdn.shown, words=words))
    if len(found.changes) > SHOWN:
        count = len(found.changes) - SHOWN
        lines.append(said(ngettext("and {n} more number", "and {n} more numbers", count), n=count))
    if parts := hidden_parts(found.hidden):
        lines.append(said("{parts}.", parts=" · ".join(parts)))
    for reason in Unlabelled:
        told = [one for one in found.left_out if one.reason is reason]
        if told:
            lines.append(said(_left_out(reason), rows=_rows(told)))
    return Html("\n".join(lines))


def _left_out(reason: Unlabelled) -> str:
    return {
        Unlabelled.NUMBER: _("Not one number, left out: rows {rows}."),
        Unlabelled.TWICE: _("Twice with different values, left out: rows {rows}."),
        Unlabelled.DAMAGED: _(
            "Letters were lost (“?”), left out: rows {rows}. Save the file as XLSX."
        ),
        Unlabelled.TEXT: _(
            "A label of more than 64 or a cost centre of more than 32 characters, or signs that "
            "are not kept, left out: rows {rows}."
        ),
        Unlabelled.NO_RESULT: _(
            "Formulas without a result, left out: rows {rows}. Open the file, save it and send "
            "it again."
        ),
        Unlabelled.ABSENT: _("Not in this company, left out: rows {rows}."),
    }[reason]


def _rows(left_out: Sequence[RowLeftOut]) -> str:
    rows = [one.line for one in left_out]
    named = ", ".join(map(str, rows[:LINES_NAMED]))
    return f"{named} … (+{len(rows) - LINES_NAMED})" if len(rows) > LINES_NAMED else named


def kept_word(count: int, other: int) -> str:
    """How many numbers got their words, and how many had others meanwhile."""
    kept = ngettext("Saved: {n} number.", "Saved: {n} numbers.", count).format(n=count)
    if not other:
        return kept
    left = ngettext(
        "{n} number has other words meanwhile and was left as it is.",
        "{n} numbers have other words meanwhile and were left as they are.",
        other,
    ).format(n=other)
    return f"{kept} {left}"
