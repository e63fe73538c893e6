"""Every kind of workbook by four programs: the same cells, dates and sums, whatever the zone."""

from __future__ import annotations

import json
import math
import os
import subprocess
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any, TypeAlias
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import to_excel
from python_calamine import CalamineWorkbook

from tests.documents.reading import whole
from tests.documents.works import ACCOUNTS, BILLS, DEMO, KIND, PHONE, XLSX, Works

HERE = Path(__file__).parent
PACKAGES = HERE.parent / "npm" / "node_modules"
pytestmark = [
    pytest.mark.npm,
    pytest.mark.skipif(not (PACKAGES / "exceljs").is_dir(), reason="no packages of npm's"),
]
Cells: TypeAlias = Mapping[str, object]
"""Values by sheet and place: `Data!B7`."""


async def test_four_programs_read_the_same_of_every_workbook(works: Works, tmp_path: Path) -> None:
    files = await written(works, tmp_path)
    assert len(files) == 11
    ours = {file: (by_openpyxl(file), by_calamine(file)) for file in files}
    for zone in ("UTC", "Asia/Almaty"):
        theirs = by_javascript(files, zone)
        for file, (first, second) in ours.items():
            assert len(first) > 20
            for program, cells in {"calamine": second, **theirs[file]}.items():
                told = f"{file} by {program} in {zone}"
                assert apart(first, cells) == [], told
                assert sums(first) == pytest.approx(sums(cells)), told


async def written(works: Works, folder: Path) -> list[str]:
    """One file of each kind of document that is a workbook, and the one in a closing set."""
    account = (await works.get(ACCOUNTS, **{"relatedParty.id": DEMO.id}))[0]["id"]
    bill = (await works.get(BILLS, **{"relatedParty.id": DEMO.id}))[0]
    days = {"first": "2026-10-20", "last": "2026-11-20"}
    asked = {
        KIND.NUMBERS: {},
        KIND.USAGE: {"msisdn": PHONE.digits, **days, "type": "everything"},
        KIND.CERTIFICATE: {"account": account, "month": "2026-10"},
        KIND.REGISTER: {"first_month": "2026-01", "last_month": "2026-10"},
        KIND.RECONCILIATION: {"first": "2026-01-01", "last": "2026-10-31"},
        KIND.PAYMENTS: {"first": "2026-01-01", "last": "2026-11-20"},
        KIND.DEVICES: {},
        KIND.COST_CENTRES: {"month": "2026-10"},
        KIND.ATLAS: {},
        KIND.INVOICE_SEARCH: {
            "search": "accounting",
            "number": bill["billNo"],
            "year": bill["billDate"][:4],
        },
    }
    files = []
    for kind, parameters in asked.items():
        files.append(str(folder / f"{kind}.xlsx"))
        kept(files[-1], whole(await works.made(kind, parameters, XLSX)))
    closing = whole(await works.made(KIND.CLOSING_SET, {"month": "2026-10"}))
    with ZipFile(BytesIO(closing)) as packed:
        [name] = [one for one in packed.namelist() if one.endswith(".xlsx")]
        files.append(packed.extract(name, folder))
    return files


def kept(file: str, content: bytes) -> None:
    Path(file).write_bytes(content)


def by_openpyxl(file: str) -> Cells:
    return {
        f"{sheet.title}!{cell.coordinate}": serial(cell.value)
        for sheet in load_workbook(file).worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.value not in (None, "")
    }


def by_calamine(file: str) -> Cells:
    book, found = CalamineWorkbook.from_path(file), {}
    for name in book.sheet_names:
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        for row, cells in enumerate(rows, 1):
            for column, value in enumerate(cells, 1):
                if value != "":
                    found[f"{name}!{get_column_letter(column)}{row}"] = serial(value)
    return found


def by_javascript(files: list[str], zone: str) -> Mapping[str, Mapping[str, Cells]]:
    told = subprocess.run(
        ["node", str(HERE / "read_back.js"), *files],
        env={"TZ": zone, "PATH": os.environ["PATH"]},
        capture_output=True,
        check=True,
    )
    found: Mapping[str, Mapping[str, Cells]] = json.loads(told.stdout)
    return found


def serial(value: object) -> Any:
    """A date or a time as Excel counts it."""
    if isinstance(value, (date, datetime, time, timedelta)):
        return to_excel(value)  # type: ignore[no-untyped-call]
    return value


def apart(one: Cells, other: Cells) -> list[tuple[str, object, object]]:
    """Where they differ: a value by more than the tenth part of a second, or a text at all."""
    return [
        (place, one.get(place), other.get(place))
        for place in sorted(one.keys() | other.keys())
        if not same(one.get(place), other.get(place))
    ]


def same(one: object, other: object) -> bool:
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return math.isclose(one, other, rel_tol=0, abs_tol=1e-6)
    return (one or None) == (other or None)


def sums(cells: Cells) -> dict[str, float]:
    """Of the figures of each column."""
    found: dict[str, float] = {}
    for place, value in cells.items():
        if isinstance(value, (int, float)):
            column = place.rstrip("0123456789")
            found[column] = found.get(column, 0) + value
    return found
