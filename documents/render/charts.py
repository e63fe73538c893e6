"""Pictures for a telephone: usage by day, spend by number, month against month.

`usage_chart`, `spend_chart` and `months_chart` describe a chart in the person's language; a child
process draws it (`documents.render.pool.Press.picture`). One picture says one thing: large
letters, few marks, and the figure itself where there is room for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any, TypeAlias

from account.chapters.usage import UsageKind, UsageRecord
from account.kazakhstan import currency
from account.values.languages import language_of
from account.values.money import Money
from account.values.periods import Month, Period, today
from documents.layout import cells, style
from documents.layout.header import shown_days
from documents.text.marker import N_
from documents.text.number_format import count

Chart: TypeAlias = dict[str, Any]
Word: TypeAlias = Callable[[str], str]
"""An English text in the person's language."""

WIDE = 420
"""Points; drawn more than twice as large, which a telephone shows sharp."""
SCALE = 2.4
TOP = 10
_SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
_HOME, _ABROAD = "home", "roaming"


@dataclass(slots=True)
class DailyUsage:
    """Seconds, pieces and bytes by Almaty's day, kind and whether it was abroad."""

    amounts: dict[tuple[date, UsageKind, bool], int] = field(default_factory=dict)

    def add(self, records: Iterable[UsageRecord]) -> None:
        """Take a page of records; other charges have no amount to draw."""
        for record in records:
            if record.kind in _UNITS:
                key = (today(record.at), record.kind, record.roaming is not None)
                self.amounts[key] = self.amounts.get(key, 0) + record.amount


_UNITS: dict[UsageKind, tuple[str, float]] = {
    UsageKind.CALLS: (N_("Calls, min"), 60),
    UsageKind.SMS: (N_("SMS and MMS, pcs"), 1),
    UsageKind.DATA: (N_("Data, MB"), 1024 * 1024),
}
"""What a kind is drawn in, and how many of its own units that is."""


