#!/bin/sh
# A sum in words: 8 649 tenge, as an int and as a Decimal.
#
# Guessed: the same words; or, as in most libraries, an int is refused where money has tiyn.
# Seen:    num2words takes an int for tiyn and anything else for tenge: 8649 is 86 tenge 49 tiyn,
#          Decimal("8649"), 8649.0 and "8649" are 8649 tenge. In Kazakh as in Russian.
# With:    num2words 0.5.14.
# Matters: the sum in words is what is signed. Money kept in tiyn as integers happens to be right,
#          and the first total that somebody divides or sums with Decimal is a hundred times off,
#          with no sign of it in a test that has tiyn.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/v"
"$work/v/bin/pip" install -qq --disable-pip-version-check num2words==0.5.14 || exit 2
"$work/v/bin/python" - <<'PY'
import sys
from decimal import Decimal

from num2words import num2words

whole = {"ru": "восемь тысяч шестьсот сорок девять тенге, ноль тиынов",
         "kz": "сегіз мың алты жүз қырық тоғыз теңге, нөл тиын"}
part = {"ru": "восемьдесят шесть тенге, сорок девять тиынов",
        "kz": "сексен алты теңге, қырық тоғыз тиын"}
changed = False
for language in ("ru", "kz"):
    for value, written in ((8649, part), (Decimal("8649"), whole), (8649.0, whole), ("8649", whole)):
        seen = num2words(value, lang=language, to="currency", currency="KZT")
        print(f"{value!r}: guessed {whole[language]!r}, seen {seen!r}")
        changed = changed or seen != written[language]
sys.exit(changed)
PY
