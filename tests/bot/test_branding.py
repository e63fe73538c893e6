"""The texts with another operator's names in them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest
from babel.messages.pofile import read_po

from account.values.languages import LANGUAGES, SOURCE
from bot.texts.language import DOMAIN, LOCALES, Catalogues
from carrier.profile.loader import contract
from carrier.profile.names import Names

SENDS_TO_SUPPORT = re.compile(
    r"(?:call|contact|ask) corporate (?:customer )?support", re.IGNORECASE | re.MULTILINE
)
OTHER = Names(operator="Altel", self_care="Altel Cabinet", network="Altel")


@pytest.mark.parametrize(
    ("language", "text", "right"),
    [
        ("en", "Forbid MyKcell access", "Block access to Altel Cabinet"),
        ("ru", "Forbid MyKcell access", "Запретить доступ в Altel Cabinet"),
        ("kk", "Forbid MyKcell access", "Altel Cabinet жүйесіне кіруге тыйым салу"),
        ("kk", "MyKcell details", "Altel Cabinet жүйесінде детализация"),
        ("ru", "Calls within Kcell/activ network", "Звонки внутри сети Altel"),
    ],
)
def test_another_operators_names_stand_in_the_texts(language: str, text: str, right: str) -> None:
    assert Catalogues(OTHER).say(language, text) == right


@pytest.mark.parametrize("language", [SOURCE.code, *LANGUAGES])
def test_no_text_holds_the_name_of_the_operator_it_was_written_for(language: str) -> None:
    spoken = Catalogues(OTHER)
    with (LOCALES / "ru" / "LC_MESSAGES" / f"{DOMAIN}.po").open("rb") as texts:
        msgids = [one.id for one in read_po(texts, locale="ru") if isinstance(one.id, str)]
    assert len(msgids) > 900
    told = [spoken.say(language, one) for one in msgids]
    assert [one for one in told if "kcell" in one.casefold()] == []


@pytest.mark.parametrize("language", [SOURCE.code, *LANGUAGES])
def test_every_text_that_sends_to_support_says_where_that_is(language: str) -> None:
    """Whatever asks people to turn to somebody names how they reach it."""
    with (LOCALES / "ru" / "LC_MESSAGES" / f"{DOMAIN}.po").open("rb") as texts:
        msgids = [one.id for one in read_po(texts, locale="ru") if isinstance(one.id, str)]
    sends = [one for one in msgids if SENDS_TO_SUPPORT.search(one) and "{support}" not in one]
    assert len(sends) >= 20
    told = [Catalogues(support="help {a}<b>").say(language, one) for one in sends]
    assert [one for one in told if "help (a)(b)" not in one] == []
    assert [one for one in told if re.search(r"\bcall corporate", one)] == []


@pytest.mark.parametrize(
    ("language", "right"),
    [
        ("en", "Not expected? Contact corporate support: +7 727 258 83 00."),
        (
            "ru",
            "Если это неожиданно для Вас, обратитесь в корпоративную поддержку: +7 727 258 83 00.",
        ),
        (
            "kk",
            ("Күтпеген болсаңыз, корпоративтік қолдау қызметіне (+7 727 258 83 00) хабарласыңыз."),
        ),
    ],
)
def test_where_support_is_stands_where_the_sentence_has_room(language: str, right: str) -> None:
    spoken = Catalogues(support="+7 727 258 83 00")
    assert spoken.say(language, "If this should not be, call corporate support.") == right
    assert spoken.say("en", "Corporate support: {support}") == "Corporate support: {support}"


def test_a_network_is_called_as_its_operator_where_it_has_no_name_of_its_own() -> None:
    spoken = Catalogues(Names(operator="Altel"))
    assert spoken.say("en", "Calls within Kcell/activ network") == "Calls within Altel network"


ITS_PROFILE_IS_NAMED = {
    "carrier/profile/__init__.py",
    "carrier/profile/loader.py",
    "bot/config/variables.py",
    "bot/__main__.py",
}


def test_the_operators_name_stands_in_its_profile_alone() -> None:
    """Besides, only msgids hold it: they are kept names, and the profile's are put in there."""
    with (LOCALES / "ru" / "LC_MESSAGES" / f"{DOMAIN}.po").open("rb") as texts:
        msgids = {one.id for one in read_po(texts, locale="ru")}
    found = {
        source.relative_to(LOCALES.parent).as_posix()
        for room in ("account", "bot", "carrier", "documents", "storage")
        for source in (LOCALES.parent / room).rglob("*.py")
        for said in _said_in(ast.parse(source.read_text("utf-8")))
        if "kcell" in said.casefold() and said not in msgids
    }
    assert found - ITS_PROFILE_IS_NAMED == set()


def _said_in(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr


def test_its_own_names_leave_everything_as_it_is() -> None:
    assert Catalogues(contract().names).locales == Catalogues().locales
    assert Catalogues().say(SOURCE.code, "Forbid MyKcell access") == "Block access to MyKcell"
