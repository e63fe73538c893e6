"""From a typed command to its window, with what was typed filled in.

Nothing is executed, ordered or sent from a text: the question and the order are the usual ones, and
every right is asked for where it is. What is not understood is said where the person arrives.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from aiogram.fsm.state import State
from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager, ShowMode, StartMode
from aiogram_dialog.widgets.kbd import Select

from account.changes.action import ActionKind
from account.chapters.numbers import Numbers, NumbersQuery
from account.chapters.typed_commands import (
    OF_COMPANY,
    Command,
    Verb,
    is_day,
    is_period,
    is_time,
    parted,
    read_command,
)
from account.chapters.typed_plans import typed_plan
from account.documents.kinds import SPECS, DocumentKind
from account.errors import InputRefused
from account.identity.permissions import require
from account.values.identifiers import Msisdn
from account.values.rights import Right
from bot.context import states
from bot.context.update_context import context_of
from bot.flows.confirm.chosen import chosen_time
from bot.flows.confirm.handlers import start_question, time_given
from bot.flows.documents.input_handlers import type_into_form
from bot.flows.numbers.first import asking
from bot.flows.numbers.picking import typed_number
from bot.flows.payments.windows import own_period as payments_period
from bot.flows.sets.handlers import add_text, choose_kind_of
from bot.flows.typed_commands.plans import fill_in
from bot.flows.typed_commands.texts import not_understood
from bot.flows.usage.handlers import own_period as usage_period
from bot.texts.errors import refusal
from bot.widgets.page import notice
from bot.widgets.search_offer import offer_search

MOST_MEANINGS = 4
_KINDS = {Verb.BLOCK: ActionKind.BLOCK, Verb.UNBLOCK: ActionKind.UNBLOCK}
_DOCUMENTS = {
    Verb.CERTIFICATE: DocumentKind.CERTIFICATE,
    Verb.REGISTER: DocumentKind.REGISTER,
    Verb.RECONCILIATION: DocumentKind.RECONCILIATION,
    Verb.PAYMENTS: DocumentKind.PAYMENTS,
}
_WINDOWS: Mapping[Verb, tuple[State, Right]] = {
    Verb.USAGE: (states.Usage.order, Right.READ_USAGE),
    Verb.SERVICES: (states.Services.active, Right.READ_SERVICES),
    Verb.FORWARDING: (states.Forwarding.rules, Right.READ_FORWARDING),
    Verb.SECRET_CODE: (states.SecretCode.main, Right.SECRET_CODE),
    Verb.SIM: (states.Sim.main, Right.READ_SIM),
    Verb.ESIM: (states.Sim.main, Right.SHOW_ESIM),
    Verb.PAYMENTS: (states.Payments.list, Right.READ_PAYMENTS),
    Verb.LABEL: (states.Labels.main, Right.READ_LABELS),
}
"""Windows of one number that open above its card."""
_PERIODS = {Verb.USAGE: usage_period, Verb.PAYMENTS: payments_period}


async def follow(manager: DialogManager, typed: str) -> bool:
    """Go where a typed command leads; False for a text that is none, which is looked for."""
    command = read_command(typed)
    if len(command.numbers) > 1:
        await _gather(manager, command)
        return True
    if not command.verbs:
        return False
    verb, *others = command.verbs
    number = command.numbers[0] if command.numbers else None
    if others:
        kept = {
            "verbs": [one.value for one in command.verbs[:MOST_MEANINGS]],
            "number": None if number is None else number.digits,
            "rest": command.rest,
        }
        await _open(manager, states.TypedCommand.meaning, kept)
    elif number is None and verb not in _DOCUMENTS:
        await _find_number(manager, verb, command, typed)
    else:
        await _lead(manager, verb, number, command.rest)
    return True


async def _gather(manager: DialogManager, command: Command) -> None:
    """Several numbers are a list; of a change that lists can have, its preview."""
    await _start(manager, states.Sets.list)
    await add_text(command.listed, manager)
    kind = _KINDS.get(command.verbs[0]) if len(command.verbs) == 1 else None
    if command.rest:
        notice(manager, not_understood(command.rest))
    elif kind is not None and manager.current_context().state == states.Sets.list:
        await choose_kind_of(manager, kind)
    await _show(manager)


async def _find_number(manager: DialogManager, verb: Verb, command: Command, typed: str) -> None:
    """Without a number the words may be its label; else it is asked for."""
    words, when = parted(command.rest, _ends_of(verb, manager))
    kept = {"verbs": [verb.value], "rest": when}
    if words and not command.denied:
        context = context_of(manager)
        query = NumbersQuery(search=words, limit=2)
        found = await context.use(Numbers).page(await context.actor(), query)
        if found.total == 1:
            await _lead(manager, verb, found.rows[0].msisdn, when)
            return
        if found.total:
            await _open(manager, states.TypedCommand.number, {**kept, "search": words})
            return
    if words:
        # What reads like a verb may be a part of a tariff's name, or of a label.
        offer_search(manager, typed)
        notice(manager, not_understood(words))
        return
    await _open(manager, states.TypedCommand.number, kept)


def _ends_of(verb: Verb, manager: DialogManager) -> Callable[[str], bool]:
    now = context_of(manager).now()
    if verb in _KINDS:
        return lambda words: (
            is_time(words, now) or is_day(words, now) or typed_plan(words, now) is not None
        )
    return lambda words: verb in _PERIODS and is_period(words, now)


async def choose_meaning(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, value: str
) -> None:
    """One of several verbs. The value comes from a button and may be forged."""
    assert isinstance(manager.start_data, dict)
    if value not in manager.start_data["verbs"]:
        return
    digits = manager.start_data["number"]
    number = None if digits is None else Msisdn.parse(str(digits))
    await _lead(manager, Verb(value), number, str(manager.start_data["rest"]))


async def take_number(manager: DialogManager, msisdn: Msisdn) -> None:
    """Go on with the number that was chosen."""
    assert isinstance(manager.start_data, dict)
    await _lead(manager, Verb(manager.start_data["verbs"][0]), msisdn, manager.start_data["rest"])


async def type_number(text: str, manager: DialogManager) -> None:
    """A whole number, or a part of one to search for."""
    try:
        await typed_number(text, manager, asking(manager), take_number)
    except InputRefused as refused:
        notice(manager, refusal(refused))


# --- arriving ---


async def _lead(manager: DialogManager, verb: Verb, msisdn: Msisdn | None, rest: str) -> None:
    if verb in OF_COMPANY or (msisdn is None and verb in _DOCUMENTS):
        await _order(manager, verb, msisdn, rest)
    elif msisdn is None:
        kept = {"verbs": [verb.value], "rest": rest}
        await _open(manager, states.TypedCommand.number, kept)
    elif verb in _KINDS:
        await _question(manager, verb, msisdn, rest)
    else:
        await _chapter(manager, verb, msisdn, rest)


async def _question(manager: DialogManager, verb: Verb, msisdn: Msisdn, rest: str) -> None:
    """The question of a change, for the time that was typed; none beside a word not understood."""
    now = context_of(manager).now()
    await _start(manager, states.Card.main, {"msisdn": msisdn.digits})
    # First: a time after “until” is one at which something can begin as well.
    plan = typed_plan(rest, now)
    timed = plan is None and is_time(rest, now)
    if rest and not (timed or plan is not None or is_day(rest, now)):
        notice(manager, not_understood(rest))
    elif not await start_question(manager, _KINDS[verb], msisdn) or not rest:
        pass
    elif plan is not None and _is_asked(manager):
        await fill_in(plan, manager)
    else:
        if timed:
            await time_given(rest, manager)
        if chosen_time(manager) is None and _is_asked(manager):
            await manager.switch_to(states.Confirm.later)
    await _show(manager)


def _is_asked(manager: DialogManager) -> bool:
    return manager.current_context().state in {states.Confirm.summary, states.Confirm.code}


async def _chapter(manager: DialogManager, verb: Verb, msisdn: Msisdn, rest: str) -> None:
    """A window of the number, above its card."""
    card = {"msisdn": msisdn.digits}
    window = None
    if verb in _WINDOWS:
        window, right = _WINDOWS[verb]
        require(await context_of(manager).actor(), right)
    await _start(manager, states.Card.main, card)
    if window is not None:
        await _start(manager, window, card, StartMode.NORMAL)
    period = _PERIODS.get(verb)
    if rest and not (period is not None and period.take_typed(rest, manager)):
        notice(manager, not_understood(rest))
    await _show(manager)


async def _order(manager: DialogManager, verb: Verb, msisdn: Msisdn | None, rest: str) -> None:
    """The order of a document, for the month or the days that were typed."""
    kind = _DOCUMENTS[verb]
    require(await context_of(manager).actor(), SPECS[kind].right)
    await _start(manager, states.Documents.menu)
    await _start(manager, states.Ordering.form, {"kind": kind.value}, StartMode.NORMAL)
    if rest and not await type_into_form(rest, manager):
        notice(manager, not_understood(rest))
    elif msisdn is not None and not await type_into_form(msisdn.digits, manager):
        notice(manager, not_understood(msisdn.shown))
    await _show(manager)


async def _open(manager: DialogManager, state: State, data: dict[str, Any]) -> None:
    await manager.start(state, data=data, mode=StartMode.RESET_STACK)


async def _start(
    manager: DialogManager,
    state: State,
    data: dict[str, Any] | None = None,
    mode: StartMode = StartMode.RESET_STACK,
) -> None:
    """Go there without showing it yet: there is more to be filled in."""
    await manager.start(state, data=data, mode=mode, show_mode=ShowMode.NO_UPDATE)


async def _show(manager: DialogManager) -> None:
    manager.show_mode = ShowMode.AUTO
    await manager.show()
