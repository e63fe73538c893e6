"""A mobile number as the operator has it, and how one is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from account.values.identifiers import Msisdn
from account.values.labels import NO_LABEL, NumberLabel
from account.values.money import Money


class NumberState(StrEnum):
    """State of a number (rules.md, states of a number). Debt wins over a voluntary block."""

    ACTIVE = "active"
    BLOCKED = "blocked"
    DEBT = "debt"
    BLOCKED_BY_OPERATOR = "blocked_by_operator"
    """For another reason than debt: the company cannot end it, support knows why."""
    CONNECTING = "connecting"
    CLOSING = "closing"
    """Not yet, or no longer, a number with which anything can be done."""


COMPANY_STATES = (NumberState.ACTIVE, NumberState.BLOCKED, NumberState.DEBT)
"""The states a list can be asked for."""


class PaymentMethod(StrEnum):
    """Credit is postpaid, Advance prepaid (S07)."""

    CREDIT = "Credit"
    ADVANCE = "Advance"
    OTHER = "Other"
    """Another one, or none that was told: whether the number has a balance is not known."""


class Ban(StrEnum):
    """What is forbidden to the employee. Values are persisted."""

    ACCESS = "access"
    """The operator's self-care product and My Account altogether (S18)."""
    DETAILS = "details"
    """Usage details (S17)."""
    SMS_USSD = "sms_ussd"
    """Managing services by SMS and USSD (S19)."""


@dataclass(frozen=True, slots=True)
class SharedFunds:
    """A part of a number's money that other numbers use too: there once, however often shown."""

    bucket: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Number:
    """One number of one company, as the operator told it just now.

    `funds` is the remaining credit limit of a Credit number and the balance of an Advance one; None
    is not told, as of a number of another method, whose name at the operator is `payment_told`.
    `individual_limit` None means that there is none, unless `limit_unknown`: the operator told of
    one that could not be read, or of none of its limits. `debt` is what the account owes, None not
    told or nothing. `shared` is what of `funds` other numbers use as well.
    """

    msisdn: Msisdn
    company_id: str
    state: NumberState
    state_since: datetime | None
    account: str
    tariff: str
    payment: PaymentMethod
    funds: Money | None
    individual_limit: Money | None = None
    debt: Money | None = None
    label: str | None = None
    registration_form: str | None = None
    bans: frozenset[Ban] = frozenset()
    blocked_by_company: bool = False
    """A voluntary block lies on it; it may coincide with debt and outlives its payment."""
    limit_unknown: bool = False
    own: NumberLabel = NO_LABEL
    """The company's own words for it, for who may read them (`account.chapters.labels`)."""
    shared: tuple[SharedFunds, ...] = ()
    payment_told: str | None = None
    """The operator's word for a method that is neither Credit nor Advance; None: none was told."""


class NumberReader(Protocol):
    """One number, asked of the operator (TMF637).

    Raises `CarrierUnavailable` when no answer could be had in time.
    """

    async def number(self, company_id: str, msisdn: Msisdn) -> Number | None:
        """One number of that company with balance and debt; None for another company's."""

    async def standing(self, company_id: str, msisdn: Msisdn) -> Number | None:
        """The same without balances: its state, and all that can be changed of it."""
