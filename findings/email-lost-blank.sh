#!/bin/sh
# A long Kazakh or Russian subject loses a blank on its way from Python's email to the reader.
#
# Guessed: EmailMessage with policy.SMTP writes a subject that mailparser reads as it was.
# Seen:    where a header is folded into several encoded words, the blank between two of them is
#          lost: "операторға берілді" arrives as one word; so in about one of twenty sentences. Sent
#          as one whole by email.header.Header and set raw, every blank arrives.
# With:    Python 3.11.7 (CPython gh-92081; the cure of 3.12.5 and 3.13 made other lines wrong, see
#          gh-144156), mailparser 3.14.2, Node 20. With a Python that is cured this script ends with 1.
# Matters: subjects and senders' names in Cyrillic. Mended in carrier/mail.py.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --no-save mailparser@3.14.2 || exit 2
"${PYTHON:-python3}" - <<'PY'
import json
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP

LINES = ("Мақұлданды, операторға берілді · әрекет A-7K3Q",
         "Деректер мына аралықта қолжетімді: 12 – бүгін.")
letters = []
for line in LINES:
    usual, whole = EmailMessage(policy=SMTP), EmailMessage(policy=SMTP)
    usual["Subject"] = line
    whole.set_raw("Subject", Header(line, "utf-8", header_name="Subject", maxlinelen=75).encode())
    for letter in (usual, whole):
        letter.set_content("-")
    letters.append([line, usual.as_bytes().decode(), whole.as_bytes().decode()])
json.dump(letters, open("letters.json", "w"))
PY
node - <<'JS'
const { simpleParser } = require("mailparser");
(async () => {
  const written = ["Мақұлданды, операторғаберілді · әрекет A-7K3Q",
    "Деректер мына аралықтақолжетімді: 12 – бүгін."];
  let changed = false;
  for (const [place, [line, usual, whole]] of require("./letters.json").entries()) {
    const got = [(await simpleParser(usual)).subject, (await simpleParser(whole)).subject];
    console.log(`guessed: ${line}\nseen:    ${got[0]}\nas one:  ${got[1]}`);
    changed ||= got[0] !== written[place] || got[1] !== line;
  }
  process.exit(changed ? (console.error("changed"), 1) : 0);
})();
JS
