#!/bin/sh
# A workbook whose parts were written as a stream: their sizes, not known before, stand in the zip
# entries' 64-bit fields (Python's ZipFile.open(..., "w", force_zip64=True)), as any writer does that
# does not know how long a sheet will be. Read by four libraries.
#
# Guessed: a file of 5 KB with 64-bit sizes is an ordinary zip: all read it.
# Seen:    openpyxl, python-calamine and exceljs read it. SheetJS as npm has it (xlsx, the
#          newest there) stops: "Bad compressed size: ... != 4294967295": it takes the filler of the
#          32-bit field for the size. XlsxWriter's use_zip64() does not show it: its entries are
#          closed with known sizes and get 64-bit fields only where they need them.
# With:    XlsxWriter 3.3.1, openpyxl 3.1.5, python-calamine 0.9.1; xlsx 0.18.5, exceljs 4.4.0.
# Matters: portals and browser tools read with that SheetJS. A streamed sheet goes through a file
#          first, so that its size is known when its entry begins.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv v
v/bin/pip install -qq --disable-pip-version-check XlsxWriter==3.3.1 openpyxl==3.1.5 \
    python-calamine==0.9.1 || exit 2
npm install --silent --no-audit --no-fund --no-save xlsx@0.18.5 exceljs@4.4.0 || exit 2
status=0
v/bin/python - <<'PY' || status=1
import sys
import zipfile

import openpyxl
import python_calamine
import xlsxwriter

book = xlsxwriter.Workbook("short.xlsx")
book.use_zip64()
book.add_worksheet().write_row(0, 0, ["phone", "77010542006"])
book.close()
with zipfile.ZipFile("short.xlsx") as short, zipfile.ZipFile("long.xlsx", "w", 8) as long:
    for entry in short.infolist():
        with long.open(entry.filename, "w", force_zip64=True) as part:
            part.write(short.read(entry.filename))
changed = []
for name in ("short.xlsx", "long.xlsx"):
    for reader, got in (
        ("openpyxl", [cell.value for cell in openpyxl.load_workbook(name).active[1]]),
        ("python-calamine",
         python_calamine.CalamineWorkbook.from_path(name).get_sheet_by_index(0).to_python()[0]),
    ):
        print(f"{reader}, {name}\n  guessed: read\n  seen:    {got}")
        if got != ["phone", "77010542006"]:
            changed.append(f"{reader}, {name}")
sys.exit(f"changed: {changed}" if changed else 0)
PY
node - <<'JS' || status=1
const XLSX = require("xlsx");
const ExcelJS = require("exceljs");
const cells = { xlsx: (name) => {
  const book = XLSX.readFile(name);
  return XLSX.utils.sheet_to_json(book.Sheets[book.SheetNames[0]], { header: 1 })[0];
}, exceljs: async (name) => {
  const book = new ExcelJS.Workbook();
  await book.xlsx.readFile(name);
  return book.worksheets[0].getRow(1).values.slice(1);
} };
const read = '["phone","77010542006"]';
(async () => {
  const changed = [];
  for (const [reader, name, written] of [
    ["xlsx", "short.xlsx", read], ["exceljs", "short.xlsx", read],
    ["xlsx", "long.xlsx", "Bad compressed size"], ["exceljs", "long.xlsx", read],
  ]) {
    let got;
    try { got = JSON.stringify(await cells[reader](name)); } catch (error) { got = `${error}`; }
    console.log(`${reader}, ${name}\n  guessed: read\n  seen:    ${got}`);
    if (!got.includes(written)) changed.push(`${reader}, ${name}`);
  }
  process.exit(changed.length ? (console.error("changed:", changed), 1) : 0);
})();
JS
exit $status
