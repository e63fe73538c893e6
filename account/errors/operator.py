"""The operator is away, or its word is missing."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from account.errors.root import MyAccountError


class CarrierUnavailable(MyAccountError):
    """The operator did not answer in time, or answered with a fault. A read is void."""

    code: ClassVar[str] = "UPSTREAM.UNAVAILABLE"


class CarrierNotReached(CarrierUnavailable):
    """The request never left: no connection, or the breaker is open. Nothing can have changed."""


class CarrierPaused(CarrierNotReached):
    """The operator is not asked until a moment: it wants us to wait, or it is planned (UTC)."""

    def __init__(self, why: str, until: datetime) -> None:
        super().__init__(why)
        self.until = until


class CarrierTurnTaken(CarrierNotReached):
    """The calls of the next seconds are taken: more is asked than the operator wants (429)."""


class CarrierNotTried(CarrierNotReached):
    """The breaker is open: it failed several times just now and is left alone for some seconds."""


class CarrierWithheld(CarrierNotReached):
    """Our own last look had it not sent (`DispatchGuard`): it goes out a little later, or never."""


class CarrierAccessDenied(CarrierUnavailable):
    """The operator does not let us in (401, 403): no waiting mends it, somebody must."""

    code: ClassVar[str] = "UPSTREAM.ACCESS_DENIED"


class CarrierTokenRefused(CarrierAccessDenied, CarrierNotReached):
    """We are given no token to ask with, so nothing left: no waiting mends it, somebody must."""


class CarrierNotUnderstood(CarrierUnavailable):
    """The operator answered, and not as its contract says: its engineers must look, we wait.

    `str` names the field and what is wrong with it, and never holds the value; `api` is the API's
    number (`TMF637`), empty when it is not known.
    """

    code: ClassVar[str] = "UPSTREAM.NOT_UNDERSTOOD"

    def __init__(self, why: str = "", api: str = "") -> None:
        super().__init__(why)
        self.api = api

    @property
    def field(self) -> str:
        """The field alone, without what is said about it."""
        return str(self).partition(":")[0]


class OutcomeUnknown(CarrierUnavailable):
    """A change was sent and its outcome is not known: check, never repeat (G-10)."""

    code: ClassVar[str] = "UPSTREAM.UNKNOWN_OUTCOME"
