"""From the question to the accepted change (G-6 to G-10).

The offer's token stays in this dialog's data and goes nowhere else; the callback of the button
carries only its widget's id, and which offer it means is decided here, by the row it is bound to.
So it is with a code: it is compared with the offer of the window it was typed in, and no other.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from aiogram.fsm.state import State
from aiogram.types import CallbackQuery
from aiogram.utils.i18n import gettext as _
from aiogram_dialog import DialogManager, StartMode
from aiogram_dialog.widgets.kbd import Button, Select

from account.access.step_up import StepUp
from account.changes.action import Action, ActionKind, ActionState
from account.changes.approvals import Approvals
from account.changes.confirmation import ChangeConfirmation, Offer
from account.changes.parameters import NOTHING, ChangeParameters
from account.changes.schedules import ChangeSchedules
from account.errors import (
    CarrierUnavailable,
    ChangeRefused,
    ChangeUnderWay,
    ConfirmExpired,
    InputRefused,
    LoginRefused,
    StepUpRequired,
)
from account.identity.permissions import Actor
from account.values.identifiers import Msisdn
from account.values.wall_times import WallTime, wall_time
from bot.context import states
from bot.context.update_context import UpdateContext, context_of
from bot.flows.approvals.texts import word_of
from bot.flows.changes import WORDS
from bot.flows.confirm.chosen import (
    ASKS_UNTIL,
    AT_ONCE,
    STARTS_AT,
    chosen_end,
    chosen_plan,
    forget_time,
)
from bot.flows.schedules.getters import quick_times
from bot.texts.errors import refusal
from bot.widgets.page import notice, reply
from bot.widgets.refusals import Refusals

WHO = "who"
"""In the dialog's data: the code that was asked for proves the person."""
RESEND_AT, UNSENT = "resend_at", "unsent"
"""In what the dialog keeps: when another code may be sent; why none was sent with the question."""

OnClick = Callable[[CallbackQuery, Button, DialogManager], Awaitable[None]]


