#!/bin/sh
# Kazakh names made Latin, as one does for an SMS sender, a file name or a plastic card, by eight
# libraries.
#
# Guessed: ә, ғ, қ, ң, ө, ұ, ү, һ become a or ae, gh, q, ng, o, u, u, h, one way or another.
# Seen:    Unidecode and npm's transliteration make "@sel" of Әсел and "In'k@r" of Іңкәр; slugs
#          lose the letter with it ("sel-..."). cyrtranslit and transliterate (both Russian, neither
#          has Kazakh) and cyrillic-to-translit-js leave the nine letters Cyrillic amid Latin ones.
#          @sindresorhus/transliterate knows і and no other. Only anyascii (Asel Quanyshqyzy
#          Ghabitova) and npm's slugify (AEsel-KHuanyshkhyzy) give Latin letters throughout.
# With:    Unidecode 1.4.0, anyascii 0.3.3, cyrtranslit 1.2.0, transliterate 1.10.2, python-slugify
#          9.2.0; transliteration 2.6.1, cyrillic-to-translit-js 3.2.1, slugify 1.6.9,
#          @sindresorhus/transliterate 2.3.1.
# Matters: "@" in a sender's name or a file's is no letter, and a name half Cyrillic is found by nobody
#          who types it. Names are kept and shown as they are written.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv v
v/bin/pip install -qq --disable-pip-version-check Unidecode==1.4.0 anyascii==0.3.3 \
    cyrtranslit==1.2.0 transliterate==1.10.2 python-slugify==9.2.0 || exit 2
npm install --silent --no-audit --no-fund --no-save transliteration@2.6.1 \
    cyrillic-to-translit-js@3.2.1 slugify@1.6.9 @sindresorhus/transliterate@2.3.1 || exit 2
status=0
v/bin/python - <<'PY' || status=1
import sys

import cyrtranslit
import transliterate
from anyascii import anyascii
from slugify import slugify
from unidecode import unidecode

NAME = "Әсел Қуанышқызы Ғабитова"
changed = []
for what, guessed, written, got in (
    ("Unidecode", "Asel ...", "@sel K'uanyshk'yzy G'abitova", unidecode(NAME)),
    ("Unidecode", "Inkar", "In'k@r", unidecode("Іңкәр")),
    ("anyascii", "A'sel ...", "Asel Quanyshqyzy Ghabitova", anyascii(NAME)),
    ("cyrtranslit", "Asel ...", "Әsel Қuany'shқy'zy' Ғabitova", cyrtranslit.to_latin(NAME, "ru")),
    ("transliterate", "Asel ...", "Әsel Қuanyshқyzy Ғabitova",
     transliterate.translit(NAME, "ru", reversed=True)),
    ("python-slugify", "asel-...", "sel-kuanyshkyzy-gabitova", slugify(NAME)),
):
    print(f"{what}\n  guessed: {guessed}\n  seen:    {got}")
    if got != written:
        changed.append(what)
sys.exit(f"changed: {changed}" if changed else 0)
PY
cat >names.mjs <<'JS'
import cyrillic from "cyrillic-to-translit-js";
import slugify from "slugify";
import table from "@sindresorhus/transliterate";
import { transliterate } from "transliteration";
const name = "Әсел Қуанышқызы Ғабитова";
const changed = [];
for (const [what, guessed, written, got] of [
  ["transliteration", "Asel ...", "@sel K'uanyshk'yzy G'abitova", transliterate(name)],
  ["cyrillic-to-translit-js", "Asel ...", "Әsel Қuanishқizi Ғabitova", cyrillic().transform(name)],
  ["@sindresorhus/transliterate", "Asel ...", "Әsel Қuanyshқyzy Ғabitova", table(name)],
  ["slugify", "Asel-...", "AEsel-KHuanyshkhyzy-GHabitova", slugify(name)],
]) {
  console.log(`${what}\n  guessed: ${guessed}\n  seen:    ${got}`);
  if (got !== written) changed.push(what);
}
process.exit(changed.length ? (console.error("changed:", changed), 1) : 0);
JS
node names.mjs || status=1
exit $status
