"""How the operator's APIs are asked: how long, how often, and when not at all.

A read may be asked again, a little later and within a budget. A change goes out exactly once,
whatever happens; what its failure means is told apart here, because nobody above can (G-10).
Addresses hold phone numbers and headers hold the token, so neither is ever logged.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import structlog

from account.errors import (
    CarrierAccessDenied,
    CarrierNotReached,
    CarrierUnavailable,
    OutcomeUnknown,
)
from account.values.durations import boottime
from carrier.auth import Access
from carrier.breaker import Breaker, BreakerRules, BreakerState, RetryBudget
from carrier.limiter import CallLimiter
from carrier.pauses import Pauses
from carrier.profile.model import ApiProfile, Profile, Refusals
from carrier.request_id import USER_AGENT, ids_of_a_try, new_trace
from carrier.transport import Answer, NoAnswerError, NotConnectedError, PooledTransport, Transport

if TYPE_CHECKING:
    from account.changes.ports import DispatchGuard

log = structlog.get_logger(__name__)


class Api(StrEnum):
    """The APIs of TM Forum that are asked; each may fail alone, so each has its own breaker."""

    PARTY = "TMF632"
    PRODUCT_INVENTORY = "TMF637"
    ACCOUNT = "TMF666"
    PREPAY_BALANCE = "TMF654"
    PRODUCT_ORDER = "TMF622"
    USAGE = "TMF635"
    COMMUNICATION = "TMF681"
    RESOURCE = "TMF639"
    PRODUCT_CATALOG = "TMF620"
    USAGE_CONSUMPTION = "TMF677"
    PAYMENT = "TMF676"
    CUSTOMER_BILL = "TMF678"


_BASE = {
    Api.PARTY: "/tmf-api/party/v4",
    Api.PRODUCT_INVENTORY: "/tmf-api/productInventory/v4",
    Api.ACCOUNT: "/tmf-api/accountManagement/v4",
    Api.PREPAY_BALANCE: "/tmf-api/prepayBalanceManagement/v4",
    Api.PRODUCT_ORDER: "/tmf-api/productOrderingManagement/v4",
    Api.USAGE: "/tmf-api/usageManagement/v4",
    Api.COMMUNICATION: "/tmf-api/communicationManagement/v4",
    Api.RESOURCE: "/tmf-api/resourceInventoryManagement/v4",
    Api.PRODUCT_CATALOG: "/tmf-api/productCatalogManagement/v4",
    Api.CUSTOMER_BILL: "/tmf-api/customerBillManagement/v4",
    Api.USAGE_CONSUMPTION: "/tmf-api/usageConsumption/v4",
    Api.PAYMENT: "/tmf-api/payment/v4",
}


class Outcome(StrEnum):
    """How one try ended, for the observer."""

    ANSWERED = "answered"
    REFUSED = "refused"
    """A status 4xx: the operator works and does not want to."""
    FAULT = "fault"
    """A status 5xx, or one that is no answer to anything."""
    TIMEOUT = "timeout"
    LOST = "lost"
    """The connection broke before the answer was there."""
    NOT_CONNECTED = "not_connected"
    NOT_TRIED = "not_tried"
    """The breaker is open."""
    WITHHELD = "withheld"
    """It was too late to send it when the connection was there."""
    GIVEN_UP = "given_up"
    """The time of the whole call was over, or the asker went away."""


class Observer(Protocol):
    """Told of every try: the API's number (`TMF637`), its end, and the seconds it took."""

    def __call__(self, api: str, outcome: str, seconds: float) -> None:
        """Count it; must not raise."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds and counts (safety.md section 4). `total` bounds one call of the port."""

    connect: float = 2.0
    read: float = 6.0
    total: float = 8.0
    retries: int = 2
    first_pause: float = 0.1
    breaker: BreakerRules = field(default_factory=BreakerRules)


