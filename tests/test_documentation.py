"""What the documentation says of names, held against what there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.config.page import PAGE, page
from bot.config.variables import Variables

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
VARIABLE = re.compile(r"MYACCOUNT_[A-Z_]+")
DECLARED = {variable.alias for variable in Variables.model_fields.values()}


def test_the_page_of_the_configuration_is_as_the_variables_are_declared() -> None:
    assert PAGE.read_text("utf-8") == page(), "make configuration"


@pytest.mark.parametrize("told", ["README.md", "deploy/myaccount.env"])
def test_no_other_variable_is_told_of(told: str) -> None:
    named = set(VARIABLE.findall((ROOT / told).read_text("utf-8")))
    assert named
    assert named <= DECLARED


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
