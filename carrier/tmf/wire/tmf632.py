"""TMF632 Party: what is read of an administrator and of a company."""

from __future__ import annotations

from typing import Any, ClassVar

from msgspec import Struct

from carrier.tmf.wire.parts import Characteristic, Owned


class MediumCharacteristic(Struct, gc=False):
    """Where somebody is reached."""

    contactType: Any = None  # noqa: N815
    phoneNumber: Any = None  # noqa: N815
    emailAddress: Any = None  # noqa: N815


class ContactMedium(MediumCharacteristic, gc=False):
    """A way to reach somebody; since v5 it says itself what `characteristic` said.

    `validFor` is no struct: one that cannot be read must not be left away, for then it would hold
    for ever.
    """

    validFor: Any = None  # noqa: N815
    characteristic: MediumCharacteristic | None = None

    @property
    def where(self) -> MediumCharacteristic:
        """What the medium says, wherever it says it."""
        return self if self.characteristic is None else self.characteristic


class Login(Struct, gc=False):
    """Who logs in with what: read by itself when the rest of a person cannot be."""

    status: Any = None
    deathDate: Any = None  # noqa: N815
    contactMedium: list[ContactMedium] | None = None  # noqa: N815


class Individual(Owned, gc=False):
    """A person of a company's."""

    tolerated: ClassVar[tuple[str, ...]] = ("contactMedium[]", "partyCharacteristic")

    id: Any = None
    fullName: Any = None  # noqa: N815
    formattedName: Any = None  # noqa: N815
    name: Any = None
    legalName: Any = None  # noqa: N815
    givenName: Any = None  # noqa: N815
    middleName: Any = None  # noqa: N815
    familyName: Any = None  # noqa: N815
    deathDate: Any = None  # noqa: N815
    status: Any = None
    contactMedium: list[ContactMedium] | None = None  # noqa: N815
    partyCharacteristic: list[Characteristic] | None = None  # noqa: N815


class OrganizationIdentification(Struct, gc=False):
    """A paper by which a company is known, with its number."""

    identificationType: Any = None  # noqa: N815
    identificationId: Any = None  # noqa: N815
    validFor: Any = None  # noqa: N815


class Organization(Owned, gc=False):
    """A company."""

    tolerated: ClassVar[tuple[str, ...]] = ("organizationIdentification", "partyCharacteristic")

    id: Any = None
    name: Any = None
    tradingName: Any = None  # noqa: N815
    organizationIdentification: list[OrganizationIdentification] | None = None  # noqa: N815
    partyCharacteristic: list[Characteristic] | None = None  # noqa: N815
