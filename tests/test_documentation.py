"""What the documentation says of names, held against what there is."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from bot.config.page import PAGE, page
from bot.config.variables import Variables
from carrier.profile import page as profile_page
from crashlab.runs import figures

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
VARIABLE = re.compile(r"MYACCOUNT_[A-Z_]+")
DECLARED = {variable.alias for variable in Variables.model_fields.values()}
ROOMS = "account|bot|carrier|storage|documents|sandbox|tests|crashlab|bench|deploy|docs|locales"
PATH = re.compile(rf"(?<![/\w.])(?:{ROOMS})/[\w/@.-]+\.(?:py|md|js|service|env|png)\b")
CLASS = re.compile(r"`((?:[\w.]+\.)?[A-Z][a-z]+(?:[A-Z][a-z]+)+)(?:\(\))?`")
MEMBER = re.compile(r"`([A-Z]\w*[a-z]\w*)\.(\w+)")
RECIPES = {
    "A kind of change": r"FORWARDING_OFF|SwitchForwardingOff|ForwardingOffWords|forwarding\.off\b",
    "A ban": r"Ban\.DETAILS|DETAILS = \"details\"|banMyKcellDetails|banSelfCareDetails",
    "A document": r"DocumentKind\.DEVICES|DEVICES = \"devices\"|documents\.reports\.devices",
    "A kind of alert": r"Measure\.LIMIT|limit\.below",
    "A language": r"\"kk\"",
    "A field of the operator's API": r"registrationForm|registration_form|RegistrationForm",
}
"""The recipes of CONTRIBUTING.md, and what the example of each is known by in the code."""
PLACES = {"A kind of change": 5, "A ban": 4, "A document": 3, "A kind of alert": 3, "A language": 2}
"""In how many places one more of a kind stands at most."""
FOREIGN = {"TextInput", "TelegramAPIServer", "Kaspi"}


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


@cache
def defined() -> frozenset[str]:
    """The names of all classes of the program, and what only looks like one or is a library's."""
    found: set[str] = set()
    for room in ROOMS.split("|"):
        for source in (ROOT / room).rglob("*.py"):
            found.update(re.findall(r"^ *class (\w+)", source.read_text("utf-8"), re.MULTILINE))
    return frozenset(found | FOREIGN)


def test_the_page_of_the_configuration_is_as_the_variables_are_declared() -> None:
    assert PAGE.read_text("utf-8") == page(), "make configuration"


def test_the_page_of_the_profile_is_as_its_keys_are_declared() -> None:
    assert profile_page.PAGE.read_text("utf-8") == profile_page.page(), "make configuration"


def test_each_key_of_a_profile_says_what_it_is() -> None:
    rows = [line for line in profile_page.page().splitlines() if line.startswith("| `")]
    assert len(rows) > 60
    assert [row for row in rows if not row.split(" | ")[1].strip()] == []


def test_the_promise_of_the_first_screen_is_the_sum_of_the_table() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    told = readme.partition(figures.BEGIN_SUM)[2].partition(figures.END_SUM)[0].strip()
    assert told == figures.promise(ROOT / figures.DOCUMENT), "python -m crashlab.runs.figures"


@pytest.mark.parametrize("told", ["README.md", "deploy/myaccount.env"])
def test_no_other_variable_is_told_of(told: str) -> None:
    named = set(VARIABLE.findall((ROOT / told).read_text("utf-8")))
    assert named
    assert named <= DECLARED


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    text = page.read_text("utf-8")
    links = [*re.findall(r"\]\(([^)#]+)[^)]*\)", text), *re.findall(r'src="([^"]+)"', text)]
    lost = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert lost == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_named_files_exist(page: Path) -> None:
    """A page may tell a test's path below `tests/`."""
    named = PATH.findall(page.read_text("utf-8"))
    below = (ROOT, ROOT / "tests")
    assert [one for one in named if not any((folder / one).exists() for folder in below)] == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_named_classes_exist(page: Path) -> None:
    text = page.read_text("utf-8")
    named = {told.rpartition(".")[2] for told in CLASS.findall(text)}
    named |= {owner for owner, _member in MEMBER.findall(text)}
    assert sorted(named - defined()) == []


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_recipe_names_every_file_its_example_stands_in(recipe: str) -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    section = page.partition(f"\n## {recipe}\n")[2].partition("\n## ")[0]
    named = [
        re.compile(re.escape(one).replace("<chapter>", r"\w+").replace("<document>", r"\w+"))
        for one in re.findall(r"[\w<>/]+\.py", section)
    ]
    example = re.compile(RECIPES[recipe])
    holding = [
        str(source.relative_to(ROOT))
        for room in ("account", "bot", "carrier", "storage", "documents", "sandbox", "crashlab")
        for source in sorted((ROOT / room).rglob("*.py"))
        if source.name != "__init__.py" and example.search(source.read_text("utf-8"))
    ]
    assert len(holding) > 1, "the example is called something else now"
    assert [one for one in holding if not any(name.fullmatch(one) for name in named)] == []


@pytest.mark.parametrize("recipe", PLACES)
def test_one_more_of_a_kind_stands_in_few_places(recipe: str) -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    section = page.partition(f"\n## {recipe}\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `.+$", section, re.MULTILINE)
    assert 0 < len(rows) <= PLACES[recipe], rows
