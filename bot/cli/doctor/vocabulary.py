"""Words of an operator's rows that its profile does not have, and what becomes of them.

None of them is an error: the row is read, and means less than its operator says.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

from account.values.capabilities import Capability
from account.values.periods import Period
from bot.cli.doctor.answers import items, shown_words
from carrier.apis import Api
from carrier.profile.model import Profile
from carrier.profile.vocabulary import Words, compact
from carrier.tmf.query import moment
from carrier.tmf.wire import values
from carrier.tmf.words import ACCOUNTS, ALLOWANCES, BUCKETS, USAGE

Row = dict[str, Any]
METHODS = "characteristics.payment_method and words.payment_method"


@dataclass(frozen=True, slots=True)
class Whose:
    """Of whom rows are asked for: a company, or a number of it by the id of its product."""

    company: str
    product: str
    period: Period


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the profile: where its words stand, which are known, and what others mean.

    `rests_on` is what the operator must have for it.
    """

    api: Api
    resource: str
    what: str
    key: str
    asked: Callable[[Whose], tuple[tuple[str, str], ...]]
    said: Callable[[Row, Profile, Whose], Iterable[object]]
    known: Callable[[Profile], Collection[str]]
    otherwise: str
    rests_on: Capability | None = None

    def unknown(self, rows: Iterable[Row], profile: Profile, whose: Whose) -> str | None:
        """The words of these rows that are in no table, as far as they are words."""
        known = self.known(profile)
        said = {one for row in rows for one in self.said(row, profile, whose)}
        left = {one for one in said if isinstance(one, str) and values.word(one) not in known}
        return shown_words(left) if left else None


def _of_company(whose: Whose) -> tuple[tuple[str, str], ...]:
    return (("relatedParty.id", whose.company),)


def _status(row: Row, _: Profile, __: Whose) -> Iterable[object]:
    return [row.get("status")]


def _reasons(row: Row, profile: Profile, _: Whose) -> Iterable[object]:
    """Of what is suspended: on others a reason says nothing."""
    if profile.words.product_status.get(values.word(row.get("status"))) != "suspended":
        return []
    name = profile.characteristics.suspension_reason
    known = items(row, "productCharacteristic")
    return [one.get("value") for one in known if one.get("name") == name]


def _methods(row: Row, profile: Profile, _: Whose) -> Iterable[object]:
    """Of a number alone: a service says none. Not told is an empty word."""
    if items(row, "productRelationship"):
        return []
    name = profile.characteristics.payment_method
    known = items(row, "productCharacteristic")
    told = [one.get("value") for one in known if compact(str(one.get("name"))) == compact(name)]
    return told or [""]


def unnamed(rows: Iterable[Row], profile: Profile) -> str | None:
    """The names of the characteristics of these numbers, where none is the method of payment."""
    told = [
        str(one.get("name"))
        for row in rows
        if not items(row, "productRelationship")
        for one in items(row, "productCharacteristic")
    ]
    name = compact(profile.characteristics.payment_method)
    return shown_words(told) if told and name not in map(compact, told) else None


def _roles(row: Row, _: Profile, whose: Whose) -> Iterable[object]:
    parties = items(row, "relatedParty")
    return [one.get("role") for one in parties if one.get("id") == whose.company]


def _states(row: Row, _: Profile, __: Whose) -> Iterable[object]:
    return [row.get("state"), *(one.get("state") for one in items(row, "productOrderItem"))]


def _order_words(profile: Profile) -> Collection[str]:
    """With the parts behind a point that v5 adds to a word."""
    return _Dotted(profile.words.order_state)


class _Dotted(Words):
    """Words, and each of them with a point and more behind it."""

    def __contains__(self, word: object) -> bool:
        return super().__contains__(word) or super().__contains__(str(word).partition(".")[0])


def _purses(row: Row, _: Profile, __: Whose) -> Iterable[object]:
    kind = row.get("usageType")
    measured = values.word(kind) in ALLOWANCES.measures
    return [] if measured else [row.get("name")]


def _bucket_words(profile: Profile) -> Collection[str]:
    usual = Words(frozenset[str]().union(*BUCKETS.funds.values(), BUCKETS.individual_limit))
    return Words(usual | profile.words.bucket.keys())


def _balances(row: Row, _: Profile, __: Whose) -> Iterable[object]:
    return [one.get("balanceType") for one in items(row, "accountBalance")]


def _usage(row: Row, _: Profile, __: Whose) -> Iterable[object]:
    return [row.get("usageType")]


def _of_the_days(whose: Whose) -> tuple[tuple[str, str], ...]:
    of_number = ("ratedProductUsage.productRef.id", whose.product)
    return (
        of_number,
        ("usageDate.gte", moment(whose.period.start_utc)),
        ("usageDate.lt", moment(whose.period.end_utc)),
    )


TABLES = (
    Table(
        Api.PRODUCT_INVENTORY,
        "product",
        "states of numbers",
        "words.product_status",
        _of_company,
        _status,
        lambda profile: profile.words.product_status,
        'such a number is shown as "Blocked by the operator", and nobody here can unblock it',
    ),
    Table(
        Api.PRODUCT_INVENTORY,
        "product",
        "reasons of a block",
        "words.suspension_reason",
        _of_company,
        _reasons,
        lambda profile: profile.words.suspension_reason,
        'such a number is shown as "Blocked by the operator", and nobody here can unblock it',
    ),
    Table(
        Api.PRODUCT_INVENTORY,
        "product",
        "methods of payment",
        METHODS,
        _of_company,
        _methods,
        lambda profile: profile.words.payment_method,
        "of such a number no balance, no credit limit is shown, and no balance is transferred",
    ),
    Table(
        Api.PARTY,
        "individual",
        "roles of the company's people",
        "words.role",
        _of_company,
        _roles,
        lambda profile: profile.words.role.keys() | profile.words.customer_role.keys(),
        "who has no other role may do nothing for the company",
    ),
    Table(
        Api.PRODUCT_ORDER,
        "productOrder",
        "states of orders",
        "words.order_state",
        _of_company,
        _states,
        _order_words,
        "a change whose order is in it stays open, and people are told that it is looked into",
    ),
    Table(
        Api.PREPAY_BALANCE,
        "bucket",
        "names of buckets of money",
        "words.bucket",
        lambda whose: (("product.id", whose.product),),
        _purses,
        _bucket_words,
        "they are counted neither as a balance nor as a limit",
    ),
    Table(
        Api.ACCOUNT,
        "billingAccount",
        "kinds of an account's balances",
        "words.balance_type",
        _of_company,
        _balances,
        lambda profile: Words(profile.words.balance_type.keys() | frozenset(ACCOUNTS.owed)),
        "they are not told as owed",
    ),
    Table(
        Api.USAGE,
        "usage",
        "kinds of usage",
        "words.usage_type",
        _of_the_days,
        _usage,
        lambda profile: Words(profile.words.usage_type.keys() | USAGE.kinds.keys()),
        'such records are "Other", without a quantity',
        Capability.USAGE,
    ),
)
