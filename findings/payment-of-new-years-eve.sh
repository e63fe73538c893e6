#!/bin/sh
# A bank's statement (MT940): a payment with the value date 02.01.2026, entered on 31 December, and
# one with the value date 31.12.2025, entered on 2 January. The entry date (field 61, second part)
# has a month and a day, but no year.
#
# Guessed: the year is the one that lies next to the value date: 31.12.2025 and 02.01.2026.
# Seen:    four parsers of npm (mt940js, mt940-js, swiftmessageparser, @centrapay/swift-parser) take
#          the value date's year: 31.12.2026 and 02.01.2025, twelve months off. mt-940 and bankfile
#          (Python) are right.
# With:    mt940js 1.3.5, mt940-js 1.0.0, swiftmessageparser 1.2.1, @centrapay/swift-parser 1.0.1,
#          mt-940 5.1.1, bankfile 0.2.0.
# Matters: accountants lay our register of payments beside such a statement, by day; ours has the
#          operator's day of the payment with its year.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv v
v/bin/pip install -qq --disable-pip-version-check mt-940==5.1.1 bankfile==0.2.0 || exit 2
npm install --silent --no-audit --no-fund mt940js@1.3.5 mt940-js@1.0.0 swiftmessageparser@1.2.1 \
    @centrapay/swift-parser@1.0.1 tslib@2.8.1 >/dev/null || exit 2
for days in 2601021231 2512310102; do
    cat > "$days.sta" <<STA
:20:STATEMENT
:25:KZ86125KZT5004100100
:28C:12/1
:60F:C251230KZT1500000,
:61:${days}D8649,50NTRF4711//REF1
:86:Mobile service
:62F:C260102KZT1491350,50
STA
done
cat > ask.js <<'JS'
const { readFileSync } = require("fs");
const day = (date) => (date instanceof Date ? date.toISOString() : date).slice(0, 10);
const texts = ["2601021231", "2512310102"].map((name) => readFileSync(`${name}.sta`, "utf8"));
const readers = {
  "mt940js": async (text) => new (require("mt940js").Parser)().parse(text),
  "mt940-js": (text) => require("mt940-js").read(Buffer.from(text.replace(/\n/g, "\r\n") + "-")),
  "swiftmessageparser": async (text) => require("swiftmessageparser").parse({ type: "mt940", data: text }),
  "@centrapay/swift-parser": async (text) =>
    require("@centrapay/swift-parser").parse({ type: "mt940", data: text }),
};
(async () => {
  for (const [name, read] of Object.entries(readers)) {
    const days = [];
    for (const text of texts) days.push(day((await read(text))[0].transactions[0].entryDate));
    console.log(`${name}: ${days.join(" ")}`);
  }
})();
JS
cat > ask.py <<'PY'
import bankfile
import mt940

names = ("2601021231.sta", "2512310102.sta")
print("mt-940:", *(mt940.parse(name).transactions[0].data["entry_date"] for name in names))
print("bankfile:", *(bankfile.parse(name).transactions[0].booking_date for name in names))
PY
seen=$(node ask.js; v/bin/python ask.py)
echo "guessed, all six: 2025-12-31 2026-01-02"
echo "seen:"
echo "$seen"
[ "$seen" = "mt940js: 2026-12-31 2025-01-02
mt940-js: 2026-12-31 2025-01-02
swiftmessageparser: 2026-12-31 2025-01-02
@centrapay/swift-parser: 2026-12-31 2025-01-02
mt-940: 2025-12-31 2026-01-02
bankfile: 2025-12-31 2026-01-02" ] || exit 1
