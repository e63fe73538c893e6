#!/bin/sh
# Names of companies in the order of the Kazakh alphabet.
#
# Guessed: Unicode's own order (pyuca), or the Russian one, has the Kazakh letters right, for each
#          stands in its own place there.
# Seen:    two places are wrong: І comes after И instead of after Ы, and Ү before Ұ. So "Іле" stands
#          before "Кеңсе", twenty letters too early. Intl is right when it is told "kk".
# With:    pyuca 1.2; Node 20 (ICU 78).
# Matters: lists are sorted by the language's own table, tested with the whole alphabet.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv v
v/bin/pip install -qq --disable-pip-version-check pyuca==1.2 || exit 2
alphabet="А Ә Б В Г Ғ Д Е Ё Ж З И Й К Қ Л М Н Ң О Ө П Р С Т У Ұ Ү Ф Х Һ Ц Ч Ш Щ Ъ Ы І Ь Э Ю Я"
wrong="А Ә Б В Г Ғ Д Е Ё Ж З И І Й К Қ Л М Н Ң О Ө П Р С Т У Ү Ұ Ф Х Һ Ц Ч Ш Щ Ъ Ы Ь Э Ю Я"
cat > sorted.py <<'PY'
import sys

import pyuca

print(" ".join(sorted(sys.argv[1].split(), key=pyuca.Collator().sort_key)))
PY
cat > sorted.js <<'JS'
const [language, alphabet] = process.argv.slice(2);
console.log(alphabet.split(" ").sort(new Intl.Collator(language).compare).join(" "));
JS
by_pyuca=$(v/bin/python sorted.py "$alphabet")
by_ru=$(node sorted.js ru "$alphabet")
by_kk=$(node sorted.js kk "$alphabet")
echo "guessed:   $alphabet"
echo "pyuca:     $by_pyuca"
echo "Intl (ru): $by_ru"
echo "Intl (kk): $by_kk"
[ "$by_pyuca" = "$wrong" ] && [ "$by_ru" = "$wrong" ] && [ "$by_kk" = "$alphabet" ]
