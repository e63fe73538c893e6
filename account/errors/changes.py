"""What any change may be refused for."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from account.errors.root import MyAccountError

if TYPE_CHECKING:
    from account.values.money import Money
    from account.values.number import NumberState


class ChangeRefused(MyAccountError):
    """A change was not accepted. Nothing has changed."""

    code: ClassVar[str] = "CHANGE.REFUSED"


class NumberStateRefused(ChangeRefused):
    """The state of the number does not allow the change (rules.md, states of a number)."""

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


class CodeSmsExceeded(ChangeRefused):
    """The company has had all the SMS with codes that one day allows it (docs/safety.md)."""

    code: ClassVar[str] = "OTP.COMPANY_SMS"


class NobodyToApprove(ChangeRefused):
    """A second administrator has to approve, and none can be asked (safety.md section 2)."""

    code: ClassVar[str] = "APPROVAL.NOBODY"


class ApproverNotSecond(ChangeRefused):
    """The second administrator's Telegram account has logged in as the first, or the other way
    round: they may be one person (safety.md section 2).
    """

    code: ClassVar[str] = "APPROVAL.NOT_SECOND"


class AccountFrozen(ChangeRefused):
    """Somebody said “It was not me” for this administrator: no change until they thaw it.

    A known Telegram account with a new password does (`account.changes.freezes`).
    """

    code: ClassVar[str] = "ACCOUNT.FROZEN"


class AccountTooNew(ChangeRefused):
    """A Telegram account that first logged in within 72 h removes no other account."""

    code: ClassVar[str] = "ACCOUNT.TOO_NEW"


class TakenOverLately(ChangeRefused):
    """The sender's SIM card or forwarding was changed within 72 h: no money leaves it (S16-5)."""

    code: ClassVar[str] = "TRANSFER.TAKEN_OVER"


class AccessBanned(ChangeRefused):
    """A secret code makes no sense while access is banned (S14-3)."""

    code: ClassVar[str] = "SECRET.ACCESS_BANNED"

    def __init__(self) -> None:
        super().__init__("access is banned")


class CarrierRefused(ChangeRefused):
    """The operator answered the order with a refusal; `reason_code` is the operator's."""

    code: ClassVar[str] = "UPSTREAM.REFUSED"

    def __init__(self, reason_code: str) -> None:
        super().__init__(f"operator refused: {reason_code}")
        self.reason_code = reason_code


class NotSchedulable(ChangeRefused):
    """Such a change is made at once only."""

    code: ClassVar[str] = "SCHEDULE.NOT_OFFERED"


class TooManySchedules(ChangeRefused):
    """The company has `most` open ones."""

    code: ClassVar[str] = "SCHEDULE.TOO_MANY"

    def __init__(self, most: int) -> None:
        super().__init__(f"more than {most} schedules")
        self.most = most


class ScheduleNotOpen(ChangeRefused):
    """It has begun, has ended, or is none of this company's."""

    code: ClassVar[str] = "SCHEDULE.NOT_OPEN"


class TooManySubscriptions(ChangeRefused):
    """The person has `most`."""

    code: ClassVar[str] = "SUBSCRIPTION.TOO_MANY"

    def __init__(self, most: int) -> None:
        super().__init__(f"more than {most} subscriptions")
        self.most = most


class SubscriptionGone(ChangeRefused):
    """It has ended, or is none of this person's in this company."""

    code: ClassVar[str] = "SUBSCRIPTION.GONE"


class TooManyAlertRules(ChangeRefused):
    """The person has `most` rules."""

    code: ClassVar[str] = "ALERT.TOO_MANY"

    def __init__(self, most: int) -> None:
        super().__init__(f"more than {most} rules")
        self.most = most


class LabelImportGone(ChangeRefused):
    """What was looked at is kept already, too old, or none of this person's in this company."""

    code: ClassVar[str] = "LABEL.GONE"


class AlertNoData(ChangeRefused):
    """The operator does not tell of the number what a rule is to be about."""

    code: ClassVar[str] = "ALERT.NO_DATA"


class AlertTooWide(ChangeRefused):
    """A rule that is read number by number is about more than `most` of them."""

    code: ClassVar[str] = "ALERT.TOO_WIDE"

    def __init__(self, most: int) -> None:
        super().__init__(f"more than {most} numbers")
        self.most = most


class AlertScopeUnknown(ChangeRefused):
    """What was typed is no number, account, label or cost centre of the company's."""

    code: ClassVar[str] = "ALERT.NO_SCOPE"


class AlertRuleGone(ChangeRefused):
    """It was deleted, or is none of this person's in this company."""

    code: ClassVar[str] = "ALERT.GONE"


class SetRefused(ChangeRefused):
    """A list is no set that could be confirmed. Nothing has changed."""

    code: ClassVar[str] = "SET.REFUSED"


class SetEmpty(SetRefused):
    """No number was found in it."""

    code: ClassVar[str] = "SET.NOTHING"


class SetWithoutEffect(SetRefused):
    """None of its numbers would be changed."""

    code: ClassVar[str] = "SET.WITHOUT_EFFECT"


class SetTooLarge(SetRefused):
    """More than `most` numbers: at once, or by one person within a day."""

    code: ClassVar[str] = "SET.TOO_MANY"

    def __init__(self, most: int) -> None:
        super().__init__("too many numbers")
        self.most = most


class SetTooCostly(SetRefused):
    """It would cost more than `most`, with what the person has had done so within a day."""

    code: ClassVar[str] = "SET.TOO_COSTLY"

    def __init__(self, most: Money) -> None:
        super().__init__("too costly")
        self.most = most


class LoginNumbersInSet(SetRefused):
    """Administrators log in with some of its numbers, and nobody else can approve a block."""

    code: ClassVar[str] = "SET.LOGIN_NUMBERS"


class OneByOne(SetRefused):
    """Such a change is made for one number at a time."""

    code: ClassVar[str] = "SET.ONE_BY_ONE"


class SetOfAnother(SetRefused):
    """Only who confirmed a set lets it go on."""

    code: ClassVar[str] = "SET.OF_ANOTHER"
