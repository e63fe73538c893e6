"""Pictures for a telephone: what all charts have in common, and the drawing of them.

A chart is described in the person's language by `documents.render.usage_chart` and
`documents.render.spend_charts`; a child process draws it (`documents.render.pool.RenderPool`). One
picture says one thing: large letters, few marks, and the figure itself where there is room for it.
A picture is forwarded without its caption, so what is left out of it, or not over yet, it says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, TypeAlias

from account.kazakhstan import currency
from account.values.languages import language_of
from documents.layout import cells, style

Chart: TypeAlias = dict[str, Any]
Word: TypeAlias = Callable[[str], str]
"""An English text in the person's language."""

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
WIDE = 340
"""Points of what is drawn, so that with its margins it stands on a telephone as large as it is."""
SCALE = 3
PALE = 0.4
"""Opacity of what is not over yet."""
_TITLE, _BELOW = 18, 13
_WIDE_LETTERS = frozenset("mwMW@%жмшщюыфЖМШЩЮЫФДQOСОҚҰӨ№—")


def titled(text: str, *below: str) -> Chart:
    """The heading, and the lines below it that have something to say; long ones are broken."""
    lines = [line for told in below for line in wrapped(cells.text(told) or "", _BELOW)]
    return {
        "text": wrapped(cells.text(text) or "", _TITLE),
        "subtitle": lines,
        "anchor": "start",
        "frame": "bounds",
        "offset": 14,
        "fontSize": _TITLE,
        "subtitleFontSize": _BELOW,
        "subtitleLineHeight": _BELOW + 5,
    }


def wrapped(text: str, size: int, wide: float = WIDE) -> list[str]:
    """The text in lines of so many points; a word longer than a line is broken, too."""
    lines, line = [], ""
    for word in text.split(" "):
        for part in _parts(word, size, wide):
            longer = f"{line} {part}" if line else part
            if line and _points(longer, size) > wide:
                lines.append(line)
                line = part
            else:
                line = longer
    return [*lines, line] if line else lines


def _parts(word: str, size: int, wide: float) -> Iterator[str]:
    while _points(word, size) > wide:
        fits = next(n for n in range(len(word), 0, -1) if _points(word[:n], size) <= wide)
        yield word[:fits]
        word = word[fits:]
    yield word


def _points(text: str, size: int) -> float:
    """How wide it is in the house's face, about; rather too much than too little."""
    return size * sum(map(_ems, text))


def _ems(letter: str) -> float:
    if letter in _WIDE_LETTERS:
        return 0.95
    return 0.3 if letter in " .,:;'|il" else 0.72 if letter.isupper() else 0.62


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
