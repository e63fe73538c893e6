"""Why a confirmed change was not carried out, in words: by the code it was settled with."""

from __future__ import annotations

from aiogram.utils.i18n import gettext as _

from account import errors
from account.changes.execution import SET_STOPPED
from account.changes.holds import ON_HOLD
from account.changes.sensitive_numbers import (
    APPROVAL_EXPIRED,
    APPROVAL_REJECTED,
    APPROVAL_WITHDRAWN,
)
from account.changes.sets.change_set import LOGIN_NUMBER, NOT_CHANGED
from account.changes.sets.scheduling import (
    SCHEDULE_CANCELLED,
    SCHEDULE_MISSED,
    SCHEDULE_SKIPPED,
    SCHEDULE_STOPPED,
    TAKEN_BACK,
)
from account.chapters.devices.registrations import (
    GREY_LISTED,
    LISTED,
    OTHER_OPERATOR,
    OTHER_OWNER,
    OWNER_MISMATCH,
)
from account.support.verdicts import VERDICT_NOT_DONE
from account.values.number import NumberState
from bot.texts.facts import state_shown

OF_DEVICES = "IMEI."
"""Refusals of a device say nothing of the number's state."""
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
        errors.CapabilityMissing.code: _(
            "The operator does not offer it any more; nothing was changed."
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
        errors.AccountFrozen.code: _(
            "“It was not me” was pressed before it was sent. Nothing has changed."
        ),
        SET_STOPPED: _("Stopped before it was sent."),
        SCHEDULE_MISSED: _("It could not begin at its time. Nothing was sent."),
        SCHEDULE_SKIPPED: _("This date was skipped. Nothing was sent."),
        SCHEDULE_STOPPED: _(
            "The schedule is stopped: nothing could be done on its last three dates."
        ),
        SCHEDULE_CANCELLED: _("The schedule was cancelled. Nothing was sent."),
        TAKEN_BACK: _("The time until which it was confirmed is over: the rest is not sent."),
        NOT_CHANGED: _("The first list has not changed it, or it was changed again since."),
        errors.ChangeUnderWay.code: _("Another change of this number was not finished yet."),
        LOGIN_NUMBER: _("An administrator logs in with it."),
        errors.OneByOne.code: _("This is done for one number at a time."),
        APPROVAL_REJECTED: _("Another administrator rejected it. Nothing has changed."),
        APPROVAL_WITHDRAWN: _("You have withdrawn the request. Nothing has changed."),
        APPROVAL_EXPIRED: _(
            "No other administrator approved it within 24 hours. Nothing has changed."
        ),
        errors.CarrierUnavailable.code: _("The operator's system did not take the request."),
        ON_HOLD: _("The operator had put such changes on hold. Nothing has changed."),
        VERDICT_NOT_DONE: _("The operator's support has checked it: it was not carried out."),
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
        errors.PaymentMethodUnknown.code: _(
            "The operator does not say whether one of the numbers is prepaid or postpaid."
        ),
        errors.BalanceNotTold.code: _("The operator did not tell the sender's balance."),
        errors.TakenOverLately.code: _(
            "The SIM card or the call forwarding of the sender was changed within 72 hours."
        ),
        errors.RecipientStateRefused.code: _("The recipient is not Active."),
        errors.ForwardingToItself.code: _("A number cannot be forwarded to itself."),
        errors.AccessBanned.code: _("Ban on MyKcell access is ON."),
        errors.SecretCodeTooEarly.code: _("A secret code was sent within the last minute."),
        errors.SecretCodeTooOften.code: _("5 secret codes were sent within 24 hours."),
        errors.CodeSmsExceeded.code: _(
            "Your company has reached today's limit of SMS with codes. Nothing has changed. Try "
            "again tomorrow, or ask corporate support to raise the limit."
        ),
        errors.TargetInvalid.code: _("The operator does not forward calls to this number."),
    }.get(code or "", _("The operator's system refused the request."))
    if state is not None and code not in NO_ACCESS and not (code or "").startswith(OF_DEVICES):
        told += " " + _("Present state: {state}.").format(state=state_shown(state))
    return told
