"""What the order of usage details and the pages on screen show."""

from __future__ import annotations

from datetime import date
from typing import Any

from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext
from aiogram_dialog import DialogManager

from account.chapters.usage import (
    SCREEN_ROWS,
    Usage,
    UsageKind,
    UsageQuery,
    UsageRecord,
    UsageTotal,
)
from account.documents.kinds import DocumentKind
from account.documents.orders import Documents
from account.errors import CarrierUnavailable, PeriodRefused
from account.values.identifiers import Msisdn
from account.values.money import Money
from account.values.page import Unreadable
from account.values.periods import (
    Period,
    UsagePreset,
    default_usage_period,
    shown_day,
    shown_time,
    today,
    usage_window,
)
from bot.context import states
from bot.context.update_context import context_of
from bot.flows.forwarding.texts import target_shown
from bot.texts.errors import refusal
from bot.texts.facts import (
    direction_word,
    duration,
    language,
    left_out_line,
    not_in_total_line,
    usage_word,
    volume,
)
from bot.widgets.paging import page_here, paging
from bot.widgets.text import Html, said
from bot.widgets.timeline import by_day
from documents.reports.usage_rows import service_word

COUNTED_AT_ONCE = 1000
"""So many records are one call to the operator; more are counted after the first page is shown."""
SOON = 0.1

ICONS = {
    UsageKind.CALLS: "📞",
    UsageKind.SMS: "✉️",
    UsageKind.DATA: "🌐",
    UsageKind.OTHER: "🧾",
    UsageKind.EVERYTHING: "•",
}


def preset_words() -> dict[UsagePreset, str]:
    """The periods that need no calendar."""
    return {
        UsagePreset.TODAY: _("Today"),
        UsagePreset.SEVEN_DAYS: _("7 days"),
        UsagePreset.LAST_MONTH: _("Last month"),
        UsagePreset.CURRENT_MONTH: _("This month"),
    }


def query_of(manager: DialogManager) -> UsageQuery:
    """The order as it stands in the window; last month until something else is chosen."""
    assert isinstance(manager.start_data, dict)
    data = manager.dialog_data
    day = today(context_of(manager).now())
    if data.get("first") and data.get("last"):
        period = Period(date.fromisoformat(data["first"]), date.fromisoformat(data["last"]))
    elif data.get("preset"):
        period = UsagePreset(data["preset"]).period(day)
    else:
        period = default_usage_period(day)
    return UsageQuery(
        msisdn=Msisdn(manager.start_data["msisdn"]),
        period=period,
        kind=UsageKind(data.get("type", UsageKind.EVERYTHING.value)),
    )


def period_shown(period: Period) -> str:
    """`24.12.2021 – 24.01.2022`."""
    return f"{shown_day(period.first)} – {shown_day(period.last)}"


WHOLE_NUMBER = 11
"""Digits: fewer are a short number, or one as it was dialled."""


async def where(manager: DialogManager) -> list[str]:
    """The crumbs of the usage details of a number."""
    actor = await context_of(manager).actor()
    return [actor.company.name, query_of(manager).msisdn.shown, _("Usage details")]


