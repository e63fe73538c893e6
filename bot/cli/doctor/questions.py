"""The operator asked a question, and the answer kept as a line of the doctor's table."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sized
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from structlog.testing import capture_logs

from account.errors import CarrierNotUnderstood, CarrierUnavailable
from account.values.page import Page
from bot.cli.doctor import answers, operator
from bot.ops.causes import unreached
from bot.ops.clock import SteadyClock
from carrier.tmf.adapter import TmfAdapter
from carrier.transport import Answer, NoAnswerError, NotConnectedError

if TYPE_CHECKING:
    from bot.config.settings import Settings
    from carrier.apis import Api
    from carrier.http import OperatorHttp
    from carrier.httpx_transport import HttpxTransport


class Mark(StrEnum):
    """How an answer is judged."""

    PASS = "pass"  # noqa: S105 - a word
    TOLERATED = "tolerated"
    FAILS = "fails"


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table."""

    api: str
    question: str
    mark: Mark
    meaning: str


class Questions:
    """Asks in the product's own way; `lines` are what was found, in their order."""

    def __init__(self, settings: Settings, transport: HttpxTransport, http: OperatorHttp) -> None:
        self.settings = settings
        self.transport = transport
        self.http = http
        self.carrier = TmfAdapter(http, SteadyClock())
        self._fields: dict[str, int] = {}
        self.lines: list[Line] = []

    async def ask(self, api: Api, asked: str, resource: str | None = None) -> Answer | None:
        """What came, whatever its status; None when nothing did."""
        try:
            return await operator.asked(self.http, self.transport, api, asked, resource)
        except (NotConnectedError, NoAnswerError, CarrierUnavailable):
            return None  # told by the first question already

    async def rows(
        self, api: Api, asked: str, resource: str | None = None
    ) -> tuple[Answer, list[dict[str, Any]]] | None:
        """The rows of an answer that is a list; anything else is told by the first question."""
        answer = await self.ask(api, asked, resource)
        if answer is None or answer.status not in (200, 206):
            return None
        try:
            rows = json.loads(answer.body)
        except (ValueError, RecursionError):
            return None
        if not isinstance(rows, list):
            return None
        return answer, [row for row in rows if isinstance(row, dict)]

    async def page(self, api: Api, what: str, ask: Callable[[], Awaitable[Any]]) -> Any:
        """One page by the product's reader; rows that cannot be read are told."""
        found = await self.read(api, what, ask, quiet=True)
        if found is None:
            return None
        left_out = found.left_out if isinstance(found, Page) else 0
        rows = found.rows if isinstance(found, Page) else found
        count = len(rows) if isinstance(rows, Sized) else 1
        self.note(
            api,
            what,
            not left_out,
            f"{count} rows read"
            + (f", {left_out} left out for {answers.named(self._fields)}" if left_out else ""),
            tolerated=bool(count),
        )
        return found

    async def read(
        self, api: Api, what: str, ask: Callable[[], Awaitable[Any]], *, quiet: bool = False
    ) -> Any:
        """What the product's reader makes of it; a fault is a line, and None."""
        try:
            with capture_logs() as logs:
                try:
                    found = await ask()
                finally:
                    self._fields = answers.fields_in(logs)
        except CarrierNotUnderstood as error:
            self.note(api, what, False, f"not understood: {answers.named(self._fields) or error}")
        except CarrierUnavailable as error:
            said = unreached(error) or str(error)
            if said.endswith("status 404"):
                said += (
                    ": where a list in which nothing fits is answered so, "
                    f"apis.{api}.empty_is_missing is to be true"
                )
            self.note(api, what, False, said)
        else:
            if not quiet and found is not None:
                self.note(api, what, True, "read")
            return found
        return None

    def note(
        self, api: Api, question: str, well: bool, meaning: str, *, tolerated: bool = False
    ) -> None:
        """Put a line down; what is not well fails unless it is tolerated."""
        mark = Mark.PASS if well else Mark.TOLERATED if tolerated else Mark.FAILS
        self.lines.append(Line(api.value, question, mark, meaning))
