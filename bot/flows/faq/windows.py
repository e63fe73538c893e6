"""The eight questions of the guide and their answers, each leading to what it is about (S38)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram.types import CallbackQuery
from aiogram.utils.i18n import gettext as _
from aiogram_dialog import Dialog, DialogManager
from aiogram_dialog.widgets.kbd import Button, Group, Select

from bot.context import states
from bot.context.update_context import context_of
from bot.widgets.choices import choices
from bot.widgets.page import back_to, page, way_back
from bot.widgets.text import Shown, said

ABOUT_COMPANIES, ABOUT_LOGIN, ABOUT_LISTED_SERVICES = 1, 2, 4
ABOUT_SECRET_CODE, ABOUT_DEBT, ABOUT_SIM = 6, 7, 8
"""The questions that other windows lead to, by the guide's numbers."""


def questions(support: str) -> list[tuple[str, str]]:
    """Question and answer, in the guide's order; `support` is where suggestions go."""
    return [
        (
            _("How to manage multiple companies in My Account?"),
            _(
                "Each of those companies must submit a request to grant access rights to a "
                "specific administrator."
            ),
        ),
        (
            _("What if I can't log into My Account?"),
            _(
                "Check that your phone number and password are right. If you log in for the "
                "first time, use Forgot password?"
            ),
        ),
        (_("Can I still use the old version of My Account?"), _("No.")),
        (
            _("Why do I not see the full list of services that are active on a number?"),
            _(
                "The list shows the services that the Administrator can switch. It is longer than "
                "in the previous version and goes on growing. Please send your suggestions to "
                "{support}."
            ).format(support=support),
        ),
        (
            _("What to do when an action ends with an error?"),
            _(
                "Wait 2-3 minutes, refresh and try again. If the problem remains, contact "
                "corporate customer support."
            ),
        ),
        (
            _("What are Send secret code and Delete secret code?"),
            _(
                "They give an employee a code to see the information and usage details of their "
                "own number, and take it away again. The code does not let them switch services."
            ),
        ),
        (
            _("What if the number is blocked and there is no Unblock button?"),
            _(
                "The state of the number is Blocked / Debt: there are unpaid charges on the "
                "account, so it cannot be unblocked here. It opens after payment."
            ),
        ),
        (
            _("Why can the SIM card not be changed?"),
            _("The SIM card can be changed only for numbers in the state Active."),
        ),
    ]


def open_answer(
    number: int,
) -> Callable[[CallbackQuery, Button, DialogManager], Awaitable[None]]:
    """A button's way to the answer with that number of the guide."""

    async def go(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
        await manager.start(states.Faq.answer, data={"question": number - 1})

    return go


async def get_questions(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """All questions; a button would cut them short, so it bears the number alone."""
    support = context_of(dialog_manager).use_cases.support
    asked = questions(support)
    return {
        "where": ["My Account", _("FAQ")],
        "text": said(
            "\n{questions}\n\n{support}",
            questions="\n".join(f"{n}. {question}" for n, (question, _a) in enumerate(asked, 1)),
            support=_("Corporate support: {support}").format(support=support),
        ),
        "questions": [(str(n), str(n - 1)) for n in range(1, len(asked) + 1)],
    }


async def get_answer(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """One question with its answer."""
    chosen = dialog_manager.dialog_data.get("question")
    if chosen is None and isinstance(dialog_manager.start_data, dict):
        chosen = dialog_manager.start_data.get("question", 0)
    asked = questions(context_of(dialog_manager).use_cases.support)
    question, answer = asked[int(chosen or 0) % len(asked)]
    return {
        "where": ["My Account", _("FAQ")],
        "text": said("\n<b>{question}</b>\n{answer}", question=question, answer=answer),
    }


async def choose(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, chosen: str
) -> None:
    """Open an answer."""
    manager.dialog_data["question"] = int(chosen) if chosen in set("01234567") else 0
    await manager.switch_to(states.Faq.answer)


async def back(event: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """To the questions, or to the window whose refusal led here."""
    if isinstance(manager.start_data, dict):
        await manager.done()
    else:
        await back_to(states.Faq.list)(event, button, manager)


faq_dialog = Dialog(
    page(
        states.Faq.list,
        Shown("text"),
        keyboard=[
            Group(
                choices("question", "questions", choose),
                width=4,
            )
        ],
        getter=get_questions,
    ),
    page(states.Faq.answer, Shown("text"), getter=get_answer, back=way_back(back)),
)
