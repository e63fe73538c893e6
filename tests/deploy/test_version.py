"""One version: of the project, of what is installed, of the changelog, and as it is asked for."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

from bot.__main__ import main

ROOT = Path(__file__).parents[2]


def test_the_version_is_one(capsys: pytest.CaptureFixture[str]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    [newest, *_older] = re.findall(r"^## (\S+) - \d{4}-\d{2}-\d{2}$", changelog, re.MULTILINE)
    assert project["version"] == newest == version("myaccount")
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"myaccount {newest}\n"
