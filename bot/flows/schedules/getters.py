"""What the windows of schedules show."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from itertools import islice
from typing import Any

from aiogram.utils.i18n import gettext as _
from aiogram_dialog import DialogManager

from account.changes.reconfirmation import Anew, Reconfirmation
from account.changes.schedule import ENDABLE, Schedule
from account.changes.schedules import ChangeSchedules
from account.changes.sets.confirmed_sets import ConfirmedSets
from account.values.periods import shown_moment, today
from account.values.wall_times import WallTime
from bot.context import states
from bot.context.update_context import context_of
from bot.flows.login.getters import countdown
from bot.flows.schedules.texts import (
    about,
    anew_label,
    next_dates_line,
    repeat_line,
    row_label,
    short_date,
    standing,
)
from bot.flows.sets.texts import of_later_label
from bot.widgets.paging import paging
from bot.widgets.text import Html, said

PAGE = 10
OF_SET = "set-"
"""Before the id of a set on its button in the list."""
NEXT = 3
"""Dates to come that are shown, each of which may be skipped."""
_NIGHT, _MORNING = time(22, 0), time(8, 0)
_MONDAY = 0


async def get_schedules(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """The company's open ones, the next first."""
    context = context_of(dialog_manager)
    actor = await context.actor()
    adoptable = await context.use(Reconfirmation).adoptable(actor)
    single = await context.use(ChangeSchedules).open(actor)
    later = [
        *((one.at, row_label(one), one.id) for one in single),
        *(
            (one.begins, of_later_label(one, size), OF_SET + one.id)
            for one, size in await context.use(ConfirmedSets).for_later(actor)
            if one.begins is not None
        ),
    ]
    # What waits for somebody to take it over stands first.
    every = [*((one.at, row_label(one), one.id) for one in adoptable), *sorted(later)]
    turning = paging(dialog_manager, len(every), PAGE)
    start = turning["here"] * PAGE
    text = (
        _("What begins later in this company, in Almaty time. Tap one to cancel it.")
        if every
        else _("Nothing is scheduled. Choose “Later…” when you confirm a change of a number.")
    )
    return {
        "where": [actor.company.name, _("Numbers"), _("Schedule")],
        "text": said("\n{text}", text=text),
        "rows": [(label, one) for _at, label, one in every[start : start + PAGE]],
        **turning,
    }


async def get_schedule(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """One of them, and what can be done with it."""
    context = context_of(dialog_manager)
    actor = await context.actor()
    use = context.use(ChangeSchedules)
    schedule = await use.read(actor, schedule_of(dialog_manager))
    lines = [
        said("\n<b>{what}</b>", what=about(schedule)),
        said("{line}", line=standing(schedule)),
        *_when(schedule),
        said(
            _("Confirmed {time} by {administrator} · {reference}"),
            time=shown_moment(schedule.accepted_at),
            administrator=schedule.administrator,
            reference=schedule.reference,
        ),
    ]
    skips = use.may_skip(actor, schedule)
    dates = [one for one in islice(schedule.dates(), NEXT) if one.moment > context.now()]
    other = await use.other_half(actor, schedule)
    if other is not None:
        lines.append(said("↩ {label}", label=row_label(other)))
    found = await context.use(Reconfirmation).possible(actor, schedule.id)
    by_code = found is not None and found.by_code
    return {
        "where": [actor.company.name, schedule.msisdn.shown, _("Schedule")],
        "text": Html("\n".join(lines)),
        "cancels": schedule.state in ENDABLE and use.may_cancel(actor, schedule),
        "keeps": found is not None and not by_code and found.what is Anew.KEEP,
        "adopts": found is not None and not by_code and found.what is Anew.ADOPT,
        "anew": anew_label(found) if found is not None and by_code else "",
        "other": "" if other is None else other.reference,
        "both": other is not None and schedule.open and use.may_cancel(actor, other),
        "skips": [
            (_("⏭ Skip {date}").format(date=short_date(one)), one.kept) for one in dates if skips
        ],
    }


async def get_code(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """Which schedule the code is for, and when another can be sent."""
    context = context_of(dialog_manager)
    actor = await context.actor()
    schedule = await context.use(ChangeSchedules).read(actor, schedule_of(dialog_manager))
    resend_at = datetime.fromisoformat(dialog_manager.dialog_data["resend_at"])
    lines = [said("\n<b>{what}</b>", what=about(schedule)), *_when(schedule)]
    text = _(
        "🔒 A one-time code for exactly this has been sent to your number or e-mail. Enter the 6 "
        "digits within 3 minutes."
    )
    return {
        "where": [actor.company.name, schedule.msisdn.shown, _("Schedule")],
        "text": Html("\n".join([*lines, said("\n{text}", text=text)])),
        "resend": countdown(context, resend_at, states.Schedules.code),
    }


def _when(schedule: Schedule) -> list[Html]:
    if schedule.repeat is None:
        return [said(_("Begins {time}, Almaty time"), time=schedule.at.shown)]
    lines = [repeat_line(schedule.at, schedule.repeat)]
    if schedule.open:
        dates = list(islice(schedule.dates(), NEXT))
        lines.append(said("{dates}", dates=next_dates_line(dates)))
    return lines


def schedule_of(manager: DialogManager) -> str:
    """The one that is open: picked in the list, or named by the button of a word."""
    begun_with = manager.start_data if isinstance(manager.start_data, dict) else {}
    return str(manager.dialog_data.get("schedule") or begun_with.get("schedule", ""))


def quick_times(manager: DialogManager) -> list[tuple[str, str]]:
    """Times that are offered: tonight, tomorrow, Monday; all of them to come."""
    context = context_of(manager)
    here, now = today(context.now()), context.now()
    to_monday = (_MONDAY - here.weekday()) % 7 or 7
    offered = [
        (_("Today {time}"), WallTime.of(here, _NIGHT)),
        (_("Tomorrow {time}"), WallTime.of(here + timedelta(days=1), _MORNING)),
        (_("Tomorrow {time}"), WallTime.of(here + timedelta(days=1), _NIGHT)),
        (_("Monday {time}"), WallTime.of(here + timedelta(days=to_monday), _MORNING)),
    ]
    return [
        (word.format(time=f"{at.naive:%H:%M}"), at.kept)
        for word, at in offered
        if at.moment - now > timedelta(minutes=10)
    ]
