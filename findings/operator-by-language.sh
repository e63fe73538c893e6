#!/bin/sh
# "Whose number is this?", asked of phonenumbers for people of three languages.
#
# Guessed: one operator's name for one number, in other letters at most; where numbers can be ported
#          the safe variant is the same or says "unknown"; 112, 101 to 104 are emergency numbers.
# Seen:    +7 700, 707, 708 and 747 are "T2" in English and "Tele2" in Russian (the operator was renamed;
#          Russian has the old name), Kazakh gets the English one. The safe variant is empty for
#          every mobile of the country, since all can be ported. 104 (gas) is no emergency number,
#          101, 102, 103 and 112 are.
# With:    phonenumbers 9.0.43.
# Matters: an operator's name is shown from the profile, never from the number's code.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv v
v/bin/pip install -qq --disable-pip-version-check phonenumbers==9.0.43 || exit 2
cat > ask.py <<'PY'
import phonenumbers
from phonenumbers import carrier

codes = ("700", "701", "702", "705", "707", "708", "747", "771", "775", "776", "777", "778")
numbers = [phonenumbers.parse(f"+7{code}1112233") for code in codes]
print({tuple(carrier.name_for_number(numbers[at], tongue) for tongue in ("en", "ru", "kk")) for at in (0, 4, 5, 6)})
print({carrier.safe_display_name(number, "en") for number in numbers})
print(*(int(phonenumbers.is_emergency_number(short, "KZ")) for short in ("101", "102", "103", "104", "112")))
PY
seen=$(v/bin/python ask.py)
echo "guessed: one name; a name or 'unknown'; 1 1 1 1 1"
echo "$seen"
[ "$seen" = "{('T2', 'Tele2', 'T2')}
{''}
1 1 1 0 1" ] || exit 1
