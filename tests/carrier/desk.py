"""The operator in unit tests: answers laid out by hand, and every request kept.

`MockTransport` puts `httpx.MockTransport` in the place of the network; `Time` stands still
unless told.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeAlias

import httpx

from account.changes.action import Action, ActionKind
from account.changes.parameters import ChangeParameters
from account.changes.ports import DispatchGuard
from account.chapters.kinds import parameters_of
from account.values.identifiers import Msisdn
from carrier.http import Limits, OperatorHttp
from carrier.httpx_transport import WRITES_REQUEST, HttpxTransport
from carrier.profile.loader import contract
from carrier.profile.model import Profile
from carrier.tmf.adapter import TmfAdapter
from carrier.transport import Answer
from tests.account.examples import PARAMETERS

Handler: TypeAlias = Callable[[httpx.Request], httpx.Response | Awaitable[httpx.Response]]

COMPANY = "org-180140000018"
NUMBER = Msisdn("77010542006")
TOKEN = "token-of-the-operator"


class MockTransport(HttpxTransport):
    """The product's transport over any of httpx's; `reads` are the seconds it may wait for each."""

    def __init__(self, network: httpx.AsyncBaseTransport) -> None:
        super().__init__(httpx.AsyncClient(transport=_Traced(network), trust_env=False))
        self.reads: list[float] = []

    async def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        *,
        connect: float,
        read: float,
        guard: DispatchGuard | None = None,
    ) -> Answer:
        self.reads.append(read)
        return await super().send(
            method, url, headers, body, connect=connect, read=read, guard=guard
        )


class _Traced(httpx.AsyncBaseTransport):
    """Tells of the first byte as httpcore does."""

    def __init__(self, network: httpx.AsyncBaseTransport) -> None:
        self._network = network

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if (trace := request.extensions.get("trace")) is not None:
            await trace(WRITES_REQUEST, {})
        return await self._network.handle_async_request(request)


class Time:
    """Seconds that pass when somebody sleeps, or when told to."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds


