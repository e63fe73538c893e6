#!/bin/sh
# A contact as Android exports it: vCard 2.1, the name in quoted-printable, a long line folded.
#
# Guessed: quoted-printable is unfolded before its bytes become letters, so a fold within a Cyrillic
#          letter (two bytes) is nothing.
# Seen:    unfolded vobject reads it, the npm package vcf leaves the bytes encoded. Folded, vobject
#          refuses the whole contact with UnicodeDecodeError unless it is asked with allowQP; vcf
#          drops the rest of the name without a word, and the phone is right.
# With:    vobject 0.9.9; vcf 2.1.2 (npm), Node 20.
# Matters: lists of people come as contacts too; here a contact gives its phone alone.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv v
v/bin/pip install -qq --disable-pip-version-check vobject==0.9.9 || exit 2
npm install --silent --no-audit --no-fund vcf@2.1.2 >/dev/null 2>&1 || exit 2
cat > make.py <<'PY'
import quopri
from pathlib import Path

name = "".join(f"={byte:02X}" for byte in "Әсел".encode()) + ";"
name += "".join(f"={byte:02X}" for byte in "Айгерім".encode())
assert quopri.decodestring(name[:34] + "=\n" + name[34:]).decode() == "Әсел;Айгерім"
for kind, shown in (("whole", name), ("folded", name[:34] + "=\r\n" + name[34:])):
    Path(kind).write_bytes(
        "BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:"
        f"{shown}\r\nTEL;CELL:+77010542006\r\nEND:VCARD\r\n".encode()
    )
PY
cat > ask.py <<'PY'
from pathlib import Path

import vobject

for kind in ("whole", "folded"):
    for qp in (False, True):
        try:
            card = vobject.readOne(Path(kind).read_bytes().decode(), allowQP=qp)
            print(card.n.value.family, card.n.value.given, card.tel.value)
        except UnicodeDecodeError as fault:
            print(type(fault).__name__)
PY
cat > ask.js <<'JS'
const { parse } = require("vcf");
for (const kind of ["whole", "folded"]) {
  const card = parse(require("fs").readFileSync(kind, "utf8"))[0];
  console.log(card.get("n").valueOf(), card.get("tel").valueOf());
}
JS
v/bin/python make.py
python_says=$(v/bin/python ask.py)
node_says=$(node ask.js)
echo "guessed: Әсел Айгерім +77010542006, folded or not"
echo "vobject:"
echo "$python_says"
echo "vcf:"
echo "$node_says"
[ "$python_says" = "Әсел Айгерім +77010542006
Әсел Айгерім +77010542006
UnicodeDecodeError
Әсел Айгерім +77010542006" ] || exit 1
case "$node_says" in
*"=D1=96=D0=BC +77010542006"*"=D0=90=D0= +77010542006"*) ;;
*) exit 1 ;;
esac