def usage_chart(usage: DailyUsage, period: Period, whose: str, word: Word) -> Chart:
    """A panel for each kind that was used: a bar a day, roaming on top in a colour of its own.

    `whose` is the number as people read it, or the company.
    """
    kinds = [kind for kind in _UNITS if any(key[1] is kind for key in usage.amounts)]
    days = [period.first + timedelta(days=n) for n in range(period.days)]
    every = max(1, -(-len(days) // 8))
    names = {_HOME: word(N_("At home")), _ABROAD: word(N_("In roaming"))}
    panels = [_panel(usage, kind, days, every, names, word) for kind in kinds]
    return {
        "$schema": _SCHEMA,
        "title": _title(word(N_("Usage by day")), f"{whose} · {shown_days(period)}"),
        "vconcat": panels,
        "spacing": 22,
        "resolve": {"scale": {"color": "shared"}},
    }


def _panel(
    usage: DailyUsage,
    kind: UsageKind,
    days: Sequence[date],
    every: int,
    names: dict[str, str],
    word: Word,
) -> Chart:
    heading, unit = _UNITS[kind]
    values = [
        {
            "day": f"{day:%d.%m}",
            "place": place,
            "amount": usage.amounts.get((day, kind, abroad), 0) / unit,
            "where": names[_ABROAD if abroad else _HOME],
        }
        for place, day in enumerate(days)
        for abroad in (False, True)
    ]
    return {
        "title": {
            "text": word(heading),
            "fontSize": 14,
            "color": style.INK,
            "anchor": "start",
            "frame": "group",
        },
        "width": WIDE,
        "height": 120,
        "data": {"values": values},
        "mark": {"type": "bar", "cornerRadiusEnd": 2},
        "encoding": {
            "x": {
                "field": "day",
                "type": "ordinal",
                "sort": {"field": "place"},
                "axis": {
                    "title": None,
                    "labelAngle": 0,
                    "values": [f"{day:%d.%m}" for day in days[::every]],
                },
                "scale": {"paddingInner": 0.25},
            },
            "y": {
                "field": "amount",
                "type": "quantitative",
                "axis": {"title": None, "tickCount": 3, "format": ",~f"},
            },
            "color": {
                "field": "where",
                "scale": {"domain": list(names.values()), "range": [style.ACCENT, style.SECOND]},
                "legend": {"title": None, "orient": "bottom", "symbolType": "square"},
            },
            "order": {"field": "where", "sort": "ascending"},
        },
    }


def spend_chart(
    spent: Iterable[tuple[str, Money]], whose: str, period: str, word: Word, language: str
) -> Chart:
    """The numbers that cost most, at most ten, the dearest on top; `period` is shown as it is."""
    top = sorted(spent, key=lambda one: (-one[1].tiyn, one[0]))[:TOP]
    values = [
        {
            "number": cells.text(name) or "",
            "tenge": money.tiyn / 100,
            "said": money.shown(language),
            "place": place,
        }
        for place, (name, money) in enumerate(top)
    ]
    y = {"field": "number", "type": "ordinal", "sort": {"field": "place"}}
    longest = max((money.tiyn / 100 for _, money in top), default=0)
    x = {
        "field": "tenge",
        "type": "quantitative",
        "axis": None,
        # Room for the figure beside the longest bar.
        "scale": {"domain": [0, max(longest, 0.01) * 1.45]},
    }
    subtitle = word(N_("{whose} · {period}, with VAT")).format(whose=whose, period=period)
    return {
        "$schema": _SCHEMA,
        "title": _title(word(N_("Spend by number")), subtitle),
        "width": WIDE - 110,
        "height": {"step": 34},
        "data": {"values": values},
        "layer": [
            {
                "mark": {"type": "bar", "color": style.ACCENT, "cornerRadiusEnd": 3, "size": 20},
                "encoding": {"y": {**y, "axis": {"title": None}}, "x": x},
            },
            {
                "mark": {"type": "text", "align": "left", "dx": 6, "fontSize": 13},
                "encoding": {"y": y, "x": x, "text": {"field": "said"}},
            },
        ],
    }


def months_chart(
    spent: Sequence[tuple[Month, Money]], whose: str, word: Word, language: str
) -> Chart:
    """What each month cost, the last one marked, and how it stands against the one before it."""
    unit, below = _unit(spent, word)
    values = [
        {
            "month": f"{month.month:02}.{month.year % 100:02}",
            "place": place,
            "tenge": money.tiyn / 100,
            "said": _in_units(money, unit, language),
            "last": place == len(spent) - 1,
        }
        for place, (month, money) in enumerate(spent)
    ]
    x = {"field": "month", "type": "ordinal", "sort": {"field": "place"}}
    return {
        "$schema": _SCHEMA,
        "title": _title(word(N_("Spend by month")), f"{whose} · {below}", _change(spent, word)),
        "width": WIDE,
        "height": 240,
        "data": {"values": values},
        "layer": [
            {
                "mark": {"type": "bar", "cornerRadiusEnd": 3},
                "encoding": {
                    "x": {**x, "axis": {"title": None, "labelAngle": 0}},
                    "y": {"field": "tenge", "type": "quantitative", "axis": None},
                    "color": {
                        "condition": {"test": "datum.last", "value": style.ACCENT},
                        "value": "#BFA9D6",
                    },
                },
            },
            {
                "mark": {"type": "text", "dy": -9, "fontSize": 11},
                "encoding": {
                    "x": x,
                    "y": {"field": "tenge", "type": "quantitative"},
                    "text": {"field": "said"},
                },
            },
        ],
    }


def _unit(spent: Sequence[tuple[Month, Money]], word: Word) -> tuple[int, str]:
    """In how many tenge figures fit above their bars, and how that is said."""
    most = max((abs(money.tiyn) // 100 for _, money in spent), default=0)
    if most >= 10_000_000:
        return 1_000_000, word(N_("in millions of ₸, with VAT"))
    if most >= 10_000:
        return 1_000, word(N_("in thousands of ₸, with VAT"))
    return 1, word(N_("in ₸, with VAT"))


def _in_units(money: Money, unit: int, language: str) -> str:
    """A whole number of units; of millions, with one decimal."""
    if unit < 1_000_000:
        return count(round(money.tiyn / 100 / unit), language)
    whole, tenth = divmod(round(abs(money.tiyn) / 10 / unit), 10)
    point = language_of(language).decimal
    return f"{'−' if money.tiyn < 0 else ''}{count(whole, language)}{point}{tenth}"


def _change(spent: Sequence[tuple[Month, Money]], word: Word) -> str:
    """`12.2021 against 11.2021: +12 %`; nothing where there is nothing to compare with."""
    if len(spent) < 2 or spent[-2][1].tiyn <= 0:
        return ""
    (before, was), (after, is_now) = spent[-2:]
    change = round((is_now.tiyn - was.tiyn) * 100 / was.tiyn)
    sign = "+" if change > 0 else "−" if change < 0 else ""
    return word(N_("{after} against {before}: {change} %")).format(
        before=before.shown, after=after.shown, change=f"{sign}{abs(change)}"
    )


def _title(text: str, *below: str) -> Chart:
    return {
        "text": cells.text(text) or "",
        "subtitle": [cells.text(line) or "" for line in below if line],
        "anchor": "start",
        "offset": 14,
        "fontSize": 18,
        "subtitleFontSize": 13,
    }


_CONFIG: Chart = {
    "background": "#FFFFFF",
    "font": style.FACE,
    "padding": 20,
    "title": {"color": style.ACCENT, "fontWeight": 600, "subtitleColor": style.FAINT},
    "view": {"stroke": None},
    "axis": {
        "labelFontSize": 12,
        "labelColor": style.INK,
        "gridColor": style.LINE,
        "domain": False,
        "ticks": False,
        "labelPadding": 6,
        "labelLimit": 200,
    },
    "axisX": {"grid": False},
    "legend": {"labelFontSize": 13, "labelColor": style.INK, "offset": 4},
    "text": {"color": style.INK},
}


@cache
def _engine() -> Any:
    """The JavaScript engine, loaded only where pictures are drawn, with the fonts it may use."""
    import vl_convert

    vl_convert.register_font_directory(str(style.FONTS))
    return vl_convert


def drawn(chart: Chart, language: str) -> bytes:
    """The PNG; in the child process, which has the fonts."""
    vl_convert = _engine()
    figures = language_of(language)
    content = vl_convert.vegalite_to_png(
        chart,
        scale=SCALE,
        config=_CONFIG,
        # Nothing is fetched, whatever a chart might name.
        allowed_base_urls=[],
        format_locale={
            "decimal": figures.decimal,
            "thousands": figures.group,
            "grouping": [3],
            "currency": ["", f"\u00a0{currency.SIGN}"],
        },
    )
    assert isinstance(content, bytes)
    return content
