"""Billing accounts of a company: what is billed together, limited together and owed (TMF666)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from account.values.money import Money
from account.values.page import Page


class ServiceLine(StrEnum):
    """The services the statement covers, in its order (S33-2).

    `OTHER` is what an operator bills without saying what for; what it names and the guide does not
    is covered by no statement.
    """

    MOBILE = "mobile"
    FIXED_INTERNET = "fixed_internet"
    AUTO_MONITORING = "auto_monitoring"
    TELEMETRY = "telemetry"
    CONTRACT_PHONE = "contract_phone"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Account:
    """One account of a company. `owed` is what it owes by now, None not told; only a postpaid one
    has a limit.

    `service` is what it is for, None for what no statement covers (S33-2).
    """

    number: str
    service: ServiceLine | None = ServiceLine.MOBILE
    owed: Money | None = None
    credit_limit: Money | None = None


class AccountSource(Protocol):
    """Billing accounts, asked of the operator (TMF666).

    Raises `CarrierUnavailable` when no answer could be had in time.
    """

    async def accounts(
        self, company_id: str, numbers: Sequence[str] | None, *, offset: int, limit: int
    ) -> Page[Account]:
        """The company's accounts, or those of `numbers` that are its own, by number (TMF666)."""
