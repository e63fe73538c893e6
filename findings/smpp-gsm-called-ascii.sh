#!/bin/sh
# The npm package smpp, a usual stand-in for a message centre, and the coding it names.
#
# Guessed: text of the GSM alphabet goes out as data_coding 0, the centre's default alphabet; a
#          Kazakh "flash" message (data_coding 16) is refused or sent as UCS-2.
# Seen:    it is packed in GSM 03.38 and called data_coding 1, which is ASCII: @ is octet 00 and [
#          the two octets 1b 3c. aiosmpplib, which believes the name, reads "Code 12", a NUL, "mail",
#          escapes. Kazakh text without a coding is right, 8. With data_coding 16 every Kazakh letter
#          becomes octet 00, an @ at the other end, without an error.
# With:    smpp 0.5.1 (npm), aiosmpplib 0.7.4.
# Matters: a test against this simulator passes with letters and digits and says nothing of @, [, €
#          or _; a bot's name and an address with @ are in such texts. The table of SMPP 3.4 has 0 for it.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv v
v/bin/pip install -qq --disable-pip-version-check aiosmpplib==0.7.4 || exit 2
npm install --silent --no-audit --no-fund --no-save smpp@0.5.1 || exit 2
node - >pdus <<'JS'
const { PDU } = require("smpp");
const pdu = (message, coding) => new PDU("deliver_sm", { source_addr: "77010542006",
  destination_addr: "1414", short_message: message, ...(coding === undefined ? {} :
  { data_coding: coding }) }).toBuffer().toString("hex");
console.log([pdu("Code 12 @bot [1]"), pdu("Код: 12, Әлем"), pdu("Әлем", 16)].join("\n"));
JS
v/bin/python - <<'PY'
import struct
import sys

from aiosmpplib import DeliverSm, PduHeader

changed = []


def see(what, guessed, written, got):
    print(f"{what}\n  guessed: {guessed!r}\n  seen:    {got!r}")
    if got != written:
        changed.append(what)


def read(pdu):
    message = DeliverSm.from_pdu(pdu, PduHeader(*struct.unpack("!IIII", pdu[:16])), "gsm0338")
    return message.encoding, message.short_message


latin, kazakh, flash = (bytes.fromhex(line) for line in open("pdus"))
see("Code 12 @bot [1]", ("gsm0338", "Code 12 @bot [1]"),
    ("ascii", "Code 12 \x00bot \x1b<1\x1b>"), read(latin))
see("Код: 12, Әлем", ("ucs2", "Код: 12, Әлем"), ("ucs2", "Код: 12, Әлем"), read(kazakh))
see("Әлем, data_coding 16: the last five octets", "an error, or 08 and UCS-2", "0400000000",
    flash[-5:].hex())
sys.exit(f"changed: {changed}" if changed else 0)
PY
