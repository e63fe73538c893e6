#!/bin/sh
# How many parts has this SMS? Five npm counters; and a package that makes any text fit.
#
# Guessed: they differ at most where an escape (€ [ ] { } ~ \ ^ |) falls on the border of a part;
#          smssafe writes a question mark for a letter that it cannot send, or its Latin sound.
# Seen:    sms-counter counts an escaped sign once: 153 € are one message to it, in truth three.
#          smshelper says three parts where two hold everything. sms-length, sms-counter and
#          smshelper split a surrogate pair between two UCS-2 parts: 2 instead of 3. split-sms and
#          sms-segments-calculator are right everywhere. Kazakh letters alone are right in all: 70, 67.
#          smssafe turns «Сіздің кодыңыз» into "Cii ko": letters that look Latin stay, the others
#          are dropped, and it reports one part of GSM-7.
# With:    split-sms 0.1.7, sms-segments-calculator 1.3.0, sms-length 0.2.2, sms-counter 1.0.0,
#          smshelper 0.1.0; smssafe 0.0.1.
# Matters: each part is paid for; and a text that "can be delivered" may say nothing any more.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv v
v/bin/pip install -qq --disable-pip-version-check smssafe==0.0.1 || exit 2
npm install --silent --no-audit --no-fund --no-save split-sms@0.1.7 sms-segments-calculator@1.3.0 \
    sms-length@0.2.2 sms-counter@1.0.0 smshelper@0.1.0 || exit 2
status=0
node - <<'JS' || status=1
const { SegmentedMessage } = require("sms-segments-calculator");
const counters = {
  "split-sms": (text) => require("split-sms").split(text).parts.length,
  "sms-segments-calculator": (text) => new SegmentedMessage(text).segmentsCount,
  "sms-length": (text) => require("sms-length").count(text).messages,
  "sms-counter": (text) => require("sms-counter").default.count(text).messages,
  smshelper: (text) => require("smshelper").parts(text),
};
const changed = [];
const see = (what, truth, written, text) => {
  const got = Object.values(counters).map((count) => count(text));
  console.log(`${what}\n  guessed: ${truth} each\n  seen:    ${got}`);
  if (String(got) !== String(written)) changed.push(what);
};
console.log(`in this order: ${Object.keys(counters)}`);
see("70 Kazakh letters", 1, [1, 1, 1, 1, 1], "ң".repeat(70));
see("134 Kazakh letters", 2, [2, 2, 2, 2, 2], "ң".repeat(134));
see("152 signs, €, 151 signs: 152 + 153 septets", 2, [2, 2, 2, 2, 3],
  "a".repeat(152) + "€" + "a".repeat(151));
see("152 signs, €, 152 signs: the escape does not fit the first", 3, [3, 3, 2, 2, 3],
  "a".repeat(152) + "€" + "a".repeat(152));
see("153 times €, 306 septets, 76 in a part", 3, [3, 3, 2, 1, 3], "€".repeat(153));
see("66 Kazakh letters, a surrogate pair, 66 letters", 3, [3, 3, 2, 2, 2],
  "ң".repeat(66) + "\u{1F4F1}" + "ң".repeat(66));
process.exit(changed.length ? (console.error("changed:", changed), 1) : 0);
JS
v/bin/python - <<'PY' || status=1
import sys

from smssafe import sanitize

told = sanitize("Сіздің кодыңыз: 123456")
got = told.sanitized, told.encoding, told.segments
print(f"smssafe: Сіздің кодыңыз: 123456\n  guessed: Sizding kodyngyz or ?\n  seen:    {got}")
sys.exit("changed: smssafe" if got != ("Cii ko: 123456", "gsm7", 1) else 0)
PY
exit $status
