"""Everything My Account may refuse, as one family.

* MyAccountError
  x InputRefused
    + NumberInvalid
    + ImeiInvalid
    + IccidInvalid
    + IinInvalid
    + EmailInvalid
    + ReferenceInvalid
    + AmountInvalid
    + TargetInvalid
    + TextRefused
    + DayInvalid
    + PeriodRefused
      - PeriodTooOld
      - PeriodInFuture
      - PeriodReversed
      - PeriodTooLong
      - PeriodNotClosed
  x AccessRefused
    + CompanyNotAccessible
    + RightMissing
    + NumberNotFound
    + AccountNotFound
    + SessionExpired
    + EmployeeAccessEnded
    + DetailsBanned
  x LoginRefused
    + BadCredentials
    + CodeTooEarly
    + CodeSendsExceeded
    + CodeInvalid
    + CodeExpired
    + CodeAttemptsExceeded
    + PasswordWeak
    + PasswordMismatch
    + ResetExpired
    + PasswordWrong
    + ProofExpired
    + NumberTakenOver
    + BadSecretCode
  x ChangeRefused
    + NumberStateRefused
      - NumberInDebt
      - AlreadySo
      - SimNotActive
    + ServiceAlreadySo
    + ServiceNotManageable
    + ServiceConflict
    + OfferingChanged
    + FundsInsufficient
      - IndividualLimitReached
    + ChangeUnderWay
    + ConfirmExpired
    + ConfirmUsed
    + ConfirmStale
    + StepUpRequired
    + EmailSame
    + EmailFrozen
    + NobodyToApprove
    + SimRefused
      - SimForeign
      - SimNotFree
    + TransferToItself
    + TransferOfCredit
    + RecipientStateRefused
    + TakenOverLately
    + TransferTooSmall
    + TransferTooLarge
    + TransferDayBound
    + ForwardingToItself
    + ForwardingAbroad
    + AccessBanned
    + NoSecretCode
    + SecretCodeTooEarly
    + SecretCodeTooOften
    + DeviceAlreadyRegistered
    + DeviceNotRegistered
    + TermsNotAccepted
    + OwnerTriesExceeded
    + CarrierRefused
  x CarrierUnavailable
    + CarrierNotReached
    + OutcomeUnknown
  x OrderRefused
    + FormatNotOffered
    + PackageMissing
  x DocumentNotMade
    + FiguresDisagree
  x ClaimLost

A class is a refusal, `code` is its line in the catalogue of texts, and its attributes are what
the text needs: a date, a digit, a reason. `str(error)` is for the log. No error ever carries the
value that was typed: it may be somebody's IIN, and errors travel to logs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from account.money import Money
    from account.numbers import NumberState
    from account.permissions import Right


class MyAccountError(Exception):
    """The root: whatever is raised on purpose in this project descends from it."""

    code: ClassVar[str] = "INTERNAL"


# --- Input -----------------------------------------------------------------------------------


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


class NumberInvalid(InputRefused):
    """The text is not a mobile number (T1, 7.1)."""

    code: ClassVar[str] = "NUMBER.INVALID"

    def __init__(self, reason: NumberFault) -> None:
        super().__init__(f"not a mobile number: {reason}")
        self.reason = reason


class ImeiInvalid(InputRefused):
    """The text is not an IMEI (T3, 7.3).

    `expected_digit` is the check digit the first 14 digits call for, when 15 digits came with a
    wrong one; None when the text has not 14, 15 or 16 digits at all.
    """

    code: ClassVar[str] = "IMEI.INVALID"

    def __init__(self, expected_digit: int | None = None) -> None:
        super().__init__(
            "not 14, 15 or 16 digits" if expected_digit is None else "wrong IMEI check digit"
        )
        self.expected_digit = expected_digit


class IccidInvalid(InputRefused):
    """The text is not the number of a SIM card: 19 or 20 digits from 89 with a Luhn sum (7.4)."""

    code: ClassVar[str] = "SIM.ICCID_INVALID"

    def __init__(self) -> None:
        super().__init__("not an ICCID")


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
    TOO_LONG = "too_long"
    FORBIDDEN_CHARACTERS = "forbidden_characters"
    """NUL and other controls, lone surrogates, marks that turn the direction of writing."""


class TextRefused(InputRefused):
    """Free text that cannot be stored or shown safely; `limit` in characters with TOO_LONG."""

    code: ClassVar[str] = "TEXT.REFUSED"

    def __init__(self, reason: TextFault, limit: int | None = None) -> None:
        super().__init__(f"text refused: {reason}")
        self.reason = reason
        self.limit = limit


class DayInvalid(InputRefused):
    """The text is not a day of the calendar in one of the writings of G-3."""

    code: ClassVar[str] = "DAY.INVALID"

    def __init__(self) -> None:
        super().__init__("not a day of the calendar")


class PeriodRefused(InputRefused):
    """The days or months asked for cannot be reported (section 6). Dates are Almaty days."""

    code: ClassVar[str] = "PERIOD.REFUSED"


class PeriodTooOld(PeriodRefused):
    """The period begins before `earliest`, the first day that can still be asked for."""

    code: ClassVar[str] = "PERIOD.TOO_OLD"

    def __init__(self, earliest: date) -> None:
        super().__init__(f"available from {earliest.isoformat()}")
        self.earliest = earliest


class PeriodInFuture(PeriodRefused):
    """The period reaches past today, or a month has not begun yet."""

    code: ClassVar[str] = "PERIOD.FUTURE"

    def __init__(self) -> None:
        super().__init__("the period reaches into the future")


class PeriodReversed(PeriodRefused):
    """The first day comes after the last."""

    code: ClassVar[str] = "PERIOD.REVERSED"

    def __init__(self) -> None:
        super().__init__("the period ends before it begins")


class PeriodTooLong(PeriodRefused):
    """The period spans more than `months` months (S32)."""

    code: ClassVar[str] = "PERIOD.TOO_LONG"

    def __init__(self, months: int) -> None:
        super().__init__(f"longer than {months} months")
        self.months = months


class PeriodNotClosed(PeriodRefused):
    """The last month asked for is not closed; it can be had from 00:00 of `available_from` (T9)."""

    code: ClassVar[str] = "PERIOD.NOT_CLOSED"

    def __init__(self, available_from: date) -> None:
        super().__init__(f"available from {available_from.isoformat()}")
        self.available_from = available_from


# --- Access ----------------------------------------------------------------------------------


class AccessRefused(MyAccountError):
    """The actor may not, or there is nothing there as far as the actor is concerned."""

    code: ClassVar[str] = "ACCESS.REFUSED"


class CompanyNotAccessible(AccessRefused):
    """There is no company, or the operator grants this one no longer (S04-2, S04-3)."""

    code: ClassVar[str] = "COMPANY.NO_ACCESS"


class CompanyNotChosen(CompanyNotAccessible):
    """The administrator has companies and has chosen none of them yet (S01-4)."""

    code: ClassVar[str] = "COMPANY.NOT_CHOSEN"


class RightMissing(AccessRefused):
    """The role of the actor in the company does not hold the right."""

    code: ClassVar[str] = "ACCESS.RIGHT_MISSING"

    def __init__(self, right: Right) -> None:
        super().__init__(f"no right to {right}")
        self.right = right


class NumberNotFound(AccessRefused):
    """No such number in the chosen company; the same for a number of another company."""

    code: ClassVar[str] = "NUMBER.NOT_FOUND"


class AccountNotFound(AccessRefused):
    """The company has no such account, or it is another company's: one answer for both."""

    code: ClassVar[str] = "ACCOUNT.NOT_FOUND"


