"""What people read: every refusal of the catalogue as a sentence, and the words for facts.

A sentence says what happened, whether anything changed, and what to do (my-account.md 3.7).
Each class of `account.errors` that can reach a person has its own; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from aiogram.utils.i18n import get_i18n, ngettext
from aiogram.utils.i18n import gettext as _
from babel.numbers import format_decimal

from account import errors
from account.blocking import BlockReason
from account.devices import GREY_LISTED, LISTED, OTHER_OPERATOR, OTHER_OWNER, OWNER_MISMATCH
from account.errors import (
    AmountFault,
    IinRule,
    MyAccountError,
    NumberFault,
    PasswordFault,
    ReferenceKind,
    TextFault,
)
from account.history import What
from account.numbers import NumberState, PaymentMethod
from account.periods import shown_day, shown_moment
from account.permissions import Role
from account.takeovers import APPROVAL_EXPIRED, APPROVAL_REJECTED, APPROVAL_WITHDRAWN
from account.usage import Direction, UsageKind
from bot.flows.services.refusals import refused_service

OF_DEVICES = "IMEI."
"""Refusals of a device say nothing of the number's state."""
SIGNS = {NumberState.ACTIVE: "🟢", NumberState.BLOCKED: "⛔", NumberState.DEBT: "🟠"}


def language() -> str:
    """The language of the person this update is from."""
    return get_i18n().current_locale


def state_word(state: NumberState) -> str:
    """Active, Blocked or Blocked / Debt."""
    return {
        NumberState.ACTIVE: _("Active"),
        NumberState.BLOCKED: _("Blocked"),
        NumberState.DEBT: _("Blocked / Debt"),
    }[state]


def state_shown(state: NumberState) -> str:
    """The state with its sign; a sign never stands without its word."""
    return f"{SIGNS[state]} {state_word(state)}"


def payment_word(method: PaymentMethod) -> str:
    """Credit or Advance."""
    return {
        PaymentMethod.CREDIT: _("Credit"),
        PaymentMethod.ADVANCE: _("Advance"),
    }[method]


def funds_word(method: PaymentMethod) -> str:
    """What the money of a number is called: a credit limit is not a balance (S05)."""
    if method is PaymentMethod.CREDIT:
        return _("Remaining credit limit")
    return _("Balance")


def funds_in_short(method: PaymentMethod, amount: str) -> str:
    """Method of payment and money in one breath: of Credit the rest, of Advance the balance."""
    if method is PaymentMethod.CREDIT:
        return _("Credit, remaining {amount}").format(amount=amount)
    return _("Advance, balance {amount}").format(amount=amount)


def role_word(role: Role) -> str:
    """The administrator's role in a company."""
    return {
        Role.ADMINISTRATOR: _("administrator"),
        Role.OPERATOR: _("operator of numbers"),
        Role.FINANCE: _("finance"),
        Role.VIEWER: _("viewer"),
        Role.EMPLOYEE: _("user of the number"),
    }[role]


def usage_word(kind: UsageKind) -> str:
    """The kinds of usage."""
    return {
        UsageKind.EVERYTHING: _("Everything"),
        UsageKind.CALLS: _("Calls"),
        UsageKind.SMS: _("SMS"),
        UsageKind.DATA: _("Data"),
        UsageKind.OTHER: _("Other"),
    }[kind]


def direction_word(direction: Direction) -> str:
    """Which way a call went; empty for what has no direction."""
    return {
        Direction.OUT: _("outgoing"),
        Direction.IN: _("incoming"),
        Direction.NONE: "",
    }[direction]


def done_line(done: str, reference: str, at: str = "") -> str:
    """The last word of a change that was carried out, at a moment when it is known."""
    if at:
        return _("✅ {done} {at} · action {reference}").format(
            done=done, at=at, reference=reference
        )
    return _("✅ {done} · action {reference}").format(done=done, reference=reference)


def not_done_line(not_done: str, reference: str) -> str:
    """The last word of a change that was not carried out."""
    return _("⚠️ {not_done} · action {reference}").format(not_done=not_done, reference=reference)


def reason_word(reason: BlockReason) -> str:
    """Why a number is blocked."""
    return {
        BlockReason.LOST: _("Lost"),
        BlockReason.STOLEN: _("Stolen"),
        BlockReason.NOT_USED: _("Not used"),
        BlockReason.OTHER: _("Other reason"),
    }[reason]


