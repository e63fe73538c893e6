"""A row of the operator in the form of v5: one function for each resource that has one.

By TMF620, 622, 632, 637, 639, 666, 678 5.0.0 and TMF677 5.1.0: nothing stands where v4 has it and
v5 does not. A row may lack members that were not asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.operator.api.answers import Json, value_type

Form = Callable[[Json], Json]

_TYPES = {
    "accountBalance": "AccountBalance",
    "appliedTax": "AppliedBillingTaxRate",
    "bill": "CustomerBillRef",
    "billDocument": "Attachment",
    "billingAccount": "BillingAccountRef",
    "bucket": "Bucket",
    "bucketCounter": "BucketCounter",
    "category": "CategoryRef",
    "financialAccount": "FinancialAccountRef",
    "note": "Note",
    "organizationIdentification": "OrganizationIdentification",
    "prodSpecCharValueUse": "ProductSpecificationCharacteristicValueUse",
    "product": "ProductRef",
    "productOffering": "ProductOfferingRef",
    "productOfferingRelationship": "ProductOfferingRelationship",
    "productOfferingTerm": "ProductOfferingTerm",
    "productPrice": "ProductPrice",
    "productTerm": "ProductTerm",
    "realizingResource": "ResourceRef",
    "taxItem": "TaxItem",
}
"""What an object under that name says it is."""
_CHARACTERISTICS = {"partyCharacteristic", "productCharacteristic", "resourceCharacteristic"}
_ARRAY = {"array": "ObjectArray"}
"""A type whose characteristic has another name than its own."""
_BASES = {
    "/tmf-api/party/v4": "/tmf-api/partyManagement/v5",
    "/tmf-api/productInventory/v4": "/tmf-api/productInventory/v5",
    "/tmf-api/accountManagement/v4": "/tmf-api/accountManagement/v5",
    "/tmf-api/productOrderingManagement/v4": "/tmf-api/productOrderingManagement/v5",
    "/tmf-api/productCatalogManagement/v4": "/tmf-api/productCatalogManagement/v5",
    "/tmf-api/resourceInventoryManagement/v4": "/tmf-api/resourceInventoryManagement/v5",
    "/tmf-api/customerBillManagement/v4": "/tmf-api/customerBillManagement/v5",
    "/tmf-api/usageConsumption/v4": "/tmf-api/usageConsumption/v5",
}


def moved(path: str) -> str | None:
    """Where that address is in v5; None of an API that has no published v5."""
    for own, told in _BASES.items():
        if path.startswith(f"{own}/"):
            return told + path.removeprefix(own)
    return None


def typed(row: Json) -> Json:
    """The row, its parties and characteristics as v5 has them, every object saying its type."""
    told = {name: _member(name, value) for name, value in row.items()}
    if "href" in told:
        told["href"] = moved(told["href"]) or told["href"]
    return told


def _member(name: str, value: Any) -> Any:
    if isinstance(value, list):
        return [_member(name, one) for one in value]
    if not isinstance(value, dict):
        return value
    if name in _CHARACTERISTICS:
        return characteristic(value)
    if name == "relatedParty":
        return party(value)
    kind = {} if name not in _TYPES else {"@type": _TYPES[name]}
    return kind | typed(value)


def characteristic(told: Json) -> Json:
    """Typed by its value."""
    kind = value_type(told["value"])
    return {"@type": f"{_ARRAY.get(kind, kind.capitalize())}Characteristic", **told}


def party(told: Json) -> Json:
    """The party itself stands one step deeper, beside its role."""
    inner = {"@type": "PartyRef"} | {name: told[name] for name in told if name != "role"}
    return {
        "@type": "RelatedPartyRefOrPartyRoleRef",
        "role": told["role"],
        "partyOrPartyRole": inner,
    }


_MEDIA = {
    "phoneNumber": "PhoneContactMedium",
    "emailAddress": "EmailContactMedium",
    "street1": "GeographicAddressContactMedium",
}


def _medium(told: Json) -> Json:
    """No `characteristic`, and no `mediumType`: the type says it."""
    inner = told["characteristic"]
    kind = next(kind for name, kind in _MEDIA.items() if name in inner)
    return {"@type": kind, "preferred": told.get("preferred", False), **inner}


def _renamed(row: Json, **names: str) -> Json:
    return {names.get(name, name): value for name, value in row.items()}


def _party_row(row: Json) -> Json:
    media = [_medium(one) for one in row.get("contactMedium", ())]
    row = typed({name: value for name, value in row.items() if name != "contactMedium"})
    return row | ({"contactMedium": media} if media else {})


def individual(row: Json) -> Json:
    """Its whole name is `formattedName`."""
    return _renamed(_party_row(row), fullName="formattedName")


def product(row: Json) -> Json:
    """Relations name a product by `id`; its contract is an item of one."""
    row = dict(row)
    contract = row.pop("agreement", None)
    relations = row.pop("productRelationship", None)
    told = typed(row)
    if contract is not None:
        told["agreementItem"] = [
            {"@type": "AgreementItemRef", "agreementId": one["id"], "agreementItemId": "1"}
            for one in contract
        ]
    if relations is not None:
        told["productRelationship"] = [
            {
                "@type": "ProductRelationship",
                "relationshipType": one["relationshipType"],
                "id": one["product"]["id"],
            }
            for one in relations
        ]
    return told


def order(row: Json) -> Json:
    """Several names from outside, and `creationDate`; one under way was accepted."""
    told = typed(_renamed(row, orderDate="creationDate"))
    if "externalId" in told:
        told["externalId"] = [
            {
                "@type": "ExternalIdentifier",
                "owner": "my-account",
                "externalIdentifierType": "POnumber",
                "id": told["externalId"],
            }
        ]
    if told.get("state") == "inProgress":
        told["state"] = "inProgress.accepted"
    if "productOrderItem" in told:
        told["productOrderItem"] = [
            {"@type": "ProductOrderItem", **one, "product": {"@type": "Product", **one["product"]}}
            for one in told["productOrderItem"]
        ]
    if "channel" in told:
        told["channel"] = [
            {
                "@type": "RelatedChannel",
                "role": one["role"],
                "channel": {"@type": "ChannelRef", "id": one["id"], "name": one["name"]},
            }
            for one in told["channel"]
        ]
    return told


def resource(row: Json) -> Json:
    """What it relies on stands one step deeper; its status is that of its allocation."""
    relations = row.get("resourceRelationship")
    told = typed(_renamed(row, resourceStatus="allocationStatus"))
    device = row.get("category") == "Device"
    told["@type"] = "PhysicalResource" if not device else "LogicalResource"
    if relations is not None:
        told["resourceRelationship"] = [
            {
                "@type": "ResourceRelationship",
                "relationshipType": one["relationshipType"],
                "resource": {"@type": "ResourceRef", "id": one["id"]},
            }
            for one in relations
        ]
    return told


def account(row: Json) -> Json:
    """`lastUpdate`."""
    return typed(_renamed(row, lastModified="lastUpdate"))


def rate(row: Json) -> Json:
    """`appliedBillingRateType`."""
    return typed(_renamed(row, type="appliedBillingRateType"))


def offering(row: Json) -> Json:
    """A price is an amount alone, here with VAT."""
    told = typed(row)
    if "productOfferingPrice" in told:
        told["productOfferingPrice"] = [_price(one) for one in told["productOfferingPrice"]]
    return told


def _price(told: Json) -> Json:
    price = told["price"]
    tax = {"@type": "TaxItem", "taxCategory": "VAT", "taxRate": price["taxRate"]}
    told = _renamed(told, recurringChargePeriod="recurringChargePeriodType")
    changed = {"price": price["taxIncludedAmount"], "tax": [tax]}
    return {"@type": "ProductOfferingPrice", **told, **changed}


def consumption(row: Json) -> Json:
    """A question about allowances that was answered: reports with buckets."""
    reports = [_report(one) for one in row["usageConsumption"]]
    told = _renamed(row, queryUsageConsumptionDate="creationDate")
    del told["searchCriteria"]
    return told | {"href": moved(row["href"]), "state": "done", "usageConsumption": reports}


def _report(told: Json) -> Json:
    told = dict(told)
    told.pop("state", None)
    numbers = told.pop("logicalResource", None)
    buckets = told.pop("bucketRefOrValue", None)
    products = told.pop("product", None)
    told = {"@type": "UsageConsumptionReport", **typed(told)}
    if numbers is not None:
        told["logicalResource"] = [
            {"@type": "LogicalResourceRef", "id": f"lr-{one['id']}", "value": one["id"]}
            for one in numbers
        ]
    if products is not None:
        told["product"] = [{"@type": "UsageConsumptionProductRef", **one} for one in products]
    if buckets is not None:
        told["bucket"] = [{"@type": "Bucket"} | typed(one) for one in buckets]
    return told


FORMS: Mapping[str, Form] = {
    "individual": individual,
    "organization": _party_row,
    "product": product,
    "productOrder": order,
    "resource": resource,
    "billingAccount": account,
    "customerBill": typed,
    "appliedCustomerBillingRate": rate,
    "productOffering": offering,
    "queryUsageConsumption": consumption,
    "hub": lambda row: {"@type": "Hub", **row},
}
"""By resource."""
