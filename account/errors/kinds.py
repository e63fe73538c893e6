"""What one kind of change alone is refused for, chapter by chapter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from account.errors.changes import ChangeRefused, NumberStateRefused

if TYPE_CHECKING:
    from account.values.money import Money
    from account.values.number import NumberState


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


class BalanceNotTold(ChangeRefused):
    """The operator did not tell the sender's balance, or not so that it could be read (S37-2)."""

    code: ClassVar[str] = "TRANSFER.BALANCE_NOT_TOLD"


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


class SimRefused(ChangeRefused):
    """The card cannot be put in use for the number (S16-3)."""

    code: ClassVar[str] = "SIM.REFUSED"


class SimForeign(SimRefused):
    """It is no card of this operator's, or none of this company's."""

    code: ClassVar[str] = "SIM.FOREIGN"


class SimNotFree(SimRefused):
    """It serves a number already, or did; also the number's present card."""

    code: ClassVar[str] = "SIM.NOT_FREE"


class EsimRefused(ChangeRefused):
    """There is no activation code of an eSIM to be shown."""

    code: ClassVar[str] = "ESIM.REFUSED"


class EsimNotInUse(EsimRefused):
    """The number's card is none that is downloaded."""

    code: ClassVar[str] = "ESIM.NOT_IN_USE"


class EsimUsed(EsimRefused):
    """A device has downloaded it: the code is worth nothing any more (ES-4)."""

    code: ClassVar[str] = "ESIM.USED"


class EsimExpired(EsimRefused):
    """Its time is over (ES-4)."""

    code: ClassVar[str] = "ESIM.EXPIRED"


class EsimOfLogin(EsimRefused):
    """An administrator logs in with the number, and it is neither theirs nor ordered by them."""

    code: ClassVar[str] = "ESIM.OF_LOGIN"


class EsimCodeUntold(EsimRefused):
    """The operator has the eSIM, and tells no code of it yet."""

    code: ClassVar[str] = "ESIM.NO_CODE"


class EsimNoneFree(EsimRefused):
    """The operator keeps none for the company at this moment."""

    code: ClassVar[str] = "ESIM.NONE_FREE"


class EmailSame(ChangeRefused):
    """The address is the registered one."""

    code = "EMAIL.SAME"


class EmailFrozen(ChangeRefused):
    """No new address for 72 h after the login number was taken over (S16-5)."""

    code = "EMAIL.FROZEN"


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


class PaymentMethodUnknown(ChangeRefused):
    """The operator does not say whether one of the numbers is prepaid or postpaid."""

    code: ClassVar[str] = "TRANSFER.METHOD_UNKNOWN"


class RecipientStateRefused(ChangeRefused):
    """The recipient is not Active (S37-1)."""

    code: ClassVar[str] = "TRANSFER.RECIPIENT"

    def __init__(self, state: NumberState) -> None:
        super().__init__(f"the recipient is {state}")
        self.state = state


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
