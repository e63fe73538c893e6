#!/bin/sh
# A device's IMEI of 15 digits, copied with one digit too few or one too many.
#
# Guessed: the check digit finds it, as it finds a wrong one.
# Seen:    python-stdnum calls all three right: 14 digits are an IMEI without its check digit, 16 are
#          one with its software version (IMEISV), which nothing checks. Any digit lost, any digit
#          doubled: valid. validator.js takes 15 digits alone (with their check).
# With:    python-stdnum 2.2; validator 13.15.35 (npm), Node 20.
# Matters: a device is registered by 15 digits with a right check digit, or asked for again.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv v
v/bin/pip install -qq --disable-pip-version-check python-stdnum==2.2 || exit 2
npm install --silent --no-audit --no-fund validator@13.15.35 >/dev/null 2>&1 || exit 2
cat > ask.py <<'PY'
from stdnum import imei

whole = "356868000041418"
short = [whole[:at] + whole[at + 1 :] for at in range(15)]
long = [whole[: at + 1] + whole[at:] for at in range(15)]
wrong = whole[:-1] + "7"
for rows in ([whole], [wrong], short, long):
    print(sum(imei.is_valid(row) for row in rows), "of", len(rows), end="; ")
PY
cat > ask.js <<'JS'
const { isIMEI } = require("validator");
const whole = "356868000041418";
const places = [...whole].map((_, at) => at);
const short = places.map((at) => whole.slice(0, at) + whole.slice(at + 1));
const long = places.map((at) => whole.slice(0, at + 1) + whole.slice(at));
const told = [[whole], ["356868000041417"], short, long];
process.stdout.write(told.map((rows) => `${rows.filter((row) => isIMEI(row)).length} of ${rows.length}; `).join(""));
JS
python_says=$(v/bin/python ask.py)
node_says=$(node ask.js)
echo "valid: whole; wrong check digit; one digit lost; one digit doubled"
echo "  guessed:       1 of 1; 0 of 1; about 1 of 15; about 1 of 15; "
echo "  python-stdnum: $python_says"
echo "  validator.js:  $node_says"
[ "$python_says" = "1 of 1; 0 of 1; 15 of 15; 15 of 15; " ] || exit 1
[ "$node_says" = "1 of 1; 0 of 1; 0 of 15; 0 of 15; " ] || exit 1
