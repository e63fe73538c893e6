#!/bin/sh
# A QR code of a Russian word is written in the Japanese manner, and OpenCV cannot read it.
#
# Guessed: segno and qrcode both write Cyrillic as UTF-8 bytes, and every reader reads it.
# Seen:    Shift JIS has the Russian letters, so segno takes kanji mode for "Склад", and bytes in
#          Shift JIS for Latin mixed with Russian ("ST00012|Name=ТОО…", the form of payment codes).
#          zxing-cpp reads all. OpenCV's reader ends in a UnicodeDecodeError for the first and gives
#          false letters for the second. One Kazakh letter in the text makes it UTF-8, right for
#          all; so does encoding="utf-8", or the package qrcode.
# With:    segno 1.6.6, qrcode 8.2, opencv-python-headless 5.0.0.93, zxing-cpp 3.1.1.
# Matters: codes are tried with a Kazakh text and then print Russian ones. Say the encoding.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/v"
"$work/v/bin/pip" install -qq --disable-pip-version-check segno==1.6.6 qrcode==8.2 \
    opencv-python-headless==5.0.0.93 zxing-cpp==3.1.1 pillow==13.0.0 || exit 2
"$work/v/bin/python" - <<'PY'
import io
import sys

import cv2
import numpy
import qrcode
import segno
import zxingcpp
from PIL import Image

changed = []


def see(what, guessed, written, got):
    print(f"{what}\n  guessed: {guessed}\n  seen:    {got}")
    if got != written:
        changed.append(what)


def by_segno(text, **options):
    code, file = segno.make_qr(text, **options), io.BytesIO()
    code.save(file, kind="png", scale=8)
    return code.mode, Image.open(file).convert("L")


def opencv(picture, text):
    try:
        got = cv2.QRCodeDetector().detectAndDecode(numpy.array(picture))[0]
    except UnicodeDecodeError:
        return "error"
    return "right" if got == text else "false letters"


def zxing(picture, text):
    return "right" if [one.text for one in zxingcpp.read_barcodes(picture)] == [text] else "wrong"


WORD, PAYMENT, KAZAKH = "Склад", "ST00012|Name=ТОО Демо|Purpose=Связь", "Қойма"
for text, options, written in (
    (WORD, {}, ("kanji", "error", "right")),
    (PAYMENT, {}, ("byte", "false letters", "right")),
    (KAZAKH, {}, ("byte", "right", "right")),
    (WORD, {"encoding": "utf-8"}, ("byte", "right", "right")),
    (PAYMENT, {"encoding": "utf-8"}, ("byte", "right", "right")),
):
    mode, picture = by_segno(text, **options)
    see(f"segno {options or ''}: {text}: mode, OpenCV, zxing-cpp", ("byte", "right", "right"),
        written, (mode, opencv(picture, text), zxing(picture, text)))
picture = qrcode.make(WORD).convert("L")
see(f"qrcode: {WORD}: OpenCV, zxing-cpp", ("right", "right"), ("right", "right"),
    (opencv(picture, WORD), zxing(picture, WORD)))
sys.exit(f"changed: {changed}" if changed else 0)
PY
