#!/bin/sh
# What phonenumbers makes of the code +7 that two countries share, and of Kazakh amounts.
#
# Guessed: a mobile number of Kazakhstan is in the zone Asia/Almaty; 8-800 belongs to one of the two
#          countries; amounts, account and invoice numbers are never phone numbers; a number of the
#          other country is dialled with the international prefix.
# Seen:    a mobile number is in 16 zones, all of Russia and Europe/Bucharest too; 8-800 and 8-809
#          have region RU and are valid for KZ all the same, so region != "KZ" does not mean abroad;
#          PhoneNumberMatcher finds a phone in "7 012 345 678 ₸" and in "№ 77012026001"; from Moscow
#          to Almaty the format is 8 (701) …, as at home.
# With:    phonenumbers 9.0.43.
# Matters: quiet hours by the number's zone, "foreign number" warnings, and lists pasted beside sums.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/v"
"$work/v/bin/pip" install -qq --disable-pip-version-check phonenumbers==9.0.43 || exit 2
"$work/v/bin/python" - <<'PY'
import sys
import phonenumbers
from phonenumbers import timezone

changed = []


def see(what, guessed, written, got):
    print(f"{what}\n  guessed: {guessed}\n  seen:    {got}")
    if got != written:
        changed.append(what)


def found(text):
    return [match.raw_string for match in phonenumbers.PhoneNumberMatcher(text, "KZ")]


mobile = phonenumbers.parse("+77010542006")
zones = timezone.time_zones_for_number(mobile)
see("zones of +7 701", "Asia/Almaty", (16, True),
    (len(zones), {"Asia/Almaty", "Asia/Kamchatka", "Europe/Bucharest"} <= set(zones)))
for text in ("+78001234567", "+78091234567"):
    number = phonenumbers.parse(text)
    see(f"{text}: region, valid for KZ, for RU", "one of the two", ("RU", True, True),
        (phonenumbers.region_code_for_number(number),
         phonenumbers.is_valid_number_for_region(number, "KZ"),
         phonenumbers.is_valid_number_for_region(number, "RU")))
see("К оплате: 7 012 345 678 ₸", [], ["7 012 345 678"], found("К оплате: 7 012 345 678 ₸"))
see("счёт № 77012026001", [], ["77012026001"], found("счёт № 77012026001"))
see("from Russia to +7 701", "8~10 7 701 …", "8 (701) 054 2006",
    phonenumbers.format_out_of_country_calling_number(mobile, "RU"))
sys.exit(f"changed: {changed}" if changed else 0)
PY
