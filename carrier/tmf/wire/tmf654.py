"""TMF654 Prepay Balance: what is read of a bucket."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from carrier.tmf.wire.parts import Money, Ref, TimePeriod


class Owners(Struct, gc=False):
    """Whose a bucket is: read by itself when the rest of the bucket cannot be."""

    product: list[Ref] | None = None
    logicalResource: list[Ref] | None = None  # noqa: N815


class Bucket(Owners, gc=False):
    """Money, or volumes, of one number or of several."""

    id: Any = None
    name: Any = None
    usageType: Any = None  # noqa: N815
    status: Any = None
    isShared: Any = None  # noqa: N815
    remainingValue: Money | None = None  # noqa: N815
    validFor: TimePeriod | None = None  # noqa: N815
