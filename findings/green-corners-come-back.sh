#!/bin/sh
# Phone numbers kept as text, with the mark that tells Excel to leave them so, through three libraries.
#
# Guessed: opened and saved again the sheet still has its mark (ignoredErrors, "number stored as
#          text"), as it keeps widths and formats; or none of them keeps it.
# Seen:    openpyxl and exceljs drop it: each phone gets its green corner back, and with
#          it the offer to make numbers of the column. SheetJS writes a mark of its own.
# With:    XlsxWriter 3.3.1, openpyxl 3.1.5; exceljs 4.4.0, xlsx 0.18.5 (npm), Node 20.
# Matters: identifiers are columns of text by their format (@) as well, which these two keep.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv v
v/bin/pip install -qq --disable-pip-version-check XlsxWriter==3.3.1 openpyxl==3.1.5 || exit 2
npm install --silent --no-audit --no-fund exceljs@4.4.0 xlsx@0.18.5 >/dev/null 2>&1 || exit 2
cat > write.py <<'PY'
import openpyxl
import xlsxwriter

book = xlsxwriter.Workbook("written.xlsx")
sheet = book.add_worksheet("Data")
text = book.add_format({"num_format": "@"})
for row in range(3):
    sheet.write_string(row, 0, f"7701054200{row}", text)
sheet.ignore_errors({"number_stored_as_text": "A1:A3"})
book.close()
openpyxl.load_workbook("written.xlsx").save("openpyxl.xlsx")
PY
v/bin/python write.py
cat > again.js <<'JS'
const ExcelJS = require("exceljs");
const XLSX = require("xlsx");
(async () => {
  const book = new ExcelJS.Workbook();
  await book.xlsx.readFile("written.xlsx");
  await book.xlsx.writeFile("exceljs.xlsx");
  XLSX.writeFile(XLSX.readFile("written.xlsx"), "SheetJS.xlsx");
})();
JS
node again.js
v/bin/python - <<'PY'
import sys
from zipfile import ZipFile

import openpyxl

changed = []
for who, seen in (("written", True), ("openpyxl", False), ("exceljs", False), ("SheetJS", True)):
    sheet = ZipFile(f"{who}.xlsx").read("xl/worksheets/sheet1.xml")
    got = b"numberStoredAsText" in sheet
    print(f"{who}\n  guessed: marked\n  seen:    {'marked' if got else 'not marked'}")
    if got is not seen:
        changed.append(who)
    if who in ("openpyxl", "exceljs") and openpyxl.load_workbook(f"{who}.xlsx").active["A1"].number_format != "@":
        changed.append(f"{who}: the format")
sys.exit(f"changed: {changed}" if changed else 0)
PY
