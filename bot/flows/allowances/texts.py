"""What allowances are for, and how much of them there is (S09)."""

from __future__ import annotations

from aiogram.utils.i18n import gettext as _

from account.chapters.allowances import Allowance, Measure
from bot.texts.facts import volume
from bot.widgets.bar import bar, percent


def use_word(use: str, name: str) -> str:
    """What an allowance is for, in the words of the guide, or the operator's own."""
    known = {
        "onnet": _("Calls within Kcell/activ network"),
        "offnet": _("Calls to other KZ mobiles"),
        "landline": _("Calls to KZ landline numbers"),
        "international": _("International calls"),
        "roaming": _("Calls in roaming"),
        "sms": _("SMS"),
        "data": _("Data"),
        "data-roaming": _("Data in roaming"),
    }
    return known.get(use, name)


def amount_shown(measure: Measure, amount: int | None) -> str:
    """`100 min 0 sec`, `100 SMS`, `1,5 GB`, Unlimited."""
    if amount is None:
        return _("Unlimited")
    if measure is Measure.SECONDS:
        minutes, seconds = divmod(amount, 60)
        return _("{minutes} min {seconds} sec").format(minutes=minutes, seconds=seconds)
    if measure is Measure.SMS:
        return f"{amount} {_('SMS')}"
    if measure is Measure.MMS:
        return f"{amount} MMS"
    return volume(amount)


def left_shown(allowance: Allowance) -> str:
    """`███████░░░ 68 %  68 min 0 sec of 100 min 0 sec`; without end there are no numbers."""
    left = amount_shown(allowance.measure, allowance.left)
    if allowance.left is None:
        return left
    if allowance.total is None:
        return _("{left} left").format(left=left)
    return _("{bar} {percent} %  {left} of {total}").format(
        bar=bar(allowance.left, allowance.total),
        percent=percent(allowance.left, allowance.total),
        left=left,
        total=amount_shown(allowance.measure, allowance.total),
    )
