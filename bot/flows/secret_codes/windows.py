"""The secret code of one number: its state, Send and Delete."""

from __future__ import annotations

from typing import Any

from aiogram.enums import ButtonStyle
from aiogram.types import CallbackQuery
from aiogram.utils.i18n import gettext as _
from aiogram_dialog import Dialog, DialogManager
from aiogram_dialog.widgets.kbd import Button
from aiogram_dialog.widgets.style import Style

from account.access.secret_codes import BIN, COMPANY, FIRST_USE_WITHIN, SecretCodeStatus
from account.changes.action import ActionKind
from account.chapters.bans import wished
from account.values.number import Ban, NumberState
from account.values.periods import shown_moment
from bot.context import states
from bot.context.update_context import context_of
from bot.flows.confirm.handlers import ask, start_question
from bot.flows.faq.windows import ABOUT_SECRET_CODE, open_answer
from bot.flows.numbers.getters import card_of
from bot.texts.facts import state_shown
from bot.widgets.page import page
from bot.widgets.text import Html, Said, Shown, said


async def get_code(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """Whether a code is out, since when, and whether it is in use."""
    context = context_of(dialog_manager)
    actor = await context.actor()
    msisdn = card_of(dialog_manager)
    now = await context.use_cases.secret_codes.standing(actor, msisdn)
    number = now.number
    lines = [Html(""), _standing(now)]
    can_send = number.state is NumberState.ACTIVE and Ban.ACCESS not in number.bans
    if number.state is not NumberState.ACTIVE:
        lines.append(
            said(
                _("The number is {state}: an SMS with a code could not arrive."),
                state=state_shown(number.state),
            )
        )
    if Ban.ACCESS in number.bans:
        lines.append(
            Html(_("Ban on MyKcell access is <b>ON</b>: lift it first, then send a code."))
        )
    elif Ban.DETAILS in number.bans:
        lines.append(
            Html(
                _(
                    "⚠️ Ban on MyKcell details access is <b>ON</b>: with a code the user sees the "
                    "number, but no usage details."
                )
            )
        )
    return {
        "where": [actor.company.name, msisdn.shown, _("Secret code")],
        "text": Html("\n".join(lines)),
        "can_send": can_send,
        "banned": Ban.ACCESS in number.bans,
        "some": now.code is not None,
    }


def _standing(now: SecretCodeStatus) -> Html:
    code = now.code
    if code is None:
        return Html(_("Secret code: none"))
    lines = [said(_("Secret code: sent {at}"), at=shown_moment(code.sent_at))]
    if code.used_at is not None:
        lines.append(said(_("In use since {at}"), at=shown_moment(code.used_at)))
    else:
        until = shown_moment(code.sent_at + FIRST_USE_WITHIN)
        lines.append(said(_("Not used yet; to be used until {at}"), at=until))
    return Html("\n".join(lines))


async def send(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Ask whether to send a code; the employee will see the company's name above the number."""
    company = (await context_of(manager).actor()).company
    parameters = {COMPANY: company.name, BIN: company.bin.digits}
    await start_question(manager, ActionKind.SECRET_SEND, card_of(manager), parameters)


async def lift_ban(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Ask whether to lift the ban that stands in the way (S14-3)."""
    await start_question(manager, ActionKind.BAN, card_of(manager), wished(Ban.ACCESS, on=False))


secret_code_dialog = Dialog(
    page(
        states.SecretCode.main,
        Shown("text"),
        keyboard=[
            Button(Said("✉️ Send a secret code"), id="send", on_click=send, when="can_send"),
            Button(
                Said("Lift the ban on MyKcell access"), id="lift", on_click=lift_ban, when="banned"
            ),
            Button(
                Said("🗑 Delete the secret code"),
                id="delete",
                on_click=ask(ActionKind.SECRET_DELETE),
                when="some",
                style=Style(ButtonStyle.DANGER),
            ),
            Button(
                Said("❓ What is a secret code?"),
                id="faq6",
                on_click=open_answer(ABOUT_SECRET_CODE),
            ),
        ],
        getter=get_code,
    ),
)
