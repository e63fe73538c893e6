#!/bin/sh
# "Every day at 23:30" on the night when Kazakhstan set its clocks back: once or twice?
#
# Guessed: once, by every scheduler; it is a daily job.
# Seen:    on 29 February 2024 the hour from 23:00 was there twice in Almaty. croniter and
#          APScheduler's cron trigger fire in both (17:30 and 18:30 UTC); cronsim, APScheduler's
#          calendar interval, and on npm cron, croner and cron-parser fire once, the first time.
#          dateutil's hourly rule leaves out the repeated hour: from 17:00 to 19:00 UTC.
# With:    croniter 7.0.0, APScheduler 3.11.3, cronsim 2.8, python-dateutil 2.9.0.post0,
#          tzdata 2026.6; cron 4.4.0, croner 11.0.1, cron-parser 5.10.6.
# Matters: a report, a block or a charge late in the evening is done twice by a change of library.
#          Zones change by decree, at a few weeks' notice, in countries without summer time too.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv v
v/bin/pip install -qq --disable-pip-version-check croniter==7.0.0 APScheduler==3.11.3 \
    cronsim==2.8 python-dateutil==2.9.0.post0 tzdata==2026.6 || exit 2
npm install --silent --no-audit --no-fund --no-save cron@4.4.0 croner@11.0.1 \
    cron-parser@5.10.6 luxon@3.7.2 || exit 2
status=0
PYTHONTZPATH='' v/bin/python - <<'PY' || status=1
import sys
from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from apscheduler.triggers.calendarinterval import CalendarIntervalTrigger
from apscheduler.triggers.cron import CronTrigger
from croniter import croniter
from cronsim import CronSim
from dateutil.rrule import HOURLY, rrule

ALMATY = ZoneInfo("Asia/Almaty")
START = datetime(2024, 2, 29, 12, tzinfo=UTC)
changed = []


def see(what, guessed, written, got):
    print(f"{what}\n  guessed: {guessed}\n  seen:    {got}")
    if got != written:
        changed.append(what)


def utc(moments):
    return [f"{moment.astimezone(UTC):%d %H:%M}" for moment in moments]


def fired(trigger):
    """As the scheduler asks: at each time that came due, a little late, by the real clock."""
    due = trigger.get_next_fire_time(None, START.astimezone(ALMATY))
    while True:
        yield due
        now = due.astimezone(UTC) + timedelta(milliseconds=5)
        due = trigger.get_next_fire_time(due, now.astimezone(ALMATY))


once, twice = ["29 17:30", "01 18:30"], ["29 17:30", "29 18:30", "01 18:30"]
runs = croniter("30 23 * * *", START.astimezone(ALMATY))
see("croniter", once, twice, utc(runs.get_next(datetime) for _ in range(3)))
see("APScheduler, cron", once, twice,
    utc(islice(fired(CronTrigger(hour=23, minute=30, timezone=ALMATY)), 3)))
see("APScheduler, calendar interval", once, once, utc(islice(fired(CalendarIntervalTrigger(
    days=1, hour=23, minute=30, start_date="2024-02-29", timezone=ALMATY)), 2)))
see("cronsim", once, once, utc(islice(CronSim("30 23 * * *", START.astimezone(ALMATY)), 2)))
see("dateutil, hourly from 21:00", "each hour", ["29 15:00", "29 16:00", "29 17:00", "29 19:00"],
    utc(rrule(HOURLY, dtstart=datetime(2024, 2, 29, 21, tzinfo=ALMATY), count=4)))
sys.exit(f"changed: {changed}" if changed else 0)
PY
node - <<'JS' || status=1
const { CronTime } = require("cron");
const { Cron } = require("croner");
const { CronExpressionParser } = require("cron-parser");
const { DateTime } = require("luxon");
const changed = [], zone = "Asia/Almaty", start = new Date("2024-02-29T12:00:00Z");
const see = (what, got) => {
  const written = "29 17:30,01 18:30";
  console.log(`${what}\n  guessed: ${written}\n  seen:    ${got}`);
  if (String(got) !== written) changed.push(what);
};
const utc = (iso) => iso.slice(8, 16).replace("T", " ");
const time = new CronTime("0 30 23 * * *", zone);
const first = time.getNextDateFrom(DateTime.fromJSDate(start).setZone(zone), zone);
see("npm cron", [first, time.getNextDateFrom(first, zone)].map((at) => utc(at.toUTC().toISO())));
see("npm croner", new Cron("30 23 * * *", { timezone: zone, paused: true }).nextRuns(2, start)
  .map((at) => utc(at.toISOString())));
const parser = CronExpressionParser.parse("30 23 * * *", { currentDate: start, tz: zone });
see("npm cron-parser", [parser.next(), parser.next()].map((at) => utc(at.toISOString())));
process.exit(changed.length ? (console.error("changed:", changed), 1) : 0);
JS
exit $status
