#!/bin/sh
# "Every Monday and Wednesday at 18:30", as an iCalendar rule, said in words by npm's rrule and read
# back from its own words.
#
# Guessed: the words have the hour and the minute; what rrule wrote it reads back as it was.
# Seen:    "every week on Monday, Wednesday at 18"; read back, the minute is gone. Half past midnight
#          has no time at all in its words. rrule-temporal says 6:30 PM.
# With:    rrule 2.8.1, rrule-temporal 2.2.8.
# Matters: a schedule's words are ours and made of its hour and minute; a typed repeat is read by our own
#          reader and said again before it is confirmed.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund rrule@2.8.1 rrule-temporal@2.2.8 >/dev/null || exit 2
cat > ask.js <<'JS'
const { RRule } = require("rrule");
const { RRuleTemporal } = require("rrule-temporal");
const { toText } = require("rrule-temporal/totext");
for (const time of ["BYHOUR=18;BYMINUTE=30", "BYHOUR=0;BYMINUTE=30"]) {
  const rule = `FREQ=WEEKLY;BYDAY=MO,WE;${time}`;
  const words = RRule.fromString(rule).toText();
  console.log(`${words} | ${RRule.fromText(words).toString().slice(6)}`);
  const start = "DTSTART;TZID=Asia/Almaty:20261201T000000";
  console.log(toText(new RRuleTemporal({ rruleString: `${start}\nRRULE:${rule}` })));
}
JS
seen=$(node ask.js)
echo "guessed: … at 18:30 | …;BYHOUR=18;BYMINUTE=30, and … at 00:30 | …;BYHOUR=0;BYMINUTE=30"
echo "seen:"
echo "$seen"
[ "$seen" = "every week on Monday, Wednesday at 18 | FREQ=WEEKLY;BYDAY=MO,WE;BYHOUR=18
every week on Monday and Wednesday at 6:30 PM GMT+5
every week on Monday, Wednesday | FREQ=WEEKLY;BYDAY=MO,WE
every week on Monday and Wednesday at 12:30 AM GMT+5" ] || exit 1
