"""What an operator's words mean."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, ValidationInfo, field_validator

from account.chapters.sim import EsimState
from account.chapters.usage import UsageService
from account.kazakhstan import currency
from account.kazakhstan.currency import CODE
from account.kazakhstan.identification_numbers import PAPERS
from account.values.number import PaymentMethod
from account.values.rights import Role
from carrier.profile.section import Section
from carrier.profile.vocabulary import Vocabulary

ProductState = Literal["active", "suspended", "connecting", "closing", "gone"]
SuspensionReason = Literal["company", "debt", "operator"]
OrderWord = Literal["under_way", "held", "completed", "partial", "failed"]


USUAL: dict[str, dict[str, Any]] = {
    "product_status": {
        "active": "active",
        "suspended": "suspended",
        "created": "connecting",
        "pendingActive": "connecting",
        "pendingTerminate": "closing",
        "terminated": "gone",
        "cancelled": "gone",
        "aborted": "gone",
    },
    "suspension_reason": {"voluntary": "company", "debt": "debt"},
    "payment_method": {
        **{one.value: one for one in PaymentMethod},
        "postpaid": PaymentMethod.CREDIT,
        "prepaid": PaymentMethod.ADVANCE,
    },
    "role": {one.value: one for one in Role if one is not Role.EMPLOYEE},
    "customer_role": {"customer": "customer"},
    "login_contact": {"login": "login"},
    "identification": dict.fromkeys(PAPERS, "bin"),
    "relies_on": {"reliesOn": "number"},
    "order_state": {
        "acknowledged": "under_way",
        "draft": "held",
        "pending": "held",
        "held": "held",
        "inProgress": "under_way",
        "assessingCancellation": "under_way",
        "pendingCancellation": "under_way",
        "completed": "completed",
        "partial": "partial",
        "failed": "failed",
        "rejected": "failed",
        "cancelled": "failed",
        "canceled": "failed",
    },
    "resource_category": {
        **dict.fromkeys(("SIM", "SIMCard", "USIM", "UICC", "SIM-карта"), "sim"),
        "eSIM": "esim",
        "Device": "device",
    },
    "esim_state": {
        **dict.fromkeys(
            ("available", "allocated", "linked", "confirmed", "released"), EsimState.READY
        ),
        **dict.fromkeys(
            ("downloaded", "installed", "enabled", "disabled", "deleted"), EsimState.USED
        ),
        **dict.fromkeys(("expired", "unavailable"), EsimState.EXPIRED),
    },
    "bucket": {
        "main balance": "balance",
        "remaining credit limit": "credit_left",
        "individual limit": "individual_limit",
    },
    "balance_type": {"debt": "debt"},
    "usage_type": {"voice": "voice", "sms": "sms", "data": "data", "other": "other"},
    "usage_service": {
        "Calls within the network": UsageService.ONNET,
        "Calls to other KZ mobiles": UsageService.OFFNET,
        "Calls to KZ landline numbers": UsageService.LANDLINE,
        "International calls": UsageService.INTERNATIONAL,
        "Calls in roaming": UsageService.ROAMING,
        "Incoming calls": UsageService.INCOMING,
        "Internet": UsageService.INTERNET,
        "Internet in roaming": UsageService.DATA_ROAMING,
        "SMS": UsageService.SMS,
        "MMS": UsageService.MMS,
    },
    "money_unit": {
        currency.CODE: 100,
        **dict.fromkeys(currency.UNIT_WORDS[1:], 100),
        **dict.fromkeys(currency.HUNDREDTH_WORDS, 1),
    },
}
"""What the words of the contract mean; a file adds to them, or says them anew."""


EXACT = frozenset({"role", "customer_role", "login_contact"})
"""Tables that say whose something is and who may do what: only case is nothing in them."""


def _vocabulary(name: str, told: dict[str, Any] | None = None) -> Vocabulary:
    return Vocabulary(USUAL[name], told, exact=name in EXACT)


def _usual(name: str, description: str) -> Any:
    return Field(default_factory=lambda: _vocabulary(name), description=description)


class WordTables(Section):
    """What the operator's words mean; one that is not here has a meaning of its own."""

    product_status: dict[str, ProductState] = _usual("product_status", "`status` of a product")
    suspension_reason: dict[str, SuspensionReason] = _usual(
        "suspension_reason", "why a product is suspended"
    )
    payment_method: dict[str, PaymentMethod] = _usual("payment_method", "how a number is paid for")
    role: dict[str, Role] = _usual("role", "what somebody may do in a company")
    customer_role: dict[str, Literal["customer"]] = _usual(
        "customer_role", "whose a product, an account or a bill is"
    )
    login_contact: dict[str, Literal["login"]] = _usual(
        "login_contact",
        "`contactType` of the number that somebody logs in with; an empty word: one without any",
    )
    identification: dict[str, Literal["bin"]] = _usual(
        "identification", "the paper with a company's BIN"
    )
    relies_on: dict[str, Literal["number"]] = _usual(
        "relies_on", "the relation of a service to its number"
    )
    order_state: dict[str, OrderWord] = _usual("order_state", "`state` of an order")
    resource_category: dict[str, Literal["sim", "esim", "device"]] = _usual(
        "resource_category", "`category` of a resource"
    )
    esim_state: dict[str, EsimState] = _usual(
        "esim_state", "`profileState` of an eSIM: what became of its activation code"
    )
    bucket: dict[str, Literal["balance", "credit_left", "individual_limit"]] = _usual(
        "bucket", "`name` of a bucket"
    )
    balance_type: dict[str, Literal["debt", "other"]] = _usual(
        "balance_type", "`balanceType` of an account"
    )
    usage_type: dict[str, Literal["voice", "sms", "data", "other"]] = _usual(
        "usage_type", "`usageType` of what was used"
    )
    usage_service: dict[str, UsageService] = _usual(
        "usage_service",
        "`serviceName` of what was used, where it has a name in each language; others are shown as "
        "the operator says them",
    )
    money_unit: dict[str, Literal[1, 100]] = _usual(
        "money_unit",
        "a unit of money, in hundredths of a tenge; amounts are sent in the first that the file "
        f"names, else in `{CODE}`; an empty word: what an amount is in that tells no unit",
    )

    @field_validator("*")
    @classmethod
    def _with_the_usual(cls, told: dict[str, Any], info: ValidationInfo) -> dict[str, Any]:
        if Role.EMPLOYEE in told.values():
            raise ValueError("no operator grants what an employee may do")
        return _vocabulary(info.field_name or "", told)
