#!/bin/sh
# A one-time code is good for three minutes, and so is to be the SMS that carries it: python-gsmmodem.
#
# Guessed: the shortest validity an SMS can say is five minutes, so three become five.
# Seen:    everything below five minutes is counted as -1 and ends as "byte must be in range" while
#          the message is built; from five minutes on it is cut down to a whole step: 59 minutes 59
#          are 55 minutes, 13 h 29 min are 13 hours, 59 days are 8 weeks.
# With:    python-gsmmodem-new 0.13.0.
# Matters: the life of a code is kept by who checks it; what the SMS says is rounded up, not down.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv v
v/bin/pip install -qq --disable-pip-version-check python-gsmmodem-new==0.13.0 || exit 2
v/bin/python - <<'PY'
import sys
from datetime import timedelta

from gsmmodem.pdu import decodeSmsPdu, encodeSmsSubmitPdu


def said(life: timedelta) -> str:
    try:
        parts = encodeSmsSubmitPdu("+77010542006", "code 1234", reference=0, validity=life)
    except ValueError as fault:
        return str(fault)
    return str(decodeSmsPdu(parts[0].data.hex().upper())["validity"])


changed = []
for life, guessed, seen in (
    (timedelta(minutes=3), "0:05:00", "byte must be in range(0, 256)"),
    (timedelta(seconds=299), "0:05:00", "byte must be in range(0, 256)"),
    (timedelta(minutes=5), "0:05:00", "0:05:00"),
    (timedelta(minutes=59, seconds=59), "1:00:00", "0:55:00"),
    (timedelta(hours=13, minutes=29), "13:30:00", "13:00:00"),
    (timedelta(days=59), "63 days, 0:00:00", "56 days, 0:00:00"),
):
    got = said(life)
    print(f"{life}\n  guessed: {guessed}\n  seen:    {got}")
    if got != seen:
        changed.append((str(life), got))
sys.exit(f"changed: {changed}" if changed else 0)
PY
