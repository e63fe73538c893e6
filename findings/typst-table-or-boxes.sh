#!/bin/sh
# A print of 2,000 rows of ten words: typst's table beside lines of boxes.
#
# Guessed: setting the words takes the time, so leaving the table out saves a tenth or two; no
#          strokes, no fills, another face or simple line breaks save more.
# Seen:    the same words as boxes of a fixed width, a block for each row, take less than half of
#          the CPU and 0.6 of the memory, with as many pages (none of the other things saves a
#          tenth, not shown here). Inside one cell of a table they keep its heading on each page.
# With:    typst 0.15.2.
# Matters: registers of thousands of rows pay for the grid, not for the text.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv v
v/bin/pip install -qq --disable-pip-version-check typst==0.15.2 pypdf==7.1.1 || exit 2
cat >one.py <<'PY'
import resource
import sys

import typst

rows, columns = 2_000, 10
words = f"range({rows * columns}).map(n => [word #n])"
ways = {
    "table": f"table(columns: {columns}, stroke: none, table.header(..range({columns}).map(n => "
    f"[head #n])), ..{words})",
    "boxes": f"table(columns: {columns}, stroke: none, table.header(..range({columns}).map(n => "
    f"[head #n])), table.cell(colspan: {columns}, inset: 0pt, align: top + left, {{\n"
    f"  let words = {words}\n"
    f"  for row in range({rows}) {{ block(width: 100%, spacing: 0pt, for at in range({columns}) {{\n"
    f"    box(width: {100 // columns}%, inset: 5pt, words.at(row * {columns} + at)) }}) }} }}))",
}
source = "#set page(flipped: true)\n#set text(size: 7pt)\n#" + ways[sys.argv[1]]
before = resource.getrusage(resource.RUSAGE_SELF)
content = typst.compile(source.encode(), format="pdf", pdf_tags=False)
after = resource.getrusage(resource.RUSAGE_SELF)
open(sys.argv[1] + ".pdf", "wb").write(content)
spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
print(spent, after.ru_maxrss // 1024)
PY
v/bin/python - <<'PY'
import subprocess
import sys

import pypdf


def least(way):
    runs = [subprocess.check_output([sys.executable, "one.py", way], text=True) for _ in range(3)]
    return [min(column) for column in zip(*(map(float, run.split()) for run in runs))]


(cpu, memory), (less_cpu, less_memory) = least("table"), least("boxes")
pages = {way: pypdf.PdfReader(way + ".pdf").pages for way in ("table", "boxes")}
heads = {way: sum("head 9" in page.extract_text() for page in pages[way]) for way in pages}
print("CPU of boxes to the table's\n  guessed: 0.8 to 0.9\n  seen:   ", round(less_cpu / cpu, 2))
print("memory\n  guessed: the same\n  seen:   ", round(less_memory / memory, 2))
print("pages, and those with the heading\n  seen:   ", {w: (len(pages[w]), heads[w]) for w in pages})
as_written = less_cpu < 0.65 * cpu and less_memory < 0.8 * memory
same = len(pages["table"]) == len(pages["boxes"]) == heads["table"] == heads["boxes"]
sys.exit(0 if as_written and same else 1)
PY
