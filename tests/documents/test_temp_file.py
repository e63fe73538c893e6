"""The spool: what was written comes back, and lies on disk for nobody."""

from __future__ import annotations

import io
import os
import tempfile
from pathlib import Path
from zipfile import ZipFile

import pytest

from documents.render.temp_file import PIECE, TempFile
from documents.reports.usage import _Archive

SAID = b"+7 701 211 55 26 called +7 701 054 20 07; "


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE + 7])
def test_what_was_written_is_read_from_any_place_to_any(size: int) -> None:
    content = os.urandom(size)
    spool = TempFile()
    for begin in range(0, size, 300_000):
        spool.write(content[begin : begin + 300_000])
    spool.close()
    assert len(spool) == size
    assert spool[0:size] == content
    assert spool[PIECE - 2 : PIECE + 2] == content[PIECE - 2 : PIECE + 2]
    assert spool[size : size + 5] == b""
    assert spool[1:3] == content[1:3]


def test_nothing_lies_on_disk_in_clear_or_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    spool = TempFile()
    spool.write(SAID * 50_000)
    spool.close()
    assert list(tmp_path.iterdir()) == []
    assert SAID not in Path(f"/proc/self/fd/{spool._file}").read_bytes()


def test_an_archive_holds_its_parts_as_they_were() -> None:
    parts = [os.urandom(2 * PIECE + 5), os.urandom(10)]
    archive = _Archive("usage")
    for part in parts:
        archive.pack(part)
    whole = archive.whole()
    with ZipFile(io.BytesIO(whole[0 : len(whole)])) as packed:
        assert packed.testzip() is None
        assert packed.namelist() == ["usage_1.xlsx", "usage_2.xlsx"]
        assert [packed.read(name) for name in packed.namelist()] == parts
