"""The list of parts of a release, CycloneDX 1.5, from requirements.lock and what is installed.

    python deploy/release/sbom.py dist/myaccount.cdx.json

Each part of the product has its version, licence as its authors tell it, the hashes that the lock
takes, and its address as a package (purl). Parts of tests and tools are not the product's.
"""

from __future__ import annotations

import json
import re
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

ROOT = Path(__file__).parents[2]
_LOCKED = re.compile(r"^([a-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_WANTED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[([^\]]*)\])?")


def normal(name: str) -> str:
    """A package's name as the lock writes it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def locked() -> dict[str, tuple[str, list[str]]]:
    """Version and hashes of every locked package."""
    text = (ROOT / "requirements.lock").read_text("utf-8")
    starts = [*_LOCKED.finditer(text)]
    ends = [*(one.start() for one in starts[1:]), len(text)]
    return {
        normal(one[1]): (one[2], _HASH.findall(text[one.end() : end]))
        for one, end in zip(starts, ends, strict=True)
    }


def parts_of(name: str, extras: tuple[str, ...] = (), seen: set[str] | None = None) -> set[str]:
    """The packages that one needs, itself included, without those of its other extras."""
    seen = set() if seen is None else seen
    key = f"{normal(name)}[{','.join(extras)}]"
    if key in seen:
        return set()
    seen.add(key)
    try:
        found = distribution(name)
    except PackageNotFoundError:
        return set()
    parts = {normal(name)}
    for requirement in found.requires or ():
        head, _, marker = requirement.partition(";")
        if "extra ==" in marker and not any(
            f'"{one}"' in marker.replace("'", '"') for one in extras
        ):
            continue
        parts |= parts_of(*named(head), seen)
    return parts


def named(requirement: str) -> tuple[str, tuple[str, ...]]:
    """The package that a requirement names, and its extras."""
    found = _WANTED.match(requirement.strip())
    assert found is not None, requirement
    return found[1], tuple(filter(None, (found[2] or "").replace(" ", "").split(",")))


def licence(found: Distribution) -> str:
    """As its authors tell it; empty where they do not."""
    told = found.metadata
    if expression := told.get("License-Expression"):
        return str(expression)
    classified = [one for one in told.get_all("Classifier") or () if one.startswith("License ::")]
    return (
        classified[-1].rpartition(" :: ")[2] if classified else str(told.get("License") or "")[:80]
    )


def component(name: str, version: str, hashes: list[str]) -> dict[str, object]:
    """One part."""
    purl = f"pkg:pypi/{name}@{version}"
    part: dict[str, object] = {
        "type": "library",
        "bom-ref": purl,
        "name": name,
        "version": version,
        "purl": purl,
        "hashes": [{"alg": "SHA-256", "content": one} for one in hashes],
    }
    if told := licence(distribution(name)):
        part["licenses"] = [{"license": {"name": told}}]
    return part


def bill() -> dict[str, object]:
    """The whole list; the same each time for the same lock."""
    known, product = locked(), distribution("myaccount")
    parts = sorted(parts_of("myaccount") - {"myaccount"})
    # What is installed for one system alone is in the lock and not here.
    components = [component(name, *known[name]) for name in parts if name in known]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": "myaccount",
                "name": "myaccount",
                "version": product.version,
                "licenses": [{"license": {"id": "MIT"}}],
            }
        },
        "components": components,
    }


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(bill(), indent=1) + "\n", encoding="utf-8")