class SessionExpired(AccessRefused):
    """There is no live session: log in again (G-17)."""

    code: ClassVar[str] = "AUTH.SESSION_EXPIRED"


# --- Login -----------------------------------------------------------------------------------


class EmployeeAccessEnded(AccessRefused):
    """The secret code no longer lets in: deleted, replaced, access banned, or the number left."""

    code: ClassVar[str] = "EMPLOYEE.ENDED"

    def __init__(self) -> None:
        super().__init__("the employee's access has ended")


class DetailsBanned(AccessRefused):
    """The company lets this employee see no usage details (S17)."""

    code: ClassVar[str] = "EMPLOYEE.DETAILS_BANNED"

    def __init__(self) -> None:
        super().__init__("usage details are banned")


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


# --- Changes ---------------------------------------------------------------------------------


class ChangeRefused(MyAccountError):
    """A change was not accepted. Nothing has changed."""

    code: ClassVar[str] = "CHANGE.REFUSED"


class NumberStateRefused(ChangeRefused):
    """The state of the number does not allow the change (my-account.md section 5)."""

    code: ClassVar[str] = "NUMBER.STATE"

    def __init__(self, state: NumberState) -> None:
        super().__init__(f"not while {state}")
        self.state = state


class NumberInDebt(NumberStateRefused):
    """Blocked / Debt: only a payment unblocks the number (FAQ 7). `debt` None: not told."""

    code: ClassVar[str] = "NUMBER.DEBT"

    def __init__(self, state: NumberState, debt: Money | None) -> None:
        super().__init__(state)
        self.debt = debt


