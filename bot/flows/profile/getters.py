"""What the administrator's own page shows."""

from __future__ import annotations

from asyncio import gather
from contextlib import suppress
from typing import Any

from aiogram.exceptions import TelegramAPIError
from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext
from aiogram_dialog import DialogManager

from account.access.known_accounts import KnownAccounts
from account.access.profile import Profile
from account.chapters.notifications import Notifications, Topic
from account.identity.permissions import Actor
from account.values.languages import language_of
from account.values.periods import shown_moment
from bot.context.update_context import UpdateContext, context_of
from bot.texts.facts import role_word
from bot.widgets.code_budget import no_code_lines
from bot.widgets.short_ids import key
from bot.widgets.text import Html, said

MOST_COMPANIES = 4
MOST_SESSIONS = 6
MOST_ACCOUNTS = 6
MOST_OF_A_NAME = 24


def where(actor: Actor, *further: str) -> list[str]:
    """The crumbs: the chosen company where there is one."""
    chosen = [company.name for company in actor.companies if company.id == actor.company_id]
    return [*(chosen or ["My Account"]), _("Administrator profile"), *further]


async def get_profile(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """Name, login, e-mail, language, last login, companies with roles."""
    context = context_of(dialog_manager)
    actor = await context.actor()
    now = await context.use(Profile).standing(actor)
    last = _("this is the first one") if now.last_login is None else shown_moment(now.last_login)
    lines = [
        said(_("Name: {name}"), name=actor.name),
        said(_("Phone (login): <code>{phone}</code>"), phone=actor.phone.shown),
        Html(_("It is changed by your company's request to the operator only (FAQ 1).")),
        said(_("E-mail: <code>{email}</code>"), email=now.email.address)
        if now.email
        else Html(_("E-mail: none is registered")),
        said(_("Language: {language}"), language=language_of(context.language).name),
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
    context = context_of(dialog_manager)
    actor = await context.actor()
    sessions = await context.use(Profile).sessions(actor)
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


async def get_accounts(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """The Telegram accounts that are warned, and may log in with the password."""
    context = context_of(dialog_manager)
    actor = await context.actor()
    accounts = (await context.use(KnownAccounts).of(actor))[:MOST_ACCOUNTS]
    names = await gather(*(account_name(context, one.telegram_id) for one in accounts))
    lines = [
        said(
            _("• {name}, last login {at} · <b>this one</b>")
            if one.telegram_id == actor.telegram_id
            else _("• {name}, last login {at}"),
            name=name,
            at=shown_moment(one.last_at),
        )
        for one, name in zip(accounts, names, strict=True)
    ]
    intro = _(
        "These Telegram accounts have logged in as you. They receive security notices and can log "
        "in with the password. Remove those that are not yours."
    )
    return {
        "where": where(actor, _("Telegram accounts")),
        "text": Html("\n".join([said("\n{intro}", intro=intro), *lines])),
        "others": [
            (_("✖️ Remove: {name}").format(name=name), key(str(one.telegram_id)))
            for one, name in zip(accounts, names, strict=True)
            if one.telegram_id != actor.telegram_id
        ],
    }


async def account_name(context: UpdateContext, telegram_id: int) -> str:
    """A Telegram account as its owner knows it; its last figures where Telegram says nothing."""
    with suppress(TelegramAPIError):
        chat = await context.bot.get_chat(telegram_id)
        name = (chat.full_name or "")[:MOST_OF_A_NAME].strip()
        return f"{name} (@{chat.username})" if chat.username else name or _hidden(telegram_id)
    return _hidden(telegram_id)


def _hidden(telegram_id: int) -> str:
    return f"…{telegram_id % 10000:04}"


async def get_account_password(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """Which account is to be removed."""
    context = context_of(dialog_manager)
    name = await account_name(context, int(dialog_manager.dialog_data["account"]))
    text = _(
        "Remove {name}? It will receive no security notices, its session will end, and the "
        "password alone will not let it in. All your accounts will be notified. To confirm, enter "
        "the present password. Your message is deleted as soon as it is read."
    )
    return {
        "where": where(await context.actor(), _("Telegram accounts")),
        "text": said("\n" + text, name=name),
    }


async def get_notifications(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """What always comes, and what can be chosen."""
    context = context_of(dialog_manager)
    actor = await context.actor()
    off = await context.use(Notifications).muted(actor.administrator_id)
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
    return {"where": where(await context_of(dialog_manager).actor())}


async def get_email(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """Where the new address is typed, which ends with a code to it."""
    asked = await get_asked(dialog_manager)
    return {**asked, "no_code": Html("\n".join(await no_code_lines(dialog_manager)))}


async def get_password(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """The windows of the password."""
    return {"where": where(await context_of(dialog_manager).actor(), _("Password"))}
