#!/bin/sh
# One row of a company's list (phone, IIN, ICCID, date, duration, month) in five CSV readers that
# find out the types by themselves.
#
# Guessed: all make numbers of them, and the leading nought of the IIN is lost everywhere.
# Seen:    DuckDB keeps +7… and an IIN with a nought as text and an ICCID whole; without the plus the
#          phone is a number. pyarrow makes a float of +7… (77010542006.0), an int of the IIN and a
#          float of the ICCID. agate drops the plus and the nought, reads 05.01.2026 as 1 May, the
#          month 01.2026 as the number 1.2026, and 62:10 as minutes and seconds. Papa Parse keeps
#          +7… and the ICCID as text, loses the nought. csv-parse rounds the ICCID to ...78900000.
# With:    duckdb 2.0.1, pyarrow 26.0.1, agate 1.14.2; papaparse 5.7.1, csv-parse 7.0.3.
# Matters: identifiers are text. A list that went through any of these finds nobody, or others.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv v
v/bin/pip install -qq --disable-pip-version-check duckdb==2.0.1 pyarrow==26.0.1 \
    agate==1.14.2 || exit 2
npm install --silent --no-audit --no-fund --no-save papaparse@5.7.1 csv-parse@7.0.3 || exit 2
cat >list.csv <<'CSV'
phone;bare;iin;iccid;date;time;month
+77010542006;87010542006;050101500123;89997012345678901234;05.01.2026;62:10;01.2026
+77010542007;87010542007;050101500124;89997012345678901242;06.01.2026;1:05;02.2026
CSV
status=0
v/bin/python - <<'PY' || status=1
import sys

import agate
import duckdb
import pyarrow.csv

changed = []


def see(what, guessed, written, got):
    print(f"{what}\n  guessed: {guessed}\n  seen:    {got}")
    if got != written:
        changed.append(what)


told = duckdb.read_csv("list.csv")
row = dict(zip(told.columns, told.fetchall()[0]))
see("duckdb: phone, bare, iin, iccid", "numbers",
    ("+77010542006", 87010542006, "050101500123", 89997012345678901234),
    (row["phone"], row["bare"], row["iin"], row["iccid"]))
row = pyarrow.csv.read_csv(
    "list.csv", parse_options=pyarrow.csv.ParseOptions(delimiter=";")).to_pylist()[0]
see("pyarrow: phone, iin, iccid", "numbers", (77010542006.0, 50101500123, 8.99970123456789e19),
    (row["phone"], row["iin"], row["iccid"]))
if type(row["phone"]) is not float:
    changed.append("pyarrow: phone is no float")
row = agate.Table.from_csv("list.csv", delimiter=";").rows[0]
see("agate: phone, iin", "numbers", ("77010542006", "50101500123"),
    (str(row["phone"]), str(row["iin"])))
see("agate: date, time, month", "2026-01-05, text, text", ("2026-05-01", "1:02:10", "1.2026"),
    (str(row["date"]), str(row["time"]), str(row["month"])))
sys.exit(f"changed: {changed}" if changed else 0)
PY
node - <<'JS' || status=1
const { readFileSync } = require("fs");
const text = readFileSync("list.csv", "utf8");
const changed = [];
const see = (what, written, row) => {
  const got = JSON.stringify([row.phone, row.iin, row.iccid]);
  console.log(`${what}: phone, iin, iccid\n  guessed: numbers\n  seen:    ${got}`);
  if (got !== JSON.stringify(written)) changed.push(what);
};
see("papaparse", ["+77010542006", 50101500123, "89997012345678901234"],
  require("papaparse").parse(text, { header: true, dynamicTyping: true }).data[0]);
see("csv-parse", [77010542006, 50101500123, 89997012345678900000],
  require("csv-parse/sync").parse(text, { columns: true, delimiter: ";", cast: true,
    cast_date: false })[0]);
process.exit(changed.length ? (console.error("changed:", changed), 1) : 0);
JS
exit $status
