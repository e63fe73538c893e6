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
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import structlog

from account.errors import (
    CarrierAccessDenied,
    CarrierNotReached,
    CarrierNotTried,
    CarrierNotUnderstood,
    CarrierUnavailable,
    OutcomeUnknown,
)
from account.values.durations import boottime
from carrier.apis import Api, url_of
from carrier.auth import Access
from carrier.breaker import Breaker, BreakerRules, BreakerState, RetryBudget
from carrier.decoding_faults import DecodingFaults, DecodingObserver, asked_api
from carrier.limiter import CallLimiter, in_background
from carrier.list_cache import ListCache
from carrier.observer import Observer, Outcome, outcome_of
from carrier.pauses import Pauses
from carrier.profile.loader import contract
from carrier.profile.model import Profile
from carrier.query_names import renamed
from carrier.request_id import USER_AGENT, ids_of_a_try, new_trace
from carrier.transport import Answer, NoAnswerError, NotConnectedError, PooledTransport, Transport
from carrier.verdict import has_code, is_an_answer, reason_code

if TYPE_CHECKING:
    from types import TracebackType

    from account.changes.ports import DispatchGuard

log = structlog.get_logger(__name__)

_NOTHING = Answer(200, {}, b"[]")
_NOT_AS_AGREED = frozenset({400, 405, 406, 414, 415, 422})
"""To a read: the operator answers, and does not understand what is asked."""
_LIVELY = 2.0
"""Seconds since the last question that a person waits for, while which more are to be expected."""
_REST = 0.002
_EXACT = msgspec.json.Encoder(decimal_format="number")


