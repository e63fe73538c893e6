"""What the windows of the frequent questions show (S38)."""

from __future__ import annotations

from typing import Any

from aiogram.utils.i18n import gettext as _
from aiogram_dialog import DialogManager

from bot.context.update_context import context_of
from bot.flows.faq.actions import actions_of, shown_question
from bot.flows.faq.texts import asked_here, questions
from bot.widgets.text import said


async def get_questions(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """All questions; a button would cut them short, so it bears the number alone."""
    context = context_of(dialog_manager)
    support = context.support
    asked, here = questions(support), asked_here(context.lacks)
    return {
        "where": ["My Account", _("FAQ")],
        "text": said(
            "\n{questions}\n\n{support}",
            questions="\n".join(f"{n}. {asked[n - 1][0]}" for n in here),
            support=_("Corporate support: {support}").format(support=support),
        ),
        "questions": [(str(n), str(n - 1)) for n in here],
    }


async def get_answer(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """One question with its answer, and the ways to what it tells one to do."""
    asked = shown_question(dialog_manager)
    question, answer = questions(context_of(dialog_manager).support)[asked - 1]
    actions = await actions_of(dialog_manager, asked)
    return {
        "where": ["My Account", _("FAQ")],
        "text": said("\n<b>{question}</b>\n{answer}", question=question, answer=answer),
        "actions": [(one.label, one.id) for one in actions],
    }
