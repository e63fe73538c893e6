"""What this operator calls things: the left column is `sandbox.operator.api`'s word, the right one
goes over the wire.
"""

from __future__ import annotations

from collections.abc import Mapping

BASES: Mapping[str, str] = {
    "/tmf-api/party/v4": "/crm/partyManagement/v4",
    "/tmf-api/productInventory/v4": "/inventory/productInventory/v4",
    "/tmf-api/accountManagement/v4": "/billing/accountManagement/v4",
    "/tmf-api/prepayBalanceManagement/v4": "/charging/prepayBalanceManagement/v4",
    "/tmf-api/productOrderingManagement/v4": "/orders/productOrderingManagement/v4",
    "/tmf-api/usageManagement/v4": "/charging/usageManagement/v4",
    "/tmf-api/communicationManagement/v4": "/messaging/communicationManagement/v4",
    "/tmf-api/productCatalogManagement/v4": "/catalog/productCatalogManagement/v4",
    "/tmf-api/resourceInventoryManagement/v4": "/inventory/resourceInventoryManagement/v4",
    "/tmf-api/usageConsumption/v4": "/charging/usageConsumption/v4",
    "/tmf-api/payment/v4": "/billing/paymentManagement/v4",
    "/tmf-api/customerBillManagement/v4": "/billing/customerBillManagement/v4",
}
"""Each API has an address of its own."""

ROLES: Mapping[str, str] = {
    "administrator": "corporateAdministrator",
    "operator": "corporateOperator",
    "finance": "corporateAccountant",
    "viewer": "corporateReader",
    "customer": "Subscriber",
    "owner": "Owner",
}

CHARACTERISTICS: Mapping[str, str] = {
    "paymentMethod": "paymentType",
    "statusSince": "statusChangeDate",
    "suspensionReason": "blockReason",
    "voluntaryBlock": "blockedByCustomer",
    "debtAmount": "outstandingDebt",
    "registrationForm": "contractNumber",
    "employeeLabel": "alias",
    "banSmsUssdControl": "smsControlBarred",
    "banMyKcellDetails": "detailsBarred",
    "banMyKcellAccess": "selfCareBarred",
    "forwarding": "callForwarding",
    "group": "serviceGroup",
    "subgroup": "serviceSubgroup",
}
"""Of products."""

VALUES: Mapping[str, Mapping[object, str]] = {
    "paymentMethod": {"Credit": "POSTPAID", "Advance": "PREPAID"},
    "suspensionReason": {"voluntary": "customerRequest", "debt": "nonPayment"},
}
"""Values of characteristics; a flag is `"true"` or `"false"`, a number a text."""

BUCKETS: Mapping[str, str] = {
    "main balance": "MAIN",
    "remaining credit limit": "CREDIT",
    "individual limit": "PERSONAL_LIMIT",
}

CARDS: Mapping[str, str] = {"SIM": "SIMCard", "eSIM": "EmbeddedSIM"}
"""Categories of resources; there are no others."""

UNITS: Mapping[str, str] = {"seconds": "sec", "SMS": "msg", "bytes": "octet", "minutes": "min"}

ORDER_STATES: Mapping[str, str] = {"inProgress": "inProgress.accepted"}
"""v5's form of a state that v4 has as well."""

CODES: Mapping[str, int] = {
    "INTERNAL": 1,
    "RATE.LIMITED": 5,
    "REQUEST.MALFORMED": 24,
    "QUERY.VALUE": 23,
    "QUERY.UNKNOWN": 23,
    "UNAUTHENTICATED": 40,
    "TOKEN.EXPIRED": 42,
    "NOT_FOUND": 60,
    "ORDER.UNSUPPORTED": 24,
    "NUMBER.DEBT": 1001,
    "NUMBER.STATE": 1002,
    "NUMBER.NOT_FOUND": 1003,
    "SERVICE.NOT_FOUND": 1101,
    "SERVICE.NOT_MANAGEABLE": 1102,
    "SERVICE.CONFLICT": 1103,
    "FUNDS.INSUFFICIENT": 1201,
    "SIM.ICCID_INVALID": 1301,
    "SIM.NOT_FREE": 1302,
    "SIM.FOREIGN": 1303,
    "SIM.NOT_ACTIVE": 1304,
    "FORWARD.SELF": 1401,
    "FORWARD.TARGET": 1402,
    "TRANSFER.SAME": 1601,
    "TRANSFER.CREDIT": 1602,
    "TRANSFER.AMOUNT": 1603,
    "PARTY.LOGIN": 1701,
    "EMAIL.INVALID": 1702,
}
"""TMF's own numbers where there is one, else this operator's."""
OTHER_CODE = 1999

FROM_ROLE = {told: own for own, told in ROLES.items()}
FROM_CHARACTERISTIC = {told: own for own, told in CHARACTERISTICS.items()}
FROM_VALUE = {name: {told: own for own, told in values.items()} for name, values in VALUES.items()}


def phone(own: object) -> str:
    """A number with its plus; what is none (a short number, a name) as it is."""
    text = str(own)
    return f"+{text}" if text.isdigit() and len(text) == 11 else text


def digits(told: object) -> str:
    """A number without its plus."""
    return str(told).removeprefix("+")