class AlreadySo(NumberStateRefused):
    """The number already is what the change would make it (S15-5)."""

    code: ClassVar[str] = "NUMBER.ALREADY"


class ServiceAlreadySo(ChangeRefused):
    """The service already is on, or off, as is asked (S11-3). Nothing has changed."""

    code: ClassVar[str] = "SERVICE.ALREADY"

    def __init__(self, *, on: bool) -> None:
        super().__init__("on" if on else "off")
        self.on = on


class ServiceNotManageable(ChangeRefused):
    """The administrator cannot switch it, or it is no longer on offer (FAQ 4)."""

    code: ClassVar[str] = "SERVICE.NOT_MANAGEABLE"


class ServiceConflict(ChangeRefused):
    """Services that it cannot be had beside are active; `names` are theirs, by language."""

    code: ClassVar[str] = "SERVICE.CONFLICT"

    def __init__(self, names: Sequence[Mapping[str, str]]) -> None:
        super().__init__(str(len(names)))
        self.names = tuple(names)


class OfferingChanged(ChangeRefused):
    """Its price or terms are not what the person was shown."""

    code: ClassVar[str] = "SERVICE.CHANGED"


class FundsInsufficient(ChangeRefused):
    """The balance or the remaining credit limit does not cover it; `missing` is the rest."""

    code: ClassVar[str] = "FUNDS.INSUFFICIENT"

    def __init__(self, missing: Money) -> None:
        super().__init__("not enough")
        self.missing = missing


class IndividualLimitReached(FundsInsufficient):
    """The number's individual limit does not cover the price."""

    code: ClassVar[str] = "LIMIT.INDIVIDUAL"


class SimNotActive(NumberStateRefused):
    """The SIM card is replaced only for a number that is Active (S16-1, FAQ 8)."""

    code: ClassVar[str] = "SIM.NOT_ACTIVE"


class ChangeUnderWay(ChangeRefused):
    """Another change of that kind on the number is not finished; `reference` is its number."""

    code: ClassVar[str] = "CHANGE.UNDER_WAY"

    def __init__(self, reference: str | None) -> None:
        super().__init__("another change is under way")
        self.reference = reference


class ConfirmExpired(ChangeRefused):
    """The confirmation is older than five minutes, or was cancelled (G-6)."""

    code: ClassVar[str] = "CONFIRM.EXPIRED"


class ConfirmUsed(ChangeRefused):
    """The confirmation was used before (G-7)."""

    code: ClassVar[str] = "CONFIRM.USED"


class ConfirmStale(ChangeRefused):
    """The number is no longer as the summary showed it; `state` is the present one (G-9)."""

    code: ClassVar[str] = "CONFIRM.STALE"

    def __init__(self, state: NumberState) -> None:
        super().__init__(f"the number is now {state}")
        self.state = state


