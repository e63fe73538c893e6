#!/bin/sh
# Which bank is this Kazakh account (IIK) at? A register of years ago answers.
#
# Guessed: schwifty has no banks of Kazakhstan, so the BIC is None; or it has them and they are right.
# Seen:    it has them, from before the mergers: 998 is АО "Цеснабанк" (another name since 2019), 914
#          the subsidiary of Sberbank (sold and renamed in 2022), 826 АТФБанк and 319 БТА Банк, both
#          gone into other banks. ibantools refuses the same account in groups of four or in small
#          letters, which is how people write it, where schwifty and python-stdnum take it.
# With:    schwifty 2026.10.1, python-stdnum 2.2; ibantools 4.5.4.
# Matters: the check digits may be trusted; a bank's name and BIC printed from the account may not.
#          The accounts here are samples.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv v
v/bin/pip install -qq --disable-pip-version-check schwifty==2026.10.1 python-stdnum==2.2 || exit 2
npm install --silent --no-audit --no-fund --no-save ibantools@4.5.4 || exit 2
status=0
v/bin/python - <<'PY' || status=1
import sys

import schwifty
import stdnum.iban

changed = []


def see(what, guessed, written, got):
    print(f"{what}\n  guessed: {guessed}\n  seen:    {got}")
    if got != written:
        changed.append(what)


for code, bic, name in (
    ("998", "TSESKZKA", 'АО "Цеснабанк"'),
    ("914", "SABRKZKA", 'ДБ АО "Сбербанк России"'),
    ("826", "ALMNKZKA", 'АО "АТФБанк"'),
    ("319", "ABKZKZKX", 'АО "БТА Банк"'),
):
    account = schwifty.IBAN.generate("KZ", bank_code=code, account_code="0" * 13)
    see(f"bank code {code}", "None, or today's name", (bic, name),
        (str(account.bic), account.bank_name))
sample = "KZ86 125K ZT50 0410 0100"
see(f"{sample}: schwifty, python-stdnum", (True, True), (True, True),
    (schwifty.IBAN(sample, allow_invalid=True).is_valid, stdnum.iban.is_valid(sample)))
sys.exit(f"changed: {changed}" if changed else 0)
PY
node - <<'JS' || status=1
const { isValidIBAN } = require("ibantools");
const got = ["KZ86125KZT5004100100", "KZ86 125K ZT50 0410 0100", "kz86125kzt5004100100"].map(
  (account) => isValidIBAN(account));
console.log(`ibantools: in one, in groups, small\n  guessed: true,true,true\n  seen:    ${got}`);
process.exit(String(got) === "true,false,false" ? 0 : 1);
JS
exit $status
