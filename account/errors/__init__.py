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
    + TooManyCostCentres
    + DayInvalid
    + TimeInvalid
    + TimeTooSoon
    + TimeTooFar
    + RhythmInvalid
    + PairUnfit
    + RepeatEndless
    + ListFileRefused
    + ListFilesExceeded
    + PeriodRefused
      - PeriodTooOld
      - PeriodInFuture
      - PeriodReversed
      - PeriodTooLong
      - PeriodNotClosed
  x AccessRefused
    + CompanyNotAccessible
    + RightMissing
    + CapabilityMissing
    + NumberNotFound
    + AccountNotFound
    + SessionExpired
    + EmployeeAccessEnded
    + DetailsBanned
  x LoginRefused
    + BadCredentials
    + CodeTooEarly
    + CodeSendsExceeded
      - CodeOwnerUnproven
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
    + CodeSmsExceeded
    + EmailSame
    + EmailFrozen
    + NobodyToApprove
    + ApproverNotSecond
    + AccountFrozen
    + AccountTooNew
    + SimRefused
      - SimForeign
      - SimNotFree
    + EsimRefused
      - EsimNotInUse
      - EsimUsed
      - EsimExpired
      - EsimOfLogin
      - EsimCodeUntold
      - EsimNoneFree
    + TransferToItself
    + TransferOfCredit
    + PaymentMethodUnknown
    + BalanceNotTold
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
    + NotSchedulable
    + TooManySchedules
    + ScheduleNotOpen
    + TooManyAlertRules
    + LabelImportGone
    + AlertNoData
    + AlertTooWide
    + AlertScopeUnknown
    + AlertRuleGone
    + TooManySubscriptions
    + SubscriptionGone
    + SetRefused
      - SetEmpty
      - SetWithoutEffect
      - SetTooLarge
      - OneByOne
      - SetOfAnother
  x CarrierUnavailable
    + CarrierNotReached
      - CarrierPaused
      - CarrierTurnTaken
      - CarrierNotTried
      - CarrierWithheld
    + CarrierAccessDenied
      - CarrierTokenRefused (and CarrierNotReached)
    + OutcomeUnknown
  x OrderRefused
    + CompanyBinUnknown
    + FormatNotOffered
    + PackageMissing
  x DocumentNotMade
    + FiguresDisagree
    + FiguresIncomplete
  x ClaimLost
  x SupportRefused

