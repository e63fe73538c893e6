#!/bin/sh
# "05.12" as a person here writes the fifth of December, and two readers of dates.
#
# Guessed: with Russian chosen, 05.12 is a day and 05.12 в 9:00 a day and an hour, as 05.12.2026 is.
# Seen:    chrono-node reads "с 01.12 по 15.12" as today from 01:12 to 15:12, and of "05.12 в 9:00" it
#          takes nine o'clock of today: the day is dropped without a word ("05/12 в 9:00" is right).
#          dateparser, Russian and future wanted, reads "05.12" as 05:12 of the first of this month,
#          and "05.12 в 9:00" not at all.
# With:    chrono-node 2.10.3 (npm), dateparser 1.5.0.
# Matters: a schedule or a period would be set for a time that nobody named. Days without a year are
#          read by a reader of our own, and the whole date is said back before anything is confirmed.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv v
v/bin/pip install -qq --disable-pip-version-check dateparser==1.5.0 tzdata || exit 2
npm install --silent --no-audit --no-fund --no-save chrono-node@2.10.3 || exit 2
cat >chrono.mjs <<'JS'
import * as chrono from "chrono-node";
const here = { instant: new Date("2026-11-30T07:00:00Z"), timezone: 300 };
const at = (part) => new Date(part.date().getTime() + 300 * 60000).toISOString().slice(0, 16);
for (const text of ["05.12.2026 в 9:00", "05/12 в 9:00", "05.12 в 9:00", "с 01.12 по 15.12"]) {
  console.log(chrono.ru.parse(text, here).map((found) => at(found.start) +
    (found.end ? " to " + at(found.end) : "")).join(", "));
}
JS
TZ=Asia/Almaty node chrono.mjs >chrono.txt
v/bin/python -W ignore - <<'PY'
import datetime
import sys

import dateparser

changed = []


def see(what, guessed, written, got):
    print(f"{what}\n  guessed: {guessed}\n  seen:    {got}")
    if got != written:
        changed.append(what)


whole, slash, dot, period = open("chrono.txt").read().splitlines()
see("chrono, 05.12.2026 в 9:00", "2026-12-05T09:00", "2026-12-05T09:00", whole)
see("chrono, 05/12 в 9:00", "2026-12-05T09:00", "2026-12-05T09:00", slash)
see("chrono, 05.12 в 9:00", "2026-12-05T09:00", "2026-11-30T09:00", dot)
see("chrono, с 01.12 по 15.12", "2026-12-01 to 2026-12-15", "2026-11-30T01:12 to 2026-11-30T15:12",
    period)


def read(text):
    found = dateparser.parse(text, languages=["ru"], settings={
        "RELATIVE_BASE": datetime.datetime(2026, 11, 30, 12), "PREFER_DATES_FROM": "future"})
    return found and found.isoformat(timespec="minutes")


see("dateparser, 05.12.2026", "2026-12-05T00:00", "2026-12-05T00:00", read("05.12.2026"))
see("dateparser, 05.12", "2026-12-05T00:00", "2026-11-01T05:12", read("05.12"))
see("dateparser, 05.12 в 9:00", "2026-12-05T09:00", None, read("05.12 в 9:00"))
sys.exit(f"changed: {changed}" if changed else 0)
PY
