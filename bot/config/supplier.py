"""Who delivers the services, as papers name it: of the variables and of the operator's profile."""

from __future__ import annotations

from datetime import date

from account.chapters.billing.parties import BankAccount, Supplier, VatCertificate
from account.values.identifiers import Bin
from carrier.profile.supplier import SupplierProfile

SANDBOX_SUPPLIER = Supplier(
    "Demo Operator JSC",
    Bin("980640000003"),
    names={"kk": "«Демо Оператор» АҚ", "ru": "АО «Демо Оператор»"},
    addresses={
        "kk": "050000, Алматы қ., Үлгі көшесі, 51",
        "ru": "050000, г. Алматы, ул. Примерная, 51",
        "en": "51 Example Street, Almaty 050000",
    },
    contacts="+7 727 258 8300, b2b@operator.example",
    account=BankAccount("KZ33999KZT1234567890", "DEMOKZKA", "АО «Демо Банк»", "17"),
    vat=VatCertificate("60001", "0087654", date(2012, 8, 13)),
)
"""The operator of the sandbox; whoever has contracts says who they are."""


def supplier_of(name: str, digits: Bin, told: SupplierProfile) -> Supplier:
    """The operator of that name, with what its profile tells."""
    account = vat = None
    if told.iik is not None:
        account = BankAccount(told.iik, told.bic or "", told.bank or "", told.kbe or "")
    if told.vat_number is not None:
        vat = VatCertificate(told.vat_series or "", told.vat_number, told.vat_day)
    return Supplier(name, digits, told.names, told.addresses, told.contacts or "", account, vat)
