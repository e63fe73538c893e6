"""What was typed cannot be what was asked for."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import ClassVar

from account.errors.root import MyAccountError


class InputRefused(MyAccountError):
    """What was typed cannot be what was asked for. Nothing has changed."""

    code: ClassVar[str] = "INPUT.REFUSED"


class NumberFault(StrEnum):
    """Why a phone number was refused (7.1)."""

    MALFORMED = "malformed"
    """Not the writing of a phone number: letters, extensions, foreign digits, wrong length."""
    UNASSIGNED = "unassigned"
    """A well-formed number from a range no country has given out."""
    NOT_MOBILE = "not_mobile"
    """A real number, but of a fixed line or a service."""
    ANONYMOUS = "anonymous"
    """A number of Fragment, +888, which exists in Telegram alone."""
    SEVERAL = "several"
    """More than one number, where one is wanted."""


class NumberInvalid(InputRefused):
    """The text is not a mobile number (T1, 7.1)."""

    code: ClassVar[str] = "NUMBER.INVALID"

    def __init__(self, reason: NumberFault) -> None:
        super().__init__(f"not a mobile number: {reason}")
        self.reason = reason


class ImeiInvalid(InputRefused):
    """The text is not an IMEI (T3, 7.3).

    `expected_digit` is the check digit the first 14 digits call for, when 15 digits came with a
    wrong one; None when the text has not 14, 15 or 16 digits at all, or is more than one IMEI:
    `several`.
    """

    code: ClassVar[str] = "IMEI.INVALID"

    def __init__(self, expected_digit: int | None = None, *, several: bool = False) -> None:
        super().__init__(
            "not 14, 15 or 16 digits" if expected_digit is None else "wrong IMEI check digit"
        )
        self.expected_digit = expected_digit
        self.several = several


class IccidInvalid(InputRefused):
    """The text is not the number of a SIM card: 19 or 20 digits from 89 with a Luhn sum (7.4).

    `several` when it is more than one.
    """

    code: ClassVar[str] = "SIM.ICCID_INVALID"

    def __init__(self, *, several: bool = False) -> None:
        super().__init__("not an ICCID")
        self.several = several


class IinRule(StrEnum):
    """The rule of 7.2 an IIN or BIN breaks, in the order they are checked."""

    TWELVE_DIGITS = "twelve_digits"
    NEVER_ISSUED = "never_issued"
    """Both rows of weights give 10: no such number exists, whatever its last digit."""
    CONTROL_DIGIT = "control_digit"
    """Digit 12 is not the one digits 1-11 call for."""
    CENTURY = "century"
    """IIN: digit 7 is not 0-6."""
    BIRTH_DATE = "birth_date"
    """IIN: digits 1-6 are no real date YYMMDD."""
    REGISTRATION_MONTH = "registration_month"
    """BIN: digits 3-4 are no month."""
    ENTITY_KIND = "entity_kind"
    """BIN: digit 5 is not 4, 5 or 6."""
    DIVISION = "division"
    """BIN: digit 6 is not 0-3."""


class IinInvalid(InputRefused):
    """The text is not an IIN or a BIN (T5, 7.2): which rule failed.

    `expected_digit` is the control digit digits 1-11 call for, with CONTROL_DIGIT only.
    """

    code: ClassVar[str] = "IIN.INVALID"

    def __init__(self, rule: IinRule, expected_digit: int | None = None) -> None:
        super().__init__(f"not an IIN or BIN: {rule}")
        self.rule = rule
        self.expected_digit = expected_digit


class EmailInvalid(InputRefused):
    """The text is not an e-mail address one can write to (7.6)."""

    code: ClassVar[str] = "EMAIL.INVALID"

    def __init__(self) -> None:
        super().__init__("not an e-mail address")


class ReferenceKind(StrEnum):
    """The paper numbers of 7.5."""

    ACCOUNT = "account"
    ESF_REGISTRATION = "esf_registration"
    ACCOUNTING = "accounting"
    REGISTRATION_FORM = "registration_form"


class ReferenceInvalid(InputRefused):
    """The text is not the number of an account, an invoice or a registration form (T6, 7.5)."""

    code: ClassVar[str] = "REFERENCE.INVALID"

    def __init__(self, kind: ReferenceKind) -> None:
        super().__init__(f"malformed {kind} number")
        self.kind = kind


class AmountFault(StrEnum):
    """Why an amount was refused (G-5, S37-2)."""

    MALFORMED = "malformed"
    NEGATIVE = "negative"
    TOO_PRECISE = "too_precise"
    """More than two decimals: refused, never rounded."""
    TOO_LARGE = "too_large"
    """More digits than any balance has."""


class AmountInvalid(InputRefused):
    """The text is not an amount of money (G-5, S37-2)."""

    code: ClassVar[str] = "TRANSFER.AMOUNT"

    def __init__(self, reason: AmountFault) -> None:
        super().__init__(f"not an amount: {reason}")
        self.reason = reason


class TargetInvalid(InputRefused):
    """Calls cannot be forwarded there: a short, toll-free or costly number, or none (S20-3)."""

    code: ClassVar[str] = "FORWARD.TARGET"

    def __init__(self) -> None:
        super().__init__("not a target of call forwarding")


class TextFault(StrEnum):
    """Why free text was refused."""

    EMPTY = "empty"
    TOO_SHORT = "too_short"
    """Fewer digits of a number than are searched for: `limit`."""
    TOO_LONG = "too_long"
    FORBIDDEN_CHARACTERS = "forbidden_characters"
    """NUL and other controls, lone surrogates, marks that turn the direction of writing."""


class TextRefused(InputRefused):
    """Free text that cannot be stored, shown or looked for; `limit` in characters with TOO_LONG,
    in digits with TOO_SHORT.
    """

    code: ClassVar[str] = "TEXT.REFUSED"

    def __init__(self, reason: TextFault, limit: int | None = None) -> None:
        super().__init__(f"text refused: {reason}")
        self.reason = reason
        self.limit = limit


class TooManyCostCentres(InputRefused):
    """One more cost centre than a company can have: `most`."""

    code: ClassVar[str] = "LABEL.CENTRES"

    def __init__(self, most: int) -> None:
        super().__init__(f"more than {most} cost centres")
        self.most = most


class DayInvalid(InputRefused):
    """The text is not a day of the calendar in one of the writings of G-3."""

    code: ClassVar[str] = "DAY.INVALID"
    example = date(2022, 1, 24)
    """A day as it is written; who knows which days are taken tells one of them."""

    def __init__(self, example: date | None = None) -> None:
        super().__init__("not a day of the calendar")
        self.example = example or self.example


class TimeInvalid(InputRefused):
    """The text is not one time of one day; `example` is one that could be taken today."""

    code: ClassVar[str] = "TIME.INVALID"

    def __init__(self, example: str) -> None:
        super().__init__("not a time of a day")
        self.example = example


class TimeTooSoon(InputRefused):
    """A change cannot be scheduled for that time: less than `minutes` from now, or past (SC-1)."""

    code: ClassVar[str] = "SCHEDULE.PAST"

    def __init__(self, minutes: int) -> None:
        super().__init__(f"less than {minutes} minutes from now")
        self.minutes = minutes


class TimeTooFar(InputRefused):
    """More than `days` days ahead; fewer of them where a code confirms (SC-4)."""

    code: ClassVar[str] = "SCHEDULE.FAR"

    def __init__(self, days: int) -> None:
        super().__init__(f"more than {days} days ahead")
        self.days = days


class RhythmInvalid(InputRefused):
    """The text names no days on which something can be repeated (SC-1)."""

    code: ClassVar[str] = "RHYTHM.INVALID"

    def __init__(self) -> None:
        super().__init__("not days that come again")


class PairUnfit(InputRefused):
    """What takes a change back comes before it, or not before its next date (SC-1)."""

    code: ClassVar[str] = "SCHEDULE.PAIR"

    def __init__(self) -> None:
        super().__init__("not between a date and the next one")


class RepeatEndless(InputRefused):
    """What repeats has no last day, one over twelve months ahead, or none of its dates before."""

    code: ClassVar[str] = "SCHEDULE.NO_END"

    def __init__(self) -> None:
        super().__init__("no end within twelve months")


class ListFileFault(StrEnum):
    """Why a file cannot be read as a list of numbers (B-5)."""

    KIND = "kind"
    """Neither a workbook (.xlsx, .xlsm, .xls, .ods) nor text."""
    LOCKED = "locked"
    """Protected by a password."""
    LARGE = "large"
    """More bytes, rows, columns or sheets than are read, or it would not stop growing."""
    DAMAGED = "damaged"
    UNFETCHED = "unfetched"
    """It could not be had from where it was sent to."""


class ListFileRefused(InputRefused):
    """The file is no list of numbers. Nothing of it was kept."""

    code: ClassVar[str] = "SET.FILE"

    def __init__(self, fault: ListFileFault) -> None:
        super().__init__(f"list file refused: {fault}")
        self.fault = fault


class ListFilesExceeded(InputRefused):
    """The person has had as many files read as are read within an hour."""

    code: ClassVar[str] = "SET.FILES"

    def __init__(self) -> None:
        super().__init__("too many list files within an hour")