class StepUpRequired(ChangeRefused):
    """A fresh one-time code for exactly this change is needed first (G-8)."""

    code: ClassVar[str] = "AUTH.STEP_UP_REQUIRED"


class SimRefused(ChangeRefused):
    """The card cannot be put in use for the number (S16-3)."""

    code: ClassVar[str] = "SIM.REFUSED"


class SimForeign(SimRefused):
    """It is no card of this operator's, or none of this company's."""

    code: ClassVar[str] = "SIM.FOREIGN"


class SimNotFree(SimRefused):
    """It serves a number already, or did; also the number's present card."""

    code: ClassVar[str] = "SIM.NOT_FREE"


class EmailSame(ChangeRefused):
    """The address is the registered one."""

    code = "EMAIL.SAME"


class EmailFrozen(ChangeRefused):
    """No new address for 72 h after the login number was taken over (S16-5)."""

    code = "EMAIL.FROZEN"


class NobodyToApprove(ChangeRefused):
    """A second administrator has to approve, and none can be asked (safety.md section 2)."""

    code: ClassVar[str] = "APPROVAL.NOBODY"


class AccessBanned(ChangeRefused):
    """A secret code makes no sense while access is banned (S14-3)."""

    code: ClassVar[str] = "SECRET.ACCESS_BANNED"

    def __init__(self) -> None:
        super().__init__("access is banned")


class NoSecretCode(ChangeRefused):
    """There is no active secret code to delete (S14-2)."""

    code: ClassVar[str] = "SECRET.NONE"

    def __init__(self) -> None:
        super().__init__("no active secret code")


class SecretCodeTooEarly(ChangeRefused):
    """Another secret code can be sent in `seconds` (S14-4)."""

    code: ClassVar[str] = "SECRET.TOO_EARLY"

    def __init__(self, seconds: int) -> None:
        super().__init__(f"again in {seconds} s")
        self.seconds = seconds


class SecretCodeTooOften(ChangeRefused):
    """The day's secret codes are used up until that moment (aware, UTC; S14-4)."""

    code: ClassVar[str] = "SECRET.TOO_OFTEN"

    def __init__(self, until: datetime) -> None:
        super().__init__("too many secret codes today")
        self.until = until


class TransferToItself(ChangeRefused):
    """Sender and recipient are one number (S37-1)."""

    code: ClassVar[str] = "TRANSFER.SAME"


class TransferOfCredit(ChangeRefused):
    """One of the numbers is postpaid: a credit limit is no money (S37-3)."""

    code: ClassVar[str] = "TRANSFER.CREDIT"


class RecipientStateRefused(ChangeRefused):
    """The recipient is not Active (S37-1)."""

    code: ClassVar[str] = "TRANSFER.RECIPIENT"

    def __init__(self, state: NumberState) -> None:
        super().__init__(f"the recipient is {state}")
        self.state = state


class TakenOverLately(ChangeRefused):
    """The sender's SIM card or forwarding was changed within 72 h: no money leaves it (S16-5)."""

    code: ClassVar[str] = "TRANSFER.TAKEN_OVER"


class TransferTooSmall(ChangeRefused):
    """Below the smallest amount of a transfer, `least` (S37-2)."""

    code: ClassVar[str] = "TRANSFER.TOO_SMALL"

    def __init__(self, least: Money) -> None:
        super().__init__("too small")
        self.least = least


class TransferTooLarge(ChangeRefused):
    """Above the largest amount of one transfer, `most` (S37-2)."""

    code: ClassVar[str] = "TRANSFER.TOO_LARGE"

    def __init__(self, most: Money) -> None:
        super().__init__("too large")
        self.most = most


class TransferDayBound(ChangeRefused):
    """More than the company may move on one day; `left` is what it still may today (S37-2)."""

    code: ClassVar[str] = "TRANSFER.DAY"

    def __init__(self, left: Money) -> None:
        super().__init__("the day's sum is reached")
        self.left = left


class ForwardingToItself(ChangeRefused):
    """A number is not forwarded to itself (S20-3)."""

    code: ClassVar[str] = "FORWARD.SELF"


