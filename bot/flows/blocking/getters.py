"""What the summary, the code window and the wait show."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from aiogram.utils.i18n import gettext as _
from aiogram_dialog import DialogManager

from account.actions import OPEN, Action, ActionKind, ActionState
from account.blocking import REASON, BlockReason
from account.identifiers import Msisdn
from account.periods import shown_time
from bot.flows import states
from bot.flows.blocking.handlers import offer_of
from bot.flows.login.getters import countdown
from bot.sentences import kind_button, kind_done, kind_not_done, kind_question, reason_word
from bot.visit import Visit, visit_of
from bot.widgets.text import Html, said

WATCH_EVERY = 3


async def _offered(manager: DialogManager) -> tuple[Visit, Action, Msisdn, list[str]]:
    visit = visit_of(manager)
    actor = await visit.actor()
    action = await visit.house.actions.read(actor, offer_of(manager)["action"])
    return visit, action, action.msisdn, [actor.company.name, action.msisdn.shown]


def _what_happens(kind: ActionKind, *, proven: bool) -> list[str]:
    return {
        ActionKind.BLOCK: [
            _("incoming and outgoing calls, SMS and data stop at once"),
            _("the monthly fee may go on"),
            _("call forwarding stays set but does not act"),
            _("you can unblock it here at any time"),
        ],
        ActionKind.UNBLOCK: [
            _("calls, SMS and data work again"),
            _("the one-time code was right: the change can be confirmed now")
            if proven
            else _("a one-time code is needed, sent to your own number or e-mail"),
        ],
    }[kind]


async def get_summary(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """The question, what happens, and until when it can be answered."""
    visit, action, msisdn, where = await _offered(dialog_manager)
    actor = await visit.actor()
    lines = [
        said("\n<b>{question}</b>", question=kind_question(action.kind, msisdn.shown)),
        Html(""),
    ]
    practice = visit.house.actions.practice(action.kind)
    proven = action.stepped_up_at is not None or not practice.step_up
    lines.extend(said("• {line}", line=line) for line in _what_happens(action.kind, proven=proven))
    if action.kind is ActionKind.BLOCK and msisdn == actor.phone:
        lines.append(
            Html(
                "⚠️ "
                + _("this is your own login number: codes by SMS cannot reach you while blocked")
            )
        )
    lines.append(said("\n" + _("Valid until {time}."), time=shown_time(action.expires_at)))
    if action.kind is ActionKind.BLOCK:
        lines.append(Html(_("You may name a reason; the actions history keeps it.")))
    return {
        "where": where,
        "text": Html("\n".join(lines)),
        "confirm": kind_button(action.kind, msisdn.shown),
        "proven": proven,
        "unproven": not proven,
        "danger": action.kind is ActionKind.BLOCK,
        "reasons": _reasons(action),
    }


def _reasons(action: Action) -> list[tuple[str, str]]:
    """The reasons of a block to choose from, the chosen one marked (S15-1)."""
    if action.kind is not ActionKind.BLOCK:
        return []
    chosen = action.parameters.get(REASON)
    return [
        (f"{reason_word(reason)} ✓" if reason.value == chosen else reason_word(reason), reason)
        for reason in BlockReason
    ]


async def get_code(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """Which change the code is for, and when another can be sent."""
    visit, action, msisdn, where = await _offered(dialog_manager)
    resend_at = datetime.fromisoformat(dialog_manager.dialog_data["resend_at"])
    return {
        "where": where,
        "text": said(
            "\n<b>{question}</b>\n{text}",
            question=kind_question(action.kind, msisdn.shown),
            text=_(
                "🔒 A one-time code for exactly this change has been sent to your number or "
                "e-mail. Enter the 6 digits within 3 minutes."
            ),
        ),
        "resend": countdown(visit, resend_at, states.Blocking.code),
    }


async def get_waiting(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """Where the accepted change stands; looked at again while it is open."""
    visit, action, msisdn, where = await _offered(dialog_manager)
    if action.state in OPEN:
        visit.redraw_later(WATCH_EVERY, states.Blocking.waiting)
    return {
        "where": where,
        "text": said("\n{line}", line=standing(action)),
        "open": action.state in OPEN,
        "number": msisdn.shown,
    }


def standing(action: Action) -> str:
    """One line that says the truth about a change, as far as it is known."""
    reference = action.reference or "…"
    if action.state is ActionState.DONE:
        return kind_done(action.kind, reference)
    if action.state is ActionState.REJECTED:
        return kind_not_done(action.kind, reference)
    if action.state is ActionState.UNKNOWN:
        return _(
            "⏳ The operator has not answered yet: the outcome is being checked, nothing else is "
            "needed from you · action {reference}"
        ).format(reference=reference)
    if action.state is ActionState.ACCEPTED and action.checks:
        return _(
            "⏳ The operator's system does not answer. Your action {reference} is kept and sent "
            "as soon as it does"
        ).format(reference=reference)
    return _("⏳ Sent to the operator · action {reference}").format(reference=reference)
