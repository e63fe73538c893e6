"""Operator profiles: what comes along, what a file may say, and what its mistakes are called."""

from __future__ import annotations

from pathlib import Path

import pytest

from account.values.number import PaymentMethod
from account.values.rights import Role
from bot.__main__ import main
from carrier.apis import Api
from carrier.http import OperatorHttp
from carrier.profile.loader import ProfileInvalid, contract, load, packaged, parse
from carrier.profile.model import Profile
from carrier.profile.names import Names


def test_the_contracts_own_profile_says_nothing_new_but_names() -> None:
    told = load("kcell")
    assert told == contract()
    nameless = told.model_copy(
        update={
            "names": Names(),
            "characteristics": Profile().characteristics,
            # Calls within its network are called by the network's name.
            "words": told.words.model_copy(update={"usage_service": Profile().words.usage_service}),
        }
    )
    assert nameless == Profile()


def test_a_file_that_says_nothing_has_nobodys_name() -> None:
    told = str(parse("", "my.toml").model_dump()).casefold()
    assert "kcell" not in told
    assert parse("", "my.toml").names.support is None


@pytest.mark.parametrize("name", packaged())
def test_what_comes_along_can_be_used(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["profile", "check", name]) == 0
    assert "can be used" in capsys.readouterr().out


def test_words_add_to_the_usual_ones_and_know_no_case() -> None:
    words = parse('[words.product_status]\nInService = "active"\n', "my.toml").words
    assert words.product_status["inservice"] == "active"
    assert words.product_status["pendingactive"] == "connecting"
    assert words.payment_method["advance"] is PaymentMethod.ADVANCE
    assert words.role["administrator"] is Role.ADMINISTRATOR


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "[find]\n\ntotal = 1\n",
            "my.toml line 3, find.total: there is no such key. totals comes close",
        ),
        ('[find]\ntotals = "no"\n', "my.toml line 2, find.totals: Input should be 'filtered'"),
        (
            '[apis.TMF632]\npath = "tmf"\n',
            "my.toml line 2, apis.TMF632.path: it must be the base",
        ),
        ('[apis.TMF1]\npath = "/tmf"\n', "my.toml line 1, apis.TMF1: Input should be 'TMF620'"),
        ('[apis]\nTMF632.version = "5"\n', "my.toml line 2, apis.TMF632.version: Input should"),
        ('[words.role]\nuser = "employee"\n', "my.toml line 1, words.role: Value error, no operat"),
        ('lacks = ["imei"]\n', "my.toml line 1, lacks.0: Input should be 'services'"),
        ("[find\n", "my.toml: "),
    ],
)
def test_a_mistake_is_told_with_its_line_and_its_key(text: str, sentence: str) -> None:
    with pytest.raises(ProfileInvalid) as told:
        parse(text, "my.toml")
    assert told.value.sentences[0].startswith(sentence)


def test_a_value_is_never_told_back() -> None:
    """Whoever writes a token into a header of the wrong form finds it in no log."""
    text = '[apis.TMF632]\nheaders = { "X-Api-Key" = "sësame" }\n'
    with pytest.raises(ProfileInvalid) as told:
        parse(text, "my.toml")
    assert "sësame" not in str(told.value)


def test_a_profile_that_is_not_there_is_told_with_the_ones_that_are(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["profile", "check", "kcel"]) == 2
    assert "kcel: no profile of that name comes along (kcell, tmf-plain)" in capsys.readouterr().err
    assert main(["profile", "check", str(tmp_path / "none.toml")]) == 2
    assert "cannot be read: No such file" in capsys.readouterr().err


async def test_an_api_is_asked_where_the_profile_says() -> None:
    told = parse(
        '[apis.TMF632]\naddress = "https://party.example/"\npath = "/v5"\n'
        '[apis.TMF637]\npath = ""\n',
        "my.toml",
    )
    http = OperatorHttp("https://tmf.example", None, profile=told)
    assert http.address(Api.PARTY) == "https://party.example/v5"
    assert http.address(Api.PRODUCT_INVENTORY) == "https://tmf.example"
    assert http.address(Api.ACCOUNT) == "https://tmf.example/tmf-api/accountManagement/v4"
    await http.close()


def test_no_password_is_made_of_the_names() -> None:
    words = load("kcell").names.words
    assert {"kcell", "activ", "mykcell", "кселл"} <= set(words)
    assert parse('[names]\noperator = "Altel 4G"\n', "my.toml").names.words[0] == "altel"


def test_cards_of_any_beginning_are_its_own_where_none_is_told() -> None:
    assert parse("", "my.toml").names.iccid_prefixes == ()
