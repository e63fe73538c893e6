"""The chart of a number's usage: a panel for each kind, a bar a day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from account.chapters.usage import UsageKind, UsageRecord
from account.values.periods import Period, today
from documents.layout import style
from documents.layout.header import shown_days
from documents.render.charts import PALE, SCHEMA, WIDE, Chart, Word, titled
from documents.text.marker import N_


@dataclass(slots=True)
class DailyUsage:
    """Seconds, pieces and bytes by Almaty's day, kind and whether it was abroad; and how many
    records have nothing to draw.
    """

    amounts: dict[tuple[date, UsageKind, bool], int] = field(default_factory=dict)
    others: int = 0

    def add(self, records: Iterable[UsageRecord]) -> None:
        """Take a page of records."""
        for record in records:
            if record.kind in _UNITS:
                key = (today(record.at), record.kind, record.roaming is not None)
                self.amounts[key] = self.amounts.get(key, 0) + record.amount
            else:
                self.others += 1


_UNITS: dict[UsageKind, tuple[str, float]] = {
    UsageKind.CALLS: (N_("Calls, min"), 60),
    UsageKind.SMS: (N_("SMS and MMS, pcs"), 1),
    UsageKind.DATA: (N_("Data, MB"), 1024 * 1024),
}
"""What a kind is drawn in, and how many of its own units that is."""


def usage_chart(
    usage: DailyUsage, period: Period, ordered_on: date, whose: str, word: Word
) -> Chart:
    """A panel for each kind that was used: a bar a day, roaming on top in a colour of its own.

    `whose` is the number as people read it, or the company; the day of the order is not over.
    """
    kinds = [kind for kind in _UNITS if any(key[1] is kind for key in usage.amounts)]
    days = [period.first + timedelta(days=n) for n in range(period.days)]
    panels = [_panel(usage, kind, days, ordered_on, word) for kind in kinds]
    below = [f"{whose} · {shown_days(period)}"]
    if ordered_on in period:
        below.append(word(N_("Pale: today, the day is not over")))
    if usage.others:
        below.append(word(N_("Other charges are not drawn: {n}")).format(n=usage.others))
    return {
        "$schema": SCHEMA,
        "title": titled(word(N_("Usage by day")), *below),
        "vconcat": panels,
        "spacing": 22,
        "resolve": {"scale": {"color": "shared"}},
    }


def _panel(
    usage: DailyUsage, kind: UsageKind, days: Sequence[date], ordered_on: date, word: Word
) -> Chart:
    heading, unit = _UNITS[kind]
    places = {False: word(N_("At home")), True: word(N_("In roaming"))}
    roamed = any(abroad for _, _, abroad in usage.amounts)
    values = [
        {
            "day": f"{day:%d.%m}",
            "place": place,
            "amount": usage.amounts.get((day, kind, abroad), 0) / unit,
            "where": places[abroad],
            "running": day == ordered_on,
        }
        for place, day in enumerate(days)
        for abroad in places
        if roamed or not abroad
    ]
    legend = {"title": None, "orient": "bottom", "symbolType": "square", "symbolOpacity": 1}
    colours = [style.ACCENT, style.SECOND]
    every = max(1, -(-len(days) // 7))
    return {
        "title": {
            "text": word(heading),
            "fontSize": 14,
            "color": style.INK,
            "anchor": "start",
            "frame": "group",
        },
        "width": WIDE,
        "height": 110,
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
                "scale": {"domain": list(places.values())[: 1 + roamed], "range": colours},
                "legend": legend if roamed else None,
            },
            "opacity": {"condition": {"test": "datum.running", "value": PALE}, "value": 1},
            "order": {"field": "where", "sort": "ascending"},
        },
    }
