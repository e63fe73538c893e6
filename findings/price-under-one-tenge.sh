#!/bin/sh
# Prices as Kazakh tariffs have them, read by price-parser.
#
# Guessed: "0,125 ₸" (for a kilobyte) is an eighth of a tenge, "−250 ₸" is less than nothing.
# Seen:    three digits after the mark are thousands, also after a lone nought: 0,125 and 0.125 are
#          125, "12,345" is 12345; with two or four digits it is a fraction. A sign is dropped:
#          a debt is a credit. "5 000 тг" has no currency, and of "77010542006: 500 ₸" the phone
#          is the price. With decimal_separator="," the first is right.
# With:    price-parser 0.5.1.
# Matters: money is read in the one form that its source promises, never guessed.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv v
v/bin/pip install -qq --disable-pip-version-check price-parser==0.5.1 || exit 2
v/bin/python - <<'PY'
import sys
from decimal import Decimal

from price_parser import Price

changed = []
for text, guessed, written, currency in (
    ("0,125 ₸", "0.125", "125", "₸"),
    ("0.125 ₸", "0.125", "125", "₸"),
    ("0,05 ₸", "0.05", "0.05", "₸"),
    ("0,0500 ₸", "0.05", "0.0500", "₸"),
    ("−250,00 ₸", "-250", "250.00", "₸"),
    ("-250 ₸", "-250", "250", "₸"),
    ("5 000 тг", "5000 KZT", "5000", None),
    ("77010542006: 500 ₸", "500", "77010542006", "₸"),
):
    got = Price.fromstring(text)
    print(f"{text}\n  guessed: {guessed}\n  seen:    {got.amount} {got.currency}")
    if (got.amount, got.currency) != (Decimal(written), currency):
        changed.append(text)
told = Price.fromstring("0,125 ₸", decimal_separator=",").amount
print(f"0,125 ₸, told the mark\n  seen:    {told}")
if told != Decimal("0.125"):
    changed.append("told")
sys.exit(f"changed: {changed}" if changed else 0)
PY
