"""Refusals of the Bot API, word for word.

Libraries choose their exception by the HTTP status and match on parts of the description, so both
are a contract. The wording rule of the open-source server is kept: a prefix for each status, and
the first letter of what follows is lower-cased unless a code such as BUTTON_DATA_INVALID follows.

    ApiError
      + bad_request   400     + forbidden  403     + conflict  409
      + unauthorized  401     + not_found  404     + too_many  429
"""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """A refusal: HTTP status, description, and `parameters` when there are any."""

    def __init__(
        self, status: int, description: str, parameters: dict[str, Any] | None = None
    ) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.parameters = parameters

    def as_json(self) -> dict[str, Any]:
        """The body of the answer."""
        body: dict[str, Any] = {
            "ok": False,
            "error_code": self.status,
            "description": self.description,
        }
        if self.parameters:
            body["parameters"] = self.parameters
        return body


def _worded(prefix: str, reason: str) -> str:
    code_like = len(reason) > 1 and (reason[1] == "_" or reason[1].isupper())
    said = reason if code_like else reason[:1].lower() + reason[1:]
    return f"{prefix}: {said}"


def bad_request(reason: str) -> ApiError:
    """400 with the usual prefix."""
    return ApiError(400, _worded("Bad Request", reason))


def forbidden(reason: str) -> ApiError:
    """403 with the usual prefix."""
    return ApiError(403, _worded("Forbidden", reason))


def conflict(reason: str) -> ApiError:
    """409 with the usual prefix."""
    return ApiError(409, _worded("Conflict", reason))


def too_many(seconds: int) -> ApiError:
    """429; the server adds the `Retry-After` header from `parameters`."""
    return ApiError(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})


NOT_FOUND = "Not Found"
QUERY_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
