"""Words of operators for what there is one meaning of, in small letters: compared without case, and
without what stands between their parts (`one time`, `one-time`, `ONE_TIME`).

A word that is in no table has a meaning of its own (another state, another kind), and is no error.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from account.chapters.allowances import Measure
from account.chapters.billing.accounts import ServiceLine
from account.chapters.payments import PaymentMeans, PaymentState
from account.chapters.services.offerings import VolumeUnit
from account.chapters.usage import UsageKind
from account.values.number import PaymentMethod
from carrier.profile.vocabulary import Meanings, Words
from carrier.tmf.units import VOLUMES


def _each(words: str) -> Words:
    return Words(words.split("|"))


@dataclass(frozen=True, slots=True)
class BucketWords:
    """TMF654: which buckets are a number's money, and which of them there are at a moment."""

    funds: Mapping[PaymentMethod, frozenset[str]]
    """Names of what an Advance number has, and of what is left to a Credit one."""
    individual_limit: frozenset[str]
    monetary: frozenset[str]
    """`usageType`; a bucket that tells none is money."""
    ended: frozenset[str]
    withheld: frozenset[str]
    """`status` of money that is there and cannot be used: not told as money, nor as none."""


BUCKETS = BucketWords(
    funds={
        PaymentMethod.ADVANCE: _each(
            "main balance|main|main account|primary balance|primary account|core balance|основной"
            "|основной баланс|основной счет|основной счёт|негізгі|негізгі баланс|негізгі шот"
        ),
        PaymentMethod.CREDIT: _each(
            "remaining credit limit|credit limit|available credit|available credit limit"
            "|remaining credit"
        ),
    },
    individual_limit=_each("individual limit"),
    monetary=_each("monetary|money"),
    ended=_each("expired|terminated|closed"),
    withheld=_each("suspended|blocked"),
)


@dataclass(frozen=True, slots=True)
class AccountWords:
    """TMF666."""

    owners: frozenset[str]
    owed: tuple[str, ...]
    """`balanceType` of what is owed; where an account has several of them, the first one counts."""
    prepaid: frozenset[str]
    services: Mapping[str, ServiceLine]
    """Ids of the financial accounts that billing accounts belong to."""


ACCOUNTS = AccountWords(
    owners=_each("owner|customer"),
    owed=("debt", "receivablebalance", "outstanding", "amountdue", "due"),
    prepaid=_each("prepaid|advance"),
    services=Meanings(
        {
            "mobile": ServiceLine.MOBILE,
            "fixed-internet": ServiceLine.FIXED_INTERNET,
            "auto-monitoring": ServiceLine.AUTO_MONITORING,
            "telemetry": ServiceLine.TELEMETRY,
            "contract-phone": ServiceLine.CONTRACT_PHONE,
        }
    ),
)


@dataclass(frozen=True, slots=True)
class UsageWords:
    """TMF635: kinds of records, their characteristics, and which of them were given up."""

    kinds: Mapping[str, UsageKind]
    amounts: Mapping[UsageKind, tuple[str, ...]]
    """Characteristics that say how much, the first that is there."""
    outgoing: frozenset[str]
    incoming: frozenset[str]
    rejected: frozenset[str]
    replaced: frozenset[str]
    """A rated record, as long as none of `replacing` is there for the same call."""
    replacing: frozenset[str]


USAGE = UsageWords(
    kinds=Meanings(
        {
            "voice": UsageKind.CALLS,
            "voice call": UsageKind.CALLS,
            "call": UsageKind.CALLS,
            "calls": UsageKind.CALLS,
            "phone call": UsageKind.CALLS,
            "telephony": UsageKind.CALLS,
            "звонок": UsageKind.CALLS,
            "звонки": UsageKind.CALLS,
            "қоңырау": UsageKind.CALLS,
            "sms": UsageKind.SMS,
            "mms": UsageKind.SMS,
            "short message": UsageKind.SMS,
            "смс": UsageKind.SMS,
            "data": UsageKind.DATA,
            "mobile data": UsageKind.DATA,
            "packet data": UsageKind.DATA,
            "интернет": UsageKind.DATA,
            "gprs": UsageKind.DATA,
            "internet": UsageKind.DATA,
            "other": UsageKind.OTHER,
        }
    ),
    amounts={
        UsageKind.CALLS: ("durationSec",),
        UsageKind.DATA: ("volumeBytes",),
        UsageKind.SMS: ("count",),
        UsageKind.OTHER: ("count",),
    },
    outgoing=_each(
        "outgoing|outbound|out|mo|moc|originating|originated|mobile originating|mobile originated"
        "|исходящий|исходящая|исходящее|шығыс"
    ),
    incoming=_each(
        "incoming|inbound|in|mt|mtc|terminating|terminated|mobile terminating|mobile terminated"
        "|входящий|входящая|входящее|кіріс"
    ),
    rejected=_each("rejected"),
    replaced=_each("rated|billed"),
    replacing=_each("rerated"),
)


