#!/bin/sh
# A paper whose language is Kazakh, set by typst.
#
# Guessed: lang: "kk" gives Kazakh words and quotation marks, as "ru" gives Russian ones, or Russian
#          ones in their place.
# Seen:    it gives English ones: "Contents", "Table 1", “…” where Kazakh has «…», and never divides
#          a word (Russian does). Nothing says that the language is unknown: /Lang in the file is
#          kk, as told. And "Typst 0.15.1" stands in the file of the package 0.15.2.
# With:    typst 0.15.2 (PyPI), pypdf 7.1.1.
# Matters: quotation marks, headings and names of parts are written out by whoever makes the paper.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv v
v/bin/pip install -qq --disable-pip-version-check typst==0.15.2 pypdf==7.1.1 || exit 2
v/bin/python - <<'PY'
import sys
from pathlib import Path

import pypdf
import typst

changed = []
for lang, word, seen in (
    ("kk", "телекоммуникациялықкөрсеткіштерімізден", ("Contents", "Table 1", "“а”", False)),
    ("ru", "телекоммуникационныхпоказателей", ("Содержание", "Таблица 1", "«а»", True)),
):
    Path("paper.typ").write_text(
        f"""#set page(width: 60mm, height: auto)
#set text(lang: "{lang}", hyphenate: true, font: "DejaVu Sans Mono")
#outline()
"а" #figure(table([б]), caption: [в])

{word}{word}
"""
    )
    typst.compile("paper.typ", output="paper.pdf")
    paper = pypdf.PdfReader("paper.pdf")
    text = paper.pages[0].extract_text().replace("\xa0", " ")
    if paper.trailer["/Root"]["/Lang"] != lang:
        changed.append(f"{lang}: /Lang")
    *words, divided = seen
    print(f"{lang}: {', '.join(words)}, words are {'' if divided else 'never '}divided")
    changed += [f"{lang}: {word}" for word in words if word not in text]
    if ("\u00ad" in text or "-\n" in text) is not divided:
        changed.append(f"{lang}: divided")
print(paper.metadata["/Creator"])
sys.exit(f"changed: {changed}" if changed else 0)
PY
