"""TMF678 Customer Bill: what is read of an invoice and of its lines."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from carrier.tmf.wire.parts import Money, Owned, Ref, TimePeriod


class TaxItem(Struct, gc=False):
    """The tax in an invoice or in a line."""

    taxAmount: Money | None = None  # noqa: N815
    taxRate: Any = None  # noqa: N815


class BillDocument(Struct, gc=False):
    """A document of an invoice: the electronic invoice, a PDF of it, or the one it corrects."""

    id: Any = None
    attachmentType: Any = None  # noqa: N815
    size: Any = None


class CustomerBill(Owned, gc=False):
    """One invoice of one account."""

    id: Any = None
    billNo: Any = None  # noqa: N815
    billDate: Any = None  # noqa: N815
    paymentDueDate: Any = None  # noqa: N815
    category: Any = None
    state: Any = None
    billingPeriod: TimePeriod | None = None  # noqa: N815
    billingAccount: Ref | None = None  # noqa: N815
    billDocument: list[BillDocument] | None = None  # noqa: N815
    taxExcludedAmount: Money | None = None  # noqa: N815
    taxIncludedAmount: Money | None = None  # noqa: N815
    amountDue: Money | None = None  # noqa: N815
    remainingAmount: Money | None = None  # noqa: N815
    taxItem: list[TaxItem] | None = None  # noqa: N815


class LineOwner(Struct, gc=False):
    """Which invoice a line is of: read by itself when the rest of the line cannot be."""

    bill: Ref | None = None


class AppliedCustomerBillingRate(LineOwner, gc=False):
    """One line of an invoice; since v5 `type` is called `appliedBillingRateType`."""

    id: Any = None
    name: Any = None
    description: Any = None
    type: Any = None
    appliedBillingRateType: Any = None  # noqa: N815
    billingAccount: Ref | None = None  # noqa: N815
    product: Ref | None = None
    taxExcludedAmount: Money | None = None  # noqa: N815
    taxIncludedAmount: Money | None = None  # noqa: N815
    appliedTax: list[TaxItem] | None = None  # noqa: N815
