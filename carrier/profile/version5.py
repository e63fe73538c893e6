"""What v5 of an API calls otherwise than v4 does, as far as TM Forum has published it.

Answers are read in both forms whatever the profile says: these are the names in questions. TMF635,
654, 676 and 681 have no published v5; theirs are as the same parts are called elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping

_OF_ALL = {"relatedParty.id": "relatedParty.partyOrPartyRole.id"}
_OF_ONE: Mapping[str, Mapping[str, str]] = {
    "TMF622": {"orderDate": "creationDate"},
    "TMF632": {
        "contactMedium.characteristic.phoneNumber": "contactMedium.phoneNumber",
        "fullName": "formattedName,name",
    },
    "TMF635": {"ratedProductUsage.productRef.id": "ratedProductUsage.product.id"},
    "TMF637": {
        "productRelationship.product.id": "productRelationship.id",
        "agreement": "agreementItem",
    },
    "TMF639": {
        "resourceRelationship.id": "resourceRelationship.resource.id",
        "resourceStatus": "allocationStatus",
    },
    "TMF678": {"type": "appliedBillingRateType"},
}


def names(api: str) -> Mapping[str, str]:
    """Filters and fields of that API by their names in v4, each with what v5 calls it."""
    return {**_OF_ALL, **_OF_ONE.get(api, {})}
