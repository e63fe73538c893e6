"""What is said of a change that begins later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import islice

from aiogram.types import InlineKeyboardMarkup
from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext

from account.changes.reconfirmation import Anew, Reconfirmable
from account.changes.schedule import Schedule, ScheduleState
from account.chapters.kinds import KIND_OF
from account.effects.history import HistoryEntry
from account.values.periods import shown_day
from account.values.repeats import LAST_DAY, WEEKDAYS, Every, Repeat, Rhythm
from account.values.wall_times import WallTime
from bot.flows.changes import WORDS
from bot.widgets.deep_links import to_schedule
from bot.widgets.text import Html, said

NAMED_DATES = 3
"""Of one that repeats."""
SHORTEST = 28
"""Days that every month has."""


def begins_line(at: WallTime, days: Html | None = None, *, many: bool = False) -> Html:
    """In the question: when it begins, or on which `days`, and what that means.

    Of `many` numbers each is checked by itself.
    """
    when = said("🕒 <b>{when}</b>", when=_("Begins {time}, Almaty time").format(time=at.shown))
    one = _(
        "It is checked again then: if your right, the number's state or the price is another "
        "one, nothing is done and you are told."
    )
    each = _(
        "Each number is checked again then: if your right, its state or the price is another "
        "one, it is left out. The result comes here with a file."
    )
    return said("\n{when}\n{how}", when=days or when, how=each if many else one)


def days_of(rhythm: Rhythm) -> str:
    """On which days."""
    if rhythm.every is Every.DAY:
        return _("Every day")
    if rhythm.every is Every.MONTH:
        day = next(iter(rhythm.on))
        if day == LAST_DAY:
            return _("Last day of each month")
        shorter = _("Day {day} of each month, or its last day")
        return (shorter if day > SHORTEST else _("Day {day} of each month")).format(day=day)
    if rhythm.on == WEEKDAYS:
        return _("Mon–Fri")
    days = ", ".join(_weekdays()[day - 1] for day in sorted(rhythm.on))
    return _("Every week on {days}").format(days=days)


def _weekdays() -> list[str]:
    return [_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")]


def repeat_line(at: WallTime, repeat: Repeat) -> Html:
    """On which days at which time until when."""
    when = _("{days} at {time}, Almaty time, until {until}").format(
        days=days_of(repeat.rhythm), time=f"{at.naive:%H:%M}", until=shown_day(repeat.until)
    )
    return said("🔁 <b>{when}</b>", when=when)


def short_date(at: WallTime) -> str:
    """`Mon 30.11`."""
    return f"{_weekdays()[at.naive.weekday()]} {at.naive:%d.%m}"


def next_dates_line(dates: Sequence[WallTime]) -> str:
    """The next few of them, by day of the week."""
    return _("Next: {dates}").format(dates=", ".join(map(short_date, dates)))


def days_line(first: WallTime, repeat: Repeat) -> Html:
    """On which days it begins, and the next few dates from the `first` on."""
    dates: list[WallTime] = []
    at: WallTime | None = first
    while at is not None and len(dates) < NAMED_DATES:
        dates.append(at)
        at = repeat.after(at)
    return said("{days}\n{dates}", days=repeat_line(first, repeat), dates=next_dates_line(dates))


def scheduled_word(schedule: Schedule, before: Schedule | None = None) -> Html:
    """To who has just confirmed it; `before` is what it takes back."""
    if before is not None:
        return said(
            "{first}\n{second}", first=scheduled_word(before), second=scheduled_word(schedule)
        )
    if schedule.repeat is not None:
        return said(
            "🔁 {what} · {reference}\n{days}\n{dates}",
            what=about(schedule),
            reference=schedule.reference,
            days=repeat_line(schedule.at, schedule.repeat),
            dates=next_dates_line(list(islice(schedule.dates(), 3))),
        )
    return said(
        _("🕒 {what}: begins {time}, Almaty time · {reference}"),
        what=about(schedule),
        time=schedule.at.shown,
        reference=schedule.reference,
    )


def about(schedule: Schedule) -> str:
    """Which change of which number."""
    return f"{_(WORDS[schedule.kind].history)} {schedule.msisdn.shown}"


def row_label(schedule: Schedule) -> str:
    """On its button in the list: when first, for that is what is looked for."""
    sign = "🕒" if schedule.repeat is None else "🔁"
    if schedule.state is ScheduleState.SUSPENDED:
        sign = "⏸"
    if schedule.state is ScheduleState.ABANDONED:
        sign = "⚠️"
    what = _(WORDS[schedule.kind].history)
    return f"{sign} {schedule.at.shown} · {what} · {schedule.msisdn.short}"


def standing(schedule: Schedule) -> str:
    """One line of where it stands."""
    begun = _("✅ Has begun") if schedule.repeat is None else _("✅ All its dates are over")
    return {
        ScheduleState.SCHEDULED: _("🕒 Waits for its time"),
        ScheduleState.REPEATING: _("🔁 Waits for its next date"),
        ScheduleState.SUSPENDED: _(
            "⏸ Waits for your word: the password was changed, or sessions were ended"
        ),
        ScheduleState.BEGUN: begun,
        ScheduleState.CANCELLED: _("✕ Cancelled"),
        ScheduleState.MISSED: _("⚠️ Was not done"),
        ScheduleState.OVERTAKEN: _("⚠️ Was not done: a later schedule of the number was due, too"),
        ScheduleState.STOPPED: _("⚠️ Stopped: three dates in a row were refused"),
        ScheduleState.ABANDONED: _(
            "⚠️ Cancelled: the role of who confirmed it no longer allows this. An administrator may "
            "adopt it"
        ),
    }[schedule.state]


def undone_word(schedule: Schedule, which: ScheduleState, at: WallTime) -> Html:
    """The only word of a date that did not begin."""
    why = {
        ScheduleState.MISSED: _("It was due {due} and was not done."),
        ScheduleState.OVERTAKEN: _(
            "It was due {due} and was not done: a later schedule of the number was due as well."
        ),
        ScheduleState.STOPPED: _(
            "It was due {due}. The schedule is stopped: its last three dates were refused."
        ),
    }[which]
    return said(
        "⚠️ {what} · {reference}\n{why}",
        what=about(schedule),
        reference=schedule.reference,
        why=why.format(due=at.shown),
    )


def late_word(schedule: Schedule, at: WallTime) -> Html:
    """Of a date that begins late: the change's own words follow."""
    return said(
        _("⏰ {what} · {reference}: it was due {due} and begins late."),
        what=about(schedule),
        reference=schedule.reference,
        due=at.shown,
    )


