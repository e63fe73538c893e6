#!/bin/sh
# A text in the GSM alphabet with signs of its extension, cut into parts by two SMPP libraries.
#
# Guessed: no part is longer than 153 septets beside its head, and an escaped sign stays whole: both
#          have code that says so, one a comment about unpaired escapes, the other the right limits.
# Seen:    aiosmpplib counts letters before it encodes them. 160 € are "one message" of 320 septets,
#          more than short_message can say the length of; 152 a and ten € make a first part of 154.
#          Its look at the last letter never finds an escape, for there is none before encoding.
#          smpplib counts septets and cuts between the escape and its sign: the first part ends with
#          1b, the next begins with 65, which is an e to the phone that joins them.
# With:    aiosmpplib 0.7.4, smpplib 2.2.4.
# Matters: a code with [ ] { } or a price with € is refused by the centre, or reads "e" on the phone.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv v
v/bin/pip install -qq --disable-pip-version-check aiosmpplib==0.7.4 smpplib==2.2.4 || exit 2
v/bin/python - <<'PY'
import sys

from aiosmpplib.utils import split_sms_udh
from smpplib.gsm import make_parts

changed = []


def see(what, guessed, written, got):
    print(f"{what}\n  guessed: {guessed}\n  seen:    {got}")
    if got != written:
        changed.append(what)


whole = split_sms_udh("€" * 160, "gsm0338", 7)
see("aiosmpplib: 160 €, septets of each part", "three parts", [320], [len(p) - 1 for p in whole])
parts = split_sms_udh("a" * 152 + "€" * 10, "gsm0338", 7)
see("aiosmpplib: 152 a, 10 €, septets beside the head", [152, 20], [154, 18],
    [len(p) - 6 for p in parts])
first, second = make_parts("a" * 152 + "€" * 10)[0]
see("smpplib: where the first part ends, the second begins", ["61", "1b"], ["1b", "65"],
    [first[-1:].hex(), second[6:7].hex()])
sys.exit(f"changed: {changed}" if changed else 0)
PY
