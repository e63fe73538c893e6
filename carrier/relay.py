"""The operator asked by one process and read by another.

Long lists are decoded and cleaned where their rows are written, beside the conversations. The one
process asks: tokens, turns among all processes, breakers, pauses, tries and their figures are its,
and it hands the bytes of the answer on. The other one reads them as it would read its own answers,
knows no secret and opens no connection.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Protocol

from typing_extensions import override

from account.values.durations import boottime
from carrier.apis import Api
from carrier.decoding_faults import DecodingFaults, asked_api
from carrier.http import Limits, OperatorHttp
from carrier.profile.model import Profile
from carrier.transport import Answer

ASKED = frozenset({Api.USAGE, Api.PRODUCT_INVENTORY})
"""What may be asked for another process: what usage details are read from."""
_LATER = 2.0
_SECRETS: Any = {"access": True, "apis": {"__all__": {"headers"}}}
"""What of a profile may let somebody in."""


class Relay:
    """The process that asks. Raises what `OperatorHttp.read` raises."""

    def __init__(self, http: OperatorHttp) -> None:
        self._http = http
        self.told = {
            "profile": http.profile.model_dump(mode="json", exclude=_SECRETS),
            "seconds": http.limits.total,
        }
        """What the other process has to know, as JSON has it; nothing in it lets anybody in."""

    async def read(self, question: Mapping[str, Any]) -> Answer:
        """Ask what the other process asks. Raises ValueError for what is not its business."""
        api, resource = Api(question["api"]), str(question["resource"])
        if api not in ASKED or not re.fullmatch("[A-Za-z]+", resource):
            raise ValueError("not asked for others")
        proof = bool(question["proof"])
        return await self._http.read(api, resource, str(question["query"]), proof=proof)

    def left_out(self, api: str, field: str) -> None:
        """The other process could not read a row."""
        self._http.decoding_faults.row(Api(api).value, field)

    def not_understood(self, api: str, field: str) -> None:
        """The other process could not read an answer."""
        self._http.decoding_faults.answer(api and Api(api).value, field)


class Line(Protocol):
    """From the process that reads to the one that asks."""

    async def read(self, question: Mapping[str, Any]) -> Answer:
        """The answer to it. Raises `CarrierUnavailable`."""

    def left_out(self, api: str, field: str) -> None:
        """Say that a row could not be read."""

    def not_understood(self, api: str, field: str) -> None:
        """Say that an answer could not be read."""


class RelayedHttp(OperatorHttp):
    """The process that reads: `OperatorHttp` for the readers, whose questions go down a line."""

    def __init__(self, line: Line, told: Mapping[str, Any]) -> None:
        super().__init__(
            "http://elsewhere",
            None,
            # What the one who asks says of a fault is to come before our own patience ends.
            limits=Limits(total=float(told["seconds"]) + _LATER),
            profile=Profile.model_validate_json(json.dumps(told["profile"])),
        )
        self._line = line
        self.decoding_faults = _Faults(line)

    @override
    async def read(self, api: Api, resource: str, query: str, *, proof: bool = False) -> Answer:
        asked_api.set(api.value)
        return await self._line.read(
            {"api": api.value, "resource": resource, "query": query, "proof": proof}
        )

    @override
    async def others_first(self) -> None:
        """Nobody else is here."""


class _Faults(DecodingFaults):
    """Told where the log and the figures are."""

    def __init__(self, line: Line) -> None:
        super().__init__(boottime, None)
        self._line = line

    @override
    def row(self, api: str, field: str) -> None:
        self._line.left_out(api, field)

    @override
    def answer(self, api: str, field: str) -> None:
        self._line.not_understood(api, field)
