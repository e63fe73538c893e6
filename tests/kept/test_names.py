"""No name that is kept outside the program may be renamed; adding is allowed."""

from __future__ import annotations

from pathlib import Path

from tests.kept.names import kept, names


async def test_every_kept_name_is_still_there(tmp_path: Path) -> None:
    present = await names(tmp_path)
    gone = {sort: sorted(set(those) - set(present[sort])) for sort, those in kept().items()}
    assert {sort: those for sort, those in gone.items() if those} == {}


async def test_each_sort_of_name_is_found(tmp_path: Path) -> None:
    """An empty list would keep nothing."""
    present = await names(tmp_path)
    assert set(present) == set(kept())
    assert all(present.values())
