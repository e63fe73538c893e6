"""The APIs of TM Forum that are asked, and where each of them is."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from carrier.profile.model import ApiProfile


class Api(StrEnum):
    """The APIs of TM Forum that are asked; each may fail alone, so each has its own breaker."""

    PARTY = "TMF632"
    PRODUCT_INVENTORY = "TMF637"
    ACCOUNT = "TMF666"
    PREPAY_BALANCE = "TMF654"
    PRODUCT_ORDER = "TMF622"
    USAGE = "TMF635"
    COMMUNICATION = "TMF681"
    RESOURCE = "TMF639"
    PRODUCT_CATALOG = "TMF620"
    USAGE_CONSUMPTION = "TMF677"
    PAYMENT = "TMF676"
    CUSTOMER_BILL = "TMF678"
    AGREEMENT = "TMF651"

    # An enumeration's own is a call in Python, and each question looks its API up five times.
    __hash__ = str.__hash__


_BASE = {
    Api.PARTY: "/tmf-api/party/v4",
    Api.PRODUCT_INVENTORY: "/tmf-api/productInventory/v4",
    Api.ACCOUNT: "/tmf-api/accountManagement/v4",
    Api.PREPAY_BALANCE: "/tmf-api/prepayBalanceManagement/v4",
    Api.PRODUCT_ORDER: "/tmf-api/productOrderingManagement/v4",
    Api.USAGE: "/tmf-api/usageManagement/v4",
    Api.COMMUNICATION: "/tmf-api/communicationManagement/v4",
    Api.RESOURCE: "/tmf-api/resourceInventoryManagement/v4",
    Api.PRODUCT_CATALOG: "/tmf-api/productCatalogManagement/v4",
    Api.CUSTOMER_BILL: "/tmf-api/customerBillManagement/v4",
    Api.USAGE_CONSUMPTION: "/tmf-api/usageConsumption/v4",
    Api.PAYMENT: "/tmf-api/payment/v4",
    Api.AGREEMENT: "/tmf-api/agreementManagement/v4",
}


_BASE_V5 = {Api.PARTY: "/tmf-api/partyManagement/v5"}
"""Where v5 has another name."""


def _as_v5(path: str) -> str:
    return f"{path.removesuffix('/v4')}/v5"


def url_of(base_url: str, api: Api, told: ApiProfile) -> str:
    """Where the resources of an API are."""
    path = told.path
    if path is None:
        path = _BASE[api] if told.version == "v4" else _BASE_V5.get(api, _as_v5(_BASE[api]))
    return (told.address or base_url).rstrip("/") + path
