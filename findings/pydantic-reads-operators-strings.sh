#!/bin/sh
# What pydantic makes of amounts, terms and dates as operators write them in JSON.
#
# Guessed: a Decimal field takes the digits of a JSON number as they stand; a term of a month is
#          refused for a timedelta; "1_000" is no number; a date without dashes is a date.
# Seen:    a JSON number goes through a float on its way to Decimal: 12345678901234567.89 becomes
#          12345678901234568 and 20.10 loses its zero; in quotes it is exact. P1M is 30 days, P1Y is
#          365 (12 months are 360). "1_000" is 1000. The datetime "20260131" is 23 August 1970, read
#          as seconds; the month "202601" is 3 January 1970.
# With:    pydantic 2.14.4.
# Matters: sums that do not add up to the tiyn, a contract term short by five days, a bill of 1970.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/v"
"$work/v/bin/pip" install -qq --disable-pip-version-check pydantic==2.14.4 || exit 2
"$work/v/bin/python" - <<'PY'
import sys
from datetime import datetime, timedelta
from decimal import Decimal

from pydantic import TypeAdapter, ValidationError

changed = []


def see(what, guessed, written, got):
    print(f"{what}\n  guessed: {guessed}\n  seen:    {got}")
    if got != written:
        changed.append(what)


def read(kind, json):
    try:
        return str(TypeAdapter(kind).validate_json(json))
    except ValidationError:
        return "refused"


see("Decimal, 12345678901234567.89", "12345678901234567.89", "12345678901234568",
    read(Decimal, "12345678901234567.89"))
see("Decimal, 20.10", "20.10", "20.1", read(Decimal, "20.10"))
see('Decimal, "12345678901234567.89" in quotes', "12345678901234567.89", "12345678901234567.89",
    read(Decimal, '"12345678901234567.89"'))
see("timedelta, P1M", "refused", "30 days, 0:00:00", read(timedelta, '"P1M"'))
see("timedelta, P1Y and P12M", "refused", ("365 days, 0:00:00", "360 days, 0:00:00"),
    (read(timedelta, '"P1Y"'), read(timedelta, '"P12M"')))
see('int, "1_000"', "refused", "1000", read(int, '"1_000"'))
see('datetime, "20260131"', "2026-01-31 00:00:00", "1970-08-23 11:48:51+00:00",
    read(datetime, '"20260131"'))
see('datetime, "202601"', "refused", "1970-01-03 08:16:41+00:00", read(datetime, '"202601"'))
sys.exit(f"changed: {changed}" if changed else 0)
PY