def what_word(what: What) -> str:
    """Entries of the actions history."""
    return {
        What.LOGIN: _("Login"),
        What.LOGIN_REFUSED: _("Login refused"),
        What.LOGOUT: _("Logout"),
        What.PASSWORD_CHANGED: _("Password changed"),
        What.BLOCK: _("Block"),
        What.UNBLOCK: _("Unblock"),
        What.BAN: _("Ban"),
        What.DEVICE_REGISTERED: _("Device registration"),
        What.DEVICE_DEREGISTERED: _("Device deregistration"),
        What.DEVICE_REREGISTERED: _("Device re-registration"),
        What.DEVICE_DUPLICATED: _("Registration of a duplicate"),
        What.TRANSFER: _("Balance transfer"),
        What.TRANSFER_IN: _("Balance received"),
        What.FORWARDING_SET: _("Call forwarding set"),
        What.FORWARDING_OFF: _("Call forwarding switched off"),
        What.SERVICE_ON: _("Service enabled"),
        What.SERVICE_OFF: _("Service disabled"),
        What.SIM_REVEALED: _("PIN and PUK shown"),
        What.SIM_REPLACED: _("SIM card replacement"),
        What.APPROVED: _("Approved as second administrator"),
        What.APPROVAL_REFUSED: _("Rejected as second administrator"),
        What.APPROVAL_WITHDRAWN: _("Request withdrawn"),
        What.SECRET_SENT: _("Secret code sent"),
        What.SECRET_DELETED: _("Secret code deleted"),
        What.EMAIL_CHANGED: _("E-mail changed"),
        What.USAGE_SEEN: _("Usage details viewed"),
        What.DOCUMENT_ORDERED: _("Document ordered"),
    }[what]


def result_word(result: str) -> str:
    """Results in the actions history, with their signs."""
    return {
        "done": _("✅ done"),
        "refused": _("⚠️ not done"),
        "unknown": _("⏳ being checked"),
        "accepted": _("confirmed"),
        "proposed": _("⏳ waits for a second administrator"),
    }[result]


