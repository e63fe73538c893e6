"""What was paid: by the company for its accounts (S35), or for one number (S26). TMF676."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from account.identifiers import Msisdn
from account.money import Money


class PaymentMeans(StrEnum):
    """How it was paid; values are TMF676's types of `paymentMethod`."""

    BANK_TRANSFER = "bankAccountTransfer"
    CARD = "bankCard"
    WALLET = "digitalWallet"
    CASH = "cash"
    BALANCE_TRANSFER = "accountTransfer"
    OTHER = "other"

    @classmethod
    def read(cls, said: str | None) -> PaymentMeans:
        """The operator's word; one that is not known is `OTHER`."""
        return next((means for means in cls if means.value == said), cls.OTHER)


class PaymentState(StrEnum):
    """Where a payment stands; only one that is done counts."""

    DONE = "done"
    PENDING = "pending"
    CANCELLED = "cancelled"
    FAILED = "failed"

    @classmethod
    def read(cls, said: str) -> PaymentState:
        """The operator's `status`; what is not known is not yet money."""
        return next((state for state in cls if state.value == said), cls.PENDING)


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment. `at` is aware, UTC; `channel` the operator's own name of the method
    (`Kaspi.kz`); `number` is there when it was paid for a number and not for the whole account.
    """

    at: datetime
    amount: Money
    account: str
    document: str
    means: PaymentMeans = PaymentMeans.OTHER
    channel: str = ""
    state: PaymentState = PaymentState.DONE
    number: Msisdn | None = None

    @property
    def counted(self) -> Money:
        """What it adds to a total: nothing until it is done."""
        return self.amount if self.state is PaymentState.DONE else Money(0)


def paid_in_all(payments: Iterable[Payment]) -> Money:
    """The sum of the payments that are done."""
    return Money(sum(payment.counted.tiyn for payment in payments))