@dataclass
class Day:
    """The time of day."""

    moment: datetime = datetime(2026, 11, 22, 7, 0, 0, 123456, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment


@dataclass
class DecodingFaults:
    """What could not be read, as (API, field)."""

    rows: list[tuple[str, str]] = field(default_factory=list)
    answers: list[tuple[str, str]] = field(default_factory=list)

    def row_left_out(self, api: str, field: str) -> None:
        self.rows.append((api, field))

    def not_understood(self, api: str, field: str) -> None:
        self.answers.append((api, field))


@dataclass
class Desk:
    """Answers by resource (the last part of the path); the last one laid stays for ever."""

    limits: Limits = field(default_factory=Limits)
    requests: list[httpx.Request] = field(default_factory=list)
    tries: list[tuple[str, str, float]] = field(default_factory=list)
    time: Time = field(default_factory=Time)
    day: Day = field(default_factory=Day)
    decoding_faults: DecodingFaults = field(default_factory=DecodingFaults)
    profile: Profile = field(default_factory=contract)

    def __post_init__(self) -> None:
        self._laid: dict[str, list[Handler]] = {}
        self.transport = MockTransport(httpx.MockTransport(self._serve))
        self.http = OperatorHttp(
            "http://operator.test/root/",
            TOKEN,
            transport=self.transport,
            limits=self.limits,
            observer=lambda api, outcome, seconds: self.tries.append((api, outcome, seconds)),
            decoding_observer=self.decoding_faults,
            now=self.time,
            sleep=self.time.sleep,
            profile=self.profile,
        )
        self.carrier = TmfAdapter(self.http, self.day, now=self.time)

    def lay(self, resource: str, *handlers: Handler) -> None:
        """Serve `resource` by each of these once, then by the last."""
        self._laid[resource] = list(handlers)

    def answer(
        self, resource: str, body: object, *, status: int = 200, total: int | None = None
    ) -> None:
        """Always answer this body; X-Total-Count is the length of a list unless told."""
        self.lay(resource, answering(body, status=status, total=total))

    def asked(self, resource: str) -> list[httpx.Request]:
        """The requests for `resource`."""
        return [one for one in self.requests if one.url.path.endswith("/" + resource)]

    def query(self, resource: str) -> dict[str, str]:
        """What the last request for `resource` asked."""
        return dict(self.asked(resource)[-1].url.params)

    def sent(self, resource: str) -> Any:
        """The JSON body of the only request for `resource`."""
        [request] = self.asked(resource)
        return json.loads(request.content)

    async def _serve(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        laid = self._laid[request.url.path.rpartition("/")[2]]
        handler = laid.pop(0) if len(laid) > 1 else laid[0]
        response = handler(request)
        return response if isinstance(response, httpx.Response) else await response


def reply(body: object, *, status: int = 200, total: int | str | None = None) -> httpx.Response:
    """One response; bytes go out as they are, X-Total-Count is the length of a list unless told."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"}
    if total is None and isinstance(body, list):
        total = len(body)
    if total is not None:
        headers["X-Total-Count"] = str(total)
    return httpx.Response(status, headers=headers, content=content)


def answering(body: object, *, status: int = 200, total: int | str | None = None) -> Handler:
    """A handler with one answer."""
    return lambda _: reply(body, status=status, total=total)


def written(body: object, number: str) -> bytes:
    """The body as JSON, the text `@` in it replaced by a number in exactly this writing."""
    return json.dumps(body).encode().replace(b'"@"', number.encode())


def failing(error: type[httpx.TransportError]) -> Handler:
    """A handler that breaks the connection."""

    def fail(request: httpx.Request) -> httpx.Response:
        raise error("broken by the test", request=request)

    return fail


def refusing(status: int, code: str) -> Handler:
    """A handler with TMF630's error body."""
    body = {"code": code, "reason": "No", "message": "No", "status": str(status)}
    return answering(body, status=status)


# --- what the operator has, as docs/operator.md shows it ---


def characteristic(name: str, value: object) -> dict[str, object]:
    return {"name": name, "valueType": "string", "value": value}


def product(msisdn: str = NUMBER.digits, **known: object) -> dict[str, Any]:
    """A product; `known` are characteristics, None leaves one out, `status` is the product's."""
    status = known.pop("status", "active")
    company = known.pop("company", COMPANY)
    tariff = known.pop("tariff", "Business Class Junior")
    values: dict[str, object] = {
        "paymentMethod": "Credit",
        "statusSince": "2026-09-14T10:05:00+05:00",
        "voluntaryBlock": False,
        "registrationForm": "300014697190-131",
        "banSmsUssdControl": False,
        "banMyKcellDetails": False,
        "banMyKcellAccess": True,
    } | known
    return {
        "id": msisdn,
        "href": f"/tmf-api/productInventory/v4/product/{msisdn}",
        "name": tariff,
        "status": status,
        "productSerialNumber": msisdn,
        "billingAccount": {"id": "25060831", "name": "25060831"},
        "productCharacteristic": [
            characteristic(name, value) for name, value in values.items() if value is not None
        ],
        "relatedParty": [{"id": company, "role": "customer", "@referredType": "Organization"}],
    }


def bucket(name: str, msisdn: str = NUMBER.digits, amount: object = 8475.9) -> dict[str, Any]:
    return {
        "id": f"{name.split()[0]}-{msisdn}",
        "name": name,
        "remainingValue": {"amount": amount, "units": "KZT"},
        "product": [{"id": msisdn, "name": msisdn}],
    }


def action(kind: ActionKind = ActionKind.BLOCK, **changes: Any) -> Action[Any]:
    """A change; `parameters` and `sealed` may be as a row has them."""
    values: dict[str, Any] = {
        "id": "c0ffee00-0000-4000-8000-000000000001",
        "kind": kind,
        "company_id": COMPANY,
        "msisdn": NUMBER,
        "telegram_id": 1,
        "session_id": "s-1",
        "administrator_id": "adm-1",
        "administrator": "Асель Садыкова",
        "shown": "active",
        "offered_at": datetime(2026, 11, 22, 7, tzinfo=UTC),
        "parameters": PARAMETERS[kind],
        "reference": "A-20261122-0001",
    } | changes
    told, sealed = values["parameters"], values.pop("sealed", {})
    if not isinstance(told, ChangeParameters) or sealed:
        told = told.told() if isinstance(told, ChangeParameters) else told
        values["parameters"] = parameters_of(kind, told, sealed)
    return Action(**values)
