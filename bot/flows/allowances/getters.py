"""What is left (S09, S10): what the windows show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aiogram.utils.i18n import gettext as _
from aiogram_dialog import DialogManager

from account.chapters.allowances import Allowance, Allowances, NumberAllowances
from account.chapters.numbers import PAGE
from account.values.number import NumberState
from account.values.periods import shown_time
from bot.context.update_context import context_of
from bot.flows.allowances.texts import left_lines, use_word, validity_lines
from bot.flows.numbers.getters import card_of
from bot.flows.services.texts import LONGEST_NAME, clipped
from bot.texts.facts import left_out_line, state_shown
from bot.texts.service_errors import in_language
from bot.widgets.paging import paging
from bot.widgets.text import Html, said


async def get_tariff(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """What is left of the tariff's allowances."""
    context = context_of(dialog_manager)
    read = await context.use(Allowances).of(await context.actor(), card_of(dialog_manager))
    shown = await _shown(dialog_manager, read, read.of_tariff, _("Remaining allowances"))
    shown["additional"] = _("➕ Additional allowances: {n}").format(n=len(read.additional))
    return shown


async def get_additional(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """What is left of the allowances that services give."""
    context = context_of(dialog_manager)
    actor = await context.actor()
    read = await context.use(Allowances).of(actor, card_of(dialog_manager), with_names=True)
    return await _shown(dialog_manager, read, read.additional, _("Additional allowances"))


async def _shown(
    manager: DialogManager, read: NumberAllowances, allowances: Sequence[Allowance], section: str
) -> dict[str, Any]:
    actor = await context_of(manager).actor()
    turning = paging(manager, len(allowances), PAGE)
    first = turning["here"] * PAGE
    here = allowances[first : first + PAGE]
    alike = {(one.begins, one.ends) for one in here}
    lines = [_lines(one, read, dated=len(alike) > 1) for one in here]
    if len(alike) == 1 and (dates := validity_lines(*alike.pop())):
        lines.insert(0, Html("\n" + "\n".join(dates)))
    if not allowances and not read.left_out:
        lines.append(Html("\n" + _("There are no allowances at the moment.")))
    elif allowances and read.number.state is not NumberState.ACTIVE:
        state = state_shown(read.number.state)
        why = _("They cannot be used while the number is {state}.").format(state=state)
        lines.append(said("\n⚠️ {why}", why=why))
    lines.extend(map(Html, left_out_line(read.left_out)))
    lines.append(said("\n" + _("as of {time}"), time=shown_time(read.read_at)))
    return {
        "where": [actor.company.name, read.number.msisdn.shown, section],
        "text": Html("\n".join(lines)),
        **turning,
    }


def _lines(allowance: Allowance, read: NumberAllowances, *, dated: bool) -> Html:
    """What for, from which service; how much is left; with `dated`, from when to when."""
    lines = [
        said("\n<b>{use}</b>", use=clipped(use_word(allowance.use, allowance.name), LONGEST_NAME))
    ]
    if allowance.source != read.number.msisdn.digits:
        names = read.names.get(allowance.source)
        name = in_language(names) if names else allowance.source_name
        lines.append(said("{name}", name=clipped(name, LONGEST_NAME)))
    told = left_lines(allowance)
    if dated:
        told += validity_lines(allowance.begins, allowance.ends)
    lines.extend(said("{line}", line=line) for line in told)
    return Html("\n".join(lines))
