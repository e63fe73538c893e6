#!/bin/sh
# A SIM card's number of 20 digits, sent as a bare JSON number, in eight readers.
#
# Guessed: orjson refuses what does not fit 64 bits, simdjson and msgspec give it exactly.
# Seen:    orjson gives the float 8.99970123456789e+19, without an error: the last digits are gone.
#          simdjson refuses the whole document. msgspec gives the exact integer, and says "got
#          `float`" where text was wanted. json, ujson, rapidjson, jiter and ijson: exact. With 19
#          digits all are exact, so a test with a short card passes.
# With:    orjson 3.13.0, pysimdjson 7.0.2, msgspec 0.23.0, ujson 6.1.0, python-rapidjson 1.25,
#          jiter 0.19.0, ijson 3.6.0.
# Matters: an operator's inventory may send an ICCID without quotes; what is ordered for a card that
#          was read as a float goes to another card or to none.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/v"
"$work/v/bin/pip" install -qq --disable-pip-version-check orjson==3.13.0 \
    pysimdjson==7.0.2 msgspec==0.23.0 ujson==6.1.0 python-rapidjson==1.25 jiter==0.19.0 \
    ijson==3.6.0 || exit 2
"$work/v/bin/python" - <<'PY'
import io
import json
import sys

import ijson
import jiter
import msgspec
import orjson
import rapidjson
import simdjson
import ujson

CARD = 89997012345678901234
changed = []


def see(what, guessed, written, got):
    print(f"{what}\n  guessed: {guessed}\n  seen:    {got}")
    if got != written:
        changed.append(what)


READERS = {
    "json": json.loads,
    "orjson": orjson.loads,
    "simdjson": lambda text: simdjson.Parser().parse(text.encode()).as_dict(),
    "msgspec": msgspec.json.decode,
    "ujson": ujson.loads,
    "rapidjson": rapidjson.loads,
    "jiter": lambda text: jiter.from_json(text.encode()),
    "ijson": lambda text: next(ijson.items(io.BytesIO(text.encode()), "")),
}


def read(name, number):
    try:
        got = READERS[name](f'{{"iccid": {number}}}')["iccid"]
    except ValueError:
        return "refused"
    return "exact" if type(got) is int and got == number else f"{type(got).__name__} {got!r}"


for name in READERS:
    written = {"orjson": "float 8.99970123456789e+19", "simdjson": "refused"}.get(name, "exact")
    guess = "refused" if name == "orjson" else "exact"
    see(f"{name}, 20 digits", guess, written, read(name, CARD))
    see(f"{name}, 19 digits", "exact", "exact", read(name, CARD // 10))
try:
    told = str(msgspec.json.decode(str(CARD).encode(), type=str))
except msgspec.ValidationError as error:
    told = str(error)
see("msgspec, text wanted", "Expected `str`, got `int`", "Expected `str`, got `float`", told)
sys.exit(f"changed: {changed}" if changed else 0)
PY
