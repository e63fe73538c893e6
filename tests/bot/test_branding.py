"""The texts with another operator's names in them."""

from __future__ import annotations

import pytest
from babel.messages.pofile import read_po

from account.values.languages import LANGUAGES, SOURCE
from bot.texts.language import DOMAIN, LOCALES, Catalogues
from carrier.profile.names import Names

OTHER = Names(operator="Altel", self_care="Altel Cabinet", network="Altel")


@pytest.mark.parametrize(
    ("language", "text", "right"),
    [
        ("en", "Forbid MyKcell access", "Forbid Altel Cabinet access"),
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


def test_its_own_names_leave_everything_as_it_is() -> None:
    assert Catalogues(Names()).locales == Catalogues().locales
    assert SOURCE.code not in Catalogues().locales
