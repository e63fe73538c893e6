"""The operator's token: read from its file again, and said loudly when it is void."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from structlog.testing import capture_logs

from account.errors import CarrierAccessDenied, CarrierNotReached
from carrier.apis import Api
from carrier.auth import FORBIDDEN_FOR, LOOKED_AT_EVERY, Access
from carrier.http import OperatorHttp
from tests.carrier.desk import COMPANY, NUMBER, Desk, action, answering, refusing

TOKEN = "the-first-token"
OTHER = "the-second-token"


def write(file: Path, content: str | bytes) -> None:
    """What the operator's engineer does while the bot runs."""
    file.write_bytes(content if isinstance(content, bytes) else content.encode())


def remove(file: Path) -> None:
    file.unlink()


def move(file: Path, to: Path) -> None:
    file.replace(to)


class Operator(Desk):
    """Takes one token and no other."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.takes = TOKEN
        self.http = OperatorHttp(
            "http://operator.test",
            file,
            transport=self.transport,
            now=self.time,
            sleep=self.time.sleep,
        )

    def asks_for_it(self, resource: str) -> None:
        def answer(request: httpx.Request) -> httpx.Response:
            well = request.headers["Authorization"] == f"Bearer {self.takes}"
            right, wrong = answering([]), refusing(401, "UNAUTHENTICATED")
            told = (right if well else wrong)(request)
            assert isinstance(told, httpx.Response)
            return told

        self.lay(resource, answer)

    async def read(self, resource: str = "product", api: Api = Api.PRODUCT_INVENTORY) -> None:
        await self.http.read(api, resource, "limit=0")

    def tokens(self) -> list[str]:
        return [
            request.headers["Authorization"].removeprefix("Bearer ") for request in self.requests
        ]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "token"
    path.write_text(TOKEN + "\n")
    return path


@pytest.fixture
def operator(file: Path) -> Operator:
    operator = Operator(file)
    operator.asks_for_it("product")
    return operator


async def test_a_file_that_changed_is_read_again(operator: Operator, file: Path) -> None:
    await operator.read()
    write(file, OTHER)
    operator.takes = OTHER
    operator.time.seconds += LOOKED_AT_EVERY
    await operator.read()
    assert operator.tokens() == [TOKEN, OTHER]


async def test_a_file_that_was_replaced_is_read_again(operator: Operator, file: Path) -> None:
    await operator.read()
    other = file.with_name("new")
    write(other, OTHER)
    move(other, file)
    operator.takes = OTHER
    operator.time.seconds += LOOKED_AT_EVERY
    await operator.read()
    assert operator.tokens()[-1] == OTHER


async def test_after_a_401_the_file_is_read_and_the_read_asked_once_more(
    operator: Operator, file: Path
) -> None:
    await operator.read()
    write(file, OTHER)
    operator.takes = OTHER
    with capture_logs() as logs:
        await operator.read()
    assert operator.tokens() == [TOKEN, TOKEN, OTHER]
    assert not operator.http.refused
    assert [one["event"] for one in logs if one["event"] != "operator.call"] == []


async def test_a_void_token_is_an_alarm_once_and_refused_until_it_is_taken(
    operator: Operator, file: Path
) -> None:
    operator.takes = OTHER
    with capture_logs() as logs:
        for _ in range(3):
            with pytest.raises(CarrierAccessDenied):
                await operator.read()
    [alarm] = [one for one in logs if "alarm" in one]
    assert (alarm["event"], alarm["api"], alarm["status"]) == ("operator.refused", "TMF637", 401)
    assert operator.tokens() == [TOKEN] * 3
    assert operator.http.refused
    operator.time.seconds += FORBIDDEN_FOR + 1
    assert operator.http.refused
    write(file, OTHER)
    await operator.read()
    assert not operator.http.refused


async def test_an_api_that_is_forbidden_is_an_alarm_and_told_for_a_while(
    operator: Operator,
) -> None:
    operator.lay("payment", refusing(403, "FORBIDDEN"))
    with capture_logs() as logs:
        for _ in range(2):
            with pytest.raises(CarrierAccessDenied):
                await operator.read("payment", Api.PAYMENT)
    [alarm] = [one for one in logs if "alarm" in one]
    assert (alarm["event"], alarm["api"], alarm["status"]) == ("operator.refused", "TMF676", 403)
    await operator.read()
    assert operator.http.refused
    operator.time.seconds += FORBIDDEN_FOR + 1
    assert not operator.http.refused


async def test_a_forbidden_api_that_answers_again_is_well(operator: Operator) -> None:
    operator.lay("payment", refusing(403, "FORBIDDEN"), answering([]))
    with pytest.raises(CarrierAccessDenied):
        await operator.read("payment", Api.PAYMENT)
    await operator.read("payment", Api.PAYMENT)
    assert not operator.http.refused


async def test_a_change_with_a_void_token_is_an_alarm_and_not_sent_again_by_itself(
    operator: Operator, file: Path
) -> None:
    operator.asks_for_it("productOrder")
    write(file, OTHER)
    operator.takes = OTHER
    answer = await operator.http.change(Api.PRODUCT_ORDER, "productOrder", {}, "key")
    assert answer.status == 401
    assert operator.http.refused
    assert operator.tokens() == [TOKEN]
    answer = await operator.http.change(Api.PRODUCT_ORDER, "productOrder", {}, "key")
    assert operator.tokens() == [TOKEN, OTHER]
    assert not operator.http.refused


async def test_a_change_that_is_forbidden_says_nothing_about_our_token(desk: Desk) -> None:
    desk.lay("productOrder", refusing(403, "FORBIDDEN"))
    await desk.http.change(Api.PRODUCT_ORDER, "productOrder", {}, "key")
    assert not desk.http.refused


@pytest.mark.parametrize("content", [b"", b"two words", b"\xff\xfe", "пароль".encode()])
async def test_a_file_with_a_mistake_leaves_the_last_token(
    operator: Operator, file: Path, content: bytes
) -> None:
    write(file, content)
    operator.time.seconds += LOOKED_AT_EVERY
    with capture_logs() as logs:
        await operator.read()
        await operator.read()
    assert operator.tokens() == [TOKEN, TOKEN]
    events = [one["event"] for one in logs if one["event"] != "operator.call"]
    assert events == ["operator.token_unreadable"]
    assert not any(part in str(logs) for part in ("two words", "пароль"))


async def test_a_file_that_is_gone_leaves_the_last_token(operator: Operator, file: Path) -> None:
    remove(file)
    operator.time.seconds += LOOKED_AT_EVERY
    await operator.read()
    assert operator.tokens() == [TOKEN]


def test_a_start_wants_a_token_in_the_file(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        Access(tmp_path / "none")
    (tmp_path / "empty").touch()
    with pytest.raises(ValueError, match="token"):
        Access(tmp_path / "empty")


async def test_the_card_says_that_access_is_denied(desk: Desk) -> None:
    desk.lay("product", refusing(401, "UNAUTHENTICATED"))
    desk.answer("bucket", [])
    with pytest.raises(CarrierAccessDenied) as denied:
        await desk.carrier.number(COMPANY, NUMBER)
    assert "401" in str(denied.value)


async def test_a_transfer_with_a_void_token_was_not_made(desk: Desk) -> None:
    desk.lay("productOrder", refusing(401, "UNAUTHENTICATED"))
    with pytest.raises(CarrierNotReached):
        await desk.carrier.place(action())
