"""The eight questions of the guide and their answers (S38), and one where there are eSIMs."""

from __future__ import annotations

from aiogram.utils.i18n import gettext as _

from account.values.capabilities import Capability

RESTS_ON = {4: Capability.SERVICES, 8: Capability.SIM_REPLACEMENT, 9: Capability.ESIM}
"""What the operator must have for a question to be one, by the guide's numbers."""


def asked_here(lacks: frozenset[Capability]) -> list[int]:
    """The guide's numbers of the questions that can come up at an operator that lacks these."""
    return [number for number in range(1, 10) if RESTS_ON.get(number) not in lacks]


def questions(support: str) -> list[tuple[str, str]]:
    """Question and answer, in the guide's order; `support` is where suggestions go."""
    return [
        (
            _("How to manage multiple companies in My Account?"),
            _(
                "Each of those companies must submit a request to grant access rights to a "
                "specific administrator."
            ),
        ),
        (
            _("What if I can't log into My Account?"),
            _(
                "Check that your phone number and password are right. If you log in for the "
                "first time, use Forgot password?"
            ),
        ),
        (_("Can I still use the old version of My Account?"), _("No.")),
        (
            _("Why do I not see the full list of services that are active on a number?"),
            _(
                "The list shows the services that the Administrator can switch. It is longer than "
                "in the previous version and goes on growing. Please send your suggestions to "
                "{support}."
            ).format(support=support),
        ),
        (
            _("What to do when an action ends with an error?"),
            _(
                "Wait 2-3 minutes, refresh and try again. If the problem remains, contact "
                "corporate customer support."
            ),
        ),
        (
            _("What are Send secret code and Delete secret code?"),
            _(
                "They give an employee a code to see the information and usage details of their "
                "own number, and take it away again. The code does not let them switch services."
            ),
        ),
        (
            _("What if the number is blocked and there is no Unblock button?"),
            _(
                "The state of the number is Blocked / Debt: there are unpaid charges on the "
                "account, so it cannot be unblocked here. It opens after payment."
            ),
        ),
        (
            _("Why can the SIM card not be changed?"),
            _("The SIM card can be changed only for numbers in the state Active."),
        ),
        (
            _("How is a number put on an eSIM?"),
            _(
                "On an Active number: SIM & device › SIM card replacement › Replace with an eSIM. "
                "When it is done the old card has ended, and the activation code can be shown: "
                "scan it with the telephone. A code that was used or has expired is ordered anew."
            ),
        ),
    ]
