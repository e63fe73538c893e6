"""What the administrator's own page shows."""

from __future__ import annotations

from typing import Any

from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext
from aiogram_dialog import DialogManager

from account.notifications import Topic
from account.periods import shown_moment
from account.permissions import Actor
from bot.language import NAMES
from bot.sentences import role_word
from bot.visit import visit_of
from bot.widgets.keys import key
from bot.widgets.text import Html, said

MOST_COMPANIES = 4
MOST_SESSIONS = 6


def where(actor: Actor, *further: str) -> list[str]:
    """The crumbs: the chosen company where there is one."""
    chosen = [company.name for company in actor.companies if company.id == actor.company_id]
    return [*(chosen or ["My Account"]), _("Administrator profile"), *further]


async def get_profile(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """Name, login, e-mail, language, last login, companies with roles."""
    visit = visit_of(dialog_manager)
    actor = await visit.actor()
    now = await visit.house.profile.standing(actor)
    last = _("this is the first one") if now.last_login is None else shown_moment(now.last_login)
    lines = [
        said(_("Name: {name}"), name=actor.name),
        said(_("Phone (login): <code>{phone}</code>"), phone=actor.phone.shown),
        Html(_("It is changed by your company's request to the operator only (FAQ 1).")),
        said(_("E-mail: <code>{email}</code>"), email=now.email.address)
        if now.email
        else Html(_("E-mail: none is registered")),
        said(_("Language: {language}"), language=NAMES[visit.language]),
        said(_("Last login: {at}"), at=last),
        Html(""),
        *(
            said("• {name} · {role}", name=company.name, role=role_word(company.role))
            for company in actor.companies[:MOST_COMPANIES]
        ),
    ]
    more = len(actor.companies) - MOST_COMPANIES
    if more > 0:
        text = ngettext("and {n} more company", "and {n} more companies", more)
        lines.append(said(text.format(n=more)))
    sessions = len(now.sessions)
    return {
        "where": where(actor),
        "text": Html("\n" + "\n".join(lines)),
        "sessions": _("💻 Sessions: {n}").format(n=sessions),
        "mail": _("✉️ Change e-mail") if now.email else _("✉️ Register an e-mail"),
    }


async def get_sessions(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """Each session with its age, and which one this is."""
    visit = visit_of(dialog_manager)
    actor = await visit.actor()
    sessions = await visit.house.profile.sessions(actor)
    lines = [
        said(
            _("• since {opened}, used {seen} · <b>this one</b>")
            if session.id == actor.session_id
            else _("• since {opened}, used {seen}"),
            opened=shown_moment(session.opened_at),
            seen=shown_moment(session.seen_at),
        )
        for session in sessions[:MOST_SESSIONS]
    ]
    count = ngettext("{n} open session", "{n} open sessions", len(sessions))
    others = [session for session in sessions[:MOST_SESSIONS] if session.id != actor.session_id]
    return {
        "where": where(actor, _("Sessions")),
        "text": Html("\n".join([said("\n" + count.format(n=len(sessions))), *lines])),
        "others": [
            (_("🚪 End: since {opened}").format(opened=shown_moment(one.opened_at)), key(one.id))
            for one in others
        ],
    }


async def get_notifications(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """What always comes, and what can be chosen."""
    visit = visit_of(dialog_manager)
    actor = await visit.actor()
    off = await visit.house.notifications.muted(actor.administrator_id)
    return {
        "where": where(actor, _("Notifications")),
        "topics": [
            (
                _("🔕 {topic}: OFF").format(topic=topic_word(topic))
                if topic in off
                else _("🔔 {topic}: ON").format(topic=topic_word(topic)),
                topic.value,
            )
            for topic in Topic
        ],
    }


def topic_word(topic: Topic) -> str:
    """What can be switched off, as its button says it."""
    return {
        Topic.LONG_REQUESTS: _("Sound of the results of long requests"),
        Topic.MONTHLY: _("Certificate and register of the month"),
    }[topic]


async def get_asked(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """The windows that ask for something to be typed."""
    return {"where": where(await visit_of(dialog_manager).actor())}


async def get_password(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """The windows of the password."""
    return {"where": where(await visit_of(dialog_manager).actor(), _("Password"))}
