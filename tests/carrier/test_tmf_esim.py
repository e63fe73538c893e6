"""TMF639 as the eSIM's chapter reads it: only where the profile says so, and no code in a fault."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from account.chapters.esim import Activation
from account.chapters.sim import CardStatus, Esim, EsimState
from account.errors import CarrierUnavailable
from account.values.capabilities import Capability
from account.values.identifiers import ActivationCode
from carrier.profile.loader import parse
from tests.carrier.desk import COMPANY, NUMBER, Desk
from tests.carrier.test_tmf_sim import BLANK, ICCID, OTHER, blank, card

CODE = "LPA:1$rsp.example.kz$04386-AGYFT-A74Y8-3F815"
ESIM = {"category": "eSIM"}
ENDS = {"activationCodeExpires": "2031-01-01T00:00:00+05:00"}


@pytest.fixture
def desk() -> Desk:
    return Desk(profile=parse("esim = true", "test"))


def esim(**changes: Any) -> dict[str, Any]:
    known = {"profileState": "released"} | changes.pop("known", {})
    return card(known=known, **{**ESIM, **changes})


def test_an_operator_has_none_until_its_profile_says_so() -> None:
    assert Capability.ESIM in parse("", "test").lacks
    assert parse('lacks = ["atlas"]', "test").lacks == {Capability.ATLAS, Capability.ESIM}
    assert parse("esim = true", "test").lacks == frozenset()
    assert parse('esim = true\nlacks = ["atlas"]', "test").lacks == {Capability.ATLAS}


async def test_both_categories_are_asked_for_in_one_list(desk: Desk) -> None:
    desk.answer("resource", [esim()])
    found = await desk.carrier.sim(COMPANY, NUMBER)
    assert found is not None
    assert (found.iccid, found.esim) == (ICCID, Esim())
    assert desk.query("resource")["category"] == "SIM,eSIM"
    assert len(desk.requests) == 1


async def test_or_one_after_the_other_where_there_are_no_lists() -> None:
    profile = parse(
        'esim = true\nfind.lists = false\nwords.resource_category.UICC = "esim"', "test"
    )
    desk = Desk(profile=profile)
    desk.answer("resource", [esim(category="UICC")])
    found = await desk.carrier.sim(COMPANY, NUMBER)
    assert found is not None
    assert found.esim is not None
    assert [one.url.params["category"] for one in desk.asked("resource")] == ["SIM", "UICC"]


async def test_without_them_an_esim_is_no_card() -> None:
    desk = Desk(profile=parse("", "test"))
    desk.answer("resource", [esim(), blank() | ESIM])
    assert await desk.carrier.sim(COMPANY, NUMBER) is None
    assert desk.query("resource")["category"] == "SIM"
    assert (await desk.carrier.blank_sims(COMPANY, offset=0, limit=10)).rows == ()
    assert await desk.carrier.card_standing(COMPANY, BLANK) is CardStatus.FOREIGN


async def test_a_card_of_plastic_has_none(desk: Desk) -> None:
    desk.answer("resource", [card()])
    found = await desk.carrier.sim(COMPANY, NUMBER)
    assert found is not None
    assert found.esim is None


@pytest.mark.parametrize(
    ("known", "state"),
    [
        ({}, EsimState.READY),
        ({"profileState": "Released"}, EsimState.READY),
        ({"profileState": "Downloaded"}, EsimState.USED),
        ({"profileState": "installed"}, EsimState.USED),
        ({"profileState": "expired"}, EsimState.EXPIRED),
        ({"profileState": "on the moon"}, EsimState.READY),
        ({"profileState": None}, EsimState.READY),
        (ENDS, EsimState.READY),
        ({"activationCodeExpires": "2001-01-01T00:00:00+05:00"}, EsimState.EXPIRED),
        (
            {"activationCodeExpires": "2001-01-01T00:00:00+05:00", "profileState": "enabled"},
            EsimState.USED,
        ),
        ({"activationCodeExpires": "one day"}, EsimState.READY),
    ],
)
async def test_what_became_of_the_code(desk: Desk, known: dict[str, Any], state: EsimState) -> None:
    desk.answer("resource", [esim(known=known)])
    found = await desk.carrier.sim(COMPANY, NUMBER)
    assert found is not None
    assert found.esim is not None
    assert found.esim.state is state


async def test_the_code_is_read_of_one_card_alone(desk: Desk) -> None:
    desk.answer(ICCID.digits, esim(known={"activationCode": CODE} | ENDS))
    ends = datetime(2030, 12, 31, 19, tzinfo=UTC)
    found = await desk.carrier.activation(COMPANY, NUMBER, ICCID)
    assert found == Activation(Esim(EsimState.READY, ends), ActivationCode.told(CODE))
    assert "AGYFT" not in repr(found)
    assert desk.requests[-1].url.path.endswith(f"/resource/{ICCID.digits}")


async def test_no_code_yet_is_none(desk: Desk) -> None:
    desk.answer(ICCID.digits, esim())
    assert await desk.carrier.activation(COMPANY, NUMBER, ICCID) == Activation(Esim())


@pytest.mark.parametrize(
    "changes",
    [{"company": OTHER}, {"number": "77010542099"}, {"number": None}, {"category": "SIM"}],
)
async def test_no_code_of_another_ones_card_and_of_none_of_plastic(
    desk: Desk, changes: dict[str, Any]
) -> None:
    desk.answer(ICCID.digits, esim(known={"activationCode": CODE}, **changes))
    assert await desk.carrier.activation(COMPANY, NUMBER, ICCID) is None


@pytest.mark.parametrize("told", ["LPA:2$rsp.example.kz$AGYFT", "AGYFT", "", 1, ["AGYFT"], {}])
async def test_what_is_no_code_is_no_answer_and_not_told(desk: Desk, told: object) -> None:
    desk.answer(ICCID.digits, esim(known={"activationCode": told}))
    with pytest.raises(CarrierUnavailable) as fault:
        await desk.carrier.activation(COMPANY, NUMBER, ICCID)
    assert "AGYFT" not in str(fault.value)
    assert "AGYFT" not in repr(fault.value.__cause__)


async def test_free_ones_are_a_list_of_their_own(desk: Desk) -> None:
    desk.answer("resource", [blank() | ESIM, blank(ICCID)], total=2)
    page = await desk.carrier.free_esims(COMPANY, offset=0, limit=10)
    assert page.rows == (BLANK,)
    assert desk.query("resource")["category"] == "eSIM"
    page = await desk.carrier.blank_sims(COMPANY, offset=0, limit=10)
    assert page.rows == (ICCID,)
    assert desk.query("resource")["category"] == "SIM"


@pytest.mark.parametrize(
    ("found", "standing"),
    [
        (blank() | ESIM, CardStatus.FREE_ESIM),
        (blank(), CardStatus.FREE),
        (esim(known={"ICCID": BLANK.digits}), CardStatus.TAKEN),
        (blank(company=OTHER) | ESIM, CardStatus.FOREIGN),
    ],
)
async def test_how_one_stands(desk: Desk, found: dict[str, Any], standing: CardStatus) -> None:
    desk.answer("resource", [found])
    assert await desk.carrier.card_standing(COMPANY, BLANK) is standing


async def test_when_one_came_in_the_place_of_a_card_is_known(desk: Desk) -> None:
    """Else a code would go by SMS to whoever has just downloaded it."""
    desk.answer("resource", [esim(company=OTHER)])
    assert await desk.carrier.sim_replaced_at(NUMBER) == datetime(2019, 9, 18, 10, 54, tzinfo=UTC)
