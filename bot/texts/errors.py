"""What people read when something is refused: every class of `account.errors` as a sentence.

It says what happened, whether anything changed, and what to do (rules.md). A test holds
classes and sentences together.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext

from account import errors
from account.changes.sets.selection import FILES_AN_HOUR
from account.errors import (
    AmountFault,
    IinRule,
    ListFileFault,
    MyAccountError,
    NumberFault,
    PasswordFault,
    ReferenceKind,
    TextFault,
)
from account.lists.list_file import MOST_BYTES, MOST_ROWS
from account.values.periods import shown_day, shown_moment
from bot.texts.facts import language, seconds_left, state_shown
from bot.texts.failures import reason
from bot.texts.service_errors import refused_service


def refusal(error: MyAccountError) -> str:
    """The sentence of a refusal, plain text."""
    for kind in type(error).__mro__:
        if kind in _SENTENCES:
            return _SENTENCES[kind](error)
    return _("Something went wrong on our side. Nothing has changed. Try again in 2-3 minutes.")


def _number_invalid(error: errors.NumberInvalid) -> str:
    if error.reason is NumberFault.NOT_MOBILE:
        return _("This is not a mobile number. Enter a mobile number, for example 7701 054 20 06.")
    if error.reason is NumberFault.SEVERAL:
        return _("There are several numbers here. Enter one.")
    if error.reason is NumberFault.ANONYMOUS:
        return _(
            "A +888 number exists in Telegram only and cannot be used here. Enter the number that "
            "your operator knows."
        )
    return _("This is not a phone number. Enter it like 7701 054 20 06 or +7 701 054 20 06.")


def _amount_invalid(error: errors.AmountInvalid) -> str:
    if error.reason is AmountFault.TOO_PRECISE:
        return _("At most two digits after the decimal point, for example 1000.50.")
    if error.reason is AmountFault.TOO_LARGE:
        return _("The amount is too large.")
    return _("This is not an amount. Enter it like 1000 or 1000.50.")


def _list_file_refused(error: errors.ListFileRefused) -> str:
    match error.fault:
        case ListFileFault.KIND:
            return _("Send the list as XLSX, XLS, ODS, CSV or TXT.")
        case ListFileFault.LOCKED:
            return _("The file is protected by a password. Remove it and send the file again.")
        case ListFileFault.LARGE:
            return _("The file is too large: at most {mb} MB and {rows} rows.").format(
                mb=MOST_BYTES // 1024**2, rows=MOST_ROWS
            )
        case ListFileFault.DAMAGED:
            return _("The file is damaged. Open it, save it and send it again.")
        case ListFileFault.UNFETCHED:
            return _("The file could not be had from Telegram. Send it again.")


def _imei_invalid(error: errors.ImeiInvalid) -> str:
    if error.several:
        return _("There are several IMEIs here. Enter one.")
    if error.expected_digit is None:
        return _("This is not an IMEI: it has 14, 15 or 16 digits. Dial *#06# to see it.")
    return _("There is a mistake in the IMEI: its digits do not fit together. Check each of them.")


def _iccid_invalid(error: errors.IccidInvalid) -> str:
    if error.several:
        return _("There are several SIM card numbers here. Enter one.")
    return _(
        "This is not the number of a SIM card. It is printed on the card: 19 or 20 digits from 89. "
        "Check each of them."
    )


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
    if error.reason is TextFault.TOO_SHORT and error.limit is not None:
        return ngettext(
            "Type at least {n} digit.", "Type at least {n} digits.", error.limit
        ).format(n=error.limit)
    if error.reason is TextFault.EMPTY:
        return _("The text is empty.")
    return _("The text has characters that cannot be kept.")


def _password_weak(error: errors.PasswordWeak) -> str:
    return {
        PasswordFault.TOO_SHORT: _("The password is too short: at least 10 characters."),
        PasswordFault.UNSEEN: _(
            "Invisible characters do not count. At least 10 visible ones are needed."
        ),
        PasswordFault.TOO_LONG: _("The password is too long: at most 128 characters."),
        PasswordFault.COMMON: _("This password is too common: it would be guessed first."),
        PasswordFault.REPEATED: _(
            "This password is too common: the same characters over and over are guessed first. A "
            "few words are best."
        ),
        PasswordFault.RUN: _(
            "This password is too common: rows of the keyboard and the alphabet are guessed first. "
            "A few words are best."
        ),
        PasswordFault.IS_PHONE: _("The password cannot be the phone number."),
        PasswordFault.NEAR_PHONE: _(
            "The password cannot be the phone number with a few characters added."
        ),
        PasswordFault.IS_BIN: _(
            "The password cannot be the BIN, even with a few characters added."
        ),
        PasswordFault.IS_NAME: _("The password cannot be your name or the company's name."),
        PasswordFault.IS_OPERATOR: _(
            "The password cannot be the operator's name with digits or other characters added."
        ),
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
    errors.CompanyBinUnknown: lambda _e: _(
        "The operator's system has no BIN of the company, and this document needs it. Contact "
        "corporate support (FAQ 5)."
    ),
    errors.PackageMissing: lambda _e: _(
        "The company has no Atlas Pro package, so there is nothing to detail."
    ),
    errors.InputRefused: lambda _e: _("This cannot be used here. Check it and enter it again."),
    errors.NumberInvalid: _number_invalid,
    errors.AmountInvalid: _amount_invalid,
    errors.ListFileRefused: _list_file_refused,
    errors.ListFilesExceeded: lambda _error: _(
        "{n} files an hour are read. Send this one later, or paste the numbers."
    ).format(n=FILES_AN_HOUR),
    errors.ImeiInvalid: _imei_invalid,
    errors.IccidInvalid: _iccid_invalid,
    errors.IinInvalid: _iin_invalid,
    errors.EmailInvalid: lambda _e: _(
        "This is not an e-mail address. Enter it like name@company.kz."
    ),
    errors.ReferenceInvalid: _reference_invalid,
    errors.TextRefused: _text_refused,
    errors.TooManyCostCentres: lambda e: _("A company can have {most} cost centres.").format(
        most=e.most
    ),
    errors.DayInvalid: lambda e: _("This is not a date. Enter it like {day}.").format(
        day=shown_day(e.example)
    ),
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
    errors.CapabilityMissing: lambda _e: _(
        "Your operator does not offer this. Nothing has changed."
    ),
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
    errors.CodeOwnerUnproven: lambda e: _(
        "No code was sent. An account that has not logged in with this number before can request "
        "2 codes a day. If the number is your own, go back and share it with the button instead of "
        "typing it. Otherwise, try again from {time}."
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
    errors.AccountFrozen: lambda _e: _(
        "Changes in your name are stopped: “It was not me” was pressed. Nothing has changed. To "
        "allow changes again, log out and set a new password with “Forgot password?” in a Telegram "
        "account you used before."
    ),
    errors.AccountTooNew: lambda _e: _(
        "This Telegram account is new: it can remove others 72 hours after its first login. "
        "Nothing has changed. Use an account you logged in with before."
    ),
    errors.ApproverNotSecond: lambda _e: _(
        "Both administrators have logged in from the same Telegram account, so this decision does "
        "not count as a second one. Nothing has changed. Ask another administrator."
    ),
    errors.SimNotActive: lambda e: _(
        "{state}: the SIM card can be changed only for an Active number (FAQ 8)."
    ).format(state=state_shown(e.state)),
    errors.SimForeign: lambda _e: _(
        "This SIM card is none of your company's blank ones. Check the number on the card."
    ),
    errors.SimNotFree: lambda _e: _("This SIM card is in use already, or was. Take a new one."),
    errors.EsimNotInUse: lambda _e: _("The number has no eSIM. Nothing has changed."),
    errors.EsimUsed: lambda _e: _("This code was used already. Order a new one."),
    errors.EsimExpired: lambda _e: _("This code has expired. Order a new one."),
    errors.EsimOfLogin: lambda _e: _(
        "An administrator logs in with this number. The activation code is shown to them, and to "
        "who ordered the eSIM."
    ),
    errors.EsimCodeUntold: lambda _e: _(
        "The operator has not given out the activation code yet. Try again in 2-3 minutes."
    ),
    errors.EsimNoneFree: lambda _e: _(
        "The operator keeps no free eSIM for the company at the moment. Nothing has changed. "
        "Take a card, or contact corporate support."
    ),
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
    errors.CodeSmsExceeded: lambda _e: _(
        "Your company has reached today's limit of SMS with codes. Nothing has changed. Try again "
        "tomorrow, or ask corporate support to raise the limit."
    ),
    errors.SetEmpty: lambda _e: _("No phone number was found here."),
    errors.SetWithoutEffect: lambda _e: _("Nothing would change for any number of this list."),
    errors.SetTooLarge: lambda e: _("At most {most} numbers at once.").format(most=e.most),
    errors.SetTooCostly: lambda error: _(
        "At most {most} for sets of one kind within 24 hours."
    ).format(most=error.most.shown(language())),
    errors.TimeInvalid: lambda e: _(
        "This is not a time. Enter it like 22:00, tomorrow 08:00 or {example}."
    ).format(example=e.example),
    errors.TimeTooSoon: lambda e: _("Choose a time at least {minutes} minutes from now.").format(
        minutes=e.minutes
    ),
    errors.TimeTooFar: lambda e: _("Not more than {days} days ahead.").format(days=e.days),
    errors.RhythmInvalid: lambda _e: _(
        "Not understood. Type days like “Mon, Wed, Fri”, or one day of the month from 1 to 31."
    ),
    errors.PairUnfit: lambda _e: _(
        "It must be taken back after it begins, and before its next date."
    ),
    errors.RepeatEndless: lambda _e: _("Choose an end date: at most 12 months."),
    errors.NotSchedulable: lambda _e: _("This change is made at once only."),
    errors.TooManySchedules: lambda e: _(
        "The company has {most} schedules. Cancel one of them first."
    ).format(most=e.most),
    errors.ScheduleNotOpen: lambda _e: _("This schedule has begun or has ended."),
    errors.LoginNumbersInSet: lambda _e: _(
        "Administrators log in with some of these numbers: a second administrator of the company "
        "has to approve, and there is nobody else who has logged in here. Take them out."
    ),
    errors.TooManyAlertRules: lambda e: _("At most {most} rules. Delete one first.").format(
        most=e.most
    ),
    errors.LabelImportGone: lambda _e: _("This list is no longer open. Send it again."),
    errors.AlertNoData: lambda _e: _("The operator does not report this for this number."),
    errors.AlertTooWide: lambda e: _(
        "This is read number by number: choose at most {most} numbers."
    ).format(most=e.most),
    errors.AlertScopeUnknown: lambda _e: _(
        "No number, account, label or cost centre of the company is called so."
    ),
    errors.AlertRuleGone: lambda _e: _("This rule is gone."),
    errors.TooManySubscriptions: lambda e: _(
        "At most {most} subscriptions. Unsubscribe from one first."
    ).format(most=e.most),
    errors.SubscriptionGone: lambda _e: _("This subscription has ended."),
    errors.OneByOne: lambda _e: _("This is done for one number at a time."),
    errors.SetOfAnother: lambda _e: _("Only the person who confirmed it can let it go on."),
    errors.BalanceNotTold: lambda _e: _(
        "The operator did not tell this number's balance, so nothing can be transferred from it. "
        "Nothing has changed. Try again later or contact corporate support."
    ),
    errors.TransferToItself: lambda _e: _("Choose another number: this one is the sender."),
    errors.TransferOfCredit: lambda _e: _(
        "This number is postpaid (Credit). Only a prepaid balance can be transferred: a credit "
        "limit is no money."
    ),
    errors.PaymentMethodUnknown: lambda _e: _(
        "The operator does not say whether this number is prepaid or postpaid. Only a prepaid "
        "balance can be transferred. Nothing has changed."
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
    errors.CarrierPaused: lambda e: _(
        "The operator's system takes no requests for now. Nothing has changed. Try again after "
        "{time}."
    ).format(time=shown_moment(e.until)),
    errors.CarrierTurnTaken: lambda _e: _(
        "The operator's system has much to do at the moment. Nothing has changed. Try again in a "
        "minute."
    ),
    errors.CarrierNotUnderstood: lambda _e: _(
        "The operator's system answered, but its answer cannot be read. Nothing has changed. Try "
        "again later; if it is urgent, contact corporate support (FAQ 5)."
    ),
    errors.CarrierAccessDenied: lambda _e: _(
        "The operator's system is not available now. Nothing has changed. Try again later; if it "
        "is urgent, contact corporate support (FAQ 5)."
    ),
    errors.OutcomeUnknown: lambda _e: _(
        "The operator's system has not answered yet. The outcome is being checked; nothing else "
        "is needed from you."
    ),
}
