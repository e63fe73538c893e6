"""TMF654 Prepay Balance: what is read of a bucket, and of a transfer between two."""

from __future__ import annotations

from typing import Any, ClassVar

from msgspec import Struct

from carrier.tmf.wire.parts import LogicalResource, Money, Ref, TimePeriod


class Owners(Struct, gc=False):
    """Whose a bucket is: read by itself when the rest of the bucket cannot be."""

    product: list[Ref] | None = None
    logicalResource: list[LogicalResource] | None = None  # noqa: N815


class Bucket(Owners, gc=False):
    """Money, or volumes, of one number or of several."""

    id: Any = None
    name: Any = None
    usageType: Any = None  # noqa: N815
    status: Any = None
    isShared: Any = None  # noqa: N815
    remainingValue: Money | None = None  # noqa: N815
    validFor: TimePeriod | None = None  # noqa: N815


class TransferBalance(Struct, gc=False):
    """Money that is moved, or was. What is told besides its state may be odd."""

    tolerated: ClassVar[tuple[str, ...]] = ("bucket", "receiverBucket", "transferCost")

    id: Any = None
    description: Any = None
    status: Any = None
    reason: Any = None
    bucket: Ref | None = None
    receiverBucket: Ref | None = None  # noqa: N815
    transferCost: Money | None = None  # noqa: N815