def anew_label(found: Reconfirmable) -> str:
    """On the button that asks for the code by which it is confirmed anew."""
    if found.what is Anew.RENEW and found.until is not None:
        return _("🔒 Renew until {date}, with a code").format(date=shown_day(found.until))
    return {
        Anew.KEEP: _("🔒 Keep, with a code"),
        Anew.ADOPT: _("🔒 Adopt, with a code"),
    }[found.what]


def anew_word(what: Anew) -> str:
    """After the right code."""
    return {
        Anew.KEEP: _("Kept as it is."),
        Anew.RENEW: _("Renewed."),
        Anew.ADOPT: _("Adopted: it is yours now."),
    }[what]


def renew_word(schedule: Schedule, until: date) -> Html:
    """Some days before the last one of what a code confirmed."""
    return said(
        "🔁 {what} · {reference}\n{why}",
        what=about(schedule),
        reference=schedule.reference,
        why=_("Its last day is {until}. A one-time code renews it; without one it ends.").format(
            until=shown_day(until)
        ),
    )


def abandoned_word() -> Html:
    """To who may not do any more what they have scheduled."""
    return said(
        _(
            "⚠️ Your schedules are cancelled: your role in the company no longer allows these "
            "changes. The company's other administrators are told."
        )
    )


def adoptable_word(told: Mapping[str, str]) -> tuple[Html, InlineKeyboardMarkup]:
    """To the company's other administrators, once for all that is cancelled so."""
    text = said(
        _(
            "⚠️ {company}: schedules of {administrator} are cancelled, because the role no longer "
            "allows these changes. Adopt those that are still wanted."
        ),
        company=told["company"],
        administrator=told["administrator"],
    )
    return text, InlineKeyboardMarkup(inline_keyboard=[[to_schedule()]])


def suspended_word() -> Html:
    """After a new password and the like."""
    return said(
        _(
            "⏸ Your schedules wait: the password was changed, or sessions were ended. Keep or "
            "cancel them in 📱 Number management › 🕒 Schedule."
        )
    )


def restored_word() -> Html:
    """After a backup was put back: what was for later may have begun."""
    return said(
        _(
            "⏸ Your schedules wait: the bot's data was put back to an earlier state, and some of "
            "them may have begun. Look at the numbers, then keep or cancel them in 📱 Number "
            "management › 🕒 Schedule."
        )
    )


def schedule_told(entry: HistoryEntry) -> str | None:
    """What the history says of one: which change, and its time."""
    at = entry.parameters.get("at")
    if not at:
        return None
    kind = KIND_OF.get(entry.parameters.get("what", ""))
    word = "" if kind is None else _(WORDS[kind].history)
    numbers = int(entry.parameters.get("numbers", "0"))
    many = ngettext("{n} number", "{n} numbers", numbers).format(n=numbers) if numbers else ""
    return " · ".join(filter(None, [word, WallTime.read(at).shown, many]))
