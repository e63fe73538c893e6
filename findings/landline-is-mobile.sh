#!/bin/sh
# Is it a mobile number of Kazakhstan? validator.js has a locale for the question, kk-KZ.
#
# Guessed: 701 054 20 06 is one, the office in Astana (7172 …) is none: no SMS reaches it.
# Seen:    every number of ten digits that begins with 7 is mobile, so all landlines of the country
#          are (7172 Astana, 727 Almaty, 7212 Karaganda), and 7 000 000 00 00; a number as people
#          write it, with blanks, is none. "any" calls a landline mobile, too.
# With:    validator 13.15.35 (npm), Node 20.
# Matters: an operator's ranges stand in its profile; a landline is told as one before a code is sent.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund validator@13.15.35 >/dev/null 2>&1 || exit 2
cat > ask.js <<'JS'
const { isMobilePhone } = require("validator");
const changed = [];
for (const [phone, guessed, seen] of [
  ["+77010542006", true, true],
  ["7010542006", true, true],
  ["+7 701 054 20 06", true, false],
  ["+77172551234", false, true],
  ["+77272551234", false, true],
  ["+77212551234", false, true],
  ["+77000000000", false, true],
]) {
  const got = isMobilePhone(phone, "kk-KZ");
  console.log(`${phone}\n  guessed: ${guessed}\n  seen:    ${got}`);
  if (got !== seen) changed.push(phone);
}
if (isMobilePhone("+77172551234", "any") !== true) changed.push("any");
if (changed.length) {
  console.log(`changed: ${changed}`);
  process.exit(1);
}
JS
node ask.js