@dataclass(frozen=True, slots=True)
class BillWords:
    """TMF678."""

    customers: frozenset[str]
    corrections: frozenset[str]
    """`category` of an invoice that corrects another one of its month."""
    registered: frozenset[str]
    """`attachmentType` of the electronic invoice."""
    corrected: frozenset[str]
    """`attachmentType` that names the invoice which this one corrects."""
    lines: frozenset[str]
    """Units of a document's size that count its lines."""


BILLS = BillWords(
    customers=_each("customer"),
    corrections=_each("credit note|correction"),
    registered=_each("esf"),
    corrected=_each("corrects"),
    lines=_each("lines|line"),
)


@dataclass(frozen=True, slots=True)
class AllowanceWords:
    """TMF677."""

    measures: Mapping[str, Measure]
    """`usageType`; of another one the unit says what is measured."""
    monetary: frozenset[str]
    ended: frozenset[str]
    unlimited: frozenset[str]
    totals: frozenset[str]
    used: frozenset[str]
    charged: frozenset[str]
    """`counterType` of what there was, what was used, and what was charged beyond it."""
    under_way: frozenset[str]
    failed: frozenset[str]


ALLOWANCES = AllowanceWords(
    measures=Meanings(
        {
            "voice": Measure.SECONDS,
            "sms": Measure.SMS,
            "mms": Measure.MMS,
            "data": Measure.BYTES,
        }
    ),
    monetary=_each("monetary|money"),
    ended=_each("expired|terminated"),
    unlimited=_each("unlimited|безлимит|шексіз"),
    totals=_each("total|granted|allocated|initial"),
    used=_each("used|consumed"),
    charged=_each("charged"),
    under_way=_each("acknowledged|in progress|pending"),
    failed=_each("rejected|terminated with error|failed|cancelled"),
)


@dataclass(frozen=True, slots=True)
class OfferingWords:
    """TMF620, and the prices of services in TMF637."""

    once: frozenset[str]
    recurring: frozenset[str]
    by_use: frozenset[str]
    month: frozenset[str]
    """`priceType`, and the `recurringChargePeriod` that is a month."""
    unlimited: frozenset[str]
    volumes: Mapping[str, tuple[VolumeUnit, int]]
    """Units of traffic, and how many of ours each of them is."""
    days: Mapping[str, Fraction]
    """Units of time, and their days; a month is not always as many."""
    to_month_end: frozenset[str]


def _whole(measure: Measure, unit: VolumeUnit, each: int) -> dict[str, tuple[VolumeUnit, int]]:
    """The units of that measure that are whole ones of ours, of which each has so much in it."""
    scales = VOLUMES[measure]
    return {word: (unit, int(scale // each)) for word, scale in scales.items() if scale >= each}


_DAYS = (
    *("day", "days", "day(s)", "d", "calendar day", "calendar days"),
    *("день", "дня", "дней", "сутки", "суток", "күн"),
)

OFFERINGS = OfferingWords(
    once=_each("one time|one time charge"),
    recurring=_each("recurring|recurring charge|subscription"),
    by_use=_each("usage|usage charge"),
    month=_each("month|months|monthly|1 month|p1m"),
    unlimited=_each("unlimited"),
    volumes=(
        _whole(Measure.SECONDS, VolumeUnit.MINUTES, 60)
        | _whole(Measure.SMS, VolumeUnit.SMS, 1)
        | _whole(Measure.BYTES, VolumeUnit.MB, 1024**2)
    ),
    days=dict.fromkeys(
        [
            "day",
            "days",
            "day(s)",
            "d",
            "calendar day",
            "calendar days",
            "день",
            "дня",
            "дней",
            "сутки",
            "суток",
            "күн",
        ],
        Fraction(1),
    )
    | dict.fromkeys(("week", "weeks", "неделя", "недели", "недель", "апта"), Fraction(7))
    | dict.fromkeys(("hour", "hours", "h", "час", "часа", "часов", "сағат"), Fraction(1, 24)),
    to_month_end=_each("to the end of the month"),
)


@dataclass(frozen=True, slots=True)
class PaymentWords:
    """TMF676."""

    means: Mapping[str, PaymentMeans]
    states: Mapping[str, PaymentState]


PAYMENTS = PaymentWords(
    means=Meanings(
        {means.value: means for means in PaymentMeans}
        | {
            "bank transfer": PaymentMeans.BANK_TRANSFER,
            "card": PaymentMeans.CARD,
            "wallet": PaymentMeans.WALLET,
        }
    ),
    states=Meanings(
        {state.value: state for state in PaymentState}
        | {
            "completed": PaymentState.DONE,
            "succeeded": PaymentState.DONE,
            "success": PaymentState.DONE,
            "successful": PaymentState.DONE,
            "paid": PaymentState.DONE,
            "created": PaymentState.PENDING,
            "in progress": PaymentState.PENDING,
            "canceled": PaymentState.CANCELLED,
            "rejected": PaymentState.FAILED,
            "declined": PaymentState.FAILED,
        }
    ),
)
