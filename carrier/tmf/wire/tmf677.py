"""TMF677 Usage Consumption: what is read of an answer to a question about volumes."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from carrier.tmf.wire.parts import LogicalResource, Money, Ref, TimePeriod


class BucketCounter(Struct, gc=False):
    """How much of a bucket there is in all, or was used, or was charged beyond it."""

    counterType: Any = None  # noqa: N815
    value: Money | None = None


class Owners(Struct, gc=False):
    """Whose a bucket is, where the answer as a whole does not say."""

    logicalResource: list[LogicalResource] | None = None  # noqa: N815
    product: list[Ref] | None = None


class Bucket(Owners, gc=False):
    """One allowance."""

    id: Any = None
    name: Any = None
    usageType: Any = None  # noqa: N815
    status: Any = None
    remainingValue: Money | None = None  # noqa: N815
    remainingValueName: Any = None  # noqa: N815
    bucketCounter: list[BucketCounter] | None = None  # noqa: N815
    validFor: TimePeriod | None = None  # noqa: N815


class UsageConsumption(Struct, gc=False):
    """What there is of one number, or of a company's package. Its buckets are read one by one;
    since v5 they are called `bucket`.
    """

    state: Any = None
    logicalResource: list[LogicalResource] | None = None  # noqa: N815
    product: list[Ref] | None = None
    validPeriod: TimePeriod | None = None  # noqa: N815
    bucketRefOrValue: list[Any] | None = None  # noqa: N815
    bucket: list[Any] | None = None

    @property
    def buckets(self) -> list[Any]:
        """Each as it came."""
        return (self.bucket if self.bucketRefOrValue is None else self.bucketRefOrValue) or []


class QueryUsageConsumption(Struct, gc=False):
    """The answer, or that it is being worked on."""

    id: Any = None
    state: Any = None
    usageConsumption: list[UsageConsumption] | None = None  # noqa: N815
