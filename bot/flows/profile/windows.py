"""The administrator's own page: who is logged in, since when, in which companies; and log out."""

from __future__ import annotations

from typing import Any

from aiogram.types import CallbackQuery
from aiogram.utils.i18n import gettext as _
from aiogram_dialog import Dialog, DialogManager
from aiogram_dialog.widgets.kbd import Button, Row, Start

from account.periods import shown_moment
from bot.flows import states
from bot.language import NAMES
from bot.sentences import role_word
from bot.visit import visit_of
from bot.widgets.page import begin_anew, page
from bot.widgets.text import Html, Said, Shown, said

MOST_COMPANIES = 10


async def get_profile(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """Name, phone, language, companies with roles, and the session."""
    visit = visit_of(dialog_manager)
    actor = await visit.actor()
    lines = [
        said(_("Name: {name}"), name=actor.name),
        said(_("Phone (login): <code>{phone}</code>"), phone=actor.phone.shown),
        said(_("Language: {language}"), language=NAMES[visit.language]),
    ]
    if visit.session is not None:
        lines.append(said(_("Logged in: {at}"), at=shown_moment(visit.session.opened_at)))
    lines.append(Html("\n" + _("Companies:")))
    lines.extend(
        said("• {name} · {role}", name=company.name, role=role_word(company.role))
        for company in actor.companies[:MOST_COMPANIES]
    )
    if len(actor.companies) > MOST_COMPANIES:
        lines.append(Html("…"))
    chosen = actor.company_id and [c.name for c in actor.companies if c.id == actor.company_id]
    return {
        "where": [*(chosen or ["My Account"]), _("Administrator profile")],
        "text": Html("\n" + "\n".join(lines)),
    }


async def log_out(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """End the session and go to the login."""
    visit = visit_of(manager)
    await visit.house.login.log_out(await visit.actor())
    await visit.session_changed()
    await visit.tell(_("You are logged out."))
    await begin_anew(manager)


profile_dialog = Dialog(
    page(
        states.Profile.main,
        Shown("text"),
        keyboard=[
            Row(
                Start(Said("🌐 Language"), id="language", state=states.Language.choose),
                Button(Said("🚪 Log out"), id="logout", on_click=log_out),
            )
        ],
        getter=get_profile,
    ),
)
