#!/bin/sh
# A pasted list of phones, and one of phones with names behind semicolons: where are its columns?
#
# Guessed: clevercsv, made for messy files, sees the semicolon that every line has once, and one
#          column where there is one; the standard library's sniffer is the weaker of the two.
# Seen:    clevercsv cuts "8 (701) 054-20-06;Ахметов А." at the blanks: four columns, the phone in three
#          of them. The standard library finds the semicolon there, and cuts a bare list of phones
#          at every digit 0.
# With:    clevercsv 0.8.5, Python 3.11.
# Matters: pasted lists and .csv are cut by rules of our own (the delimiter that leaves whole phones).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv v
v/bin/pip install -qq --disable-pip-version-check clevercsv==0.8.5 || exit 2
cat > ask.py <<'PY'
import csv

import clevercsv

named = "8 (701) 054-20-06;Ахметов А.\n8 (702) 054-20-07;Ким В.\n8 (705) 111-22-33;Ли О.\n"
bare = "77010542006\n77010542007\n77010542008\n"
for sniffer in (clevercsv.Sniffer(), csv.Sniffer()):
    print(*(repr(sniffer.sniff(text).delimiter) for text in (named, bare)), end="; ")
PY
seen=$(v/bin/python ask.py)
echo "guessed (clevercsv; csv): ';' ''; ';' and an error; "
echo "seen:                     $seen"
[ "$seen" = "' ' ''; ';' '0'; " ] || exit 1