def seconds_left(seconds: int) -> str:
    """How long to wait, as a person says it."""
    if seconds < 90:
        return ngettext("{n} second", "{n} seconds", seconds).format(n=seconds)
    minutes = -(-seconds // 60)
    if minutes < 90:
        return ngettext("{n} minute", "{n} minutes", minutes).format(n=minutes)
    hours = -(-minutes // 60)
    return ngettext("{n} hour", "{n} hours", hours).format(n=hours)


def duration(seconds: int) -> str:
    """The length of a call: `1:05` or `1:02:05`."""
    text = str(timedelta(seconds=seconds))
    return text.removeprefix("0:").removeprefix("0") if seconds < 3600 else text


def volume(size: int) -> str:
    """The volume of data; 1 MB is 1024 KB (S09)."""
    if size < 1024 * 1024:
        return _("{n} KB").format(n=-(-size // 1024))
    if size < 1024**3:
        return _("{n} MB").format(n=_decimals(size / 1024**2, "0.0"))
    return _("{n} GB").format(n=_decimals(size / 1024**3, "0.00"))


def _decimals(value: float, look: str) -> str:
    """`12,5` in Kazakh and Russian, `12.5` in English."""
    return format_decimal(value, look, locale=language())


def refusal(error: MyAccountError) -> str:
    """The sentence of a refusal, plain text."""
    for kind in type(error).__mro__:
        if kind in _SENTENCES:
            return _SENTENCES[kind](error)
    return _("Something went wrong on our side. Nothing has changed. Try again in 2-3 minutes.")


NO_ACCESS = frozenset({errors.CompanyNotAccessible.code, errors.RightMissing.code})
"""Why work was not done that somebody had confirmed or ordered who may not have it any more."""


def reason(code: str | None, state: NumberState | None = None) -> str:
    """Why a change was not carried out, by the code it was settled with."""
    told = {
        errors.NumberInDebt.code: _(
            "The number is Blocked / Debt. It opens by itself after the debt is paid (FAQ 7)."
        ),
        errors.NumberStateRefused.code: _("The state of the number does not allow it."),
        errors.AlreadySo.code: _("The number already is as you asked."),
        errors.ServiceNotManageable.code: _(
            "The administrator cannot switch this service (FAQ 4)."
        ),
        errors.ServiceConflict.code: _("Another active service cannot be had beside it."),
        errors.OfferingChanged.code: _(
            "The price or the terms of the service have changed meanwhile."
        ),
        errors.FundsInsufficient.code: _("There is not enough money for it."),
        errors.IndividualLimitReached.code: _(
            "The individual limit of the number does not cover it."
        ),
        errors.NumberNotFound.code: _("The operator no longer lists this number in the company."),
        errors.CompanyNotAccessible.code: _(
            "Your access to the company has ended; nothing was changed."
        ),
        errors.RightMissing.code: _(
            "Your role in the company no longer allows it; nothing was changed."
        ),
        errors.ConfirmStale.code: _("The number changed after you saw the summary."),
        errors.SimNotActive.code: _(
            "The SIM card can be changed only for an Active number (FAQ 8)."
        ),
        errors.SimForeign.code: _("The new SIM card is none of your company's blank ones."),
        errors.SimNotFree.code: _("The new SIM card is in use already, or was."),
        errors.IccidInvalid.code: _("The operator does not know the new SIM card."),
        errors.RightMissing.code: _("Your role in the company no longer allows it."),
        APPROVAL_REJECTED: _("Another administrator rejected it. Nothing has changed."),
        APPROVAL_WITHDRAWN: _("You have withdrawn the request. Nothing has changed."),
        APPROVAL_EXPIRED: _(
            "No other administrator approved it within 24 hours. Nothing has changed."
        ),
        errors.CarrierUnavailable.code: _("The operator's system did not take the request."),
        OTHER_OWNER: _("The device is registered with another owner."),
        OTHER_OPERATOR: _("The device is registered with a number of another provider."),
        LISTED: _("The device is on the black list: its import could not be confirmed."),
        GREY_LISTED: _("The device is on the grey list: its import is not confirmed yet."),
        OWNER_MISMATCH: _("The data of the previous owner do not match."),
        errors.ImeiInvalid.code: _("The operator knows no such IMEI."),
        errors.OwnerTriesExceeded.code: _(
            "The data of the previous owner did not match too often today. Try again tomorrow."
        ),
        errors.DeviceAlreadyRegistered.code: _("The device is registered with this number."),
        errors.DeviceNotRegistered.code: _("The device is not registered with this number."),
        errors.TransferOfCredit.code: _("One of the numbers is postpaid by now."),
        errors.TakenOverLately.code: _(
            "The SIM card or the call forwarding of the sender was changed within 72 hours."
        ),
        errors.RecipientStateRefused.code: _("The recipient is not Active."),
        errors.ForwardingToItself.code: _("A number cannot be forwarded to itself."),
        errors.TargetInvalid.code: _("The operator does not forward calls to this number."),
    }.get(code or "", _("The operator's system refused the request."))
    if state is not None and code not in NO_ACCESS and not (code or "").startswith(OF_DEVICES):
        told += " " + _("Present state: {state}.").format(state=state_shown(state))
    return told


def _number_invalid(error: errors.NumberInvalid) -> str:
    if error.reason is NumberFault.NOT_MOBILE:
        return _("This is not a mobile number. Enter a mobile number, for example 7701 054 20 06.")
    return _("This is not a phone number. Enter it like 7701 054 20 06 or +7 701 054 20 06.")


def _amount_invalid(error: errors.AmountInvalid) -> str:
    if error.reason is AmountFault.TOO_PRECISE:
        return _("At most two digits after the decimal point, for example 1000.50.")
    if error.reason is AmountFault.TOO_LARGE:
        return _("The amount is too large.")
    return _("This is not an amount. Enter it like 1000 or 1000.50.")


def _imei_invalid(error: errors.ImeiInvalid) -> str:
    if error.expected_digit is None:
        return _("This is not an IMEI: it has 14, 15 or 16 digits. Dial *#06# to see it.")
    return _("There is a mistake in the IMEI: its digits do not fit together. Check each of them.")


def _iin_invalid(error: errors.IinInvalid) -> str:
    return {
        IinRule.TWELVE_DIGITS: _("An IIN or BIN has 12 digits."),
        IinRule.NEVER_ISSUED: _("No IIN or BIN begins with these 11 digits. Check each of them."),
        IinRule.CONTROL_DIGIT: _(
            "The 12th digit of the IIN or BIN does not fit the first 11. Check each digit."
        ),
        IinRule.CENTURY: _("The 7th digit of an IIN is from 0 to 6. Check it."),
        IinRule.BIRTH_DATE: _(
            "The first 6 digits of an IIN are a date of birth: year, month, day. Check them."
        ),
        IinRule.REGISTRATION_MONTH: _(
            "The 3rd and 4th digit of a BIN are a month, from 01 to 12. Check them."
        ),
        IinRule.ENTITY_KIND: _("The 5th digit of a BIN is 4, 5 or 6. Check it."),
        IinRule.DIVISION: _("The 6th digit of a BIN is from 0 to 3. Check it."),
    }[error.rule]


def _reference_invalid(error: errors.ReferenceInvalid) -> str:
    return {
        ReferenceKind.ACCOUNT: _("An account number has 6 to 10 digits."),
        ReferenceKind.ESF_REGISTRATION: _(
            "This is not a registration number. It looks like ESF-180140000018-20220124-00000001."
        ),
        ReferenceKind.ACCOUNTING: _("An accounting number has 1 to 30 digits."),
        ReferenceKind.REGISTRATION_FORM: _(
            "This is not the number of a registration form. It looks like 300014697190-131."
        ),
    }[error.kind]


def _text_refused(error: errors.TextRefused) -> str:
    if error.reason is TextFault.TOO_LONG and error.limit is not None:
        return ngettext(
            "The text is too long: at most {n} character.",
            "The text is too long: at most {n} characters.",
            error.limit,
        ).format(n=error.limit)
    if error.reason is TextFault.EMPTY:
        return _("The text is empty.")
    return _("The text has characters that cannot be kept.")


def _password_weak(error: errors.PasswordWeak) -> str:
    return {
        PasswordFault.TOO_SHORT: _("The password is too short: at least 10 characters."),
        PasswordFault.TOO_LONG: _("The password is too long: at most 128 characters."),
        PasswordFault.COMMON: _("This password is too common: it would be guessed first."),
        PasswordFault.IS_PHONE: _("The password cannot be the phone number."),
        PasswordFault.IS_NAME: _("The password cannot be your name or the company's name."),
        PasswordFault.SAME: _("This is the present password. Choose another one."),
        PasswordFault.FORBIDDEN_CHARACTERS: _("The password has characters that cannot be kept."),
    }[error.reason]


def _state_refused(error: errors.NumberStateRefused) -> str:
    return _("The number is {state}: this is not possible now. Nothing has changed.").format(
        state=state_shown(error.state)
    )


def _in_debt(error: errors.NumberInDebt) -> str:
    if error.debt is None:
        return _(
            "The number is Blocked / Debt: there are unpaid charges on the account. "
            "It opens by itself after payment (FAQ 7)."
        )
    return _(
        "The number is Blocked / Debt: {amount} is unpaid on the account. "
        "It opens by itself after payment (FAQ 7)."
    ).format(amount=error.debt.shown(language()))


def _under_way(error: errors.ChangeUnderWay) -> str:
    return _(
        "Another change of this number is not finished yet ({reference}). Wait for its result."
    ).format(reference=error.reference or "…")


_SENTENCES: dict[type[MyAccountError], Callable[[Any], str]] = {
    errors.AccountNotFound: lambda _e: _(
        "The company has no such account. Choose one from the list."
    ),
    errors.FormatNotOffered: lambda _e: _(
        "This document is not made in that form. Choose another one."
    ),
    errors.PackageMissing: lambda _e: _(
        "The company has no Atlas Pro package, so there is nothing to detail."
    ),
    errors.InputRefused: lambda _e: _("This cannot be used here. Check it and enter it again."),
    errors.NumberInvalid: _number_invalid,
    errors.AmountInvalid: _amount_invalid,
    errors.ImeiInvalid: _imei_invalid,
    errors.IccidInvalid: lambda _e: _(
        "This is not the number of a SIM card. It is printed on the card: 19 or 20 digits from 89. "
        "Check each of them."
    ),
    errors.IinInvalid: _iin_invalid,
    errors.EmailInvalid: lambda _e: _(
        "This is not an e-mail address. Enter it like name@company.kz."
    ),
    errors.ReferenceInvalid: _reference_invalid,
    errors.TextRefused: _text_refused,
    errors.DayInvalid: lambda _e: _("This is not a date. Enter it like 24.01.2022."),
    errors.PeriodTooOld: lambda e: _("Data is available from {day}.").format(
        day=shown_day(e.earliest)
    ),
    errors.PeriodInFuture: lambda _e: _("The period ends after today. Choose days up to today."),
    errors.PeriodReversed: lambda _e: _("The first day comes after the last day."),
    errors.PeriodTooLong: lambda e: ngettext(
        "At most {n} month at a time.", "At most {n} months at a time.", e.months
    ).format(n=e.months),
    errors.PeriodNotClosed: lambda e: _("Available from {day}.").format(
        day=shown_day(e.available_from)
    ),
    errors.CompanyNotAccessible: lambda _e: _(
        "You have no access to this company. The company must submit a request to grant access "
        "rights to you (FAQ 1)."
    ),
    errors.CompanyNotChosen: lambda _e: _("Choose a company first."),
    errors.RightMissing: lambda _e: _("Your role in this company does not allow this."),
    errors.NumberNotFound: lambda _e: _("There is no such number in this company."),
    errors.EmployeeAccessEnded: lambda _e: _(
        "Your access to this number has ended. Ask your company's administrator for a new secret "
        "code."
    ),
    errors.DetailsBanned: lambda _e: _(
        "Your company has switched usage details off for this number."
    ),
    errors.BadSecretCode: lambda _e: _(
        "The number and the secret code do not fit, or the code is no longer valid. Check both, or "
        "ask your company's administrator for a new code. After 5 wrong ones there is a pause of "
        "15 minutes or longer."
    ),
    errors.AccessBanned: lambda _e: _(
        "Ban on MyKcell access is ON: lift it first, then send a code. Nothing has changed."
    ),
    errors.NoSecretCode: lambda _e: _("This number has no active secret code."),
    errors.SecretCodeTooEarly: lambda e: _("Another secret code can be sent in {time}.").format(
        time=seconds_left(e.seconds)
    ),
    errors.SecretCodeTooOften: lambda e: _(
        "At most 5 secret codes a day. The next one can be sent at {time}."
    ).format(time=shown_moment(e.until)),
    errors.SessionExpired: lambda _e: _("Your session has ended. Log in again."),
    errors.BadCredentials: lambda _e: _(
        "Phone number or password is wrong. If you log in for the first time, use Forgot "
        "password? After 5 wrong attempts login pauses for 15 minutes or longer (FAQ 2)."
    ),
    errors.CodeTooEarly: lambda e: _("A new code can be sent in {time}.").format(
        time=seconds_left(e.seconds)
    ),
    errors.CodeSendsExceeded: lambda e: _(
        "Too many codes were asked for. The next one can be sent at {time}."
    ).format(time=shown_moment(e.until)),
    errors.CodeInvalid: lambda e: ngettext(
        "The code is wrong. {n} attempt is left.",
        "The code is wrong. {n} attempts are left.",
        e.left,
    ).format(n=e.left),
    errors.CodeMalformed: lambda _e: _("This is not a code. Enter its 6 digits."),
    errors.CodeExpired: lambda _e: _("The code is no longer valid. Ask for a new one."),
    errors.CodeAttemptsExceeded: lambda _e: _(
        "Too many wrong codes. Ask for a new code; after 10 wrong ones, try again tomorrow."
    ),
    errors.PasswordWeak: _password_weak,
    errors.PasswordMismatch: lambda _e: _("The passwords differ. Enter the new password again."),
    errors.ResetExpired: lambda _e: _("This took too long. Start again with Forgot password?"),
    errors.NumberStateRefused: _state_refused,
    errors.NumberInDebt: _in_debt,
    errors.AlreadySo: lambda e: _("The number already is {state}. Nothing has changed.").format(
        state=state_shown(e.state)
    ),
    errors.ServiceAlreadySo: refused_service,
    errors.ServiceNotManageable: refused_service,
    errors.ServiceConflict: refused_service,
    errors.OfferingChanged: refused_service,
    errors.FundsInsufficient: refused_service,
    errors.IndividualLimitReached: refused_service,
    errors.ChangeUnderWay: _under_way,
    errors.ConfirmExpired: lambda _e: _(
        "This confirmation is no longer valid. Nothing has changed; start again."
    ),
    errors.ConfirmUsed: lambda _e: _("This confirmation was used already."),
    errors.ConfirmStale: lambda e: _(
        "The number has changed meanwhile: {state}. Nothing was done; look and start again."
    ).format(state=state_shown(e.state)),
    errors.DeviceAlreadyRegistered: lambda _e: _(
        "The device is registered with this number already. Nothing has changed."
    ),
    errors.DeviceNotRegistered: lambda _e: _(
        "The device is not registered with this number. Nothing has changed."
    ),
    errors.TermsNotAccepted: lambda _e: _(
        "Read the registration rules and tick the line below them first. Nothing has changed."
    ),
    errors.OwnerTriesExceeded: lambda _e: _(
        "The data of the previous owner of this device did not match 3 times today. Try again "
        "tomorrow, or register a duplicate. Nothing has changed."
    ),
    errors.NobodyToApprove: lambda _e: _(
        "This is an administrator's login number: a second administrator of the company has to "
        "approve, and there is nobody else who has logged in here. Call corporate support."
    ),
    errors.SimNotActive: lambda e: _(
        "{state}: the SIM card can be changed only for an Active number (FAQ 8)."
    ).format(state=state_shown(e.state)),
    errors.SimForeign: lambda _e: _(
        "This SIM card is none of your company's blank ones. Check the number on the card."
    ),
    errors.SimNotFree: lambda _e: _("This SIM card is in use already, or was. Take a new one."),
    errors.PasswordWrong: lambda _e: _(
        "The present password is wrong. After 5 wrong ones there is a pause of 15 minutes or "
        "longer. Forgot it? Log out and use Forgot password?"
    ),
    errors.ProofExpired: lambda _e: _("This took too long. Enter the present password again."),
    errors.EmailSame: lambda _e: _("This address is the registered one. Nothing has changed."),
    errors.EmailFrozen: lambda _e: _(
        "For 72 hours after a SIM replacement or a change of call forwarding of your number the "
        "e-mail cannot be changed. Nothing has changed."
    ),
    errors.NumberTakenOver: lambda _e: _(
        "For 72 hours after a SIM replacement or a change of call forwarding no code is sent to "
        "your number by SMS, and no e-mail is registered. Call corporate support."
    ),
    errors.StepUpRequired: lambda _e: _("A one-time code is needed first. Nothing has changed."),
    errors.TransferToItself: lambda _e: _("Choose another number: this one is the sender."),
    errors.TransferOfCredit: lambda _e: _(
        "This number is postpaid (Credit). Only a prepaid balance can be transferred: a credit "
        "limit is no money."
    ),
    errors.RecipientStateRefused: lambda e: _(
        "The recipient is {state}: money can be received by an Active number only."
    ).format(state=state_shown(e.state)),
    errors.TakenOverLately: lambda _e: _(
        "The SIM card or the call forwarding of this number was changed within 72 hours: until "
        "then no money can be transferred from it."
    ),
    errors.TransferTooSmall: lambda e: _("At least {amount} can be transferred.").format(
        amount=e.least.shown(language())
    ),
    errors.TransferTooLarge: lambda e: _("At most {amount} can be transferred at once.").format(
        amount=e.most.shown(language())
    ),
    errors.TransferDayBound: lambda e: _(
        "The company has reached what it may transfer on one day: {amount} are left for today."
    ).format(amount=e.left.shown(language())),
    errors.TargetInvalid: lambda _e: _(
        "Calls cannot be forwarded to this number. Enter a mobile or city number; short, 8-800 and "
        "premium numbers are not possible."
    ),
    errors.ForwardingToItself: lambda _e: _("A number cannot be forwarded to itself."),
    errors.ForwardingAbroad: lambda _e: _(
        "This number is abroad: forwarding to it has to be confirmed with its price in view."
    ),
    errors.EmailOutside: lambda _e: _(
        "This address is outside of your company's domains and was not confirmed. Nothing was "
        "ordered; choose the address again."
    ),
    errors.RequestNotFound: lambda _e: _(
        "This request is no longer kept. Order the file again for present data."
    ),
    errors.CarrierRefused: lambda e: reason(e.reason_code),
    errors.CarrierUnavailable: lambda _e: _(
        "The operator's system does not answer. Nothing has changed. Try again in 2-3 minutes; "
        "if it goes on, contact corporate support (FAQ 5)."
    ),
    errors.OutcomeUnknown: lambda _e: _(
        "The operator's system has not answered yet. The outcome is being checked; nothing else "
        "is needed from you."
    ),
}
