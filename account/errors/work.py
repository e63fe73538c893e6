"""Documents, mail and the work behind the windows."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from account.errors.root import MyAccountError


class OrderRefused(MyAccountError):
    """There is no such file to order."""

    code: ClassVar[str] = "REPORT.REFUSED"


class FormatNotOffered(OrderRefused):
    """The document is not made in that form."""

    code: ClassVar[str] = "REPORT.FORMAT"


class CompanyBinUnknown(OrderRefused):
    """The operator tells no BIN of the company, and the document is void without."""

    code: ClassVar[str] = "REPORT.BIN_UNKNOWN"


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


class FiguresIncomplete(DocumentNotMade):
    """Some of the operator's figures were not told, or could not be read.

    No paper that has weight in law is made of the rest (S31, S33).
    """

    code: ClassVar[str] = "DOCUMENT.INCOMPLETE"


class ClaimLost(MyAccountError):
    """The lease on a piece of work ran out and somebody else has it: stop, write nothing."""

    code: ClassVar[str] = "WORK.CLAIM_LOST"


class SupportRefused(MyAccountError):
    """What the support desk asks for cannot be done. The message says why, for them alone."""

    code: ClassVar[str] = "SUPPORT.REFUSED"


class PostFault(StrEnum):
    """What a letter or an SMS was refused for."""

    ADDRESS = "address"
    SIZE = "size"
    LETTER = "letter"
    """Something else about this letter, or about who sends it."""


class PostRefused(MyAccountError):
    """An SMS or a letter will never be delivered to that address; sending it again is in vain."""

    code: ClassVar[str] = "POST.REFUSED"

    def __init__(self, reason_code: str, fault: PostFault = PostFault.LETTER) -> None:
        super().__init__(f"not deliverable: {reason_code}")
        self.reason_code = reason_code
        self.fault = fault
