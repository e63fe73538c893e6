"""What is said of a paper that orders itself."""

from __future__ import annotations

from collections.abc import Mapping

from aiogram.utils.i18n import gettext as _

from account.documents.subscriptions import Subscription, SubscriptionState, next_day
from account.errors import RightMissing
from account.values.periods import Month, shown_day
from bot.flows.documents.titles import title
from bot.widgets.text import Html, said


def row_label(one: Subscription) -> str:
    """On its button: the paper and its day."""
    sign = "⏸" if one.state is SubscriptionState.SUSPENDED else "🗓"
    return f"{sign} {title(one.kind)} · {day_word(one.day)}"


def day_word(day: int) -> str:
    """Which day of the month."""
    return _("on day {day}").format(day=day)


def standing(one: Subscription) -> str:
    """When the next one is ordered, and of which month."""
    if one.state is SubscriptionState.SUSPENDED:
        return _("⏸ Waits for your word: changes in your name were stopped.")
    return _("Next: {month}, on {date} at 10:00, Almaty time").format(
        month=one.next_month.shown, date=shown_day(next_day(one))
    )


def word(kind: str, one: Subscription, told: Mapping[str, str], company: str | None) -> Html:
    """What becomes of a month that is not ordered now; of no company where it is not known."""
    month = Month.parse(told["month"]).shown
    if kind == "subscription.ended":
        text = (
            _("The subscription has ended: your role does not allow this document.")
            if told.get("why") == RightMissing.code
            else _("The subscription has ended: this document is not to be had any more.")
        )
    else:
        text = {
            "subscription.waits": _(
                "The operator has no bills for {month} yet. It is asked again for 3 days."
            ),
            "subscription.unregistered": _(
                "Invoices of {month} are not registered yet. The register is ordered when they "
                "are, at the latest in 3 days."
            ),
            "subscription.failed": _(
                "The {month} documents could not be made: the operator has no bills. Order them in "
                "Documents & reports."
            ),
            "subscription.missed": _(
                "{month} is ordered. Earlier months were missed: order them in Documents & reports."
            ),
        }[kind]
    heading = title(one.kind) if company is None else f"{company} · {title(one.kind)}"
    return said("🗓 {paper}\n" + text, paper=heading, month=month)


def suspended_word() -> Html:
    """After “It was not me”."""
    return said(
        _(
            "⏸ Your monthly documents wait: changes in your name were stopped. Keep or end them in "
            "📄 Documents & reports › 🗓 Every month."
        )
    )