class OperatorHttp:
    """Every request of this process to the operator goes through one of these.

    `base_url` is what stands before `/tmf-api` where the profile says nothing else; `token` the
    operator's or the file that holds it. Raises ValueError for a malformed address or token,
    OSError for a file that cannot be read.
    """

    def __init__(
        self,
        base_url: str,
        token: str | Path | None,
        *,
        wire: Transport | None = None,
        limits: Limits | None = None,
        observer: Observer | None = None,
        profile: Profile | None = None,
        now: Callable[[], float] = boottime,
        clock: Callable[[], datetime] | None = None,
        limiter: CallLimiter | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        if re.fullmatch(r"https?://[^\s/?#]+[^\s?#]*", base_url) is None:
            raise ValueError("not an http(s) address")
        self.limits = limits or Limits()
        base_url = base_url.rstrip("/")
        self.profile = profile or Profile()
        self._urls = {api: _url(base_url, api, self.profile.api(api)) for api in Api}
        self._wire = wire or PooledTransport(unacknowledged=self.limits.total)
        self._access = Access(token, now, told=self.profile.access, wire=self._wire)
        self._observer = observer
        self._now = now
        self._sleep = sleep
        # Bound once: a line that is not written costs 9 µs otherwise, three a tap.
        self._log = log.bind()
        self._budget = RetryBudget()
        self._pauses = Pauses(self.profile.limits, now, clock or _time_of_day)
        self._limiter = limiter
        self._heads = {
            api: {"User-Agent": USER_AGENT, **self.profile.api(api).headers} for api in Api
        }
        self._breakers = {api: Breaker(now, self.limits.breaker) for api in Api}

    def address(self, api: Api) -> str:
        """Where the resources of that API are."""
        return self._urls[api]

    @property
    def refused(self) -> bool:
        """Whether the operator does not let us in: see `carrier.auth`."""
        return self._access.refused

    @property
    def breakers(self) -> Mapping[str, BreakerState]:
        """How the breaker of each API stands, by the API's number."""
        return {api.value: breaker.state for api, breaker in self._breakers.items()}

    async def headers(self, api: Api) -> Mapping[str, str]:
        """What every request to that API says of us. Raises `CarrierNotReached` without a token."""
        return {**self.profile.api(api).headers, **await self._access.headers()}

    async def close(self) -> None:
        """Hang up."""
        await self._wire.close()

    @asynccontextmanager
    async def in_time(self) -> AsyncIterator[None]:
        """The time one read of the port may take in all. Raises `CarrierUnavailable`."""
        try:
            async with asyncio.timeout(self.limits.total):
                yield
        except TimeoutError:
            raise CarrierUnavailable("no answer in time") from None

    async def pause(self, seconds: float) -> None:
        """Wait before a question is looked at again that the operator is working on."""
        await self._sleep(seconds)

    async def read(self, api: Api, resource: str, query: str) -> Answer:
        """GET a list; `query` is percent-encoded. The answer's status is 200 or 206.

        Tries up to `limits.retries` times more after a fault that may pass. Raises
        `CarrierUnavailable`, and of it `CarrierNotReached` when nothing was sent at all and
        `CarrierAccessDenied` when the operator does not let us in.
        """
        return await self._read(api, "GET", f"{self._urls[api]}/{resource}?{query}", None)

    async def ask(self, api: Api, resource: str, question: object) -> Answer | None:
        """POST a question that changes nothing, so that it may be asked again like a read.

        None when the operator says that what is asked about is not there. Raises as `read`.
        """
        content = json.dumps(question, separators=(",", ":")).encode()
        answer = await self._read(api, "POST", f"{self._urls[api]}/{resource}", content)
        return None if answer.status == 404 else answer

    async def _read(self, api: Api, method: str, url: str, content: bytes | None) -> Answer:
        more = {} if content is None else {"Content-Type": "application/json"}
        renewals = 1
        until = self._now() + self.limits.total
        self._budget.request()
        tries, trace = 0, new_trace()
        while True:
            headers = {**self._heads[api], **await self._access.headers(), **more}
            if 0 < (asked := self._pauses.left(api.value)) < until - self._now():
                await self._sleep(asked)
            await self._turn(api, until)
            try:
                answer = await self._try(api, trace, method, url, headers, content, until)
            except CarrierNotReached:
                raise
            except (NotConnectedError, NoAnswerError) as error:
                fault = _fault(api, error)
                fault.__cause__ = error
                pause = self._pause(tries, error)
            else:
                if _is_an_answer(answer, question=content is not None):
                    self._access.note(api.value, answer.status)
                    return answer
                fault = CarrierUnavailable(f"{api}: status {answer.status}")
                pause = self._pause(tries)
                if answer.status == 401 and renewals and self._access.renewed(headers):
                    renewals -= 1
                    continue
                if (asked_to := self._pauses.note(api.value, answer)) is not None:
                    pause += asked_to
                elif answer.status < 500:
                    raise self._refusal(api, answer)
            tries += 1
            if tries > self.limits.retries or self._now() + pause >= until:
                self._pauses.check(api.value)
                raise fault
            if not self._budget.take():
                raise fault
            await self._sleep(pause)

    async def change(
        self,
        api: Api,
        resource: str,
        body: object,
        key: str,
        *,
        method: str = "POST",
        guard: DispatchGuard | None = None,
    ) -> Answer:
        """POST once, and never again; `key` (1 to 128 printable ASCII signs) marks it as one.

        Returns the answer whatever its status; `verdict` reads it. Raises `CarrierNotReached` when
        it surely never left, `guard` having the last word, and `OutcomeUnknown` when nothing is
        known.
        """
        if re.fullmatch(r"[ -~]{1,128}", key) is None:
            raise ValueError("not an idempotency key")
        headers = {
            **self._heads[api],
            **await self._access.headers(),
            "Content-Type": "application/json",
            "Idempotency-Key": key,
        }
        url = f"{self._urls[api]}/{resource}"
        until = self._now() + self.limits.total
        content = json.dumps(body, separators=(",", ":")).encode()
        await self._turn(api, until)
        try:
            async with asyncio.timeout(self.limits.total):
                answer = await self._try(
                    api, new_trace(), method, url, headers, content, until, guard
                )
        except NotConnectedError as error:
            raise CarrierNotReached(f"{api}: no connection") from error
        except (NoAnswerError, TimeoutError) as error:
            raise OutcomeUnknown(f"{api}: {error}") from error
        self._pauses.note(api.value, answer)
        if answer.status != 403:  # of a change it may be a rule of the operator's
            self._access.note(api.value, answer.status)
        if answer.status == 401:
            self._access.renewed(headers)
        return answer

    async def _turn(self, api: Api, until: float) -> None:
        """Wait for a call's turn among all processes. Raises `CarrierNotReached`."""
        if self._limiter is not None:
            self._pauses.check(api.value)
            await self._limiter.wait(api.value, until)

    async def _try(
        self,
        api: Api,
        trace: str,
        method: str,
        url: str,
        headers: Mapping[str, str],
        content: bytes | None,
        until: float,
        guard: DispatchGuard | None = None,
    ) -> Answer:
        """One try through the breaker, told to the observer."""
        self._pauses.check(api.value)
        breaker = self._breakers[api]
        ticket = breaker.enter()
        if ticket is None:
            self._observe(api, Outcome.NOT_TRIED, 0.0)
            raise CarrierNotReached(f"{api}: the breaker is open")
        started = self._now()
        left = max(until - started, 0.01)
        limits = self.limits
        well: bool | None = False
        outcome = Outcome.GIVEN_UP
        status: int | None = None
        ids = ids_of_a_try(trace)
        try:
            answer = await self._wire.send(
                method,
                url,
                {**headers, **ids},
                content,
                connect=min(limits.connect, left),
                read=min(limits.read, left),
                guard=guard,
            )
            status = answer.status
            well = status < 500
            outcome = _outcome(answer.status)
        except CarrierNotReached:
            # Our own guard: it says nothing about the operator.
            well, outcome = None, Outcome.WITHHELD
            raise
        except NotConnectedError:
            outcome = Outcome.NOT_CONNECTED
            raise
        except NoAnswerError as error:
            outcome = Outcome.TIMEOUT if error.timed_out else Outcome.LOST
            if error.stale:
                well = None
            raise
        except asyncio.CancelledError:
            well = None
            raise
        finally:
            breaker.leave(ticket, well=well)
            self._observe(api, outcome, self._now() - started)
            told = self._log.debug if outcome is Outcome.ANSWERED else self._log.info
            told(
                "operator.call",
                api=api.value,
                status=status,
                kind=outcome.value,
                request_id=ids["X-Request-Id"],
            )
        return answer

    def _refusal(self, api: Api, answer: Answer) -> CarrierUnavailable:
        """What a read that was refused raises; nothing else than access is an alarm."""
        status = answer.status
        self._access.note(api.value, status)
        log.warning(
            "operator_refused_read",
            api=api.value,
            status=status,
            reason_code=reason_code(answer),
        )
        kind = CarrierAccessDenied if status in (401, 403) else CarrierUnavailable
        return kind(f"{api}: status {status}")

    def _pause(self, tries: int, error: Exception | None = None) -> float:
        """Seconds before the next try, at random so that nobody comes back in step.

        None after a stale connection: the next one is another, nobody has to recover.
        """
        if isinstance(error, NoAnswerError) and error.stale:
            return 0.0
        return self.limits.first_pause * (1 << tries) * (0.5 + random.random())  # noqa: S311

    def _observe(self, api: Api, outcome: Outcome, seconds: float) -> None:
        if self._observer is not None:
            self._observer(api.value, outcome.value, seconds)


def _time_of_day() -> datetime:
    return datetime.now(UTC)


def _url(base_url: str, api: Api, told: ApiProfile) -> str:
    """Where the resources of an API are."""
    path = _BASE[api] if told.path is None else told.path
    return (told.address or base_url).rstrip("/") + path


def _fault(api: Api, error: NotConnectedError | NoAnswerError) -> CarrierUnavailable:
    """What the asker of a read is told."""
    if isinstance(error, NotConnectedError):
        return CarrierNotReached(f"{api}: no connection")
    return CarrierUnavailable(f"{api}: {error}")


def _is_an_answer(answer: Answer, *, question: bool) -> bool:
    """Whether a read was answered; a question also by 201, and by the operator's own 404."""
    if answer.status in (200, 206):
        return True
    if not question:
        return False
    return answer.status == 201 or (answer.status == 404 and reason_code(answer) == "NOT_FOUND")


def _outcome(status: int) -> Outcome:
    if 200 <= status < 300:
        return Outcome.ANSWERED
    return Outcome.REFUSED if 400 <= status < 500 else Outcome.FAULT


_REASON_CODE = re.compile(r"[A-Z0-9][A-Z0-9_.]{0,63}")


def as_reason_code(value: object) -> str | None:
    """`value` when it is written like a code of the operator (`NUMBER.DEBT`), else None."""
    if isinstance(value, str) and _REASON_CODE.fullmatch(value):
        return value
    return None


def reason_code(answer: Answer) -> str | None:
    """The code of TMF630's error body, None when the body is something else."""
    try:
        body = json.loads(answer.body)
    except (ValueError, RecursionError):
        return None
    return as_reason_code(body.get("code")) if isinstance(body, dict) else None


_NOTHING_WAS_DONE = frozenset({401, 429})
_REFUSAL = frozenset({400, 404, 409, 422})
_TOO_LATE = "ORDER.EXPIRED"
_OTHERWISE = "REJECTED"
_AS_STANDARD = Refusals()
_NO_REFUSAL = frozenset({"NOT_FOUND", "IDEMPOTENCY.IN_PROGRESS", "IDEMPOTENCY.REUSED"})


def verdict(answer: Answer, refusals: Refusals = _AS_STANDARD) -> str | None:
    """What the answer to a change says: None when it was taken, else the code of the refusal.

    Raises `CarrierNotReached` for 401 and 429: the contract has 429 do nothing, and 401 means "not
    applied" (RFC 9110, 15.5.2); and for an order that had expired when it came. A refusal is only
    400, 404, 409 or 422 with the operator's own error body, so that a page of some gateway between
    us is none; which bodies are its own besides the contract's, `refusals` says. Everything else
    raises `OutcomeUnknown`: 403 and 408, every redirect and 5xx, a 404 about the address itself,
    and the two answers by which the operator says that it knows the key already, one while the
    first try is still being worked on, the other because the first try looked different.
    """
    status = answer.status
    if 200 <= status < 300:
        return None
    if status in _NOTHING_WAS_DONE:
        raise CarrierNotReached(f"status {status}")
    code = reason_code(answer)
    if status in _REFUSAL:
        told = _told_code(answer, refusals)
        code = refusals.codes.get(told or "", code)
        if code is None and told is not None and refusals.final:
            code = _OTHERWISE
    if status in _REFUSAL and code == _TOO_LATE:
        raise CarrierNotReached("the order had expired when it arrived")
    if status not in _REFUSAL or code is None or code in _NO_REFUSAL:
        raise OutcomeUnknown(f"status {status}")
    return code


def _told_code(answer: Answer, refusals: Refusals) -> str | None:
    """The code of an error body in whatever form operators write one; None where there is none.

    A body without any code is an error body too, where `refusals` are final, but not with 404: a
    gateway says so of an address.
    """
    try:
        body = json.loads(answer.body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(body, dict):
        return None
    inner = body.get("error")
    for place in (body, inner if isinstance(inner, dict) else {}):
        code = place.get("code")
        if isinstance(code, str) or (isinstance(code, int) and not isinstance(code, bool)):
            return str(code)
    if isinstance(inner, str):
        return inner
    wordy = "application/problem+json" in answer.headers.get("Content-Type", "") or any(
        isinstance(body.get(name), str) for name in ("reason", "title")
    )
    return "" if refusals.final and wordy and answer.status != 404 else None
