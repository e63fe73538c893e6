"""Passwords, codes by SMS, secret codes."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from account.errors.root import MyAccountError


class LoginRefused(MyAccountError):
    """Somebody could not be let in, or a code or password was not taken."""

    code: ClassVar[str] = "AUTH.REFUSED"


class BadCredentials(LoginRefused):
    """Wrong password, unknown number, no administrator, locked: one answer for all (S01-1)."""

    code: ClassVar[str] = "AUTH.BAD_CREDENTIALS"


class CodeTooEarly(LoginRefused):
    """The next code can be sent in `seconds` (S02-4)."""

    code: ClassVar[str] = "OTP.TOO_EARLY"

    def __init__(self, seconds: int) -> None:
        super().__init__(f"wait {seconds} s")
        self.seconds = seconds


class CodeSendsExceeded(LoginRefused):
    """No more codes for this number until `until` (aware, UTC) (S02-5)."""

    code: ClassVar[str] = "OTP.SENDS_EXCEEDED"

    def __init__(self, until: datetime) -> None:
        super().__init__("too many codes")
        self.until = until


class CodeOwnerUnproven(CodeSendsExceeded):
    """The same for accounts that nothing binds to the number: sharing it as one's own goes on."""

    code: ClassVar[str] = "OTP.OWNER_UNPROVEN"


class CodeInvalid(LoginRefused):
    """Not the code that was sent; `left` tries remain before it is void."""

    code: ClassVar[str] = "OTP.INVALID"

    def __init__(self, left: int) -> None:
        super().__init__("wrong code")
        self.left = left


class CodeMalformed(LoginRefused):
    """What was typed is no code at all; no try is used up."""

    code: ClassVar[str] = "OTP.MALFORMED"


class CodeExpired(LoginRefused):
    """No valid code: too old, used, replaced by a newer one, or never sent."""

    code: ClassVar[str] = "OTP.EXPIRED"


class CodeAttemptsExceeded(LoginRefused):
    """The code is void after too many wrong tries; ask for a new one, or wait until tomorrow."""

    code: ClassVar[str] = "OTP.ATTEMPTS_EXCEEDED"


class PasswordFault(StrEnum):
    """Why a new password was not taken (S02-6)."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    COMMON = "common"
    IS_PHONE = "is_phone"
    IS_NAME = "is_name"
    IS_OPERATOR = "is_operator"
    NEAR_PHONE = "near_phone"
    IS_BIN = "is_bin"
    REPEATED = "repeated"
    RUN = "run"
    UNSEEN = "unseen"
    SAME = "same"
    FORBIDDEN_CHARACTERS = "forbidden_characters"


class PasswordWeak(LoginRefused):
    """The new password cannot be taken."""

    code: ClassVar[str] = "PASSWORD.WEAK"

    def __init__(self, reason: PasswordFault) -> None:
        super().__init__(f"password refused: {reason}")
        self.reason = reason


class PasswordMismatch(LoginRefused):
    """The confirmation differs from the new password."""

    code: ClassVar[str] = "PASSWORD.MISMATCH"


class ResetExpired(LoginRefused):
    """The permission that a correct code gave is over: start the reset again."""

    code: ClassVar[str] = "AUTH.RESET_EXPIRED"


class PasswordWrong(LoginRefused):
    """The present password was not typed right, or the login is locked; the same for both."""

    code = "PASSWORD.WRONG"


class ProofExpired(LoginRefused):
    """The present password was typed too long ago, in another session, or is another one by now."""

    code = "PASSWORD.PROOF_EXPIRED"


class NumberTakenOver(LoginRefused):
    """The number's SIM or forwarding changed within 72 h: no code by SMS, and no e-mail is known.

    Told to a person with a session alone; a stranger learns nothing (S02-8).
    """

    code: ClassVar[str] = "OTP.TAKEN_OVER"


class BadSecretCode(LoginRefused):
    """The one answer of the employee mode: number, code, or whose number it is does not fit."""

    code: ClassVar[str] = "SECRET.INVALID"

    def __init__(self) -> None:
        super().__init__("no such number with such a code for this person")
