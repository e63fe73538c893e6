#!/bin/sh
# A device's IMEI and a SIM card's ICCID in a log line, and packages that take personal data out.
#
# Guessed: "IMEI 356938035643809" is no bank card: the word stands before it, and 15 digits are an
#          American Express only from 34 or 37.
# Seen:    presidio and airlock-pii are sure that it is one (1.0 and 0.9: an IMEI has a card's check
#          digit), redact-pii writes CREDIT_CARD_NUMBER; of a 20-digit ICCID it hides seventeen
#          digits and leaves three, and the 20261129 of a reference S-20261129-0003 is a phone.
#          scrubadub takes thirteen digits of an IMEI from 4 for a Visa and leaves the last two.
# With:    presidio-analyzer 2.2.366, airlock-pii 0.1.0, scrubadub 2.0.1, redact-pii 3.4.0.
# Matters: `bot/ops/logs.py` lets named fields through and cuts every number to its last four digits,
#          whatever it is.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv v
v/bin/pip install -qq --disable-pip-version-check presidio-analyzer==2.2.366 airlock-pii==0.1.0 \
    scrubadub==2.0.1 || exit 2
npm install --silent --no-audit --no-fund redact-pii@3.4.0 >/dev/null || exit 2
cat > ask.py <<'PY'
import airlock_pii
import scrubadub
from presidio_analyzer.predefined_recognizers import CreditCardRecognizer

line = "IMEI 356938035643809"
found = CreditCardRecognizer().analyze(line, ["CREDIT_CARD"], None)
print("presidio:", *((f.entity_type, f.score) for f in found))
print("airlock-pii:", *((f.type.name, f.confidence) for f in airlock_pii.detect(line)))
print("scrubadub:", scrubadub.clean("IMEI 490154203237518"))
PY
cat > ask.js <<'JS'
const { SyncRedactor } = require("redact-pii");
const redactor = new SyncRedactor();
for (const line of ["IMEI 356938035643809", "SIM 89997010542006000005", "S-20261129-0003"])
  console.log("redact-pii:", redactor.redact(line));
JS
seen=$(v/bin/python ask.py 2>/dev/null; node ask.js)
echo "guessed: none of them is a bank card or a phone"
echo "seen:"
echo "$seen"
[ "$seen" = "presidio: ('CREDIT_CARD', 1.0)
airlock-pii: ('CARD', 0.9)
scrubadub: IMEI {{CREDIT_CARD}}18
redact-pii: IMEI CREDIT_CARD_NUMBER
redact-pii: SIM CREDIT_CARD_NUMBER0005
redact-pii: S-PHONE_NUMBER" ] || exit 1
