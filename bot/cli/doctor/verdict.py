"""What a check of the doctor's says besides that all is well."""

from __future__ import annotations


class Warn(str):
    """What a check found that works, and should be otherwise."""

    __slots__ = ()


class Wrong(Exception):  # noqa: N818 - a verdict
    """What does not work: one sentence with the address, the cause and what to do.

    `part` names it more exactly than the check does (`operator TMF637`).
    """

    def __init__(self, sentence: str, part: str | None = None) -> None:
        super().__init__(sentence)
        self.part = part


class Several(Exception):  # noqa: N818 - verdicts
    """More than one of them."""

    def __init__(self, faults: list[Wrong]) -> None:
        super().__init__("; ".join(map(str, faults)))
        self.faults = faults
