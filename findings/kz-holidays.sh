#!/bin/sh
# Working days of Kazakhstan by two packages.
#
# Guessed: both know the law since 2022; days moved by decree are unknown to both; a language that a
#          package does not have is an error.
# Seen:    workalendar is the law before 2022: 1 and 17 December are free, 25 October is not, and no
#          holiday on a week-end moves to the next working day. holidays knows the days moved by
#          decree (3 January for Sunday 5 January 2025, which was worked). Asked for Russian, which it
#          lacks for Kazakhstan, or for nothing, it answers in the language of the process: English in
#          a bare container, Ukrainian under LANGUAGE=uk, Kazakh under LANGUAGE=ru. No error.
# With:    holidays 0.109, workalendar 17.0.0.
# Matters: "we answer within two working days", and what a person reads about why not today.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/v"
"$work/v/bin/pip" install -qq --disable-pip-version-check holidays==0.109 workalendar==17.0.0 \
    || exit 2
for language in '' uk ru; do
    # shellcheck disable=SC2086 # no language at all is no argument
    env -u LANGUAGE -u LANG LC_ALL=C.UTF-8 ${language:+LANGUAGE=$language} "$work/v/bin/python" \
        -W ignore -c "
import holidays
days = holidays.KZ(years=2025, language='ru'), holidays.KZ(years=2025)
print(*{day['2025-12-16'] for day in days}, sep=', ')"
done >"$work/names"
"$work/v/bin/python" -W ignore - "$work/names" <<'PY'
import sys
from datetime import date

import holidays
from workalendar.asia import Kazakhstan

changed = []


def see(what, guessed, written, got):
    print(f"{what}\n  guessed: {guessed}\n  seen:    {got}")
    if got != written:
        changed.append(what)


by_holidays, by_workalendar = holidays.KZ(years=[2023, 2025, 2026]), Kazakhstan()
for day, what, law, written in (
    (date(2023, 10, 25), "25.10.2023, Day of the Republic, free by law", False, (False, True)),
    (date(2025, 12, 1), "01.12.2025, abolished", True, (True, False)),
    (date(2025, 12, 17), "17.12.2025, abolished", True, (True, False)),
    (date(2025, 3, 24), "24.03.2025, in place of a Saturday", False, (False, True)),
    (date(2025, 1, 3), "03.01.2025, free by decree", "True, unknown", (False, True)),
    (date(2025, 1, 5), "Sunday 05.01.2025, worked by decree", "False, unknown", (True, False)),
):
    see(f"{what}: working day by holidays, by workalendar", law, written,
        (by_holidays.is_working_day(day), by_workalendar.is_working_day(day)))
see("16 December in kk", "Тәуелсіздік күні", "Тәуелсіздік күні",
    holidays.KZ(years=2025, language="kk")[date(2025, 12, 16)])
see("16 December in ru, or in none, in a bare process, under LANGUAGE=uk, under LANGUAGE=ru",
    "an error in ru, Kazakh in none", ["Independence Day", "День незалежності", "Тәуелсіздік күні"],
    open(sys.argv[1], encoding="utf-8").read().splitlines())
sys.exit(f"changed: {changed}" if changed else 0)
PY
