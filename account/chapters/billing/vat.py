"""VAT: the rate that the operator tells for a line, checked against the sums (S31-4).

A rate belongs to a line: one invoice may have several of them, and lines without VAT. Where the
operator tells none, it is found from the sums or stays unknown; it is never taken from a calendar
alone.
"""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import Final, Literal, TypeAlias

from account.kazakhstan.vat import usual_rate
from account.values.money import Money


class Untaxed(Enum):
    """What bears no VAT; a rate of 0 % is a rate."""

    WITHOUT_VAT = "without VAT"


WITHOUT_VAT: Final = Untaxed.WITHOUT_VAT
VatRate: TypeAlias = int | Literal[Untaxed.WITHOUT_VAT]
"""Whole per cent, or none."""

_A_LINE = 1
"""Tiyn by which the VAT of one line may be rounded otherwise."""
_OF_ALL = 100
"""What the roundings of many lines may come to together: so small a part of their VAT."""


def vat_rate(turnover: date) -> int:
    """The usual per cent of VAT by the day of turnover, in Almaty; printing does not matter.

    A month's services are turned over on its last day.
    """
    return usual_rate(turnover)


def vat_on(net: Money, rate: VatRate) -> Money:
    """The VAT on a net amount, half a tiyn away from zero."""
    return Money(0) if rate is WITHOUT_VAT else _divided(net.tiyn * rate, 100)


def vat_in(gross: Money, rate: VatRate) -> Money:
    """The VAT that a gross amount contains, half a tiyn away from zero."""
    return Money(0) if rate is WITHOUT_VAT else _divided(gross.tiyn * rate, 100 + rate)


def agrees(net: Money, vat: Money, rate: VatRate, lines: int | None = 1) -> bool:
    """Whether that is the VAT on the net of so many lines, each of which rounds its own.

    A tiyn a line, and over all of them one per cent of the VAT: roundings go up and down, and what
    is off by more is not rounded but of another rate. None: how many lines is not known.
    """
    right = vat_on(net, rate)
    together = max(_A_LINE, abs(right).tiyn // _OF_ALL)
    allowed = together if lines is None else min(max(_A_LINE, lines), together)
    return abs(right - vat).tiyn <= allowed


def rate_of(
    told: VatRate | None, net: Money, vat: Money, turnover: date, lines: int | None = 1
) -> VatRate | None:
    """The rate of a line, or of an invoice of one rate: as told, else as its sums say.

    None where they say none: several rates together, or figures that are wrong.
    """
    if told is not None:
        return told
    usual = vat_rate(turnover)
    if agrees(net, vat, usual, lines):
        return usual
    return None if vat else WITHOUT_VAT


def _divided(above: int, below: int) -> Money:
    whole = (2 * abs(above) + below) // (2 * below)
    return Money(whole if above >= 0 else -whole)
