"""`myaccount doctor --operator`: what it finds at operators that are quite unlike."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from account.values.identifiers import Msisdn
from account.values.periods import Period
from bot.__main__ import main
from bot.cli.doctor import answers, vocabulary
from bot.cli.doctor.conformance import conformance
from bot.cli.doctor.questions import Mark
from bot.config.settings import Settings
from carrier.apis import Api, url_of
from carrier.profile.loader import parse
from carrier.profile.model import ApiProfile, Profile
from carrier.transport import Answer
from sandbox.app import Sandbox
from sandbox.world import World
from tests.loopback import client
from tests.scenarios.conftest import ADMINISTRATOR, TOKEN
from tests.settings import plain

PHONE = Msisdn(ADMINISTRATOR)


async def at(tmp_path: Path, dialect: str) -> AsyncIterator[Settings]:
    sandbox = Sandbox(World(data=tmp_path / dialect, dialect=dialect), TOKEN)
    url = await sandbox.start()
    settings = replace(plain(), bot_token=TOKEN, telegram_url=url, carrier_url=url)
    if dialect == "plain":
        async with client(url) as http:
            told = (await http.get("/sandbox/operator/profile")).text
        settings = replace(settings, profile=parse(told, "plain"), carrier_token="sandbox-secret")
    yield settings
    await sandbox.close()


@pytest.fixture
async def kcell(tmp_path: Path) -> AsyncIterator[Settings]:
    async for settings in at(tmp_path, "kcell"):
        yield settings


@pytest.fixture
async def elsewhere(tmp_path: Path) -> AsyncIterator[Settings]:
    async for settings in at(tmp_path, "plain"):
        yield settings


async def told(
    settings: Settings, capsys: pytest.CaptureFixture[str], phone: Msisdn | None = PHONE
) -> tuple[int, list[str]]:
    capsys.readouterr()
    code = await conformance(settings, phone)
    said = capsys.readouterr().out.splitlines()
    marks = tuple(mark.value for mark in Mark)
    return code, [line for line in said if line.startswith(marks) or line.endswith(" fails")]


async def test_the_contracts_own_operator_passes_everything(
    kcell: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = await told(kcell, capsys)
    assert [line for line in said[:-1] if not line.startswith("pass")] == []
    assert (code, said[-1]) == (0, f"{len(said) - 1} pass, 0 tolerated, 0 fails")
    for what in ("a page of numbers", "usage of this month", "a page of bills", "X-Total-Count"):
        assert any(what in line for line in said), what


async def test_another_operator_is_tolerated_by_its_own_profile(
    elsewhere: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = await told(elsewhere, capsys)
    assert [line for line in said if line.startswith("fails")] == []
    assert any(
        line.startswith("tolerated") and "a filter by company" in line for line in said
    ) or any("X-Total-Count" in line and line.startswith("pass") for line in said)
    assert code == 0


async def test_the_wrong_profile_is_told_with_the_keys_that_mend_it(
    elsewhere: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = Profile(apis=elsewhere.profile.apis, access=elsewhere.profile.access)
    code, said = await told(replace(elsewhere, profile=wrong), capsys)
    assert code == 1
    fails = "\n".join(line for line in said if line.startswith("fails"))
    assert "find.totals is to be collection" in fails


async def test_words_that_are_read_all_the_same_are_listed_with_their_key(
    elsewhere: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = elsewhere.profile
    known = whole.words.suspension_reason
    words = whole.words.model_copy(
        update={
            "suspension_reason": {word: known[word] for word in known if word != "nonpayment"},
            "bucket": {},
        }
    )
    profile = whole.model_copy(update={"words": words})
    code, said = await told(replace(elsewhere, profile=profile), capsys)
    tolerated = [" ".join(line.split()) for line in said if line.startswith("tolerated")]
    assert any(
        line.startswith(
            "tolerated TMF637 reasons of a block are known nonPayment (words.suspension_reason): "
        )
        for line in tolerated
    ), tolerated
    assert any(" CREDIT (words.bucket): " in line or " MAIN" in line for line in tolerated)
    assert code == 0


@pytest.mark.parametrize(("dialect", "said", "spoken"), [("v5", "v4", "v5"), ("kcell", "v5", "v4")])
async def test_rows_in_the_form_of_another_version_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], dialect: str, said: str, spoken: str
) -> None:
    """The path is the operator's own, so nothing else tells."""
    async for settings in at(tmp_path, dialect):
        url = url_of("", Api.PRODUCT_INVENTORY, ApiProfile(version=spoken))
        profile = parse(f'[apis.TMF637]\nversion = "{said}"\npath = "{url}"', "my.toml")
        _code, lines = await told(replace(settings, profile=profile), capsys, None)
        shown = [" ".join(line.split()) for line in lines]
        assert (
            f"fails TMF637 it speaks {said} its rows are in the form of {spoken}: "
            f"apis.TMF637.version is to be {spoken}"
        ) in shown


