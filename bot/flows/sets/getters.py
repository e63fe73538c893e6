"""What the windows of many numbers show."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from aiogram.utils.i18n import gettext as _
from aiogram_dialog import DialogManager

from account.changes.action import ActionKind
from account.changes.sets.change_set import (
    FOR_LATER,
    ChangeSet,
    Fate,
    Outcome,
    SetCounts,
    SetState,
)
from account.changes.sets.confirmation import ChangeSets
from account.changes.sets.confirmed_sets import ConfirmedSets
from account.changes.sets.gathering import Gathering
from account.changes.sets.selection import NumberSelection
from account.identity.permissions import Actor, may
from account.values.periods import shown_moment, shown_time
from bot.context import states
from bot.context.update_context import UpdateContext, context_of
from bot.flows.changes import WORDS
from bot.flows.login.getters import countdown
from bot.flows.schedules.texts import short_date
from bot.flows.services.texts import clipped
from bot.flows.sets import texts
from bot.flows.sets.later import RESEND_AT, back_word, chosen_plan, plan_lines, shown_set
from bot.flows.sets.options import options
from bot.flows.transfers.texts import money_shown
from bot.widgets.code_budget import no_code_lines
from bot.widgets.paging import paging
from bot.widgets.text import Html, quoted, said

CHECKED_EVERY, LOOKED_AT_EVERY = 1, 3
OPTIONS = 8
"""Rows of a page."""
LONGEST = 60
"""Signs on a button."""
NAMED = 3
"""Numbers of each fate that are named."""


async def _gathered(manager: DialogManager) -> tuple[Actor, Gathering]:
    context = context_of(manager)
    actor = await context.actor()
    return actor, await context.use(NumberSelection).gathered(actor)


async def get_list(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """The list so far."""
    actor, gathered = await _gathered(dialog_manager)
    lines = [
        Html(
            "\n"
            + _(
                "Paste the numbers in any writing, or send a file: XLSX, XLS, ODS, CSV, TXT. Each "
                "message adds to the list; nothing changes."
            )
        )
    ]
    some = bool(gathered.numbers.numbers)
    anything = some or bool(gathered.numbers.left_out or gathered.hidden or gathered.questions)
    if anything:
        lines += [Html(""), *texts.list_lines(gathered)]
    return {
        "where": [actor.company.name, _("Many numbers")],
        "text": Html("\n".join(lines)),
        "some": some,
        "any": anything,
        "hidden": bool(gathered.aside),
        "late": [
            (texts.of_late_label(one), one.id)
            for one in await context_of(dialog_manager).use(ChangeSets).of_late(actor)
        ],
        "asked": bool(gathered.questions),
    }


async def get_sheets(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """The sheets to choose from."""
    actor, gathered = await _gathered(dialog_manager)
    return {
        "where": [actor.company.name, _("Many numbers")],
        "sheets": [
            (
                f"{texts.shortened(sheet.name)} · {texts.count_word(len(sheet.msisdns))}",
                f"{gathered.mark}-{index}",
            )
            for index, sheet in enumerate(gathered.sheets)
        ],
    }


async def get_columns(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """The columns to choose from."""
    actor, gathered = await _gathered(dialog_manager)
    return {
        "where": [actor.company.name, _("Many numbers")],
        "columns": [
            (
                " · ".join(filter(None, [texts.shortened(column.heading), column.first.short])),
                f"{gathered.mark}-{index}",
            )
            for index, column in enumerate(gathered.columns)
        ],
    }


async def get_kinds(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """What can be done to many numbers."""
    actor, gathered = await _gathered(dialog_manager)
    kinds = context_of(dialog_manager).use(ChangeSets).kinds(actor)
    return {
        "where": [actor.company.name, _("Many numbers")],
        "text": said(
            "\n<b>{count}</b>\n{text}",
            count=texts.count_word(len(gathered.numbers)),
            text=_("What to do? A preview comes first; nothing changes by it."),
        ),
        "kinds": [(texts.kind_word(kind), kind.value) for kind in kinds],
    }


async def get_options(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """What can be chosen of the kind."""
    context = context_of(dialog_manager)
    actor = await context.actor()
    kind = ActionKind(dialog_manager.dialog_data["kind"])
    offered = await options(context, actor, kind)
    turning = paging(dialog_manager, len(offered), OPTIONS)
    first = turning["here"] * OPTIONS
    return {
        "where": [actor.company.name, _("Many numbers"), texts.kind_word(kind)],
        "options": [
            (clipped(one.label, LONGEST), one.key) for one in offered[first : first + OPTIONS]
        ],
        **turning,
    }


def _deed(change_set: ChangeSet) -> str:
    return texts.deed_word(change_set.kind, change_set.parameters)


async def get_preview(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """What would become of each number, and what is needed to have it done."""
    context, actor, change_set, counts = await shown_set(dialog_manager)
    sets = context.use(ChangeSets)
    ready = change_set.state is SetState.OFFERED and counts.size > 0
    needs_code = sets.needs_code(change_set, counts.size, chosen_plan(dialog_manager))
    checking = change_set.state is SetState.CHECKING
    allowed = change_set.kind in sets.kinds(actor) and may(
        actor, sets.right(change_set.kind), actor.company.id
    )
    if checking:
        context.redraw_later(CHECKED_EVERY, states.Sets.preview)
        lines = [said("\n{line}", line=_checked(change_set, counts))]
    else:
        lines = await _preview_lines(context, actor, change_set, counts)
    notes: list[Html] = []
    if ready and change_set.kind in (ActionKind.SERVICE_ON, ActionKind.SERVICE_OFF):
        notes.append(said("• {line}", line=_("nothing that was paid for it is given back")))
    if ready and needs_code:
        notes.append(said("• {line}", line=_("a one-time code is needed, once for all numbers")))
        notes += await no_code_lines(dialog_manager)
    if ready and allowed:
        why = await sets.second_for(actor, change_set, counts)
        notes += [said("• {line}", line=line) for line in texts.second_words(why)]
    lines += [Html(""), *notes] if notes else []
    if ready and allowed:
        lines += plan_lines(dialog_manager, change_set)
    if ready and change_set.expires_at is not None:
        lines.append(said("\n" + _("Valid until {time}."), time=shown_time(change_set.expires_at)))
    danger = WORDS[change_set.kind].danger
    return {
        "where": [actor.company.name, _("Many numbers"), _deed(change_set)],
        "text": Html("\n".join(lines)),
        "confirm": texts.confirm_button(change_set, counts.size),
        "dangerous": ready and not needs_code and allowed and danger,
        "harmless": ready and not needs_code and allowed and not danger,
        "unproven": ready and needs_code and allowed,
        "checked": not checking,
        **(_times(dialog_manager, change_set) if ready and allowed else {}),
    }


def _times(manager: DialogManager, change_set: ChangeSet) -> dict[str, Any]:
    """Whether it may begin later, again and again, and what may take it back."""
    context, plan = context_of(manager), chosen_plan(manager)
    what = back_word(context, change_set) if plan.repeat is None else None
    return {
        "schedulable": context.use(ChangeSets).scheduling.schedulable(change_set.kind),
        "repeatable": plan.begins is not None and plan.then is None,
        "then": "" if what is None else _("↩ Then “{what}”…").format(what=what),
    }


def _checked(change_set: ChangeSet, counts: SetCounts) -> str:
    done = sum(counts.fates.values())
    return _("⏳ The preview is being made: {done} of {total}").format(
        done=done, total=change_set.listed
    )


async def _preview_lines(
    context: UpdateContext, actor: Actor, change_set: ChangeSet, counts: SetCounts
) -> list[Html]:
    lines = [
        said("\n<b>{line}</b>", line=_("Preview: nothing has changed yet.")),
        said("{line}", line=texts.fates_line(counts)),
    ]
    if cost := context.use(ChangeSets).cost(change_set, counts.size):
        lines.append(said("{line}", line=_("Cost of all: {sum}").format(sum=money_shown(cost))))
    if absent := counts.of_fate(Fate.ABSENT):
        lines.append(said("{line}", line=texts.absent_line(absent)))
    for fate in Fate:
        first = await context.use(ChangeSets).first(actor, change_set.id, fate, NAMED)
        if not first:
            continue
        more = " …" if counts.of_fate(fate) > len(first) else ""
        lines.append(said("\n{heading}:", heading=texts.fate_heading(fate)))
        lines += [
            Html(f"{said('<code>{n}</code>', n=one.msisdn.shown)} {quoted(texts.why(one))}".strip())
            for one in first
        ]
        if more:
            lines.append(Html("…"))
    return lines


async def get_code(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """Which set the code is for, and when another can be sent."""
    context, actor, change_set, counts = await shown_set(dialog_manager)
    resend_at = datetime.fromisoformat(dialog_manager.dialog_data[RESEND_AT])
    lines = [
        said("\n{heading}", heading=texts.heading(change_set, counts)),
        *plan_lines(dialog_manager, change_set),
        said("\n{text}", text=_code_sent()),
    ]
    return {
        "where": [actor.company.name, _("Many numbers"), _deed(change_set)],
        "text": Html("\n".join(lines)),
        "resend": countdown(context, resend_at, states.Sets.code),
        **_times(dialog_manager, change_set),
    }


def _code_sent() -> str:
    return _(
        "🔒 A one-time code for exactly this list has been sent to your number or e-mail. Enter "
        "the 6 digits within 3 minutes."
    )


async def get_progress(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """How far it is; looked at again while it goes on."""
    context, actor, change_set, counts = await shown_set(dialog_manager)
    state = change_set.state
    if state in (SetState.RUNNING, SetState.STOPPED):
        context.redraw_later(LOOKED_AT_EVERY, states.Sets.progress)
    lines = [
        said("\n{heading}", heading=texts.heading(change_set, counts)),
        texts.progress_line(counts),
        said("{line}", line=texts.outcomes_line(counts)),
    ]
    if state in FOR_LATER:
        lines = [lines[0], *texts.later_lines(change_set)]
    for other in await _beside(context, actor, change_set):
        lines.append(said("↩ {label}", label=texts.of_later_label(other)))
    if state is SetState.PAUSED:
        lines.append(said("\n{line}", line=_("⏸ Paused: nothing more is sent until you go on.")))
    elif state is SetState.STOPPED:
        lines.append(said("\n{line}", line=_("⏹ Stopped: what was sent comes to its end.")))
    elif state is SetState.PROPOSED and change_set.approvable_until is not None:
        waits = _("⏳ Waits for a second administrator of the company until {time}.")
        lines.append(said("\n" + waits, time=shown_moment(change_set.approvable_until)))
    elif state is SetState.RUNNING:
        lines.append(said("\n{line}", line=_("The result comes here with a file.")))
    sets = context.use(ChangeSets)
    until = sets.undoable_until(change_set)
    mine = may(actor, sets.right(change_set.kind), actor.company.id)
    return {
        "where": [actor.company.name, _("Many numbers"), _deed(change_set)],
        "text": Html("\n".join(lines)),
        "running": state is SetState.RUNNING,
        "failed": state is SetState.ENDED
        and bool(
            counts.of(Outcome.NOT_SENT)
            + counts.of(Outcome.REFUSED)
            + counts.of_fate(Fate.UNREADABLE)
        ),
        "undoable": until is not None and counts.of(Outcome.DONE) > 0,
        "undo": _("↩️ Undo (until {time})").format(time=shown_time(until)) if until else "",
        "paused": state is SetState.PAUSED,
        "proposed": state is SetState.PROPOSED
        and change_set.administrator_id == actor.administrator_id,
        "stoppable": state in (SetState.RUNNING, SetState.PAUSED),
        "cancels": state in FOR_LATER and mine,
        "skip": _skip_label(change_set) if state in FOR_LATER and mine else "",
        "keeps": await context.use(ConfirmedSets).may_keep(actor, change_set),
    }


def _skip_label(change_set: ChangeSet) -> str:
    """On the button that passes over the next date of one that repeats."""
    if change_set.begins is None or change_set.repeat is None:
        return ""
    return _("⏭ Skip {date}").format(date=short_date(change_set.begins))


async def _beside(context: UpdateContext, actor: Actor, change_set: ChangeSet) -> list[ChangeSet]:
    """What takes it back, while that is still to come."""
    later = await context.use(ConfirmedSets).for_later(actor)
    return [one for one, _size in later if one.takes_back == change_set.id]
