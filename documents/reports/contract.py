"""The contract of an account on papers that only name it: its place may stay empty.

It is the one fact of a paper that stands in an API of its own, and nothing is added up from it. So
where it cannot be had the paper is tried again like any other, and made without it in the end: an
empty place, as where the operator names no contract, and never a number that was not told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from account.documents.orders import TRIES
from account.errors import CarrierUnavailable

if TYPE_CHECKING:
    from account.carrier import Carrier
    from account.chapters.billing.parties import Contract
    from account.documents.document import Document


def is_last_try(document: Document) -> bool:
    """Whether the document fails for good if it cannot be made now."""
    return document.attempts >= TRIES


async def contract_of(
    carrier: Carrier, company_id: str, account: str, *, last_try: bool
) -> Contract | None:
    """The account's contract; None where it has none, and, with the `last_try`, none that is told.

    Raises `CarrierUnavailable` before that.
    """
    try:
        return await carrier.contract(company_id, account)
    except CarrierUnavailable:
        if not last_try:
            raise
        return None
