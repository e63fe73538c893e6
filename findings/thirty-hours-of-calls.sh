#!/bin/sh
# A total of 30 h 05 min in a workbook, in the form made for it, [h]:mm:ss.
#
# Guessed: programs that turn workbooks into text or data write 30:05:00, or a number of days.
# Seen:    xlsx2csv writes 06:05: the whole days are gone, and nothing says so. exceljs and
#          read-excel-file give a moment of 31 December 1899, six in the morning; csvkit "1 day,
#          6:05:00". SheetJS writes 30:05:00.
# With:    xlsx2csv 0.8.6, csvkit 2.2.0, openpyxl 3.1.5; exceljs 4.4.0, read-excel-file 9.3.17, xlsx
#          0.18.5 (npm).
# Matters: usage of a fleet is read on by such programs, and a total beyond a day would be short by
#          whole days. What programs are to read on has to stand there in seconds, as a whole number.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv v
v/bin/pip install -qq --disable-pip-version-check xlsx2csv==0.8.6 csvkit==2.2.0 openpyxl==3.1.5 || exit 2
npm install --silent --no-audit --no-fund --no-save exceljs@4.4.0 read-excel-file@9.3.17 xlsx@0.18.5 ||
    exit 2
v/bin/python - <<'PY'
import datetime

import openpyxl

book = openpyxl.Workbook()
book.active.append(["total"])
book.active.append([datetime.timedelta(hours=30, minutes=5)])
book.active["A2"].number_format = "[h]:mm:ss"
book.save("hours.xlsx")
PY
cat >read.mjs <<'JS'
import Excel from "exceljs";
import read from "read-excel-file/node";
import XLSX from "xlsx";
const book = new Excel.Workbook();
await book.xlsx.readFile("hours.xlsx");
const rows = await read("hours.xlsx");
const cell = (rows[0].data ?? rows)[1][0];
console.log(book.worksheets[0].getCell("A2").value.toISOString());
console.log(cell.toISOString());
console.log(XLSX.utils.sheet_to_csv(XLSX.readFile("hours.xlsx").Sheets.Sheet).split("\n")[1]);
JS
node read.mjs >js.txt
v/bin/xlsx2csv hours.xlsx >xlsx2csv.txt
v/bin/in2csv hours.xlsx >csvkit.txt
v/bin/python - <<'PY'
import sys

changed = []


def see(what, guessed, written, got):
    print(f"{what}\n  guessed: {guessed}\n  seen:    {got}")
    if got != written:
        changed.append(what)


exceljs, small, sheetjs = open("js.txt").read().split()
see("SheetJS", "30:05:00", "30:05:00", sheetjs)
see("xlsx2csv", "30:05:00", "06:05", open("xlsx2csv.txt").read().splitlines()[1])
see("csvkit", "30:05:00", '"1 day, 6:05:00"', open("csvkit.txt").read().splitlines()[1])
see("exceljs", "1.2534… days", "1899-12-31T06:05:00.000Z", exceljs)
see("read-excel-file", "1.2534… days", "1899-12-31T06:05:00.000Z", small)
sys.exit(f"changed: {changed}" if changed else 0)
PY
