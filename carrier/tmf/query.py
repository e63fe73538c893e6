"""Query strings as TMF630 and the contract want them.

What a person typed is only ever compared letter by letter: it is escaped as a pattern first and
as a part of the address after that, so that it can neither widen the search nor add a condition.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime
from urllib.parse import quote

from account.kazakhstan import numbering
from account.values.identifiers import digits_of

LONGEST_SEARCH = 100
"""Characters; no number, account, tariff or label is longer (the contract's limit of a label)."""
_PLAIN = re.compile(r"[A-Za-z0-9_.~,:-]*").fullmatch


def query_string(*conditions: tuple[str, str | int]) -> str:
    """`a=1&b=2,3`, percent-encoded; a comma stays one, because it parts the values of a list."""
    return "&".join([f"{name}={_encoded(str(value))}" for name, value in conditions])


def _encoded(value: str) -> str:
    # Most are numbers, ids and names of fields, which stay as they are: quoting costs 2 µs each.
    return value if _PLAIN(value) else quote(value, safe=",:")


def listed(values: Iterable[str]) -> str:
    """Values of which one has to be met."""
    return ",".join(values)


def moment(at: datetime) -> str:
    """`2026-10-22T00:00:00Z`: seconds, UTC, no plus that could get lost in an address."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def search(typed: str) -> str | None:
    """The condition "a part of the number, the account, the tariff or the label".

    A number in any writing is compared as digits, a whole one with 8 in front as one with 7. None
    when nothing at all can match: the text is longer than anything there is.
    """
    text = unicodedata.normalize("NFC", typed.strip())
    if len(text) > LONGEST_SEARCH:
        return None
    digits = digits_of(text)
    number = numbering.with_code(digits) if digits else text
    members = (
        ("productSerialNumber", number),
        ("billingAccount.id", digits or text),
        ("name", text),
        ("employeeLabel", text),
    )
    group = ";".join(f"{attribute}.regex={literal(part)}" for attribute, part in members)
    first, _, rest = group.partition("=")
    return f"{first}={quote(rest, safe='')}"


def found_by(typed: str, number: str, account: str, tariff: str, label: str) -> bool:
    """Whether a search would find this number: `search` for an operator that cannot search."""
    text = unicodedata.normalize("NFC", typed.strip()).casefold()
    digits = digits_of(text)
    looked_for = numbering.with_code(digits) if digits else text
    return (
        looked_for in number
        or (digits or text) in account.casefold()
        or text in tariff.casefold()
        or text in label.casefold()
    )


def literal(text: str) -> str:
    """A pattern that finds exactly `text`; a semicolon in it does not end the member."""
    return re.escape(text).replace(";", r"\x3b")
