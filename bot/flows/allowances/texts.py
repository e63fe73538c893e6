"""What allowances are for, and how much of them there is (S09)."""

from __future__ import annotations

from datetime import datetime

from aiogram.utils.i18n import gettext as _

from account.chapters.allowances import Allowance, Measure
from account.values.periods import shown_moment
from bot.texts.facts import volume
from bot.widgets.progress_bar import bar, percent


def use_word(use: str, name: str) -> str:
    """What an allowance is for, in the words of the guide, or the operator's own."""
    known = {
        "onnet": _("Calls within Kcell/activ network"),
        "offnet": _("Calls to other KZ mobiles"),
        "landline": _("Calls to KZ landline numbers"),
        "international": _("International calls"),
        "roaming": _("Calls in roaming"),
        "sms": _("SMS"),
        "data": _("Data (internet)"),
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


def left_lines(allowance: Allowance) -> list[str]:
    """`███████░░░` and `Left 68 of 100 min (68 %)`, then what the guide calls Available and Total.

    Without end there are no numbers.
    """
    left, total = allowance.left, allowance.total
    if left is None:
        return [_("Unlimited")]
    available = _("Available: {amount}").format(amount=amount_shown(allowance.measure, left))
    if total is None:
        return [available]
    return [
        _("{bar} Left {left} of {total} ({percent} %)").format(
            bar=bar(left, total),
            percent=percent(left, total),
            **_in_one_unit(allowance.measure, left, total),
        ),
        _("{available} · Total: {amount}").format(
            available=available, amount=amount_shown(allowance.measure, total)
        ),
    ]


def validity_lines(begins: datetime | None, ends: datetime | None) -> list[str]:
    """From when to when, in the guide's words; whole days without their midnight."""
    lines = []
    if begins is not None:
        lines.append(_("Connection date: {moment}").format(moment=_day_or_moment(begins)))
    if ends is not None:
        lines.append(_("Disconnect date: {moment}").format(moment=_day_or_moment(ends)))
    return lines


def _in_one_unit(measure: Measure, left: int, total: int) -> dict[str, str]:
    """Both figures, the unit said once where they share it: `5.15` and `40 GB`."""
    if measure is Measure.SECONDS and not left % 60 and not total % 60:
        return {"left": str(left // 60), "total": _("{n} min").format(n=total // 60)}
    whole = amount_shown(measure, total)
    part = amount_shown(measure, left)
    number, _blank, unit = part.partition(" ")
    shared = measure is not Measure.SECONDS and whole.endswith(f" {unit}")
    return {"left": number if shared else part, "total": whole}


def _day_or_moment(at: datetime) -> str:
    shown = shown_moment(at)
    return shown.removesuffix(" 00:00")
