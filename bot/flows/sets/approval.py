"""A second administrator's window on a set that waits for their word.

The token comes with the button of a message, and stays in this dialog's data.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from aiogram.enums import ButtonStyle
from aiogram.types import CallbackQuery
from aiogram.utils.i18n import gettext as _
from aiogram_dialog import Dialog, DialogManager, StartMode
from aiogram_dialog.widgets.kbd import Button
from aiogram_dialog.widgets.style import Style

from account.access.set_codes import SetCodes
from account.changes.sets.approvals import SetApprovals
from account.changes.sets.change_set import ChangeSet, Fate, SetState
from account.changes.sets.confirmation import ChangeSets
from account.errors import CarrierUnavailable, ChangeRefused, SessionExpired
from bot.context import states
from bot.context.update_context import context_of
from bot.flows.login.getters import countdown
from bot.flows.sets import texts
from bot.flows.sets.numbers_file import order_numbers
from bot.flows.transfers.texts import money_shown
from bot.texts.errors import refusal
from bot.widgets.page import back_to, leave, notice, page, reply, way_back
from bot.widgets.refusals import Refusals
from bot.widgets.secret import secret_input
from bot.widgets.text import Html, Msgid, Value, said
from bot.widgets.text_input import nothing, reading

SHORT_DIGEST = 8


async def look(query: CallbackQuery, dialog_manager: DialogManager) -> None:
    """Open the window from the button below a message. Its data may be forged."""
    context = context_of(dialog_manager)
    if context.session is None:
        raise SessionExpired
    token = (query.data or "").removeprefix(texts.ASKED)
    try:
        change_set, _counts, _company = await context.use(SetApprovals).asked(
            await context.actor(), token
        )
    except ChangeRefused as refused:
        await context.tell(refusal(refused))
        return
    if change_set.state is not SetState.PROPOSED:
        word = texts.decided_word(change_set)
        await context.tell(_("This was decided before. {word}").format(word=word))
        return
    await dialog_manager.start(
        states.SetApproval.question, data={"token": token}, mode=StartMode.RESET_STACK
    )


def _token(manager: DialogManager) -> str:
    assert isinstance(manager.start_data, dict)
    return str(manager.start_data["token"])


async def get_question(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """What is asked for, by whom, and what would become of the numbers."""
    context = context_of(dialog_manager)
    approvals, sets = context.use(SetApprovals), context.use(ChangeSets)
    change_set, counts, company = await approvals.asked(
        await context.actor(), _token(dialog_manager)
    )
    waits = change_set.state is SetState.PROPOSED
    needs_code = approvals.needs_code(change_set, counts)
    asks = _("{administrator} asks for this, and a second administrator has to approve it.")
    lines = [
        said("\n{heading}", heading=texts.heading(change_set, counts)),
        said(asks, administrator=change_set.administrator),
        said("{line}", line=texts.fates_line(counts)),
    ]
    if cost := sets.cost(change_set, counts.size):
        lines.append(said("{line}", line=_("Cost of all: {sum}").format(sum=money_shown(cost))))
    if absent := counts.of_fate(Fate.ABSENT):
        lines.append(said("{line}", line=texts.absent_line(absent)))
    if counts.logins:
        line = _("login numbers of administrators among them: {n}").format(n=counts.logins)
        lines.append(said("⚠️ {line}", line=line))
    digest = change_set.digest[:SHORT_DIGEST]
    lines.append(said(_("List: <code>{digest}</code>"), digest=digest))
    if not waits:
        lines.append(said("\n{word}", word=texts.decided_word(change_set)))
    return {
        "where": [company.name, _("Many numbers")],
        "text": Html("\n".join(lines)),
        "approvable": waits and not needs_code,
        "unproven": waits and needs_code,
        "waits": waits,
    }


async def get_code(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """Which set the code is for, and when another can be sent."""
    context = context_of(dialog_manager)
    change_set, counts, company = await context.use(SetApprovals).asked(
        await context.actor(), _token(dialog_manager)
    )
    resend_at = datetime.fromisoformat(dialog_manager.dialog_data["resend_at"])
    return {
        "where": [company.name, _("Many numbers")],
        "text": said(
            "\n{heading}\n{text}",
            heading=texts.heading(change_set, counts),
            text=_(
                "🔒 A one-time code for exactly this list has been sent to your number or e-mail. "
                "Enter the 6 digits within 3 minutes."
            ),
        ),
        "resend": countdown(context, resend_at, states.SetApproval.code),
    }


async def approve(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Say yes."""
    context = context_of(manager)
    async with Refusals(manager, _refused):
        outcome = await context.use(SetApprovals).approve(await context.actor(), _token(manager))
        await _told(manager, *outcome)


async def reject(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Say no."""
    context = context_of(manager)
    async with Refusals(manager, _refused):
        outcome = await context.use(SetApprovals).reject(await context.actor(), _token(manager))
        await _told(manager, *outcome)


async def send_code(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Send the code that approves exactly this list."""
    context = context_of(manager)
    async with Refusals(manager, _refused):
        asked = await context.use(SetCodes).ask_to_approve(
            await context.actor(), _token(manager), context.language
        )
        manager.dialog_data["resend_at"] = asked.resend_at.isoformat()
        await manager.switch_to(states.SetApproval.code)


async def code_given(code: str, manager: DialogManager) -> None:
    """Take the code: the right one approves this list, and nothing else."""
    context = context_of(manager)
    async with Refusals(manager, _refused, CarrierUnavailable):
        change_set, first = await context.use(SetCodes).approve(
            await context.actor(), _token(manager), code
        )
        word = texts.decided_word(change_set)
        notice(manager, word if first else _("This was decided before. {word}").format(word=word))
        await manager.switch_to(states.SetApproval.question)


async def order_file(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Owe the chat a workbook with every number that is asked about."""
    context = context_of(manager)
    actor = await context.actor()
    change_set, _counts, _company = await context.use(SetApprovals).asked(actor, _token(manager))
    await order_numbers(context, actor, change_set, change_set.approvable_until)


async def _told(manager: DialogManager, change_set: ChangeSet, first: bool) -> None:
    word = texts.decided_word(change_set)
    said_before = _("This was decided before. {word}").format(word=word)
    await context_of(manager).tell(word if first else said_before)


async def _refused(manager: DialogManager, refused: ChangeRefused) -> None:
    await reply(manager, refusal(refused))
    await manager.switch_to(states.SetApproval.question)


set_approval_dialog = Dialog(
    page(
        states.SetApproval.question,
        Value("text"),
        keyboard=[
            Button(
                Msgid("Approve"),
                id="approve",
                on_click=approve,
                when="approvable",
                style=Style(ButtonStyle.SUCCESS),
            ),
            Button(
                Msgid("🔒 Send the one-time code"), id="code", on_click=send_code, when="unproven"
            ),
            Button(
                Msgid("Reject"),
                id="reject",
                on_click=reject,
                when="waits",
                style=Style(ButtonStyle.DANGER),
            ),
            Button(Msgid("📄 XLSX file"), id="xlsx", on_click=order_file),
        ],
        typing=reading(nothing),
        getter=get_question,
        back=way_back(leave),
    ),
    page(
        states.SetApproval.code,
        Value("text"),
        keyboard=[Button(Value("resend"), id="resend", on_click=send_code)],
        typing=secret_input(code_given),
        getter=get_code,
        back=way_back(back_to(states.SetApproval.question)),
    ),
)
