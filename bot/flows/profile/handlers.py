"""What is done on the administrator's own page."""

from __future__ import annotations

from datetime import datetime

from aiogram.types import CallbackQuery
from aiogram.utils.i18n import gettext as _
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Button, Select

from account.access.known_accounts import KnownAccounts
from account.access.login import Login
from account.access.profile import Profile, Proof
from account.access.profile_email import EmailParameters
from account.changes.action import ActionKind
from account.chapters.notifications import Notifications, Topic
from account.errors import EmailInvalid, LoginRefused, ProofExpired
from account.values.identifiers import Email
from bot.context import states
from bot.context.update_context import context_of
from bot.flows.confirm.handlers import start_question
from bot.texts.errors import refusal
from bot.widgets.new_password import NewPassword
from bot.widgets.page import begin_anew, notice
from bot.widgets.short_ids import found

# --- e-mail ---


async def email_given(text: str, manager: DialogManager) -> None:
    """Ask whether to register that address; the question closes to the page itself."""
    context = context_of(manager)
    try:
        parameters = EmailParameters(Email.typed(text), context.language)
    except EmailInvalid as refused:
        notice(manager, refusal(refused))
        return
    phone = (await context.actor()).phone
    await manager.switch_to(states.Profile.main)
    if not await start_question(manager, ActionKind.EMAIL, phone, parameters):
        await manager.switch_to(states.Profile.email)


# --- password ---


async def password_given(password: str, manager: DialogManager) -> None:
    """Check the present password and ask for a new one."""
    context = context_of(manager)
    try:
        proof = await context.use(Profile).prove(await context.actor(), password, context.language)
    except LoginRefused as refused:
        notice(manager, refusal(refused))
        return
    manager.dialog_data["proof"] = [proof.session_id, proof.of, proof.at.isoformat()]
    await manager.switch_to(states.Profile.new_password)


async def _draft(manager: DialogManager, password: str) -> str:
    context = context_of(manager)
    return await context.use(Profile).draft_password(
        await context.actor(), _proof(manager), password
    )


async def _take(manager: DialogManager, draft: str, again: str) -> None:
    context = context_of(manager)
    await context.use(Profile).set_password(
        await context.actor(), _proof(manager), draft, again, context.language
    )


async def _changed(manager: DialogManager) -> None:
    """Back to the page: this session stays, the others have ended."""
    manager.dialog_data.pop("proof", None)
    await manager.switch_to(states.Profile.main)
    notice(manager, _("The password is changed. Your other sessions have ended."))


def _proof(manager: DialogManager) -> Proof:
    """The proof that this dialog keeps. Raises `ProofExpired` when it has none."""
    kept = manager.dialog_data.get("proof")
    if not isinstance(kept, list):
        raise ProofExpired
    session_id, of, at = kept
    return Proof(session_id, of, datetime.fromisoformat(at))


NEW_PASSWORD = NewPassword(
    first=states.Profile.new_password,
    second=states.Profile.repeat_password,
    begin_again=states.Profile.password,
    expiry=ProofExpired,
    draft=_draft,
    take=_take,
    done=_changed,
)

# --- sessions ---


async def log_out(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """End this session and go to the login."""
    context = context_of(manager)
    if context.session is not None:
        await context.use(Login).log_out(context.session)
    await _out(manager)


async def log_out_everywhere(
    _event: CallbackQuery, _button: Button, manager: DialogManager
) -> None:
    """End every session, this one too, and go to the login."""
    context = context_of(manager)
    if context.session is not None:
        await context.use(Profile).log_out_everywhere(context.session)
    await _out(manager)


async def _out(manager: DialogManager) -> None:
    context = context_of(manager)
    await context.session_changed()
    await context.tell(_("You are logged out."))
    await begin_anew(manager)


async def end_session(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, wanted: str
) -> None:
    """End another session; one that is over by now, or was never there, is as good as ended."""
    context = context_of(manager)
    actor = await context.actor()
    sessions = await context.use(Profile).sessions(actor)
    session = found(sessions, lambda one: one.id, wanted)
    if session is not None and session.id != actor.session_id:
        await context.use(Profile).end_session(actor, session.id)
    notice(manager, _("The session has ended."))


# --- Telegram accounts ---


async def account_chosen(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, wanted: str
) -> None:
    """Ask for the password before one is removed; one that is gone by now needs none."""
    context = context_of(manager)
    actor = await context.actor()
    known = await context.use(KnownAccounts).of(actor)
    account = found(known, lambda one: str(one.telegram_id), wanted)
    if account is None or account.telegram_id == actor.telegram_id:
        notice(manager, _("The account is removed."))
        return
    await context.use(KnownAccounts).check(actor)
    manager.dialog_data["account"] = account.telegram_id
    await manager.switch_to(states.Profile.account_password)


async def account_password_given(password: str, manager: DialogManager) -> None:
    """Remove the account with the present password."""
    context = context_of(manager)
    telegram_id = int(manager.dialog_data["account"])
    try:
        await context.use(KnownAccounts).remove(
            await context.actor(), telegram_id, password, context.language
        )
    except LoginRefused as refused:
        notice(manager, refusal(refused))
        return
    manager.dialog_data.pop("account", None)
    await manager.switch_to(states.Profile.accounts)
    notice(manager, _("The account is removed."))


# --- notifications ---


async def switch_topic(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, wanted: str
) -> None:
    """Switch one of them off or on; an unknown one is none."""
    context = context_of(manager)
    if wanted in set(Topic):
        await context.use(Notifications).switch(await context.actor(), Topic(wanted))
