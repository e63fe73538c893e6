#!/bin/sh
# A time in Almaty goes to a Windows name of its zone and back, or into a calendar file.
#
# Guessed: Windows names of zones are one public table (CLDR's), so libraries agree; there and back
#          gives the same hour; a calendar's block for Almaty knows that clocks went back on
#          2024-03-01 (+6 before, +5 since).
# Seen:    windows-iana has Almaty in "Central Asia Standard Time", which is +6 for good: an hour off
#          since 2024-03-01. tzlocal has it in "West Asia Standard Time" and back is Tashkent: right
#          since then, an hour off before. timezones-ical-library's block for Asia/Almaty is +05 from
#          1970 on: a call of January 2024 an hour late.
# With:    windows-iana 5.1.0, timezones-ical-library 2.3.2 (npm), Node 20; tzlocal 5.4.5, tzdata
#          2026.3.
# Matters: times are kept in UTC and shown in Asia/Almaty by name; a calendar file of schedules has
#          to carry UTC moments.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv v
v/bin/pip install -qq --disable-pip-version-check tzlocal==5.4.5 tzdata==2026.3 || exit 2
npm install --silent --no-audit --no-fund windows-iana@5.1.0 timezones-ical-library@2.3.2 >/dev/null 2>&1 || exit 2
cat > ask.js <<'JS'
const { findWindows } = require("windows-iana");
const { tzlib_get_ical_block } = require("timezones-ical-library");
const block = tzlib_get_ical_block("Asia/Almaty")[0].split(/\r?\n/);
console.log(findWindows("Asia/Almaty").join());
console.log(block.filter((line) => /^(TZOFFSETTO|DTSTART)/.test(line)).join(" "));
JS
cat > ask.py <<'PY'
import os

os.environ["PYTHONTZPATH"] = ""
from datetime import datetime
from zoneinfo import ZoneInfo, reset_tzpath

from tzlocal.windows_tz import tz_win, win_tz

reset_tzpath([])
there = tz_win["Asia/Almaty"]
back = win_tz[there]
hours = [
    datetime(*day, 9, tzinfo=ZoneInfo(zone)).utcoffset().seconds // 3600
    for day in ((2024, 1, 5), (2026, 12, 5))
    for zone in ("Asia/Almaty", back)
]
print(there, back, *hours, sep=", ")
PY
node_says=$(node ask.js)
python_says=$(v/bin/python ask.py)
echo "guessed: one Windows name; back in Almaty; two offsets in the calendar's block"
echo "windows-iana, timezones-ical-library:"
echo "$node_says"
echo "tzlocal (name, back, hours in January 2024 and December 2026, each Almaty and back):"
echo "$python_says"
[ "$node_says" = "Central Asia Standard Time
TZOFFSETTO:+0500 DTSTART:19700101T000000" ] || exit 1
[ "$python_says" = "West Asia Standard Time, Asia/Tashkent, 6, 5, 5, 5" ] || exit 1
