#!/bin/sh
# "Is this an old workbook (.xls)?" asked of the first bytes of a file, by olefile.
#
# Guessed: isOleFile(data) says False for a list in CSV, long or short.
# Seen:    bytes shorter than 1,536 are taken for the path of a file: a list of three lines is
#          "no such file", with the person's own numbers as its name, and one with a NUL in it is a
#          ValueError. From 1,536 bytes on the same list is False.
# With:    olefile 0.47.
# Matters: what a file is, is told by its own first bytes; what was sent never becomes a path.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv v
v/bin/pip install -qq --disable-pip-version-check olefile==0.47 || exit 2
v/bin/python - <<'PY'
import sys

from olefile import isOleFile

row = b"77010542006;a\n"


def asked(data: bytes) -> str:
    try:
        return str(isOleFile(data))
    except (OSError, ValueError) as fault:
        return type(fault).__name__


changed = []
for what, data, seen in (
    ("a list of 3 lines", row * 3, "FileNotFoundError"),
    ("a list of 300 lines", row * 300, "False"),
    ("two letters in UTF-16", "аб".encode("utf-16-le") + bytes(2), "ValueError"),
):
    got = asked(data)
    print(f"{what}\n  guessed: False\n  seen:    {got}")
    if got != seen:
        changed.append((what, got))
sys.exit(f"changed: {changed}" if changed else 0)
PY
