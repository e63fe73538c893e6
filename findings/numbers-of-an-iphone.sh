#!/bin/sh
# A list kept in Numbers, the table program of iPhones and Macs, read by numbers-parser.
#
# Guessed: the file keeps decimals of 128 bits, so whole numbers come back whole and exact, and
#          formatted_value is what the person sees.
# Seen:    a phone is a float and "77010542006.0", a bare serial number of a SIM card (19 digits) has
#          lost its last ones, and is "8.977012345678901e+18" also as formatted; a total of 30:05
#          hours is "1 day, 6:05:00". Only what was kept as text is what was written.
# With:    numbers-parser 4.22.0.
# Matters: numbers of phones and cards are taken from text, or as integers while those are exact.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv v
v/bin/pip install -qq --disable-pip-version-check numbers-parser==4.22.0 || exit 2
v/bin/python -W ignore - <<'PY'
import sys
from datetime import timedelta

from numbers_parser import Document

rows = (
    (77010542006, "77010542006", "77010542006.0"),
    ("+77010542006", "+77010542006", "+77010542006"),
    (8977012345678901234, "8977012345678901234", "8.977012345678901e+18"),
    (timedelta(hours=30, minutes=5), "30:05", "1 day, 6:05:00"),
)
table = (document := Document()).sheets[0].tables[0]
for at, (value, _, _) in enumerate(rows):
    table.write(at, 0, value)
document.save("list.numbers")
table = Document("list.numbers").sheets[0].tables[0]
changed = []
for at, (value, guessed, seen) in enumerate(rows):
    got = table.cell(at, 0).formatted_value
    print(f"{value}\n  guessed: {guessed}\n  seen:    {got} ({table.cell(at, 0).value!r})")
    if got != seen:
        changed.append((guessed, got))
if table.cell(2, 0).value == 8977012345678901234:
    changed.append("the serial number is exact")
sys.exit(f"changed: {changed}" if changed else 0)
PY
