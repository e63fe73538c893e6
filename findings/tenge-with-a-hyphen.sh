#!/bin/sh
# 1 234 567,50 tenge, formatted by what npm and PyPI have for it.
#
# Guessed: the sign ₸ or KZT, blanks between thousands, a comma before the tiyn; halves rounded the
#          same way by all.
# Seen:    currency-formatter writes ₸1 234 567-50, with a hyphen before the tiyn. Intl of Node, for
#          ru without a country, KZT for the sign, for kk and ru-KZ ₸. Half a tiyn: Intl rounds away
#          from nought (0.125 is 0,13), Babel and ICU to the even digit (0,12).
# With:    currency-formatter 1.5.9, Node 20 (ICU 78); Babel 2.19.0, pyicu-wheels 2.15.2.
# Matters: a hyphen in an amount reads as a range or a minus; a page and a document of one bill that
#          round differently do not add up. Amounts here are formatted by the house.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv v
v/bin/pip install -qq --disable-pip-version-check Babel==2.19.0 pyicu-wheels==2.15.2 || exit 2
npm install --silent --no-audit --no-fund --no-save currency-formatter@1.5.9 || exit 2
status=0
node - <<'JS' || status=1
const changed = [];
const see = (what, guessed, written, got) => {
  console.log(`${what}\n  guessed: ${guessed}\n  seen:    ${got}`);
  if (got !== written) changed.push(what);
};
const plain = (text) => text.replace(/[\u00a0\u202f]/g, " ");
const intl = (locale, amount) => plain(new Intl.NumberFormat(locale,
  { style: "currency", currency: "KZT" }).format(amount));
see("currency-formatter", "1 234 567,50 ₸", "₸1 234 567-50",
  plain(require("currency-formatter").format(1234567.5, { code: "KZT" })));
see("Intl, kk", "1 234 567,50 ₸", "1 234 567,50 ₸", intl("kk", 1234567.5));
see("Intl, ru", "1 234 567,50 ₸", "1 234 567,50 KZT", intl("ru", 1234567.5));
see("Intl, ru-KZ", "1 234 567,50 ₸", "1 234 567,50 ₸", intl("ru-KZ", 1234567.5));
see("Intl, kk, 0.125", "0,13 ₸", "0,13 ₸", intl("kk", 0.125));
process.exit(changed.length ? (console.error("changed:", changed), 1) : 0);
JS
v/bin/python - <<'PY' || status=1
import sys
from decimal import Decimal

import icu
from babel.numbers import format_currency

changed = []


def see(what, guessed, written, got):
    got = got.replace("\u00a0", " ")
    print(f"{what}\n  guessed: {guessed}\n  seen:    {got}")
    if got != written:
        changed.append(what)


see("Babel, kk, 0.125", "0,13 ₸", "0,12 ₸", format_currency(Decimal("0.125"), "KZT", locale="kk"))
see("ICU, kk_KZ, 0.125", "0,13 ₸", "0,12 ₸",
    icu.NumberFormat.createCurrencyInstance(icu.Locale("kk_KZ")).format(0.125))
sys.exit(f"changed: {changed}" if changed else 0)
PY
exit $status
