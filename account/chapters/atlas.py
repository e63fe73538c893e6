"""The Atlas Pro package: a pool that a company's numbers share (S36)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from account.values.identifiers import Msisdn
from account.values.money import Money
from account.values.page import Page
from account.values.periods import Period


@dataclass(frozen=True, slots=True)
class Pool:
    """The package of a bill cycle: seconds, pieces and bytes in it; None is unlimited."""

    name: str
    cycle: Period
    seconds: int | None
    pieces: int | None
    bytes: int | None


@dataclass(frozen=True, slots=True)
class PoolUsage:
    """What one number took of the pool in the cycle, and what it was charged beyond it.

    Units: seconds of calls, pieces of SMS, bytes of data; the charge includes VAT.
    """

    msisdn: Msisdn
    seconds: int
    pieces: int
    bytes: int
    charged: Money
    label: str | None = None


class PoolSource(Protocol):
    """The Atlas Pro package, asked of the operator (TMF677).

    Raises `CarrierUnavailable` when no answer could be had in time.
    """

    async def pool(self, company_id: str) -> Pool | None:
        """The company's Atlas Pro package in the present bill cycle, if it has one (TMF677)."""

    async def pool_usage(self, company_id: str, *, offset: int, limit: int) -> Page[PoolUsage]:
        """What each number of the package took of it in the cycle, by number (TMF637, TMF677)."""
