"""The charts of what a company spends: by number, and month against month."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType

from account.values.languages import language_of
from account.values.money import Money
from account.values.periods import Month
from documents.layout import cells, style
from documents.render.charts import SCHEMA, WIDE, Chart, Word, titled, wrapped
from documents.text.marker import N_
from documents.text.number_format import count

TOP = 10
_NUMBERS = 120
"""Points of the numbers beside the bars."""
_NAME = 12
"""Points of their letters."""
_FIGURE = 7.5
"""Points of a sign of the figures beside the bars."""


def spend_chart(
    spent: Iterable[tuple[str, Money]],
    apart: Money,
    whose: str,
    period: str,
    word: Word,
    language: str,
    centres: Mapping[str | None, Money] = MappingProxyType({}),
) -> Chart:
    """The numbers that cost most, at most ten, the dearest on top; `period` is shown as it is.

    `apart` is what the invoices charge for no number. What is not drawn is told as a sum. Below
    stand the cost centres of all numbers, if there are any; None is that of numbers without one.
    """
    ranked = sorted(spent, key=lambda one: (-one[1].tiyn, one[0]))
    top, rest = ranked[:TOP], ranked[TOP:]
    left_out = Money(sum(money.tiyn for _, money in rest))
    total = Money(sum(money.tiyn for _, money in top)) + left_out + apart
    below = [
        word(N_("{whose} · {period}, with VAT")).format(whose=whose, period=period),
        word(N_("Total: {amount}")).format(amount=total.shown(language)),
    ]
    if rest:
        told = word(N_("Numbers shown: {shown} of {all}, the others: {amount}"))
        amount = left_out.shown(language)
        below.append(told.format(shown=len(top), all=len(ranked), amount=amount))
    if apart:
        told = word(N_("Charges without a number: {amount}"))
        below.append(told.format(amount=apart.shown(language)))
    numbers = _ranking(titled(word(N_("Spend by number")), *below), top, language)
    if not any(centre is not None for centre in centres):
        return {"$schema": SCHEMA, **numbers}
    named = [(name, money) for name, money in centres.items() if name is not None]
    named.sort(key=lambda one: -one[1].tiyn)
    shown, others = named[:TOP], named[TOP:]
    further = Money(sum(money.tiyn for _, money in others))
    told = word(N_("Cost centres shown: {shown} of {all}, the others: {amount}")).format(
        shown=len(shown), all=len(named), amount=further.shown(language)
    )
    if None in centres:
        shown.append((word(N_("Without cost centre")), centres[None]))
    heading = titled(word(N_("Spend by cost centre")), told if others else "")
    return {"$schema": SCHEMA, "vconcat": [numbers, _ranking(heading, shown, language)]}


def _ranking(heading: Chart, top: Sequence[tuple[str, Money]], language: str) -> Chart:
    """A bar for each, in the order they come in."""
    values = [
        {
            "number": "|".join(wrapped(_without_bars(name), _NAME, _NUMBERS - 6)),
            "tenge": money.tiyn / 100,
            "end": max(money.tiyn, 0) / 100,
            "said": money.shown(language),
            "place": place,
        }
        for place, (name, money) in enumerate(top)
    ]
    lines = max((str(one["number"]).count("|") for one in values), default=0)
    return {
        "title": heading,
        "width": WIDE - _NUMBERS,
        "height": {"step": 34 + 16 * lines},
        "data": {"values": values},
        "layer": _bars([money for _, money in top], language),
    }


def _without_bars(name: str) -> str:
    """The sign that parts the lines of a name stands in none."""
    return (cells.text(name) or "").replace("|", "¦")


def _bars(top: Sequence[Money], language: str) -> list[Chart]:
    """A bar for each number, with room for its figure; one below zero goes to the left."""
    figures = max((len(money.shown(language)) for money in top), default=0) * _FIGURE
    drawn = [money.tiyn / 100 for money in top]
    most, least = max([*drawn, 0.01]), min([*drawn, 0])
    # The figure beside the longest bar ends where the picture does.
    farthest = (most - least) * (WIDE - _NUMBERS) / (WIDE - _NUMBERS - figures) + least
    names = {"title": None, "labelLimit": 0, "labelExpr": "split(datum.label, '|')"}
    y = {"field": "number", "type": "ordinal", "sort": {"field": "place"}}
    scale = {"domain": [least, farthest], "nice": False}
    x = {"type": "quantitative", "axis": None, "scale": scale}
    return [
        {
            "mark": {"type": "bar", "color": style.ACCENT, "cornerRadiusEnd": 3, "size": 20},
            "encoding": {
                "y": {**y, "axis": names},
                "x": {**x, "field": "tenge"},
            },
        },
        {
            "mark": {"type": "text", "align": "left", "dx": 6, "fontSize": 13},
            "encoding": {"y": y, "x": {**x, "field": "end"}, "text": {"field": "said"}},
        },
    ]


def months_chart(
    spent: Sequence[tuple[Month, Money]],
    whose: str,
    word: Word,
    language: str,
    unbilled: Collection[str] = (),
) -> Chart:
    """What each month cost, the last one marked, and how it stands against the one before it.

    `unbilled` are accounts that had an invoice the month before and none of the last month yet:
    its bar is not whole.
    """
    unit, below = _unit(spent, word)
    values = [
        {
            "month": _axis_word(month, place),
            "place": place,
            "tenge": money.tiyn / 100,
            "end": max(money.tiyn, 0) / 100,
            "said": _in_units(money, unit, language),
            "last": place == len(spent) - 1,
            "partial": bool(unbilled) and place == len(spent) - 1,
        }
        for place, (month, money) in enumerate(spent)
    ]
    lines = [f"{whose} · {below}", _change(spent, word)]
    if unbilled:
        told = word(N_("Outlined: {month} is not whole, accounts not billed yet: {n}"))
        lines.append(told.format(month=spent[-1][0].shown, n=len(unbilled)))
    x = {"field": "month", "type": "ordinal", "sort": {"field": "place"}}
    y = {"type": "quantitative", "axis": None}
    labels = {"title": None, "labelAngle": 0, "labelExpr": "split(datum.label, '|')"}
    return {
        "$schema": SCHEMA,
        "title": titled(word(N_("Spend by month")), *(line for line in lines if line)),
        "width": WIDE,
        "height": 220,
        "data": {"values": values},
        "layer": [
            {
                "mark": {"type": "bar", "cornerRadiusEnd": 3, "strokeDash": [4, 3]},
                "encoding": {
                    "x": {**x, "axis": labels, "scale": {"paddingInner": 0.2}},
                    "y": {**y, "field": "tenge"},
                    "color": {
                        "condition": [
                            {"test": "datum.partial", "value": style.TINT},
                            {"test": "datum.last", "value": style.ACCENT},
                        ],
                        "value": "#BFA9D6",
                    },
                    "stroke": {
                        "condition": {"test": "datum.partial", "value": style.ACCENT},
                        "value": None,
                    },
                },
            },
            {
                "mark": {"type": "text", "dy": -9, "fontSize": 12},
                "encoding": {"x": x, "y": {**y, "field": "end"}, "text": {"field": "said"}},
            },
        ],
    }


def _axis_word(month: Month, place: int) -> str:
    """The month, over its year where one begins: twelve of `02.26` would touch each other."""
    year = f"{month.year}" if place == 0 or month.month == 1 else ""
    return f"{month.month:02}|{year}"


_UNITS = (
    (1, N_("in ₸, with VAT")),
    (1_000, N_("in thousands of ₸, with VAT")),
    (1_000_000, N_("in millions of ₸, with VAT")),
    (1_000_000_000, N_("in billions of ₸, with VAT")),
)


def _unit(spent: Sequence[tuple[Month, Money]], word: Word) -> tuple[int, str]:
    """In how many tenge figures fit above twelve bars, three digits each, and how it is said."""
    most = max((abs(money.tiyn) for _, money in spent), default=0)
    fitting = [(unit, told) for unit, told in _UNITS if most >= 100 * unit]
    unit, told = fitting[-1] if fitting else _UNITS[0]
    return unit, word(told)


def _in_units(money: Money, unit: int, language: str) -> str:
    """A number of units with one decimal as long as it is below a hundred of them."""
    tenths = round(abs(money.tiyn) / 10 / unit)
    sign = "-" if money.tiyn < 0 and tenths else ""
    if unit == 1 or tenths >= 1000:
        return f"{sign}{count(round(abs(money.tiyn) / 100 / unit), language)}"
    whole, tenth = divmod(tenths, 10)
    return f"{sign}{whole}{language_of(language).decimal}{tenth}"


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
