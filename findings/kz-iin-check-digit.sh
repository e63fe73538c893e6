#!/bin/sh
# A validator that refuses about every eleventh right IIN or BIN of Kazakhstan.
#
# Guessed: both published weight rows of the check digit are used; thirteen digits are refused.
# Seen:    the weights are Python sets, which come out sorted, so the second row (3 4 … 11 1 2) is
#          the first again: a number whose first sum leaves 10 is always refused. Thirteen digits
#          pass when the last one happens to fit. Another package does the second row right, and
#          refuses every BIN by its design.
# With:    py-kz-validators 0.0.2, kz-iin-validator 0.7.1, Python 3.11.
# Matters: who checks a company's BIN before a document is ordered turns away honest customers, and
#          the always same ones. The numbers here are of people born in 1890, so nobody's.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/v"
"$work/v/bin/pip" install -qq --disable-pip-version-check \
    py-kz-validators==0.0.2 kz-iin-validator==0.7.1 || exit 2
"$work/v/bin/python" - <<'PY'
import sys
from kz.validators import IIN
from kz_iin_validator import validate_iin

changed = []


def see(what, guessed, written, got):
    print(f"{what}\n  guessed: {guessed}\n  seen:    {got}")
    if got != written:
        changed.append(what)


def remainder(digits, start):
    weights = [(start - 1 + place) % 11 + 1 for place in range(11)]
    return sum(weight * int(digit) for weight, digit in zip(weights, digits)) % 11


def full(eleven):
    """The number with its check digit, and whether the second row was wanted; None if none fits."""
    first = remainder(eleven, 1)
    if first < 10:
        return eleven + str(first), False
    second = remainder(eleven, 3)
    return (eleven + str(second), True) if second < 10 else (None, True)


numbers = [full(f"900101100{serial:02d}") for serial in range(100)]
right = [(number, second) for number, second in numbers if number]


def other(number):
    try:
        return validate_iin(number).iin == number
    except Exception:
        return False


see("right by the first weight row: taken",
    "all", "all", "all" if all(IIN.is_valid(n) for n, s in right if not s) else "not all")
see("right by the second weight row: taken (there are some)",
    "all", "none", "none" if not any(IIN.is_valid(n) for n, s in right if s) and
    any(s for _, s in right) else "some")
see("the same by the other package", "all", "all",
    "all" if all(other(n) for n, _ in right) else "not all")
see("a BIN by the other package (its fifth digit is 4 to 6, no day)", "refused", "refused",
    "taken" if other(full("99124000000")[0]) else "refused")
see("thirteen digits", "refused", "taken when the last digit fits",
    "taken when the last digit fits"
    if any(IIN.is_valid(f"90010110000{a}{b}") for a in range(10) for b in range(10)) else "refused")
sys.exit(f"changed: {changed}" if changed else 0)
PY
