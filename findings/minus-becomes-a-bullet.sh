#!/bin/sh
# Lines of an account, a sum to a line, made ready for Telegram by packages that turn Markdown into
# what Telegram takes.
#
# Guessed: "- 1 500 ₸" and "+ 500 ₸" keep their signs; "1)" and "2022." at the head of a line stay.
# Seen:    telegramify-markdown writes "⦁ 1 500 ₸" and "⦁ 500 ₸": money in and money out look alike
#          (they are list items in Markdown); "1)" becomes "1.". "-1 500 ₸" and "−1 500 ₸" stay.
# With:    telegramify-markdown 1.4.1.
# Matters: texts here are HTML made by ourselves, no Markdown is written to Telegram.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv v
v/bin/pip install -qq --disable-pip-version-check telegramify-markdown==1.4.1 || exit 2
cat > ask.py <<'PY'
from telegramify_markdown import markdownify

for line in ("- 1 500 ₸", "+ 500 ₸", "-1 500 ₸", "\u22121 500 ₸", "1) 77010542006"):
    print(markdownify(line).strip().replace("\\", ""), end="; ")
PY
seen=$(v/bin/python ask.py)
echo "guessed: - 1 500 ₸; + 500 ₸; -1 500 ₸; −1 500 ₸; 1) 77010542006; "
echo "seen:    $seen"
[ "$seen" = "⦁ 1 500 ₸; ⦁ 500 ₸; -1 500 ₸; −1 500 ₸; 1. 77010542006; " ] || exit 1