class ForwardingAbroad(ChangeRefused):
    """A target abroad, that was not confirmed a second time with its price in view (S20-3)."""

    code: ClassVar[str] = "FORWARD.ABROAD"


class DeviceAlreadyRegistered(ChangeRefused):
    """The device is registered with this number as asked (S21-2). Nothing has changed."""

    code: ClassVar[str] = "IMEI.ALREADY"

    def __init__(self) -> None:
        super().__init__("registered with this number")


class DeviceNotRegistered(ChangeRefused):
    """The device is not registered with this number (S22). Nothing has changed."""

    code: ClassVar[str] = "IMEI.NOT_REGISTERED"

    def __init__(self) -> None:
        super().__init__("not registered with this number")


class TermsNotAccepted(ChangeRefused):
    """The rules of registration were not accepted (S23, S24)."""

    code: ClassVar[str] = "IMEI.TERMS"

    def __init__(self) -> None:
        super().__init__("the terms were not accepted")


class OwnerTriesExceeded(ChangeRefused):
    """Too many requests for this IMEI today whose previous owner was another (S23-2)."""

    code: ClassVar[str] = "IMEI.TRIES_EXCEEDED"

    def __init__(self) -> None:
        super().__init__("too many wrong previous owners today")


class CarrierRefused(ChangeRefused):
    """The operator answered the order with a refusal; `reason_code` is the operator's."""

    code: ClassVar[str] = "UPSTREAM.REFUSED"

    def __init__(self, reason_code: str) -> None:
        super().__init__(f"operator refused: {reason_code}")
        self.reason_code = reason_code


# --- The operator ----------------------------------------------------------------------------


class CarrierUnavailable(MyAccountError):
    """The operator did not answer in time, or answered with a fault. A read is void."""

    code: ClassVar[str] = "UPSTREAM.UNAVAILABLE"


class CarrierNotReached(CarrierUnavailable):
    """The request never left: no connection, or the breaker is open. Nothing can have changed."""


class OutcomeUnknown(CarrierUnavailable):
    """A change was sent and its outcome is not known: check, never repeat (G-10)."""

    code: ClassVar[str] = "UPSTREAM.UNKNOWN_OUTCOME"


# --- Documents -------------------------------------------------------------------------------


class OrderRefused(MyAccountError):
    """There is no such file to order."""

    code: ClassVar[str] = "REPORT.REFUSED"


class FormatNotOffered(OrderRefused):
    """The document is not made in that form."""

    code: ClassVar[str] = "REPORT.FORMAT"


class PackageMissing(OrderRefused):
    """The company has no Atlas Pro package (S36)."""

    code: ClassVar[str] = "REPORT.NO_PACKAGE"


class EmailOutside(OrderRefused):
    """The address is outside of the company's domains: it is to be confirmed first (G-13)."""

    code: ClassVar[str] = "EMAIL.OUTSIDE"


class RequestNotFound(OrderRefused):
    """There is no such request of this person, or its file is kept no longer."""

    code: ClassVar[str] = "REPORT.NOT_FOUND"


class DocumentNotMade(MyAccountError):
    """A file could not be made: what makes it died, hung or failed. Trying again may help."""

    code: ClassVar[str] = "DOCUMENT.NOT_MADE"


class FiguresDisagree(DocumentNotMade):
    """The operator's figures do not add up to the tiyn, and no paper may say they do (S31, S33)."""

    code: ClassVar[str] = "DOCUMENT.FIGURES"


# --- Work ------------------------------------------------------------------------------------


class ClaimLost(MyAccountError):
    """The lease on a piece of work ran out and somebody else has it: stop, write nothing."""

    code: ClassVar[str] = "WORK.CLAIM_LOST"


# --- The post --------------------------------------------------------------------------------


class PostRefused(MyAccountError):
    """An SMS or a letter will never be delivered to that address; sending it again is in vain."""

    code: ClassVar[str] = "POST.REFUSED"

    def __init__(self, reason_code: str) -> None:
        super().__init__(f"not deliverable: {reason_code}")
        self.reason_code = reason_code