async def get_order(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """The order: period, type, and which of them are chosen."""
    context = context_of(dialog_manager)
    actor = await context.actor()
    query = query_of(dialog_manager)
    day = today(context.now())
    chosen = dialog_manager.dialog_data.get("preset") or (
        None if dialog_manager.dialog_data.get("first") else UsagePreset.LAST_MONTH.value
    )
    name = preset_words().get(UsagePreset(chosen)) if chosen else None
    try:
        await context.use(Usage).check(actor, query)
        problem = None
    except PeriodRefused as refused:
        problem = refusal(refused)
    lines = [
        said(
            "\n" + _("Period: <b>{period}</b>{name}"),
            period=period_shown(query.period),
            name=f" ({name})" if name else "",
        ),
        said(_("Type: <b>{type}</b>"), type=usage_word(query.kind)),
        said(
            _("Data is available from {day}, today included."),
            day=shown_day(usage_window(day).first),
        ),
    ]
    if problem:
        lines.append(said("⚠️ {problem}", problem=problem))
    elif query.period.last >= day:
        lines.append(Html(_("Today's records may be incomplete.")))
    if files := actor.only is None:
        context.use(Documents).expect(DocumentKind.USAGE)
    return {
        "where": await where(dialog_manager),
        "text": Html("\n".join(lines)),
        "presets": [
            (f"{word} ✓" if preset.value == chosen else word, preset.value)
            for preset, word in preset_words().items()
        ],
        "own": _("Own period…") + (" ✓" if not chosen else ""),
        "files": files,
        "types": [
            (f"{usage_word(kind)} ✓" if kind is query.kind else usage_word(kind), kind.value)
            for kind in UsageKind
        ],
    }


def record_line(record: UsageRecord) -> Html:
    """One record below its day: when, how much, for how much; then with whom, and what for."""
    if record.kind is UsageKind.CALLS:
        amount = duration(record.amount)
    elif record.kind is UsageKind.DATA:
        amount = volume(record.amount)
    else:
        amount = str(record.amount) if record.amount > 1 else ""
    cost = record.cost.shown(language()) if record.cost else ""
    if record.cost is None:
        cost = _("not yet rated")
    first = [direction_word(record.direction), amount, cost]
    second = [party_shown(record.party), service_word(record, _) or "", record.roaming or ""]
    return said(
        "{icon} {at} {first}\n{second}",
        icon=ICONS[record.kind],
        at=shown_time(record.at),
        first=" · ".join(filter(None, first)),
        second=" · ".join(filter(None, second)),
    )


def party_shown(party: str) -> str:
    """A whole phone number as people read it; a short number, a service's name as it came."""
    digits = party.removeprefix("+")
    if not digits.isascii() or not digits.isdecimal() or len(digits) < WHOLE_NUMBER:
        return party
    return target_shown(digits)


def total_line(total: UsageTotal) -> Html:
    """The sum of one kind."""
    records = ngettext("{n} record", "{n} records", total.records).format(n=total.records)
    amount = {UsageKind.CALLS: duration, UsageKind.DATA: volume}.get(total.kind)
    parts = [usage_word(total.kind), records]
    if amount is not None:
        parts.append(amount(total.amount))
    if total.unrated < total.records:
        parts.append(total.cost.shown(language()))
    if total.unrated:
        unrated = ngettext("{n} not yet rated", "{n} not yet rated", total.unrated)
        parts.append(unrated.format(n=total.unrated))
    return said("{icon} {parts}", icon=ICONS[total.kind], parts=" · ".join(parts))


async def get_screen(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """A page of records, newest first; the totals stand on the first page."""
    context = context_of(dialog_manager)
    actor = await context.actor()
    query = query_of(dialog_manager)
    data = dialog_manager.dialog_data
    offset = page_here(dialog_manager) * SCREEN_ROWS
    shown = await context.use(Usage).page(actor, query, offset, again=bool(data.get("read")))
    data["read"] = data.get("read") or offset == 0
    turning = paging(dialog_manager, shown.page.total, SCREEN_ROWS)
    if not shown.page.rows and shown.page.total:
        offset = turning["here"] * SCREEN_ROWS
        shown = await context.use(Usage).page(actor, query, offset, again=True)
    lines = [
        said("\n{period} · {type}", period=period_shown(query.period), type=usage_word(query.kind))
    ]
    if not shown.page.total:
        lines.append(Html(_("There is nothing for this period.")))
    elif offset == 0:
        lines.extend(await _totals(dialog_manager, query, shown.page.total))
    lines.extend(by_day(shown.page.rows, record_line))
    lines.extend(map(Html, left_out_line(shown.page.left_out)))
    if shown.incomplete:
        lines.append(Html("\n" + _("Today's records may be incomplete.")))
    return {
        "where": await where(dialog_manager),
        "text": Html("\n".join(lines)),
        **turning,
        "files": shown.page.total > 0 and actor.only is None,
    }


async def _totals(manager: DialogManager, query: UsageQuery, records: int) -> list[Html]:
    """The sums, counted once for as long as the pages are open.

    Of a long period they are counted while the first page is being read already.
    """
    context, data = context_of(manager), manager.dialog_data
    if data.get("totals") is None:
        if records > COUNTED_AT_ONCE and not data.get("counting"):
            data["counting"] = True
            context.redraw_later(SOON, states.Usage.screen)
            return [Html(_("⏳ The totals are being counted."))]
        unreadable = Unreadable()
        try:
            counted = await context.use(Usage).totals(await context.actor(), query, unreadable)
        except CarrierUnavailable:
            return [Html(_("The totals cannot be counted now. Open the pages again later."))]
        data["unreadable"] = unreadable.rows
        data["totals"] = [
            (sum_.kind, sum_.records, sum_.amount, sum_.cost.tiyn, sum_.unrated) for sum_ in counted
        ]
    return [
        # Totals that an older release kept have no count of what is not rated.
        *(
            total_line(UsageTotal(UsageKind(kind), count, amount, Money(tiyn), *unrated))
            for kind, count, amount, tiyn, *unrated in data["totals"]
        ),
        *map(Html, not_in_total_line(data.get("unreadable", 0))),
    ]
