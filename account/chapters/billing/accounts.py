"""Billing accounts of a company: what is billed together, limited together and owed (TMF666)."""

from __future__ import annotations

from dataclasses import dataclass

from account.documents.reconciliation import ServiceLine
from account.values.money import ZERO, Money


@dataclass(frozen=True, slots=True)
class Account:
    """One account of a company. `owed` is what it owes by now; only a postpaid one has a limit.

    `service` is what it is for, None for what no statement covers (S33-2).
    """

    number: str
    service: ServiceLine | None = ServiceLine.MOBILE
    owed: Money = ZERO
    credit_limit: Money | None = None
