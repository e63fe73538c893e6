#!/bin/sh
# A phone parser for Kazakhstan that reads a number which nobody wrote.
#
# Guessed: it finds the number written in the text, or none.
# Seen:    all digits of the text are put in one row, and the first stretch that looks like a number
#          is taken, across whatever stood between: a contract number in front shifts it by a digit
#          or two, and the answer is a valid number of somebody else. No error.
# With:    QazaqstanPhoneNumberParser 1.0.0.
# Matters: "договор 87, тел. …" is how people write to support; money or a code would go to a
#          stranger. One text may hold one number, and what stands around it is not glued to it.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/v"
"$work/v/bin/pip" install -qq --disable-pip-version-check QazaqstanPhoneNumberParser==1.0.0 || exit 2
"$work/v/bin/python" - <<'PY'
import sys
from src.parser import parse_phone_number

changed = []


def see(what, guessed, written, got):
    print(f"{what}\n  guessed: {guessed}\n  seen:    {got}")
    if got != written:
        changed.append(what)


see("+7 701 054 20 06", 77010542006, 77010542006, parse_phone_number("+7 701 054 20 06"))
see("договор 87, тел. +7 701 054 20 06", 77010542006, 77770105420,
    parse_phone_number("договор 87, тел. +7 701 054 20 06"))
see("корпус 7: 8 701 054 20 06", 77010542006, 77870105420,
    parse_phone_number("корпус 7: 8 701 054 20 06"))
see("счёт 25060877, 11.01.2026, 12 500 тенге (no phone at all)", None, 77711012026,
    parse_phone_number("счёт 25060877, 11.01.2026, 12 500 тенге"))
sys.exit(f"changed: {changed}" if changed else 0)
PY
