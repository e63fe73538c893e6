"""The list of parts of a release: all that the product imports, nothing of the tests'."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def test_the_parts_are_those_that_are_locked_and_installed(tmp_path: Path) -> None:
    target = tmp_path / "dist" / "myaccount.cdx.json"
    command = [sys.executable, str(ROOT / "deploy/release/sbom.py"), str(target)]
    subprocess.run(command, check=True)
    bill: dict[str, Any] = json.loads(target.read_text("utf-8"))
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.5")
    assert bill["metadata"]["component"]["version"] == version("myaccount")
    parts = {part["name"]: part for part in bill["components"]}
    assert len(parts) == len(bill["components"]) > 40
    # Named in pyproject, and one that only these need.
    assert {"aiogram", "sqlalchemy", "asyncpg", "cryptography", "magic-filter"} <= parts.keys()
    assert not {"pytest", "ruff", "mypy", "playwright", "hypothesis"} & parts.keys()
    for name, part in parts.items():
        assert part["version"] == version(name), name
        assert part["purl"] == f"pkg:pypi/{name}@{part['version']}"
        assert part["hashes"], name
        assert all(len(one["content"]) == 64 for one in part["hashes"]), name
    assert sum("licenses" in part for part in parts.values()) > 0.9 * len(parts)
    first = target.read_bytes()
    subprocess.run(command, check=True)
    assert target.read_bytes() == first