A class is a refusal, `code` is its line in the catalogue of texts, and its attributes are what
the text needs: a date, a digit, a reason. `str(error)` is for the log. No error ever carries the
value that was typed: it may be somebody's IIN, and errors travel to logs.
"""

from account.errors.access import (
    AccessRefused,
    AccountNotFound,
    CapabilityMissing,
    CompanyNotAccessible,
    CompanyNotChosen,
    DetailsBanned,
    EmployeeAccessEnded,
    NumberNotFound,
    RightMissing,
    SessionExpired,
)
from account.errors.changes import (
    AccessBanned,
    AccountFrozen,
    AccountTooNew,
    AlertNoData,
    AlertRuleGone,
    AlertScopeUnknown,
    AlertTooWide,
    AlreadySo,
    ApproverNotSecond,
    CarrierRefused,
    ChangeRefused,
    ChangeUnderWay,
    CodeSmsExceeded,
    ConfirmExpired,
    ConfirmStale,
    ConfirmUsed,
    LabelImportGone,
    LoginNumbersInSet,
    NobodyToApprove,
    NotSchedulable,
    NumberInDebt,
    NumberStateRefused,
    OneByOne,
    ScheduleNotOpen,
    SetEmpty,
    SetOfAnother,
    SetRefused,
    SetTooCostly,
    SetTooLarge,
    SetWithoutEffect,
    StepUpRequired,
    SubscriptionGone,
    TakenOverLately,
    TooManyAlertRules,
    TooManySchedules,
    TooManySubscriptions,
)
from account.errors.input import (
    AmountFault,
    AmountInvalid,
    DayInvalid,
    EmailInvalid,
    IccidInvalid,
    IinInvalid,
    IinRule,
    ImeiInvalid,
    InputRefused,
    ListFileFault,
    ListFileRefused,
    ListFilesExceeded,
    NumberFault,
    NumberInvalid,
    PairUnfit,
    ReferenceInvalid,
    ReferenceKind,
    RepeatEndless,
    RhythmInvalid,
    TargetInvalid,
    TextFault,
    TextRefused,
    TimeInvalid,
    TimeTooFar,
    TimeTooSoon,
    TooManyCostCentres,
)
from account.errors.kinds import (
    BalanceNotTold,
    DeviceAlreadyRegistered,
    DeviceNotRegistered,
    EmailFrozen,
    EmailSame,
    EsimCodeUntold,
    EsimExpired,
    EsimNoneFree,
    EsimNotInUse,
    EsimOfLogin,
    EsimRefused,
    EsimUsed,
    ForwardingAbroad,
    ForwardingToItself,
    FundsInsufficient,
    IndividualLimitReached,
    NoSecretCode,
    OfferingChanged,
    OwnerTriesExceeded,
    PaymentMethodUnknown,
    RecipientStateRefused,
    SecretCodeTooEarly,
    SecretCodeTooOften,
    ServiceAlreadySo,
    ServiceConflict,
    ServiceNotManageable,
    SimForeign,
    SimNotActive,
    SimNotFree,
    SimRefused,
    TermsNotAccepted,
    TransferDayBound,
    TransferOfCredit,
    TransferToItself,
    TransferTooLarge,
    TransferTooSmall,
)
from account.errors.login import (
    BadCredentials,
    BadSecretCode,
    CodeAttemptsExceeded,
    CodeExpired,
    CodeInvalid,
    CodeMalformed,
    CodeOwnerUnproven,
    CodeSendsExceeded,
    CodeTooEarly,
    LoginRefused,
    NumberTakenOver,
    PasswordFault,
    PasswordMismatch,
    PasswordWeak,
    PasswordWrong,
    ProofExpired,
    ResetExpired,
)
from account.errors.operator import (
    CarrierAccessDenied,
    CarrierNotReached,
    CarrierNotTried,
    CarrierNotUnderstood,
    CarrierPaused,
    CarrierTokenRefused,
    CarrierTurnTaken,
    CarrierUnavailable,
    CarrierWithheld,
    OutcomeUnknown,
)
from account.errors.periods import (
    PeriodInFuture,
    PeriodNotClosed,
    PeriodRefused,
    PeriodReversed,
    PeriodTooLong,
    PeriodTooOld,
)
from account.errors.root import (
    MyAccountError,
)
from account.errors.work import (
    ClaimLost,
    CompanyBinUnknown,
    DocumentNotMade,
    EmailOutside,
    FiguresDisagree,
    FiguresIncomplete,
    FormatNotOffered,
    OrderRefused,
    PackageMissing,
    PostFault,
    PostRefused,
    RequestNotFound,
    SupportRefused,
)

__all__ = [
    "AccessBanned",
    "AccessRefused",
    "AccountFrozen",
    "AccountNotFound",
    "AccountTooNew",
    "AlertNoData",
    "AlertRuleGone",
    "AlertScopeUnknown",
    "AlertTooWide",
    "AlreadySo",
    "AmountFault",
    "AmountInvalid",
    "ApproverNotSecond",
    "BadCredentials",
    "BadSecretCode",
    "BalanceNotTold",
    "CapabilityMissing",
    "CarrierAccessDenied",
    "CarrierNotReached",
    "CarrierNotTried",
    "CarrierNotUnderstood",
    "CarrierPaused",
    "CarrierRefused",
    "CarrierTokenRefused",
    "CarrierTurnTaken",
    "CarrierUnavailable",
    "CarrierWithheld",
    "ChangeRefused",
    "ChangeUnderWay",
    "ClaimLost",
    "CodeAttemptsExceeded",
    "CodeExpired",
    "CodeInvalid",
    "CodeMalformed",
    "CodeOwnerUnproven",
    "CodeSendsExceeded",
    "CodeSmsExceeded",
    "CodeTooEarly",
    "CompanyBinUnknown",
    "CompanyNotAccessible",
    "CompanyNotChosen",
    "ConfirmExpired",
    "ConfirmStale",
    "ConfirmUsed",
    "DayInvalid",
    "DetailsBanned",
    "DeviceAlreadyRegistered",
    "DeviceNotRegistered",
    "DocumentNotMade",
    "EmailFrozen",
    "EmailInvalid",
    "EmailOutside",
    "EmailSame",
    "EmployeeAccessEnded",
    "EsimCodeUntold",
    "EsimExpired",
    "EsimNoneFree",
    "EsimNotInUse",
    "EsimOfLogin",
    "EsimRefused",
    "EsimUsed",
    "FiguresDisagree",
    "FiguresIncomplete",
    "FormatNotOffered",
    "ForwardingAbroad",
    "ForwardingToItself",
    "FundsInsufficient",
    "IccidInvalid",
    "IinInvalid",
    "IinRule",
    "ImeiInvalid",
    "IndividualLimitReached",
    "InputRefused",
    "LabelImportGone",
    "ListFileFault",
    "ListFileRefused",
    "ListFilesExceeded",
    "LoginNumbersInSet",
    "LoginRefused",
    "MyAccountError",
    "NoSecretCode",
    "NobodyToApprove",
    "NotSchedulable",
    "NumberFault",
    "NumberInDebt",
    "NumberInvalid",
    "NumberNotFound",
    "NumberStateRefused",
    "NumberTakenOver",
    "OfferingChanged",
    "OneByOne",
    "OrderRefused",
    "OutcomeUnknown",
    "OwnerTriesExceeded",
    "PackageMissing",
    "PairUnfit",
    "PasswordFault",
    "PasswordMismatch",
    "PasswordWeak",
    "PasswordWrong",
    "PaymentMethodUnknown",
    "PeriodInFuture",
    "PeriodNotClosed",
    "PeriodRefused",
    "PeriodReversed",
    "PeriodTooLong",
    "PeriodTooOld",
    "PostFault",
    "PostRefused",
    "ProofExpired",
    "RecipientStateRefused",
    "ReferenceInvalid",
    "ReferenceKind",
    "RepeatEndless",
    "RequestNotFound",
    "ResetExpired",
    "RhythmInvalid",
    "RightMissing",
    "ScheduleNotOpen",
    "SecretCodeTooEarly",
    "SecretCodeTooOften",
    "ServiceAlreadySo",
    "ServiceConflict",
    "ServiceNotManageable",
    "SessionExpired",
    "SetEmpty",
    "SetOfAnother",
    "SetRefused",
    "SetTooCostly",
    "SetTooLarge",
    "SetWithoutEffect",
    "SimForeign",
    "SimNotActive",
    "SimNotFree",
    "SimRefused",
    "StepUpRequired",
    "SubscriptionGone",
    "SupportRefused",
    "TakenOverLately",
    "TargetInvalid",
    "TermsNotAccepted",
    "TextFault",
    "TextRefused",
    "TimeInvalid",
    "TimeTooFar",
    "TimeTooSoon",
    "TooManyAlertRules",
    "TooManyCostCentres",
    "TooManySchedules",
    "TooManySubscriptions",
    "TransferDayBound",
    "TransferOfCredit",
    "TransferToItself",
    "TransferTooLarge",
    "TransferTooSmall",
]
