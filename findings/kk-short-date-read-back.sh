#!/bin/sh
# A short date that Babel wrote in Kazakh, read back by Babel.
#
# Guessed: parse_date(format_date(day, "short", locale="kk"), locale="kk") is the day, as in Russian.
# Seen:    "05.12.22" (the fifth of December) comes back as 22 December 2005, without a word,
#          "24.01.22" as 22 January 2024. The order is taken from the medium pattern, which in Kazakh begins
#          with the year ("2022 ж. 24 қаң."), while the short one is dd.MM.yy. English reads the
#          dotted one as 12 May. In full ("05.12.2022") Kazakh refuses what Russian reads.
# With:    Babel 2.19.0.
# Matters: a date that a person types is read by one reader of the house, whatever the language.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv v
v/bin/pip install -qq --disable-pip-version-check Babel==2.19.0 || exit 2
v/bin/python - <<'PY'
import sys
from datetime import date

from babel.dates import format_date, parse_date


def read(text: str, locale: str) -> str:
    try:
        return parse_date(text, locale=locale).isoformat()
    except ValueError as fault:
        return type(fault).__name__


changed = []
for day, locale, seen in (
    (date(2022, 12, 5), "kk", "2005-12-22"),
    (date(2022, 1, 24), "kk", "2024-01-22"),
    (date(2022, 12, 5), "ru", "2022-12-05"),
    (date(2022, 1, 24), "ru", "2022-01-24"),
):
    text = format_date(day, "short", locale=locale)
    got = read(text, locale)
    print(f"{locale}: {day} is written {text}\n  guessed: {day}\n  seen:    {got}")
    if got != seen:
        changed.append((locale, text, got))
for text, locale, seen in (("05.12.2022", "kk", "ParseError"), ("05.12.22", "en", "2022-05-12")):
    got = read(text, locale)
    print(f"{locale}: {text}\n  guessed: 2022-12-05\n  seen:    {got}")
    if got != seen:
        changed.append((locale, text, got))
sys.exit(f"changed: {changed}" if changed else 0)
PY