async def test_our_changes_are_looked_for_as_the_profile_says(
    elsewhere: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    _code, said = await told(elsewhere, capsys)
    lines = [" ".join(line.split()) for line in said]
    assert "pass TMF622 productOrder is found by externalId, our reference as wanted" in lines
    assert "pass TMF654 transferBalance is found by description, our reference as wanted" in lines
    orders = elsewhere.profile.api(Api.PRODUCT_ORDER).model_copy(update={"version": "v5"})
    since_v5 = elsewhere.profile.model_copy(
        update={"apis": {**elsewhere.profile.apis, "TMF622": orders}}
    )
    _code, said = await told(replace(elsewhere, profile=since_v5), capsys)
    assert any("productOrder is found by externalIdentifier.id" in line for line in said)


@pytest.mark.parametrize(
    ("status", "body", "wrong"),
    [
        (200, b"[]", None),
        (206, b" [ ]", None),
        (200, b'[{"id": "1"}]', "the filter is ignored"),
        (404, b'{"code": 60, "reason": "none"}', "status 404 where an empty list is wanted"),
        (200, b"<html>", "status 200 where an empty list is wanted"),
        (500, b"[]", "status 500 where"),
    ],
)
def test_only_an_empty_list_proves_that_there_is_none(
    status: int, body: bytes, wrong: str | None
) -> None:
    meaning = answers.of_nothing(Answer(status, {}, body))
    assert (meaning or "").startswith(wrong or "")
    assert (meaning is None) is (wrong is None)


def test_the_names_that_are_there_are_told_where_the_methods_name_is_not() -> None:
    rows = [{"productCharacteristic": [{"name": "способ_оплаты"}, {"name": "с"}]}]
    assert vocabulary.unnamed(rows, Profile()) == "с, способ_оплаты"
    assert vocabulary.unnamed([], Profile()) is None
    known = [{"productCharacteristic": [{"name": "Payment_Method"}]}]
    assert vocabulary.unnamed(known, Profile()) is None


def test_a_word_with_more_behind_a_point_is_known() -> None:
    [orders] = [one for one in vocabulary.TABLES if one.key == "words.order_state"]
    last = date(2022, 1, 24)
    whose = vocabulary.Whose("org-1", "p-1", Period(last, last))
    item = {"state": "Frozen"}
    rows: list[vocabulary.Row] = [
        {"state": "inProgress.accepted"},
        {"state": "completed", "productOrderItem": [item]},
    ]
    assert orders.unknown(rows[:1], Profile(), whose) is None
    assert orders.unknown(rows, Profile(), whose) == "Frozen"


async def test_nothing_is_changed_by_it(
    kcell: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    await told(kcell, capsys)
    async with client(kcell.carrier_url) as http:
        assert (await http.get("/sandbox/operator/effects")).json() == []
        assert (await http.get("/sandbox/sms", params={"to": ADMINISTRATOR})).json() == []


def test_a_phone_that_is_none_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MYACCOUNT_BOT_TOKEN", "123456:abcdefghijklmnopqrstuvwxyz0123456789")
    monkeypatch.setenv("MYACCOUNT_CARRIER_URL", "http://127.0.0.1:9")
    assert main(["doctor", "--operator", "--phone", "12"]) == 2
    assert "--phone must be a mobile number" in capsys.readouterr().err