def ask(kind: ActionKind) -> OnClick:
    """A button in a window of a number that asks the question of a change without parameters."""

    async def open_question(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
        assert isinstance(manager.start_data, dict)
        await start_question(manager, kind, Msisdn(manager.start_data["msisdn"]))

    return open_question


async def start_question(
    manager: DialogManager,
    kind: ActionKind,
    msisdn: Msisdn,
    parameters: ChangeParameters = NOTHING,
    *,
    mode: StartMode = StartMode.NORMAL,
) -> bool:
    """Make an offer and show its summary; a refusal is said, the window stays, and it is False.

    Where a one-time code is needed it is sent along, and asked for below the summary. Where one's
    own proposal is in the way, it is shown instead: there it can be withdrawn.
    """
    context = context_of(manager)
    actor = await context.actor()
    try:
        offer = await context.use(ChangeConfirmation).offer(actor, kind, msisdn, parameters)
        state, told = await _with_code(context, actor, offer)
    except ChangeRefused as refused:
        await reply(manager, refusal(refused))
        own = None
        if isinstance(refused, ChangeUnderWay):
            own = await context.use(Approvals).own(actor, kind, msisdn, parameters)
        if own is None:
            return False
        await manager.start(states.Confirm.waiting, data=kept_offer(own), mode=mode)
        return True
    await manager.start(state, data={**kept_offer(offer.action, offer.token), **told}, mode=mode)
    return True


async def _with_code(
    context: UpdateContext, actor: Actor, offer: Offer
) -> tuple[State, dict[str, str]]:
    """The first window of a fresh question, and what it keeps of a code that was sent or not.

    Raises the `ChangeRefused` of `StepUp.ask`. Where the person has to prove themselves first they
    choose how; where no code can be sent now the summary says why, and it can be asked for later.
    """
    spec = context.use(ChangeConfirmation).spec(offer.action.kind)
    if spec.identifies or not await spec.needs_code_now(offer.action.plan):
        return states.Confirm.summary, {}
    try:
        asked = await context.use(StepUp).ask(actor, offer.token, context.language)
    except (LoginRefused, CarrierUnavailable) as refused:
        return states.Confirm.summary, {UNSENT: refusal(refused)}
    return states.Confirm.code, {RESEND_AT: asked.resend_at.isoformat()}


def kept_offer(action: Action, token: str = "") -> dict[str, Any]:
    """What the dialog keeps of a change; the token only of one that may be confirmed."""
    return {
        "msisdn": action.msisdn.digits,
        "token": token,
        "action": action.id,
        "kind": action.kind.value,
    }


async def choose(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, value: str
) -> None:
    """Tell something along with the change; what is confirmed is a new offer with it (G-6)."""
    context = context_of(manager)
    actor = await context.actor()
    old = await context.use(ChangeConfirmation).find(actor, offer_of(manager)["token"])
    parameters = WORDS[old.kind].chosen(old, value)
    if parameters is None:
        return
    try:
        offer = await context.use(ChangeConfirmation).offer(actor, old.kind, old.msisdn, parameters)
    except ChangeRefused as refused:
        await _leave_refused(manager, refused)
        return
    manager.dialog_data["offer"] = kept_offer(offer.action, offer.token)


async def to_card(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Back to the number's card: the one below, or a fresh one where the question came alone."""
    await leave_question(manager)


async def leave_question(manager: DialogManager) -> None:
    """Close the question: back to the window it came from, or to the number's card."""
    if len(manager.current_stack().intents) > 1:
        await manager.done()
    else:
        offer = offer_of(manager)
        if WORDS[ActionKind(offer.get("kind", ActionKind.BLOCK))].of_number:
            card = {"msisdn": offer["msisdn"]}
            await manager.start(states.Card.main, data=card, mode=StartMode.RESET_STACK)
        else:
            await manager.start(states.Profile.main, mode=StartMode.RESET_STACK)


async def _leave_refused(manager: DialogManager, refused: ChangeRefused) -> None:
    """Say why the change is not made, and close its question: there is nothing left to ask."""
    await context_of(manager).tell(refusal(refused))
    await leave_question(manager)


def offer_of(manager: DialogManager) -> dict[str, str]:
    """The offer this dialog was started with, or the one with a choice that replaced it."""
    assert isinstance(manager.start_data, dict)
    present = manager.dialog_data.get("offer") or manager.start_data
    return {key: str(value) for key, value in present.items()}


async def confirm(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Accept the change; the worker does the rest, and its final word comes as a message."""
    context = context_of(manager)
    actor = await context.actor()
    offer = offer_of(manager)
    plan = chosen_plan(manager)
    try:
        if plan is not None:
            _schedule, first = await context.use(ChangeSchedules).confirm(
                actor, offer["token"], plan
            )
            await _scheduled(manager, first)
            return
        _action, first = await context.use(ChangeConfirmation).confirm(actor, offer["token"])
    except StepUpRequired as required:
        # The button was there: what others have moved meanwhile makes a code necessary.
        await context.tell(refusal(required))
        await send_code(_event, _button, manager)
        return
    except InputRefused as refused:
        # The time has come too near while the question stood there.
        notice(manager, refusal(refused))
        await manager.switch_to(states.Confirm.later)
        return
    except ChangeRefused as refused:
        await _leave_refused(manager, refused)
        return
    # No box to be closed: whoever pressed twice in haste has done nothing wrong.
    await context.toast(None if first else _("This was confirmed already."))
    await manager.switch_to(states.Confirm.waiting)


async def cancel(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Void the offer and go back to the card."""
    context = context_of(manager)
    try:
        await context.use(ChangeConfirmation).cancel(
            await context.actor(), offer_of(manager)["token"]
        )
    except ConfirmExpired as refused:
        await context.tell(refusal(refused))
    await leave_question(manager)


async def send_code(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Send the one-time code that belongs to this very change (G-8)."""
    await _ask_code(manager)


async def _ask_code(manager: DialogManager) -> None:
    """Ask for the code that comes next: the person's own proof first, where there is one."""
    context = context_of(manager)
    actor, token = await context.actor(), offer_of(manager)["token"]
    step_up = context.use(StepUp)
    async with Refusals(manager, _leave_refused) as tried:
        who = await step_up.must_identify(actor, token)
        manager.dialog_data[WHO] = who
        if who:
            asked = await step_up.ask_who(actor, token, context.language)
        else:
            names = await named_by_code(manager)
            asked = await step_up.ask(actor, token, context.language, names=names)
        manager.dialog_data[RESEND_AT] = asked.resend_at.isoformat()
    if not isinstance(tried.refused, ChangeRefused) and resend_at(manager) is not None:
        await manager.switch_to(states.Confirm.code)


async def named_by_code(manager: DialogManager) -> ActionKind | None:
    """Of a change that is taken back, the one of the two that needs the code."""
    if chosen_end(manager) is None:
        return None
    context = context_of(manager)
    action = await context.use(ChangeConfirmation).read(
        await context.actor(), offer_of(manager)["action"]
    )
    return back_by(manager, action)


def back_by(manager: DialogManager, action: Action) -> ActionKind | None:
    """What takes it back, where a code confirms that."""
    use = context_of(manager).use(ChangeSchedules)
    kind = use.taken_back_by(action.kind, action.parameters)
    return kind if kind is not None and use.by_code(kind) else None


def resend_at(manager: DialogManager) -> datetime | None:
    """When another code may be sent; None while none is waited for."""
    told = manager.dialog_data.get(RESEND_AT) or offer_of(manager).get(RESEND_AT)
    return datetime.fromisoformat(told) if told else None


def who_is_asked(manager: DialogManager) -> bool:
    """Whether the code that is waited for proves the person, and not yet the change."""
    return bool(manager.dialog_data.get(WHO))


async def code_given(code: str, manager: DialogManager) -> None:
    """Take the code of the window's own offer: the right one confirms it, and nothing else (G-6).

    The person's own proof confirms nothing: the code of the change is asked for next.
    """
    step_up = context_of(manager).use(StepUp)
    if who_is_asked(manager):
        await _identify(manager, lambda actor, token: step_up.identify(actor, token, code))
        return
    offer = offer_of(manager)
    async with Refusals(manager, _leave_refused, CarrierUnavailable, InputRefused):
        kind = offer.get("kind")
        if kind is not None and await WORDS[ActionKind(kind)].pressed(
            manager, offer["token"], code
        ):
            await leave_question(manager)
            return
        actor = await context_of(manager).actor()
        plan = chosen_plan(manager)
        if plan is not None:
            schedules = context_of(manager).use(ChangeSchedules)
            proof = await step_up.proof(actor, offer["token"], code)
            _schedule, first = await schedules.confirm(actor, offer["token"], plan, proof)
            await _scheduled(manager, first)
            return
        _action, first = await step_up.enter(actor, offer["token"], code)
        if not first:
            notice(manager, _("This was confirmed already."))
        await manager.switch_to(states.Confirm.waiting)


# --- another time ---


async def choose_time(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, value: str
) -> None:
    """Take a time from a button, which may be forged: it is checked like a typed one."""
    if value == AT_ONCE:
        forget_time(manager)
        await back_to_question(manager)
    elif (at := picked_time(value, manager)) is not None:
        await take_time(manager, at)


async def time_given(text: str, manager: DialogManager) -> None:
    """Take a typed time; what is none, or out of bounds, is said and asked for again."""
    if (at := typed_time(text, manager)) is not None:
        await take_time(manager, at)


def picked_time(value: str, manager: DialogManager) -> WallTime | None:
    """The time of a button of the window; None for a forged one."""
    offered = {at for _word, at in quick_times(manager)}
    return WallTime.read(value) if value in offered else None


def typed_time(text: str, manager: DialogManager) -> WallTime | None:
    """The time that was typed; None for what is none, and the window says why."""
    try:
        return wall_time(text, context_of(manager).now())
    except InputRefused as refused:
        notice(manager, refusal(refused))
        return None


async def take_time(manager: DialogManager, at: WallTime) -> None:
    """Have it begin then; what is out of bounds is said, and taken not."""
    context = context_of(manager)
    kind = ActionKind(offer_of(manager)["kind"])
    try:
        context.use(ChangeSchedules).check_time(kind, at)
    except (InputRefused, ChangeRefused) as refused:
        notice(manager, refusal(refused))
        return
    manager.dialog_data[STARTS_AT] = at.kept
    if manager.dialog_data.pop(ASKS_UNTIL, None):
        await manager.switch_to(states.Confirm.until)
        return
    await back_to_question(manager)


async def keep_time(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Back to the question, as it was."""
    await back_to_question(manager)


async def back_to_question(manager: DialogManager) -> None:
    """To the code where one is waited for, else to the summary."""
    waited_for = resend_at(manager) is not None
    await manager.switch_to(states.Confirm.code if waited_for else states.Confirm.summary)


async def _scheduled(manager: DialogManager, first: bool) -> None:
    """Close the question: there is nothing to wait for in a window, and its word is on its way."""
    if not first:
        await context_of(manager).toast(_("This was confirmed already."))
    await leave_question(manager)


async def password_given(password: str, manager: DialogManager) -> None:
    """Take the present password for the person's own proof."""
    context = context_of(manager)
    by_password = context.use(StepUp).identify_by_password
    await _identify(
        manager, lambda actor, token: by_password(actor, token, password, context.language)
    )


async def _identify(
    manager: DialogManager, check: Callable[[Actor, str], Awaitable[object]]
) -> None:
    """On to the code of the change after the person's own proof."""
    context = context_of(manager)
    async with Refusals(manager, _leave_refused) as tried:
        await check(await context.actor(), offer_of(manager)["token"])
    if tried.refused is None:
        manager.dialog_data.pop(RESEND_AT, None)
        await manager.switch_to(states.Confirm.summary)
        await _ask_code(manager)


async def withdraw(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """End one's own proposal; an approval that came first is told instead, and the window stays."""
    context = context_of(manager)
    try:
        action, first = await context.use(Approvals).withdraw(
            await context.actor(), offer_of(manager)["action"]
        )
    except ChangeRefused as refused:
        await _leave_refused(manager, refused)
        return
    if first:
        await context.tell(word_of(action))
        await leave_question(manager)
    else:
        await context.tell(_("This was decided before. {word}").format(word=word_of(action)))


async def look(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Check status: read where the change stands; a finished one leads back to the card."""
    context = context_of(manager)
    action = await context.use(ChangeConfirmation).read(
        await context.actor(), offer_of(manager)["action"]
    )
    if action.state in {ActionState.DONE, ActionState.REJECTED}:
        await leave_question(manager)
