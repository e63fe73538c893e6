"""What goes wrong, on demand.

A fault is laid on a target with `POST /sandbox/faults` and spent by the calls that match it. The
rooms ask `Faults.take` before they serve a call and act out what they are handed; the meaning of
each kind is the same everywhere:

========================  ==========================================================================
http_500                  answered 500, nothing done
http_429                  answered 429 with a `Retry-After`, nothing done
delay                     served as usual, `seconds` late
hang_before_effect        nothing done, no answer for `seconds`, then the connection is dropped
hang_after_effect         done, no answer for `seconds`, then the connection is dropped
late_effect               no answer for `seconds` and the connection dropped; done only after that
reset_after_effect        done, the connection is reset instead of an answer
reject                    a business refusal of that target (409 of the operator, 403 of Telegram,
                          a message that is never delivered for SMS and mail)
========================  ==========================================================================
"""

from __future__ import annotations

import itertools
import random
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, get_args

Target = Literal["telegram", "operator", "sms", "mail"]
Kind = Literal[
    "http_500",
    "http_429",
    "delay",
    "hang_before_effect",
    "hang_after_effect",
    "late_effect",
    "reset_after_effect",
    "reject",
]

DEFAULT_SECONDS: dict[str, float] = {"delay": 1.0, "http_429": 3.0}
HANG_SECONDS = 30.0


class BadFaultError(ValueError):
    """The fault asked for cannot be laid; the text says which field is wrong."""


@dataclass
class Fault:
    """One fault. `match` is a part of "METHOD path" (operator) or of the method's name (Telegram);
    empty matches every call. `times` None means until deleted.
    """

    id: int
    target: Target
    kind: Kind
    match: str = ""
    times: int | None = 1
    probability: float = 1.0
    seconds: float = HANG_SECONDS
    seed: int | None = None
    taken: int = 0
    luck: random.Random = field(default_factory=random.Random, repr=False)

    def as_json(self) -> dict[str, Any]:
        """The fault as `GET /sandbox/faults` shows it."""
        shown = asdict(self)
        del shown["luck"]
        return shown


class Faults:
    """The faults that lie on this world, in the order they were laid."""

    def __init__(self) -> None:
        self._ids = itertools.count(1)
        self._laid: list[Fault] = []

    def lay(self, body: dict[str, Any]) -> Fault:
        """Lay the fault described by the JSON body `body`. Raises `BadFaultError`."""
        target: Any = body.get("target")
        kind: Any = body.get("kind")
        if target not in get_args(Target):
            raise BadFaultError(f"target must be one of {', '.join(get_args(Target))}")
        if kind not in get_args(Kind):
            raise BadFaultError(f"kind must be one of {', '.join(get_args(Kind))}")
        unknown = body.keys() - {
            "target",
            "kind",
            "match",
            "times",
            "probability",
            "seconds",
            "seed",
        }
        if unknown:
            raise BadFaultError(f"unknown fields: {', '.join(sorted(unknown))}")
        try:
            times = body.get("times", 1)
            fault = Fault(
                id=next(self._ids),
                target=target,
                kind=kind,
                match=str(body.get("match") or ""),
                times=None if times is None else int(times),
                probability=float(body.get("probability", 1.0)),
                seconds=float(body.get("seconds", DEFAULT_SECONDS.get(kind, HANG_SECONDS))),
                seed=None if body.get("seed") is None else int(body["seed"]),
            )
        except (TypeError, ValueError) as error:
            raise BadFaultError(f"a field has the wrong type: {error}") from error
        fault.luck.seed(fault.seed)
        self._laid.append(fault)
        return fault

    def take(self, target: Target, call: str) -> Fault | None:
        """The fault this call has to act out, counted as taken, or None."""
        for fault in self._laid:
            if fault.target != target or fault.match.lower() not in call.lower():
                continue
            if fault.times is not None and fault.taken >= fault.times:
                continue
            if fault.luck.random() >= fault.probability:
                continue
            fault.taken += 1
            return fault
        return None

    def clear(self) -> None:
        """Everything works again."""
        self._laid.clear()

    def laid(self) -> list[Fault]:
        """All faults, spent ones included."""
        return list(self._laid)
