"""From the question to the accepted change (G-6 to G-10).

The offer's token stays in this dialog's data and goes nowhere else; the callback of the button
carries only its widget's id, and which offer it means is decided here, by the row it is bound to.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram.types import CallbackQuery
from aiogram.utils.i18n import gettext as _
from aiogram_dialog import DialogManager, StartMode
from aiogram_dialog.widgets.kbd import Button, Select

from account.access.step_up import StepUp
from account.changes.action import Action, ActionKind, ActionState
from account.changes.approvals import Approvals
from account.changes.confirmation import ChangeConfirmation
from account.changes.parameters import NOTHING, ChangeParameters
from account.errors import (
    ChangeRefused,
    ChangeUnderWay,
    ConfirmExpired,
    LoginRefused,
    StepUpRequired,
)
from account.identity.permissions import Actor
from account.values.identifiers import Msisdn
from bot.context import states
from bot.context.update_context import context_of
from bot.flows.approvals.texts import word_of
from bot.flows.changes import WORDS
from bot.texts.errors import refusal
from bot.widgets.page import notice, reply

WHO = "who"
"""In the dialog's data: the code that was asked for proves the person."""

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

    Where one's own proposal is in the way, it is shown instead: there it can be withdrawn.
    """
    context = context_of(manager)
    actor = await context.actor()
    try:
        offer = await context.use(ChangeConfirmation).offer(actor, kind, msisdn, parameters)
    except ChangeRefused as refused:
        await reply(manager, refusal(refused))
        own = None
        if isinstance(refused, ChangeUnderWay):
            own = await context.use(Approvals).own(actor, kind, msisdn, parameters)
        if own is None:
            return False
        await manager.start(states.Confirm.waiting, data=_kept(own), mode=mode)
        return True
    await manager.start(states.Confirm.summary, data=_kept(offer.action, offer.token), mode=mode)
    return True


def _kept(action: Action, token: str = "") -> dict[str, Any]:
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
    manager.dialog_data["offer"] = _kept(offer.action, offer.token)


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
    """Accept the change; the worker does the rest, and its final word comes as a message.

    What is done by the press itself is done here, and leads back.
    """
    context = context_of(manager)
    actor = await context.actor()
    offer = offer_of(manager)
    try:
        kind = offer.get("kind")
        if kind is not None and await WORDS[ActionKind(kind)].pressed(manager, offer["token"]):
            await leave_question(manager)
            return
        _action, first = await context.use(ChangeConfirmation).confirm(actor, offer["token"])
    except StepUpRequired as required:
        # The button was there: what others have moved meanwhile makes a code necessary.
        await context.tell(refusal(required))
        await send_code(_event, _button, manager)
        return
    except ChangeRefused as refused:
        await _leave_refused(manager, refused)
        return
    already = None if first else _("This was confirmed already.")
    # No box to be closed: whoever pressed twice in haste has done nothing wrong.
    heard = context.tap is not None and await context.tap.answer(already)
    if already and not heard:
        await context.tell(already)
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
    try:
        who = await step_up.must_identify(actor, token)
        manager.dialog_data[WHO] = who
        asked = await (step_up.ask_who if who else step_up.ask)(actor, token, context.language)
    except LoginRefused as refused:
        notice(manager, refusal(refused))
        if manager.dialog_data.get("resend_at"):
            await manager.switch_to(states.Confirm.code)
        return
    except ChangeRefused as refused:
        await _leave_refused(manager, refused)
        return
    manager.dialog_data["resend_at"] = asked.resend_at.isoformat()
    await manager.switch_to(states.Confirm.code)


def who_is_asked(manager: DialogManager) -> bool:
    """Whether the code that is waited for proves the person, and not yet the change."""
    return bool(manager.dialog_data.get(WHO))


async def code_given(code: str, manager: DialogManager) -> None:
    """Check the code; after a right one the summary has its button, or the next code is asked."""
    step_up, who = context_of(manager).use(StepUp), who_is_asked(manager)
    check = step_up.identify if who else step_up.enter
    await _prove(manager, lambda actor, token: check(actor, token, code), who=who)


async def password_given(password: str, manager: DialogManager) -> None:
    """Take the present password for the person's own proof."""
    context = context_of(manager)
    by_password = context.use(StepUp).identify_by_password
    await _prove(
        manager,
        lambda actor, token: by_password(actor, token, password, context.language),
        who=True,
    )


async def _prove(
    manager: DialogManager, check: Callable[[Actor, str], Awaitable[object]], *, who: bool
) -> None:
    """On to the summary after a right proof; after the person's own to the code of the change."""
    context = context_of(manager)
    try:
        await check(await context.actor(), offer_of(manager)["token"])
    except LoginRefused as refused:
        notice(manager, refusal(refused))
        return
    except ChangeRefused as refused:
        await _leave_refused(manager, refused)
        return
    manager.dialog_data.pop("resend_at", None)
    await manager.switch_to(states.Confirm.summary)
    if who:
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
