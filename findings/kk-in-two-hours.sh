#!/bin/sh
# "In two hours", said in Kazakh by libraries.
#
# Guessed: all that have a Kazakh locale say "2 сағаттан кейін", and "2 сағат бұрын" for the past.
# Seen:    Intl, babel and date-fns do (date-fns with "about" before it). moment and dayjs say
#          "2 сағат ішінде", within two hours; arrow leaves the ending off: "2 сағат кейін". The past
#          is right everywhere.
# With:    arrow 1.4.0, babel 2.19.0, date-fns 4.4.0, dayjs 1.11.23, moment 2.31.0, Node 20.
# Matters: "the number is blocked within two hours" is another promise than "in two hours". A time
#          that something is promised for is said as a clock's time, or by a sentence of one's own.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/v"
"$work/v/bin/pip" install -qq --disable-pip-version-check arrow==1.4.0 babel==2.19.0 || exit 2
(cd "$work" && npm init -y >/dev/null && npm install --silent --no-audit --no-fund \
    date-fns@4.4.0 dayjs@1.11.23 moment@2.31.0) || exit 2
"$work/v/bin/python" - >"$work/seen" <<'PY'
import datetime

import arrow
from babel.dates import format_timedelta

now = arrow.get(2026, 11, 30, 12)
print("arrow:", *(now.shift(hours=n).humanize(now, locale="kk") for n in (2, -2)), sep=" | ")
spans = (datetime.timedelta(hours=n) for n in (2, -2))
print("babel:", *(format_timedelta(x, locale="kk", add_direction=True) for x in spans), sep=" | ")
PY
cat >"$work/t.js" <<'JS'
const now = new Date(2026, 10, 30, 12);
const fns = require('date-fns');
const { kk } = require('date-fns/locale');
const dayjs = require('dayjs');
dayjs.extend(require('dayjs/plugin/relativeTime'));
require('dayjs/locale/kk');
const moment = require('moment');
require('moment/locale/kk');
const say = (name, one) => console.log([`${name}:`, one(2), one(-2)].join(' | '));
say('date-fns', n => fns.formatDistance(fns.addHours(now, n), now, { locale: kk, addSuffix: true }));
say('dayjs', n => dayjs(now).locale('kk').add(n, 'hour').from(dayjs(now)));
say('moment', n => moment(now).locale('kk').add(n, 'hour').from(moment(now)));
say('Intl', n => new Intl.RelativeTimeFormat('kk').format(n, 'hour'));
JS
(cd "$work" && node t.js) >>"$work/seen"
echo "guessed: 2 сағаттан кейін | 2 сағат бұрын"
cat "$work/seen"
cat >"$work/written" <<'TXT'
arrow: | 2 сағат кейін | 2 сағат бұрын
babel: | 2 сағаттан кейін | 2 сағат бұрын
date-fns: | шамамен 2 сағаттан кейін | шамамен 2 сағат бұрын
dayjs: | 2 сағат ішінде | 2 сағат бұрын
moment: | 2 сағат ішінде | 2 сағат бұрын
Intl: | 2 сағаттан кейін | 2 сағат бұрын
TXT
cmp "$work/seen" "$work/written"
