#!/bin/sh
# A schedule told in words in Russian and in Kazakh: cron-descriptor (has catalogues of both) and
# cronstrue (32 languages).
#
# Guessed: the sentence is in the language that was asked for, or there is none.
# Seen:    cron-descriptor's Russian sentence holds English days ("Monday по Friday"): they come from
#          the process's locale, not from the one given; "Каждые 2 часов", "каждые 3 месяцев" are
#          wrong after 2 to 4, and its Kazakh ("1-ші күні ай") puts English words in English order.
#          cronstrue's Russian is right; Kazakh it has none, warns on stderr and answers in English.
# With:    cron-descriptor 2.2.1; cronstrue 3.39.0.
# Matters: what a person confirms is to be read in one language: a repeat is put into words by us.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv v
v/bin/pip install -qq --disable-pip-version-check cron-descriptor==2.2.1 || exit 2
npm install --silent --no-audit --no-fund --no-save cronstrue@3.39.0 || exit 2
status=0
LC_ALL=C v/bin/python - <<'PY' || status=1
import sys

from cron_descriptor import ExpressionDescriptor, Options

changed = []
for language, cron, guessed, written in (
    ("ru_RU", "30 22 * * 1-5", "..., с понедельника по пятницу", "В 22:30, Monday по Friday"),
    ("ru_RU", "0 */2 * * *", "Каждые 2 часа", "Каждые 2 часов"),
    ("ru_RU", "0 9 1 */3 *", "..., каждые 3 месяца", "В 09:00, в 1 число месяца, каждые 3 месяцев"),
    ("kk_KZ", "0 9 1 * *", "Айдың 1-күні сағат 09:00-де", "Сағат 09:00, 1-ші күні ай"),
    ("kk_KZ", "30 22 * * 1-5", "Дүйсенбіден жұмаға дейін ...", "Сағат 22:30, Monday-Friday"),
):
    options = Options()
    options.locale_code, options.use_24hour_time_format = language, True
    got = ExpressionDescriptor(cron, options).get_description()
    print(f"{language} {cron}\n  guessed: {guessed}\n  seen:    {got}")
    if got != written:
        changed.append(f"{language} {cron}")
sys.exit(f"changed: {changed}" if changed else 0)
PY
node - <<'JS' || status=1
const cronstrue = require("cronstrue/i18n");
const changed = [];
for (const [locale, cron, guessed, written] of [
  ["ru", "0 9 1 */3 *", "as it should be", "В 09:00, в 1 число месяца каждые 3 месяца"],
  ["kk", "0 9 1 * *", "Kazakh, or an error", "At 09:00, on day 1 of the month"],
]) {
  const got = cronstrue.toString(cron, { locale, use24HourTimeFormat: true });
  console.log(`${locale} ${cron}\n  guessed: ${guessed}\n  seen:    ${got}`);
  if (got !== written) changed.push(`${locale} ${cron}`);
}
process.exit(changed.length ? (console.error("changed:", changed), 1) : 0);
JS
exit $status
