#!/bin/sh
# Three npm packages, three answers to whether a Kazakh number is valid; one makes it American.
#
# Guessed: ten digits without a country are refused by `phone`; the default and the full data of
#          libphonenumber-js agree on unassigned ranges; `phone` knows every mobile range and 8 701.
# Seen:    `phone` takes "701 054 20 06" for +1 701 054 20 06, in the United States, valid. It knows
#          neither 760-764 nor 785 (mobile) nor any city line, and not the trunk 8. The default
#          import of libphonenumber-js says valid to every 7xx, the full data does not.
# With:    phone 3.1.72, libphonenumber-js 1.13.16, Node 20.
# Matters: people here write 701… or 8 701…; a front end that takes it for another country sends its
#          code to a stranger abroad, and "valid" depends on which import was written.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --no-save phone@3.1.72 libphonenumber-js@1.13.16 || exit 2
node - <<'JS'
const { phone } = require("phone");
const parsed = { default: require("libphonenumber-js"), full: require("libphonenumber-js/max") };
const changed = [];
const see = (what, guessed, written, got) => {
  console.log(`${what}\n  guessed: ${guessed}\n  seen:    ${got}`);
  if (String(got) !== String(written)) changed.push(what);
};
const by = (number, options) => {
  const told = phone(number, options);
  return told.isValid ? `${told.phoneNumber} ${told.countryIso2}` : "refused";
};
const valid = (data, number) => parsed[data].parsePhoneNumberFromString(number, "KZ").isValid();
see("phone('701 054 20 06')", "refused", "+17010542006 US", by("701 054 20 06"));
see("phone('8 701 054 20 06', KAZ)", "+77010542006 KZ", "refused",
  by("8 701 054 20 06", { country: "KAZ" }));
see("phone('+7 760 123 45 67'), a mobile range", "+77601234567 KZ", "refused",
  by("+7 760 123 45 67"));
see("phone('+7 7172 55 12 34'), a city line", "refused, mobile only", "refused",
  by("+7 7172 55 12 34"));
for (const number of ["+77031234567", "+77501234567"]) {
  see(`libphonenumber-js, default: ${number}, assigned to nobody`, "false", "true",
    valid("default", number));
  see(`libphonenumber-js/max: ${number}`, "false", "false", valid("full", number));
}
process.exit(changed.length ? (console.error("changed:", changed), 1) : 0);
JS
