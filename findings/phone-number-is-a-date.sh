#!/bin/sh
# Looking for the date in "block 701 054 20 06 tomorrow 22:00".
#
# Guessed: dateparser's search finds "завтра 22:00" and leaves the number alone, or finds nothing.
# Seen:    a bare number of ten digits is a time in seconds, in the year 2192; the last two groups of
#          a spaced number are a day ("20 06" is 20 June, "55 26" a day of 2055); a number right
#          before the words is swallowed with them, and the hour that stands there is lost: 12:00,
#          the present hour, instead of 22:00.
# With:    dateparser 1.5.0, Russian and Kazakh chosen.
# Matters: numbers and times stand in one message all day. What is a number is taken out first, and
#          what is left is read by a grammar that knows what it does not understand.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/v"
"$work/v/bin/pip" install -qq --disable-pip-version-check dateparser==1.5.0 tzdata || exit 2
TZ=UTC "$work/v/bin/python" -W ignore - <<'PY'
import datetime
import sys

from dateparser.search import search_dates

changed = []


def see(text, guessed, written):
    found = search_dates(text, languages=["ru", "kk"], settings={
        "RELATIVE_BASE": datetime.datetime(2026, 11, 30, 12)})
    got = [(part, when.isoformat(timespec="minutes")) for part, when in found or []]
    print(f"{text}\n  guessed: {guessed}\n  seen:    {got}")
    if got != written:
        changed.append(text)


see("блок завтра 22:00", "tomorrow, 22:00", [("завтра 22:00", "2026-12-01T22:00")])
see("блок 8 701 054-20-06 завтра 22:00", "tomorrow, 22:00",
    [("8 701 054-20-06 завтра 22:00", "2026-12-01T12:00")])
see("детализация 7010542006", "nothing", [("7010542006", "2192-02-26T12:46")])
see("блок 701 054 20 06", "nothing", [("20 06", "2026-06-20T00:00")])
sys.exit(f"changed: {changed}" if changed else 0)
PY
