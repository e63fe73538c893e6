"""Rates of VAT as papers say them: in a cell, and in the sentence below a total."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from account.chapters.billing.vat import WITHOUT_VAT
from documents.layout.notes import WORD
from documents.text.marker import N_

if TYPE_CHECKING:
    from account.chapters.billing.bills import Amounts
    from account.chapters.billing.vat import VatRate
    from account.values.money import Money
    from documents.layout.composer import DocumentComposer

_WITHOUT = N_("without VAT")


def rate_cell(composer: DocumentComposer, rates: Sequence[VatRate]) -> int | str:
    """Per cent of one rate; a word of none, of several, and where they are not told."""
    if len(rates) == 1 and rates[0] is not WITHOUT_VAT:
        return rates[0]
    said = [composer.word(_WITHOUT) if rate is WITHOUT_VAT else f"{rate}\xa0%" for rate in rates]
    return ", ".join(said) or composer.word(WORD)


def vat_heading(composer: DocumentComposer, rates: Collection[VatRate]) -> str:
    """The heading of a column of VAT: with the rate, where there is but one."""
    if len(rates) == 1 and WITHOUT_VAT not in rates:
        [rate] = rates
        return composer.word(N_("VAT {rate} %, ₸")).format(rate=rate)
    return composer.word(N_("VAT, ₸"))


def total_sentence(
    composer: DocumentComposer, gross: Money, by_rate: Mapping[VatRate, Amounts]
) -> str:
    """`Total with VAT: 100.00 ₸, of it VAT 16 %: 12.00 ₸, without VAT: 13.00 ₸.`"""
    word, language = composer.word, composer.header.language
    if set(by_rate) == {WITHOUT_VAT}:
        return word(N_("Total, without VAT: {gross}.")).format(gross=gross.shown(language))
    if len(by_rate) == 1:
        [(rate, amounts)] = by_rate.items()
        return word(N_("Total with VAT: {gross}, of it VAT {rate} %: {vat}.")).format(
            gross=gross.shown(language), rate=rate, vat=amounts.vat.shown(language)
        )
    parts = [
        f"{word(_WITHOUT)}: {amounts.gross.shown(language)}"
        if rate is WITHOUT_VAT
        else word(N_("VAT {rate} %: {vat}")).format(rate=rate, vat=amounts.vat.shown(language))
        for rate, amounts in by_rate.items()
    ]
    return word(N_("Total with VAT: {gross}, of it {parts}.")).format(
        gross=gross.shown(language), parts=", ".join(parts)
    )
