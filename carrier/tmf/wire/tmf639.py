"""TMF639 Resource Inventory: what is read of a SIM card, and of a registered device."""

from __future__ import annotations

from typing import Any, ClassVar

from carrier.tmf.wire.parts import (
    Characteristic,
    Characteristics,
    LogicalResource,
    Owned,
    Ref,
    characteristics,
)

ICCID = "ICCID"


class ResourceRelationship(Ref, gc=False):
    """What another resource is to this one; its id stands here, or one level further down."""

    relationshipType: Any = None  # noqa: N815
    resource: LogicalResource | None = None

    @property
    def other(self) -> Any:
        """The id of the other resource."""
        if self.resource is None:
            return self.id
        # A number's resource may have an id of its own, and the number as its value.
        return self.resource.id if self.resource.value is None else self.resource.value


class Resource(Owned, gc=False):
    """A card or a device; since v5 `resourceStatus` is several, of which one says if it is free."""

    tolerated: ClassVar[tuple[str, ...]] = ("resourceCharacteristic[]",)

    id: Any = None
    category: Any = None
    serialNumber: Any = None  # noqa: N815
    resourceStatus: Any = None  # noqa: N815
    allocationStatus: Any = None  # noqa: N815
    startOperatingDate: Any = None  # noqa: N815
    endOperatingDate: Any = None  # noqa: N815
    resourceCharacteristic: list[Characteristic] | None = None  # noqa: N815
    resourceRelationship: list[ResourceRelationship] | None = None  # noqa: N815

    @property
    def known(self) -> Characteristics:
        """What it is; a card's own number is its serial number where it has no other place."""
        found = characteristics(self.resourceCharacteristic)
        if self.serialNumber is None or found.get(ICCID) is not None:
            return found
        return Characteristics({**found, ICCID: self.serialNumber})

    @property
    def standing(self) -> Any:
        """The word for whether it is used."""
        return self.allocationStatus if self.resourceStatus is None else self.resourceStatus
