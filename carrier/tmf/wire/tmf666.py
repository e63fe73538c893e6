"""TMF666 Account: what is read of a billing account."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from carrier.tmf.wire.parts import Money, Owned, Ref, TimePeriod


class AccountBalance(Struct, gc=False):
    """One balance of an account; its type says of what."""

    balanceType: Any = None  # noqa: N815
    amount: Money | None = None
    validFor: TimePeriod | None = None  # noqa: N815


class BillingAccount(Owned, gc=False):
    """What is billed together, limited together and owed."""

    id: Any = None
    accountType: Any = None  # noqa: N815
    accountBalance: list[AccountBalance] | None = None  # noqa: N815
    creditLimit: Money | None = None  # noqa: N815
    financialAccount: Ref | None = None  # noqa: N815
