"""What an answer says: whether a read was answered; a change taken, refused, not done, or unknown.

A refusal stands only in the operator's own error body: TMF630's, or another form where the profile
says that its refusals are final. A page of some gateway between us is never the operator's word.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from account.errors import (
    CarrierNotReached,
    CarrierTokenRefused,
    CarrierTurnTaken,
    OutcomeUnknown,
)
from carrier.profile.model import Refusals

if TYPE_CHECKING:
    from carrier.transport import Answer

_REASON_CODE = re.compile(r"[A-Z0-9][A-Z0-9_.]{0,63}")


def as_reason_code(value: object) -> str | None:
    """`value` when it is written like a code of the operator (`NUMBER.DEBT`), else None."""
    if isinstance(value, str) and _REASON_CODE.fullmatch(value):
        return value
    return None


def reason_code(answer: Answer) -> str | None:
    """The code of TMF630's error body, None when the body is something else."""
    try:
        body = json.loads(answer.body)
    except (ValueError, RecursionError):
        return None
    return as_reason_code(body.get("code")) if isinstance(body, dict) else None


def is_an_answer(answer: Answer, refusals: Refusals, *, question: bool) -> bool:
    """Whether a read was answered; a question also by 201, and by the operator's own 404."""
    if answer.status in (200, 203, 206):
        return True
    if not question:
        return False
    if answer.status != 404:
        return answer.status == 201
    told = told_code(answer, refusals) or ""
    return refusals.codes.get(told, reason_code(answer)) == "NOT_FOUND"


_NOT_LET_IN, _TOO_MANY = 401, 429
"""Nothing was done."""
_REFUSAL = frozenset({400, 404, 409, 422})
_TOO_LATE = "ORDER.EXPIRED"
_OTHERWISE = "REJECTED"
_AS_STANDARD = Refusals()
_NO_REFUSAL = frozenset({"NOT_FOUND", "IDEMPOTENCY.IN_PROGRESS", "IDEMPOTENCY.REUSED"})


def verdict(answer: Answer, refusals: Refusals = _AS_STANDARD) -> str | None:
    """What the answer to a change says: None when it was taken, else the code of the refusal.

    Raises `CarrierNotReached` for 401 and 429: the contract has 429 do nothing, and 401 means "not
    applied" (RFC 9110, 15.5.2), which is told apart as `CarrierTokenRefused`; and for an order that
    had expired when it came. A refusal is only
    400, 404, 409 or 422 with the operator's own error body, so that a page of some gateway between
    us is none; which bodies are its own besides the contract's, `refusals` says. Everything else
    raises `OutcomeUnknown`: 403 and 408, every redirect and 5xx, a 404 about the address itself,
    and the two answers by which the operator says that it knows the key already, one while the
    first try is still being worked on, the other because the first try looked different.
    """
    status = answer.status
    if 200 <= status < 300:
        return None
    if status == _NOT_LET_IN:
        raise CarrierTokenRefused(f"status {status}")
    if status == _TOO_MANY:
        raise CarrierTurnTaken(f"status {status}")
    code = reason_code(answer)
    if status in _REFUSAL:
        told = told_code(answer, refusals)
        code = refusals.codes.get(told or "", code)
        if code is None and told is not None and refusals.final:
            code = _OTHERWISE
    if status in _REFUSAL and code == _TOO_LATE:
        raise CarrierNotReached("the order had expired when it arrived")
    if status not in _REFUSAL or code is None or code in _NO_REFUSAL:
        raise OutcomeUnknown(f"status {status}")
    return code


def has_code(answer: Answer) -> bool:
    """Whether the body is an error body with a code, TMF630's or a number; a framework's page for
    an address that is not there has none: `{"status": 404, "error": "Not Found"}`.
    """
    body = _object(answer)
    return body is not None and _code(body) is not None


def _object(answer: Answer) -> dict[str, Any] | None:
    try:
        body = json.loads(answer.body)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def _code(body: dict[str, Any]) -> str | None:
    inner = body.get("error")
    for place in (body, inner if isinstance(inner, dict) else {}):
        code = place.get("code")
        if isinstance(code, str) or (isinstance(code, int) and not isinstance(code, bool)):
            return str(code)
    return None


def told_code(answer: Answer, refusals: Refusals) -> str | None:
    """The code of an error body in whatever form operators write one; None where there is none.

    A body without any code is an error body too, where `refusals` are final, but not with 404: a
    gateway says so of an address.
    """
    body = _object(answer)
    if body is None:
        return None
    if (code := _code(body)) is not None:
        return code
    inner = body.get("error")
    if isinstance(inner, str):
        return inner
    wordy = "application/problem+json" in answer.headers.get("Content-Type", "") or any(
        isinstance(body.get(name), str) for name in ("reason", "title")
    )
    return "" if refusals.final and wordy and answer.status != 404 else None
