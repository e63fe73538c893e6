"""What the documentation says of names, held against what there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
VARIABLE = re.compile(r"MYACCOUNT_[A-Z_]+")
READ = re.compile(r"given\.\w+\(\s*\"([A-Z_]+)\"")


def read_by_the_settings() -> set[str]:
    text = (ROOT / "bot" / "config" / "settings.py").read_text()
    return {f"MYACCOUNT_{name}" for name in READ.findall(text)}


def test_the_readme_tells_every_variable_and_no_other() -> None:
    rows = [line for line in (ROOT / "README.md").read_text().splitlines() if line[:3] == "| `"]
    told = {name for row in rows for name in VARIABLE.findall(row.split("|")[1])}
    assert told == read_by_the_settings()


def test_the_example_of_the_environment_knows_no_other_variable() -> None:
    told = set(VARIABLE.findall((ROOT / "deploy" / "myaccount.env").read_text()))
    assert told <= read_by_the_settings()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text())
    lost = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert lost == []


@pytest.mark.parametrize(
    "page", ["README.md", "docs/architecture.md", "docs/rules.md", "docs/deploy.md"]
)
def test_named_files_exist(page: str) -> None:
    text = (ROOT / page).read_text()
    rooms = "account|bot|carrier|storage|documents|sandbox|tests|deploy|docs|locales"
    named = re.findall(rf"(?<![/\w])(?:{rooms})/[\w/@.-]+\.(?:py|md|service|env|png)", text)
    assert [name for name in named if not (ROOT / name).exists()] == []
