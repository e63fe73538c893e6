"""Why a service cannot be switched, as a sentence; for alerts and for the offer's own window."""

from __future__ import annotations

from collections.abc import Mapping

from aiogram.utils.i18n import get_i18n
from aiogram.utils.i18n import gettext as _

from account.errors import (
    FundsInsufficient,
    IndividualLimitReached,
    MyAccountError,
    OfferingChanged,
    ServiceAlreadySo,
    ServiceConflict,
    ServiceNotManageable,
)
from account.values.languages import LANGUAGES


def in_language(texts: Mapping[str, str]) -> str:
    """The text in the language in use, or in the next best that the operator has."""
    wanted = (get_i18n().current_locale, *reversed(LANGUAGES))
    return next((texts[language] for language in wanted if language in texts), "")


def why_not(refused: MyAccountError) -> str | None:
    """One sentence about a refusal of this chapter; None for any other."""
    match refused:
        case IndividualLimitReached():
            return _(
                "The individual limit of the number does not cover it: {missing} is missing."
            ).format(missing=refused.missing.shown(get_i18n().current_locale))
        case FundsInsufficient():
            return _("There is not enough money for it: {missing} is missing.").format(
                missing=refused.missing.shown(get_i18n().current_locale)
            )
        case ServiceConflict():
            names = ", ".join(in_language(names) for names in refused.names)
            return _("It cannot be had beside {services}. Disable that first.").format(
                services=names
            )
        case ServiceAlreadySo(on=True):
            return _("The service is already enabled.")
        case ServiceAlreadySo():
            return _("The service is already disabled.")
        case ServiceNotManageable():
            return _("The administrator cannot switch this service (FAQ 4).")
        case OfferingChanged():
            return _("The price or the terms of the service have changed meanwhile.")
        case _:
            return None


def refused_service(refused: MyAccountError) -> str:
    """The same as an answer to a tap: whether anything has changed is said with it."""
    return f"{why_not(refused)} " + _("Nothing has changed.")
