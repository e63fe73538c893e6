"""What an operator's answers show of themselves: the form of an error, the words of its people."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from carrier.transport import Answer


KEYS = {
    "organizationIdentification": "words.identification",
    "status": "words.product_status",
    "suspensionReason": "characteristics.suspension_reason and words.suspension_reason",
    "productSerialNumber": "find.number_by and find.number_characteristic",
    "usageType": "words.usage_type",
    "balanceType": "words.balance_type",
}
"""Keys of the profile by the field of a row that could not be read."""


def fields_in(logs: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """For which field rows were left out, and how many."""
    left_out = (one["field"] for one in logs if one.get("event") == "operator_row_left_out")
    return dict(Counter(str(field) for field in left_out))


def named(fields: Mapping[str, int]) -> str:
    """`paymentMethod (37: words.payment_method)`."""
    return ", ".join(
        f"{field} ({count}" + (f": {KEYS[field]})" if field in KEYS else ")")
        for field, count in fields.items()
    )


def of_people(rows: list[dict[str, Any]], form: str, configured: str) -> str:
    """Why people that were found log in nowhere, by the words of their rows alone."""
    roles = shown_words(one.get("role") for row in rows for one in items(row, "relatedParty"))
    media = [one for row in rows for one in items(row, "contactMedium")]
    kinds = shown_words({**one, **_inner(one)}.get("contactType") for one in media)
    return (
        f"somebody is found with find.phones = {form} (it is {configured}); the roles are {roles} "
        f'(words.role), the contactType {kinds} (words.login_contact, "" where there is none)'
    )


def of_rows(rows: list[dict[str, Any]], company: str) -> str:
    """Why none of these was read as a number of that company."""
    if not rows:
        return "it has none: try an administrator of another company"
    parties = [one for row in rows for one in items(row, "relatedParty")]
    inner = [one.get("partyOrPartyRole") for one in parties]
    its = [
        one
        for one, other in zip(parties, inner, strict=True)
        if company in (one.get("id"), other.get("id") if isinstance(other, dict) else None)
    ]
    if not its:
        return f"{len(rows)} rows come and name another party's id than the register has"
    roles = shown_words(one.get("role") for one in its)
    return f"{len(rows)} rows come, in which the company's role is {roles}: words.customer_role"


def of_nothing(answer: Answer) -> str | None:
    """What is wrong with the answer to a search that must find nothing; None: an empty list."""
    try:
        rows = json.loads(answer.body)
    except (ValueError, RecursionError):
        rows = None
    if answer.status in (200, 206) and rows == []:
        return None
    if answer.status in (200, 206) and isinstance(rows, list):
        return (
            "the filter is ignored: whether a lost answer was carried out cannot be found out, and "
            "people wait for the support desk; have it made to hold"
        )
    return (
        f"status {answer.status} where an empty list is wanted: nothing else proves that there is "
        "none, so a change whose answer was lost waits for the support desk; have it answered so"
    )


def error_form(answer: Answer) -> str:
    """Which form of an error that is."""
    try:
        body = json.loads(answer.body)
    except (ValueError, RecursionError):
        return "no body of the operator's: a change refused so is looked up before anything is said"
    if not isinstance(body, dict) or answer.status < 400:
        return "not refused"
    if isinstance(body.get("code"), str) and re.fullmatch(r"[A-Z0-9][A-Z0-9_.]*", body["code"]):
        return "TMF630"
    return "a form of its own: refusals.final and refusals.codes"


def version_of(rows: Iterable[dict[str, Any]]) -> str | None:
    """The version whose form the parties of these rows have; None where none of them tells."""
    parties = [one for row in rows for one in items(row, "relatedParty")]
    if any(isinstance(one.get("partyOrPartyRole"), dict) for one in parties):
        return "v5"
    return "v4" if any("id" in one for one in parties) else None


def items(row: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The objects in a list of a row; none where there is another thing."""
    found = row.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _inner(medium: dict[str, Any]) -> dict[str, Any]:
    """The characteristic of a medium, where v4 has it."""
    found = medium.get("characteristic")
    return found if isinstance(found, dict) else {}


_WORD = re.compile(r"[^\W\d_](?:[^\W\d]|[ -]){0,40}")
"""Letters of any alphabet: an operator's words may be Russian or Kazakh; figures are somebody's."""


def shown_words(said: Iterable[object]) -> str:
    """Words that an operator uses, each once; only what looks like one is shown."""
    known = {one for one in said if isinstance(one, str)}
    shown = sorted(word for word in known if _WORD.fullmatch(word))
    return ", ".join(shown) or "not told"
