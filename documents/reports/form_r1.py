"""The head and the foot of form R-1, which a certificate and what corrects it have alike (S31)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from account.values.periods import shown_day
from documents.layout import cells
from documents.layout.blocks import FormHead, Side, Signatures
from documents.text.marker import N_

if TYPE_CHECKING:
    from account.chapters.billing.bills import Certificate
    from account.chapters.billing.parties import Supplier
    from documents.layout.composer import DocumentComposer


def form_head(
    composer: DocumentComposer, certificate: Certificate, number: str, composed: date, title: str
) -> FormHead:
    """The head; what nobody told is an empty place. `title` is English, for gettext."""
    word, supplier, customer = composer.word, certificate.supplier, certificate.customer
    contract = certificate.contract
    told = (composer.each(supplier.addresses.get), supplier.contacts, *_paid_to(composer, supplier))
    company = (customer.address, ", ".join(customer.contacts))
    number_and_day = ""
    if contract is not None:
        number_and_day = f"№ {contract.number}"
        if contract.signed is not None:
            number_and_day = word(N_("№ {number} of {day}")).format(
                number=contract.number, day=shown_day(contract.signed)
            )
    return FormHead(
        form=(
            word(
                N_(
                    "Annex 50 to order № 562 of the Minister of Finance of the Republic of "
                    "Kazakhstan of 20 December 2012"
                )
            ),
            word(N_("Form R-1")),
        ),
        hint=word(N_("full name, address, means of communication")),
        id_name=word(N_("IIN/BIN")),
        sides=(
            Side(
                word(N_("Customer")),
                composer.header.company,
                [cells.text(line) or "" for line in company if line],
                composer.header.bin,
            ),
            Side(
                word(N_("Contractor")),
                _supplier_name(composer, certificate),
                [cells.text(line) or "" for line in told if line],
                supplier.bin.digits,
            ),
        ),
        contract=(word(N_("Contract")), cells.text(number_and_day) or ""),
        boxes=(
            (word(N_("Document number")), number),
            (word(N_("Date of composing")), shown_day(composed)),
        ),
        title=word(title),
    )


def _supplier_name(composer: DocumentComposer, certificate: Certificate) -> str:
    return composer.each(certificate.supplier.named)


def _paid_to(composer: DocumentComposer, supplier: Supplier) -> Iterator[str]:
    """What a payment order and an invoice call for, as far as it is told."""
    word, account, vat = composer.word, supplier.account, supplier.vat
    if account is not None:
        told = [(N_("IIK"), account.iik), (N_("BIC"), account.bic), (N_("KBe"), account.kbe)]
        parts = [f"{word(name)} {value}" for name, value in told if value]
        yield ", ".join([*parts, account.bank] if account.bank else parts)
    if vat is not None and vat.day is not None:
        yield word(N_("VAT certificate: series {series} № {number} of {day}")).format(
            series=vat.series, number=vat.number, day=shown_day(vat.day)
        )
    elif vat is not None:
        yield word(N_("VAT certificate: series {series} № {number}")).format(
            series=vat.series, number=vat.number
        )


def form_signatures(composer: DocumentComposer, certificate: Certificate) -> Signatures:
    """Where both sides sign."""
    word = composer.word
    return Signatures(
        (
            (word(N_("Delivered by (contractor)")), _supplier_name(composer, certificate)),
            (word(N_("Accepted by (customer)")), composer.header.company),
        ),
        (word(N_("place of the seal")),),
        places=(word(N_("position")), word(N_("signature")), word(N_("full name"))),
        day=word(N_("Date of signing (acceptance)")),
    )
