"""What every request says of itself, so that a line of our log is found in the operator's.

`traceparent` is W3C's; the tries of one question share its trace and have a span each. The request
id is the two together.
"""

from __future__ import annotations

import random
from importlib.metadata import PackageNotFoundError, version


def _version() -> str:
    try:
        return version("myaccount")
    except PackageNotFoundError:
        return "0"


USER_AGENT = f"MyAccount/{_version()}"


def new_trace() -> str:
    """32 hexadecimal digits, not all of them zero. No secret: it only has to be rare."""
    return f"{random.getrandbits(128) | 1:032x}"


def ids_of_a_try(trace: str) -> dict[str, str]:
    """The two headers of one try."""
    span = f"{random.getrandbits(64) | 1:016x}"
    return {"X-Request-Id": f"{trace}-{span}", "traceparent": f"00-{trace}-{span}-01"}
