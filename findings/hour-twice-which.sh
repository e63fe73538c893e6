#!/bin/sh
# "29.02.2024 23:30, Almaty" was twice: which of the two do libraries take, without a word?
#
# Guessed: all take the first one, as Python's fold=0 does.
# Seen:    zoneinfo, dateutil, arrow, whenever and moment take the first (+06:00); pendulum, pytz,
#          dateparser, luxon and dayjs the second (+05:00). Only whenever warns.
# With:    pendulum 3.3.0, pytz 2026.6, python-dateutil 2.9.0.post0, arrow 1.4.0, whenever 0.11.0,
#          dateparser 1.5.0, tzdata 2026.6; luxon 3.7.2, moment-timezone 0.6.6, dayjs 1.11.23.
# Matters: an operator's record without an offset moves by an hour when the reading library is
#          changed, at the end of a billed month: 23:30 and 00:30 are two months.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv v
v/bin/pip install -qq --disable-pip-version-check pendulum==3.3.0 pytz==2026.6 \
    python-dateutil==2.9.0.post0 arrow==1.4.0 whenever==0.11.0 dateparser==1.5.0 \
    tzdata==2026.6 || exit 2
npm install --silent --no-audit --no-fund --no-save luxon@3.7.2 moment-timezone@0.6.6 \
    dayjs@1.11.23 || exit 2
status=0
v/bin/python - <<'PY' || status=1
import sys
import warnings
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import arrow
import dateparser
import dateutil.tz
import pendulum
import pytz
import whenever

FIRST, SECOND = "first, +06:00", "second, +05:00"
changed = []


def see(what, written, offset):
    got = {timedelta(hours=6): FIRST, timedelta(hours=5): SECOND}.get(offset, offset)
    print(f"{what}\n  guessed: {FIRST}\n  seen:    {got}")
    if got != written:
        changed.append(what)


bare = datetime(2024, 2, 29, 23, 30)
see("zoneinfo", FIRST, bare.replace(tzinfo=ZoneInfo("Asia/Almaty")).utcoffset())
see("dateutil", FIRST, bare.replace(tzinfo=dateutil.tz.gettz("Asia/Almaty")).utcoffset())
see("arrow", FIRST, arrow.get("2024-02-29T23:30", tzinfo="Asia/Almaty").utcoffset())
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    moment = whenever.ZonedDateTime(2024, 2, 29, 23, 30, tz="Asia/Almaty")
see("whenever", FIRST, datetime.fromisoformat(str(moment).partition("[")[0]).utcoffset())
if not told:
    changed.append("whenever no longer warns")
see("pendulum", SECOND, pendulum.datetime(2024, 2, 29, 23, 30, tz="Asia/Almaty").utcoffset())
see("pytz", SECOND, pytz.timezone("Asia/Almaty").localize(bare).utcoffset())
see("dateparser", SECOND, dateparser.parse("29.02.2024 23:30", settings={
    "TIMEZONE": "Asia/Almaty", "RETURN_AS_TIMEZONE_AWARE": True}).utcoffset())
sys.exit(f"changed: {changed}" if changed else 0)
PY
node - <<'JS' || status=1
const dayjs = require("dayjs");
dayjs.extend(require("dayjs/plugin/utc"));
dayjs.extend(require("dayjs/plugin/timezone"));
const moment = require("moment-timezone");
const { DateTime } = require("luxon");
const changed = [], zone = "Asia/Almaty";
const see = (what, written, iso) => {
  const got = { "17:30": "first, +06:00", "18:30": "second, +05:00" }[iso.slice(11, 16)] ?? iso;
  console.log(`${what}\n  guessed: first, +06:00\n  seen:    ${got}`);
  if (got !== written) changed.push(what);
};
see("moment", "first, +06:00", moment.tz("2024-02-29 23:30", zone).toISOString());
see("luxon", "second, +05:00", DateTime.fromISO("2024-02-29T23:30", { zone }).toUTC().toISO());
see("dayjs", "second, +05:00", dayjs.tz("2024-02-29 23:30", zone).toISOString());
process.exit(changed.length ? (console.error("changed:", changed), 1) : 0);
JS
exit $status
