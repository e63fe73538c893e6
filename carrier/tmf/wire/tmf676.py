"""TMF676 Payment: what is read of a payment."""

from __future__ import annotations

from typing import Any, ClassVar

from msgspec import Struct, field

from carrier.tmf.wire.parts import Money, Ref, RelatedParty


class PaymentMethod(Struct, gc=False):
    """How it was paid; the type is the contract's word."""

    type: Any = field(default=None, name="@type")
    referred: Any = field(default=None, name="@referredType")
    name: Any = None
    statusDate: Any = None  # noqa: N815


class PaymentItem(Struct, gc=False):
    """The part of a payment that is a number's."""

    item: Ref | None = None
    amount: Money | None = None
    totalAmount: Money | None = None  # noqa: N815


class Payer(Struct, gc=False):
    """Whose a payment is: read by itself when the rest of the payment cannot be."""

    account: Ref | None = None
    payer: RelatedParty | None = None


class Payment(Payer, gc=False):
    """What was paid for an account. What it was paid by is only shown."""

    tolerated: ClassVar[tuple[str, ...]] = ("channel", "paymentMethod")

    id: Any = None
    correlatorId: Any = None  # noqa: N815
    description: Any = None
    paymentDate: Any = None  # noqa: N815
    statusDate: Any = None  # noqa: N815
    status: Any = None
    paymentMethod: PaymentMethod | None = None  # noqa: N815
    channel: Ref | None = None
    totalAmount: Money | None = None  # noqa: N815
    amount: Money | None = None
    paymentItem: list[PaymentItem] | None = None  # noqa: N815
