"""Another operator in the lab: what it understands, how it answers, and what a patch does to it."""

from __future__ import annotations

import random
from typing import Any

import pytest
from aiohttp import ClientSession, encode_basic_auth
from aiohttp.test_utils import make_mocked_request
from yarl import URL

from account.changes.action import ActionKind
from carrier.profile.loader import parse
from carrier.tmf.product_patch import PATCHED
from crashlab.actors.document_users import ORDER_PATHS
from crashlab.actors.subscribers import PAPER
from crashlab.checks.final_state import Change, Leftovers
from crashlab.checks.invariants import Ending, breaches
from crashlab.plan import Plan
from crashlab.workload import WANTED_CHANGES
from crashlab.world.dialects import DIALECTS
from crashlab.world.dialects.dialect import CLIENT_SECRET
from crashlab.world.dialects.plain import CLIENT, LIVES, PlainDialect
from crashlab.world.dialects.plain_rows import product_id
from crashlab.world.outside import World

NUMBER, REFERENCE = "77011000001", "A-20220124-0001"
PATH = f"/inventory/products/v4/product/{product_id(NUMBER)}"


@pytest.fixture
def world() -> World:
    world = World(seed=1, people=1, numbers=1, dialect="plain")
    world.operator.change_faults.clear()
    world.operator.read_faults.clear()
    return world


@pytest.fixture
def plain() -> PlainDialect:
    return PlainDialect(random.Random(1))


def test_what_it_lacks_is_wanted_by_nobody() -> None:
    known = {*WANTED_CHANGES, *(way.kind for way in ORDER_PATHS), PAPER}
    for dialect in DIALECTS.values():
        assert set(dialect.lacks) <= known
    wanted = Plan(1, 1, dialect="plain").wanted
    assert not any(kind.startswith("device.") for kind in wanted)
    assert len(wanted) == len(WANTED_CHANGES) - 4


def test_the_bot_is_told_what_is_so(plain: PlainDialect) -> None:
    profile = parse(plain.profile("http://127.0.0.1:1"), "plain.toml")
    assert profile.blocking.by == "product_patch"
    assert PATCHED == (ActionKind.BLOCK, ActionKind.UNBLOCK)
    assert profile.access.token_url == "http://127.0.0.1:1/oauth2/token"
    assert (profile.find.number_by, profile.phone(NUMBER)) == ("serial", f"+{NUMBER}")


@pytest.mark.parametrize(
    ("query", "own"),
    [
        ({"productSerialNumber": f"+{NUMBER}", "fields": "a,b"}, {"id": NUMBER}),
        ({"productSerialNumber": NUMBER}, None),
        ({"id": product_id(NUMBER)}, {"id": NUMBER}),
        ({"id": f"{product_id(NUMBER)},p1"}, None),
        ({"status": "Barred", "limit": "10"}, {"status": "suspended"}),
        ({"status": "suspended"}, None),
        ({"productSerialNumber.regex": "7701"}, None),
    ],
)
def test_what_is_not_understood_finds_nothing(
    plain: PlainDialect, query: dict[str, str], own: dict[str, str] | None
) -> None:
    assert plain.asked("product", query) == own


def test_in_the_catalogue_it_changes_nothing(plain: PlainDialect) -> None:
    asked = {"lifecycleStatus": "Active", "limit": "20"}
    assert plain.asked("productOffering", asked) == {}
    assert plain.asked("product", asked) is None


async def call(world: World, method: str, path: str, body: Any = None, **query: str) -> Any:
    """What is answered to somebody with a token, with its status."""
    await world.open()
    try:
        async with ClientSession() as session:
            pair = {"Authorization": encode_basic_auth(CLIENT, CLIENT_SECRET)}
            async with session.post(f"{world.url}/oauth2/token", headers=pair) as granted:
                token = (await granted.json())["access_token"]
            headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "id-1"}
            url = URL(f"{world.url}/p/run0.1{path}").with_query(query)
            async with session.request(method, url, json=body, headers=headers) as answer:
                return answer.status, await answer.json(), answer.headers
    finally:
        await world.close()


async def test_a_number_is_told_in_its_own_words(world: World) -> None:
    company = world.operator.books.companies[NUMBER]
    asked = {"relatedParty.id": company, "productSerialNumber": f"+{NUMBER}"}
    status, [row], headers = await call(world, "GET", PATH.rpartition("/")[0], **asked)
    assert (status, row["id"], row["status"]) == (200, product_id(NUMBER), "InService")
    assert row["productSerialNumber"] == f"+{NUMBER}"
    assert row["relatedParty"] == [{"id": company, "role": "holder"}]
    known = {one["name"]: one["value"] for one in row["productCharacteristic"]}
    assert (known["billingMode"], known["portalBarred"]) == ("POST", "false")
    assert int(headers["X-Total-Count"]) == len(world.operator.books.blocked) > 1


async def test_nobody_is_let_in_without_a_token_that_is_good(
    plain: PlainDialect, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr("crashlab.world.dialects.plain.time.monotonic", lambda: now[0])
    plain._tokens["t0"] = now[0] + LIVES

    asking = make_mocked_request("GET", "/", headers={"Authorization": "Bearer t0"})
    assert plain.admits(asking)
    now[0] += LIVES
    assert not plain.admits(asking)
    assert not plain.admits(make_mocked_request("GET", "/"))


BAN = {"name": "statementBarred", "value": "true"}
PAID = {"name": "billingMode", "value": "POST"}
REASON = {"name": "barReason", "value": "byCustomer"}
OTHERS = [{"name": name, "value": "false"} for name in ("portalBarred", "messagesBarred")]


@pytest.mark.parametrize(
    ("sent", "undone"),
    [([PAID, BAN, *OTHERS, REASON], set()), ([REASON], {"LOST"}), ([PAID, *OTHERS], {"LOST"})],
)
async def test_a_patch_replaces_the_list_and_what_it_undoes_is_lost(
    world: World, sent: list[dict[str, Any]], undone: set[str]
) -> None:
    books = world.operator.books
    books.bans[NUMBER] = {"banMyKcellDetails"}
    sent = [*sent, {"name": "divert", "value": []}]
    body = {"status": "Barred", "productCharacteristic": sent}
    status, row, _headers = await call(world, "PATCH", PATH, body)
    assert (status, row["status"], books.blocked[NUMBER]) == (200, "Barred", True)
    assert books.bans[NUMBER] == ({"banMyKcellDetails"} if BAN in sent else set())
    done = Change("id-1", NUMBER, 5_000_001, "block", "done", REFERENCE, None)
    ending = Ending([done], Leftovers(0, 0, 0), [], [], "", [])
    assert {one.name for one in breaches(world, ending)} - {"SILENT"} == undone


async def test_a_patch_that_is_overlooked_is_answered_as_if_it_were_nothing(world: World) -> None:
    world.operator.change_faults["overlooked"] = 1.0
    body = {"status": "Barred", "productCharacteristic": [REASON]}
    status, row, _headers = await call(world, "PATCH", PATH, body)
    assert (status, row["status"]) == (200, "InService")
    assert world.operator.books.orders == []


async def test_an_order_that_is_there_may_be_answered_404(world: World) -> None:
    path = "/shop/orders/v4/productOrder"
    assert (await call(world, "GET", path, externalId="id-1"))[:2] == (200, [])
    world.operator.read_faults["missing"] = 1.0
    status, told, _headers = await call(world, "GET", path, externalId="id-1")
    assert (status, told["code"]) == (404, 60)
