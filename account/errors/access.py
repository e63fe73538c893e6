"""Who may not see or do it; no answer tells what exists."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from account.errors.root import MyAccountError

if TYPE_CHECKING:
    from account.values.capabilities import Capability
    from account.values.rights import Right


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


class CapabilityMissing(AccessRefused):
    """The operator does not have it at all, for nobody: no role and no waiting helps."""

    code: ClassVar[str] = "OPERATOR.NOT_OFFERED"

    def __init__(self, capability: Capability) -> None:
        super().__init__(f"the operator has no {capability}")
        self.capability = capability


class NumberNotFound(AccessRefused):
    """No such number in the chosen company; the same for a number of another company."""

    code: ClassVar[str] = "NUMBER.NOT_FOUND"


class AccountNotFound(AccessRefused):
    """The company has no such account, or it is another company's: one answer for both."""

    code: ClassVar[str] = "ACCOUNT.NOT_FOUND"


class SessionExpired(AccessRefused):
    """There is no live session: log in again (G-17)."""

    code: ClassVar[str] = "AUTH.SESSION_EXPIRED"


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