def _written(body: object) -> bytes:
    """The body as JSON; a number that was read of an answer, and goes back, to the last digit."""
    try:
        return json.dumps(body, separators=(",", ":")).encode()
    except TypeError:
        pass
    try:
        return _EXACT.encode(body)
    except UnicodeError:  # half a letter, in a text that goes back as well
        return json.dumps(body, separators=(",", ":"), default=float).encode()


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
        transport: Transport | None = None,
        limits: Limits | None = None,
        observer: Observer | None = None,
        decoding_observer: DecodingObserver | None = None,
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
        self.profile = profile or contract()
        self._urls = {api: url_of(base_url, api, self.profile.api(api)) for api in Api}
        self._transport = transport or PooledTransport(unacknowledged=self.limits.total)
        self._access = Access(token, now, told=self.profile.access, transport=self._transport)
        self._observer = observer
        self.decoding_faults = DecodingFaults(now, decoding_observer)
        self._now = now
        self._sleep = sleep
        # Bound once: a line that is not written costs 9 µs otherwise, three a tap.
        self._log = log.bind()
        self.list_cache = ListCache(now)
        self._waited_for = -_LIVELY
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
        await self._transport.close()

    def in_time(self) -> _InTime:
        """The time one read of the port may take in all. Raises `CarrierUnavailable`.

        An answer that is not understood is an alarm on its way out.
        """
        return _InTime(self.limits.total, self.decoding_faults)

    async def pause(self, seconds: float) -> None:
        """Wait before a question is looked at again that the operator is working on."""
        await self._sleep(seconds)

    async def others_first(self) -> None:
        """Between rows of a long list: everybody else has the loop, and while somebody waits for
        a screen, the core as well.

        Who computes without a pause is put behind others by the kernel, taps included.
        """
        lively = self._now() < self._waited_for + _LIVELY
        await self._sleep(_REST if lively and in_background() else 0)

    async def read(self, api: Api, resource: str, query: str, *, proof: bool = False) -> Answer:
        """GET a list; `query` is percent-encoded. The answer's status is 200 or 206.

        Where its being empty is a `proof`, nothing but an empty list is one, whatever the profile
        says of 404.
        Tries up to `limits.retries` times more after a fault that may pass. Raises
        `CarrierUnavailable`, and of it `CarrierNotReached` when nothing was sent at all and
        `CarrierAccessDenied` when the operator does not let us in.
        """
        url = f"{self._urls[api]}/{resource}?{renamed(query, self.profile.called(api.value))}"
        return await self._read(api, "GET", url, None, proof=proof)

    async def ask(self, api: Api, resource: str, question: object) -> Answer | None:
        """POST a question that changes nothing, so that it may be asked again like a read.

        None when the operator says that what is asked about is not there. Raises as `read`.
        """
        content = json.dumps(question, separators=(",", ":")).encode()
        answer = await self._read(api, "POST", f"{self._urls[api]}/{resource}", content)
        return None if answer.status == 404 else answer

    async def _read(
        self, api: Api, method: str, url: str, content: bytes | None, *, proof: bool = True
    ) -> Answer:
        more = {} if content is None else {"Content-Type": "application/json"}
        renewals = 1
        name = api.value  # a property that an enumeration makes anew costs 0.1 µs each time
        asked_api.set(name)
        until = self._now() + self.limits.total
        self._budget.request()
        tries, trace = 0, new_trace()
        while True:
            headers = {**self._heads[api], **await self._let_in(api, until), **more}
            if 0 < (asked := self._pauses.left(name)) < until - self._now():
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
                read = self._answered(api, answer, question=content is not None, proof=proof)
                if read is not None:
                    self._access.note(name, answer.status)
                    return read
                fault = CarrierUnavailable(f"{api}: status {answer.status}")
                pause = self._pause(tries)
                if answer.status == 401 and renewals and self._access.renewed(headers):
                    renewals -= 1
                    continue
                if (asked_to := self._pauses.note(name, answer)) is not None:
                    pause += asked_to
                elif answer.status < 500:
                    raise self._refusal(api, answer)
            tries += 1
            if tries > self.limits.retries or self._now() + pause >= until:
                self._pauses.check(name)
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
        aside: bool = False,
    ) -> Answer:
        """POST once, and never again; `key` (1 to 128 printable ASCII signs) marks it as one.

        Without a `body` nothing is sent but the head (DELETE). What is asked `aside` is a favour:
        however it fails, the API's breaker and pauses stay, so nobody else is kept waiting.

        Returns the answer whatever its status; `verdict` reads it. Raises `CarrierNotReached` when
        it surely never left, `guard` having the last word, and `OutcomeUnknown` when nothing is
        known.
        """
        if re.fullmatch(r"[ -~]{1,128}", key) is None:
            raise ValueError("not an idempotency key")
        until = self._now() + self.limits.total
        headers = {
            **self._heads[api],
            **await self._let_in(api, until),
            **({} if body is None else {"Content-Type": self._body_type(api, method)}),
            "Idempotency-Key": key,
        }
        url = f"{self._urls[api]}/{resource}"
        content = None if body is None else _written(body)
        await self._turn(api, until)
        # Sent with no time to hear the answer, it would only become an unknown outcome.
        if (left := until - self._now()) < self.limits.total / 4:
            raise CarrierNotReached(f"{api}: too late to be sent")
        try:
            async with asyncio.timeout(left):
                breaker = Breaker(self._now, self.limits.breaker) if aside else None
                answer = await self._try(
                    api, new_trace(), method, url, headers, content, until, guard, breaker
                )
        except NotConnectedError as error:
            raise CarrierNotReached(f"{api}: no connection") from error
        except (NoAnswerError, TimeoutError) as error:
            raise OutcomeUnknown(f"{api}: {error}") from error
        if not aside:
            self._pauses.note(api.value, answer)
        if answer.status != 403:  # of a change it may be a rule of the operator's
            self._access.note(api.value, answer.status)
        if answer.status == 401:
            self._access.renewed(headers)
        return answer

    def _body_type(self, api: Api, method: str) -> str:
        patch = method == "PATCH" and self.profile.speaks_v5(api)
        return "application/merge-patch+json" if patch else "application/json"

    async def _let_in(self, api: Api, until: float) -> Mapping[str, str]:
        """What opens the operator's systems. Raises `CarrierNotReached`, also when it is late."""
        headers = await self._access.headers(max(until - self._now(), 0.0))
        if self._now() >= until:
            raise CarrierNotReached(f"{api}: the token took all of the time")
        return headers

    def _answered(self, api: Api, answer: Answer, *, question: bool, proof: bool) -> Answer | None:
        """What a read was answered, None where it was not.

        An empty list may be told by 404, by the operator itself and no gateway.
        """
        if is_an_answer(answer, self.profile.refusals, question=question):
            return answer
        if proof:
            return None
        if answer.status == 204:
            return _NOTHING
        missing = answer.status == 404 and self.profile.api(api).empty_is_missing
        return _NOTHING if missing and has_code(answer) else None

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
        breaker: Breaker | None = None,
    ) -> Answer:
        """One try through the breaker, the API's unless told, and told to the observer."""
        name = api.value
        self._pauses.check(name)
        breaker = breaker or self._breakers[api]
        ticket = breaker.enter()
        if ticket is None:
            self._observe(name, Outcome.NOT_TRIED, 0.0)
            raise CarrierNotTried(f"{api}: the breaker is open")
        started = self._now()
        if not in_background():
            self._waited_for = started
        left = max(until - started, 0.01)
        limits = self.limits
        well: bool | None = False
        outcome = Outcome.GIVEN_UP
        status: int | None = None
        ids = ids_of_a_try(trace)
        try:
            answer = await self._transport.send(
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
            outcome = outcome_of(answer.status)
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
            self._observe(name, outcome, self._now() - started)
            told = self._log.debug if outcome is Outcome.ANSWERED else self._log.info
            told(
                "operator.call",
                api=name,
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
        if status in _NOT_AS_AGREED:
            return CarrierNotUnderstood(f"question: status {status}", api.value)
        kind = CarrierAccessDenied if status in (401, 403) else CarrierUnavailable
        return kind(f"{api}: status {status}")

    def _pause(self, tries: int, error: Exception | None = None) -> float:
        """Seconds before the next try, at random so that nobody comes back in step.

        None after a stale connection: the next one is another, nobody has to recover.
        """
        if isinstance(error, NoAnswerError) and error.stale:
            return 0.0
        return self.limits.first_pause * (1 << tries) * (0.5 + random.random())  # noqa: S311

    def _observe(self, api: str, outcome: Outcome, seconds: float) -> None:
        if self._observer is not None:
            self._observer(api, outcome.value, seconds)


class _InTime:
    """See `OperatorHttp.in_time`; a generator around each read would cost more than the read's own.

    Waits within are given up when the time is over, as by `asyncio.timeout`.
    """

    __slots__ = ("_faults", "_limit")

    def __init__(self, seconds: float, faults: DecodingFaults) -> None:
        self._limit = asyncio.timeout(seconds)
        self._faults = faults

    async def __aenter__(self) -> None:
        await self._limit.__aenter__()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            await self._limit.__aexit__(kind, error, trace)
        except TimeoutError:
            raise CarrierUnavailable("no answer in time") from None
        if isinstance(error, TimeoutError):
            raise CarrierUnavailable("no answer in time") from None
        if isinstance(error, CarrierNotUnderstood):
            self._faults.answer(error.api, error.field)


def _time_of_day() -> datetime:
    return datetime.now(UTC)


def _fault(api: Api, error: NotConnectedError | NoAnswerError) -> CarrierUnavailable:
    """What the asker of a read is told."""
    if isinstance(error, NotConnectedError):
        return CarrierNotReached(f"{api}: no connection")
    return CarrierUnavailable(f"{api}: {error}")
