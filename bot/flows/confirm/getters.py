"""What the summary, the code window and the wait show."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from aiogram.utils.i18n import gettext as _
from aiogram_dialog import DialogManager

from account.changes.action import OPEN, Action, ActionState
from account.changes.confirmation import ChangeConfirmation
from account.changes.holds import Holds
from account.changes.sensitive_numbers import SensitiveNumbers
from account.values.periods import shown_day, shown_moment, shown_time, today
from bot.context import states
from bot.context.update_context import UpdateContext, context_of
from bot.flows.approvals.texts import consequences
from bot.flows.changes import WORDS
from bot.flows.confirm.chosen import AT_ONCE, chosen_end, chosen_time
from bot.flows.confirm.handlers import (
    UNSENT,
    back_by,
    offer_of,
    resend_at,
    who_is_asked,
)
from bot.flows.confirm.repeating import asked_days
from bot.flows.confirm.taking_back import back_word, end_line
from bot.flows.login.getters import countdown
from bot.flows.schedules.getters import quick_times
from bot.flows.schedules.texts import begins_line
from bot.texts.facts import done_line, not_done_line
from bot.texts.waits import waits_for
from bot.widgets.text import Html, said

WATCH_EVERY = 3
WATCH_FOR = timedelta(minutes=1)


async def _offered(manager: DialogManager) -> tuple[UpdateContext, Action, list[str]]:
    context = context_of(manager)
    actor = await context.actor()
    action = await context.use(ChangeConfirmation).read(actor, offer_of(manager)["action"])
    of_number = WORDS[action.kind].of_number
    about = action.msisdn.shown if of_number else _("Administrator profile")
    return context, action, [actor.company.name, about]


async def get_summary(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """The question, what happens, and until when it can be answered."""
    context, action, where = await _offered(dialog_manager)
    words = WORDS[action.kind]
    spec = context.use(ChangeConfirmation).spec(action.kind)
    needs_code = await spec.needs_code_now(action.plan)
    ends = chosen_end(dialog_manager) is not None
    by_code_of = back_by(dialog_manager, action) if ends else None
    needs_code = needs_code or by_code_of is not None
    proven = action.stepped_up_at is not None or not needs_code
    unidentified = spec.identifies and not action.identified(context.now())
    further = []
    if unidentified:
        further.append(words.identity())
    elif needs_code:
        further.append(
            _("the one-time code was right: the change can be confirmed now")
            if proven
            else WORDS[by_code_of or action.kind].proof()
        )
    lines = await _summary(context, action, further)
    lines += _when(dialog_manager, action)
    unsent = offer_of(dialog_manager).get(UNSENT)
    if unsent and not proven:
        lines.append(said("\n⚠️ {why}", why=unsent))
    lines.append(said("\n" + _("Valid until {time}."), time=shown_time(action.expires_at)))
    choices = words.choices(action)
    if choices:
        lines.append(said("{hint}", hint=words.hint(action)))
    return {
        "where": where,
        "text": Html("\n".join(lines)),
        "confirm": words.button(action),
        "proven": proven,
        "unproven": not proven,
        "unidentified": unidentified,
        "danger": words.danger,
        "choices": choices,
        "schedulable": spec.schedulable,
        "repeatable": chosen_time(dialog_manager) is not None,
        "then": _then_label(dialog_manager, action),
    }


async def _summary(context: UpdateContext, action: Action, further: Sequence[str]) -> list[Html]:
    """The question and what happens; `further` as in `consequences`."""
    spec = context.use(ChangeConfirmation).spec(action.kind)
    lines = [said("\n<b>{question}</b>", question=WORDS[action.kind].question(action)), Html("")]
    lines += consequences(
        action,
        login=(await context.actor()).phone,
        takes_over=spec.takes_over,
        second=await context.use(SensitiveNumbers).needs_second(action.kind, action.msisdn),
        held=await context.use(Holds).cover(action.kind, action.company_id),
        further=further,
    )
    return lines


async def get_code(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """The change that the code confirms, whole, and when another code can be sent.

    Of the person's own proof, which confirms nothing, the question alone.
    """
    context, action, where = await _offered(dialog_manager)
    words, who = WORDS[action.kind], who_is_asked(dialog_manager)
    at = chosen_time(dialog_manager)
    if who:
        lines = [said("\n<b>{question}</b>", question=words.question(action))]
        lines.append(said("{text}", text=_identity_sent()))
    else:
        lines = await _summary(context, action, ())
        lines += _when(dialog_manager, action)
        lines.append(said("\n<b>{what}</b>", what=words.enter(action)))
        now = at is None and chosen_end(dialog_manager) is None
        lines.append(said("{text}", text=words.proof_sent() if now else _scheduling()))
    again_at = resend_at(dialog_manager) or context.now()
    return {
        "where": where,
        "text": Html("\n".join(lines)),
        "resend": countdown(context, again_at, states.Confirm.code),
        "schedulable": not who and context.use(ChangeConfirmation).spec(action.kind).schedulable,
        "repeatable": not who and at is not None,
        "then": "" if who else _then_label(dialog_manager, action),
        "who": who,
    }


def _when(manager: DialogManager, action: Action) -> list[Html]:
    """When it begins, on which days, and what takes it back."""
    at, ends = chosen_time(manager), end_line(manager, action)
    lines = [] if at is None else [begins_line(at, asked_days(manager))]
    return lines if ends is None else [*lines, ends]


def _then_label(manager: DialogManager, action: Action) -> str:
    what = back_word(manager, action)
    return "" if what is None else _("↩ Then “{what}”…").format(what=what)


def _scheduling() -> str:
    return _(
        "The code was sent to your number or e-mail and is valid for 3 minutes. The right code "
        "schedules it."
    )


async def get_later(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """When the change is to begin."""
    _context, action, where = await _offered(dialog_manager)
    question = WORDS[action.kind].question(action)
    times = quick_times(dialog_manager)
    if chosen_time(dialog_manager) is not None:
        times.append((_("At once"), AT_ONCE))
    ask = _("When is it to begin? Pick a time, or type one like {example} (Almaty time).")
    tomorrow = today(context_of(dialog_manager).now()) + timedelta(days=1)
    return {
        "where": where,
        "text": said(
            "\n<b>{question}</b>\n\n{ask}",
            question=question,
            ask=ask.format(example=f"{shown_day(tomorrow)} 08:00"),
        ),
        "times": times,
    }


def _identity_sent() -> str:
    return _(
        "🔒 A one-time code has been sent to where your codes go now. Enter the 6 digits within 3 "
        "minutes."
    )


async def get_password(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """Which change the password is for."""
    _context, action, where = await _offered(dialog_manager)
    question = WORDS[action.kind].question(action)
    return {"where": where, "text": said("\n<b>{question}</b>", question=question)}


async def get_waiting(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """Where the accepted change stands; looked at again while it is open."""
    context, action, where = await _offered(dialog_manager)
    promise = context.use(ChangeConfirmation).spec(action.kind).promise
    since = context.now() - (action.accepted_at or action.offered_at)
    # What takes hours is not watched for hours: its final word brings the window along.
    waits = action.state is ActionState.PROPOSED
    if action.state in OPEN and (not (promise or waits) or since < WATCH_FOR):
        context.redraw_later(WATCH_EVERY, states.Confirm.waiting)
    held = action.state is ActionState.ACCEPTED and await context.use(Holds).cover(
        action.kind, action.company_id
    )
    return {
        "where": where,
        "text": said("\n{line}", line=_on_hold(action) if held else standing(action)),
        "open": action.state in OPEN,
        "proposed": waits,
    }


def _on_hold(action: Action) -> str:
    return _(
        "⏸ The operator has put such changes on hold. Your action {reference} waits and nothing "
        "has changed yet; it goes on by itself, or is cancelled within an hour. The result comes "
        "here"
    ).format(reference=action.reference or "…")


def standing(action: Action) -> str:
    """One line that says the truth about a change, as far as it is known."""
    reference = action.reference or "…"
    words = WORDS[action.kind]
    if action.state is ActionState.DONE:
        return done_line(words.done(action), reference)
    if action.state is ActionState.REJECTED:
        return not_done_line(words.not_done(action), reference)
    if action.approvable_until is not None:
        return _(
            "⏳ Waits for a second administrator, until {time} · action {reference}. The answer "
            "comes here"
        ).format(time=shown_moment(action.approvable_until), reference=reference)
    if action.state is ActionState.UNCONFIRMED:
        return _(
            "❓ The operator has not confirmed action {reference}. It is being looked into, and "
            "the result comes here"
        ).format(reference=reference)
    if action.state is ActionState.UNKNOWN:
        return _(
            "⏳ The operator has not answered yet: the outcome is being checked, nothing else is "
            "needed from you · action {reference}"
        ).format(reference=reference)
    if action.state is ActionState.ACCEPTED and action.checks:
        return waits_for(action.wait, reference)
    return words.under_way(action) or _("⏳ Sent to the operator · action {reference}").format(
        reference=reference
    )
