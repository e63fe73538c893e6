#!/bin/sh
# What became of an SMS: receipts as message centres write them, read by aiosmpplib.
#
# Guessed: the form of SMPP's appendix B is a habit, not a rule, so what cannot be read is left out.
# Seen:    one odd field loses all of them, and with them "delivered": seconds in a date, an empty
#          "err" or one in hexadecimal (0DC) are a ValueError. Dates are the centre's local time,
#          given without a zone. Small and capital keys are taken alike.
# With:    aiosmpplib 0.7.4.
# Matters: a receipt is read field by field, the id and the state first (carrier/smpp).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv v
v/bin/pip install -qq --disable-pip-version-check aiosmpplib==0.7.4 || exit 2
v/bin/python - <<'PY'
import sys

from aiosmpplib import DeliverSm


def state(text: str) -> str:
    try:
        return str(DeliverSm(short_message=text, esm_class=4).parse_receipt()["stat"])
    except ValueError as fault:
        return f"ValueError: {fault}"


changed = []
for rest, seen in (
    ("submit date:2401241600 done date:2401241601 stat:DELIVRD err:000 text:", "DELIVRD"),
    ("submit date:240124160000 done date:240124160130 stat:DELIVRD err:000", "unconverted data"),
    ("stat:DELIVRD err:0DC text:", "invalid literal"),
    ("stat:DELIVRD err: text:", "invalid literal"),
    ("STAT:DELIVRD ERR:000", "DELIVRD"),
):
    got = state(f"id:7A {rest}")
    print(f"{rest}\n  guessed: DELIVRD\n  seen:    {got}")
    if seen not in got:
        changed.append((rest, got))
sys.exit(f"changed: {changed}" if changed else 0)
PY
