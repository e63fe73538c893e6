"""The house style: one colour, one face, the same marks on a sheet, a page and a picture."""

from __future__ import annotations

from pathlib import Path

FONTS = Path(__file__).resolve().parent.parent / "fonts"
FACE = "Inter"
"""Has every Kazakh letter and ₸; under the Open Font License, beside the files."""
SHEET_FACE = "Calibri"
"""What office programs have, or have a twin of the same widths for."""

ACCENT = "#5B2A86"
TINT = "#F3EEF8"
LINE = "#DCD3E6"
INK = "#1F1B24"
FAINT = "#6F6878"
SECOND = "#E08A1E"
"""Beside the accent, for what is apart: roaming."""

PRINTED = {"pdf": 5_000}
"""Rows of one table in print; more are a matter for a workbook."""
