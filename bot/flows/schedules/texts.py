"""What is said of a change that begins later."""

from __future__ import annotations

from aiogram.utils.i18n import gettext as _

from account.changes.schedules import Schedule, ScheduleState
from account.chapters.kinds import KIND_OF
from account.effects.history import HistoryEntry
from account.values.wall_times import WallTime
from bot.flows.changes import WORDS
from bot.widgets.text import Html, said


def begins_line(at: WallTime) -> Html:
    """In the question: when it begins, and what that means."""
    return said(
        "\n🕒 <b>{when}</b>\n{how}",
        when=_("Begins {time}, Almaty time").format(time=at.shown),
        how=_(
            "It is checked again then: if your right, the number's state or the price is another "
            "one, nothing is done and you are told."
        ),
    )


def scheduled_word(schedule: Schedule) -> Html:
    """To who has just confirmed it."""
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
    sign = "⏸" if schedule.state is ScheduleState.SUSPENDED else "🕒"
    what = _(WORDS[schedule.kind].history)
    return f"{sign} {schedule.at.shown} · {what} · {schedule.msisdn.short}"


def standing(schedule: Schedule) -> str:
    """One line of where it stands."""
    return {
        ScheduleState.SCHEDULED: _("🕒 Waits for its time"),
        ScheduleState.SUSPENDED: _(
            "⏸ Waits for your word: the password was changed, or sessions were ended"
        ),
        ScheduleState.BEGUN: _("✅ Has begun"),
        ScheduleState.CANCELLED: _("✕ Cancelled"),
        ScheduleState.MISSED: _("⚠️ Was not done"),
    }[schedule.state]


def missed_word(schedule: Schedule) -> Html:
    """The only word of one that did not begin."""
    return said(
        "⚠️ {what} · {reference}\n{why}",
        what=about(schedule),
        reference=schedule.reference,
        why=_("It was due {due} and was not done.").format(due=schedule.at.shown),
    )


def suspended_word() -> Html:
    """After a new password and the like."""
    return said(
        _(
            "⏸ Your schedules wait: the password was changed, or sessions were ended. Keep or "
            "cancel them in 📱 Number management › 🕒 Schedule."
        )
    )


def schedule_told(entry: HistoryEntry) -> str | None:
    """What the history says of one: which change, and its time."""
    at = entry.parameters.get("at")
    if not at:
        return None
    kind = KIND_OF.get(entry.parameters.get("what", ""))
    word = "" if kind is None else _(WORDS[kind].history)
    return " · ".join(filter(None, [word, WallTime.read(at).shown]))
