#!/bin/sh
# An .ods sheet with an amount in tenge and a total of call time, as LibreOffice formats them.
#
# Guessed: a cell of 1234.50 formatted as currency is the number 1234.5, a time of 30:05:00 a length
#          of time; whoever knows neither gives the one cell otherwise.
# Seen:    pyexcel gives the words "1234.5 KZT" for the amount (a column of them has no sum) and the
#          time as a timedelta. tablib refuses the whole sheet for the one time above 24 hours.
#          ezodf and python-calamine: the number, and the text "PT30H05M00S".
# With:    pyexcel 0.7.6 with pyexcel-ods3 0.6.1; tablib 3.10.0; ezodf 0.3.2; python-calamine 0.8.0;
#          the file by odfpy 1.4.1.
# Matters: accountants sum what they get; lists of numbers are read from .ods here, cell by cell.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv v
v/bin/pip install -qq --disable-pip-version-check pyexcel==0.7.6 pyexcel-ods3==0.6.1 tablib==3.10.0 \
    ezodf==0.3.2 odfpy==1.4.1 lxml python-calamine==0.8.0 || exit 2
cat > ask.py <<'PY'
import warnings

warnings.simplefilter("ignore")
import ezodf
import pyexcel
import python_calamine
import tablib
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

book, table, row = OpenDocumentSpreadsheet(), Table(name="A"), TableRow()
for shown, kind in (
    ("head", {"valuetype": "string"}),
    ("1 234,50", {"valuetype": "currency", "currency": "KZT", "value": "1234.5"}),
    ("30:05:00", {"valuetype": "time", "timevalue": "PT30H05M00S"}),
):
    cell = TableCell(**kind)
    cell.addElement(P(text=shown))
    row.addElement(cell)
table.addElement(row)
book.spreadsheet.addElement(table)
book.save("a.ods")

print("pyexcel", *map(repr, pyexcel.get_array(file_name="a.ods")[0][1:]))
try:
    with open("a.ods", "rb") as file:
        print("tablib", *map(repr, tablib.Dataset().load(file, format="ods").headers[1:]))
except ValueError as fault:
    print("tablib", fault)
cells = list(next(iter(ezodf.opendoc("a.ods").sheets[0].rows())))
print("ezodf", *(repr(cell.value) for cell in cells[1:]))
sheet = python_calamine.load_workbook("a.ods").get_sheet_by_index(0)
print("calamine", *map(repr, sheet.to_python()[0][1:]))
PY
v/bin/python ask.py
