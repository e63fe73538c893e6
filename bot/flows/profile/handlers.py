"""What is done on the administrator's own page."""

from __future__ import annotations

from datetime import datetime

from aiogram.types import CallbackQuery
from aiogram.utils.i18n import gettext as _
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Button, Select

from account.access.profile import Proof
from account.access.profile_email import wished
from account.changes.action import ActionKind
from account.chapters.notifications import Topic
from account.errors import EmailInvalid, LoginRefused, PasswordMismatch, ProofExpired
from account.values.identifiers import Email
from bot.context import states
from bot.context.update_context import visit_of
from bot.flows.confirm.handlers import start_question
from bot.texts.errors import refusal
from bot.widgets.keys import found
from bot.widgets.page import begin_anew, notice

# --- e-mail ---


async def email_given(text: str, manager: DialogManager) -> None:
    """Ask whether to register that address; the question closes to the page itself."""
    visit = visit_of(manager)
    try:
        parameters = wished(Email.parse(text), visit.language)
    except EmailInvalid as refused:
        notice(manager, refusal(refused))
        return
    phone = (await visit.actor()).phone
    await manager.switch_to(states.Profile.main)
    if not await start_question(manager, ActionKind.EMAIL, phone, parameters):
        await manager.switch_to(states.Profile.email)


# --- password ---


async def password_given(password: str, manager: DialogManager) -> None:
    """Check the present password and ask for a new one."""
    visit = visit_of(manager)
    try:
        proof = await visit.house.profile.prove(await visit.actor(), password, visit.language)
    except LoginRefused as refused:
        notice(manager, refusal(refused))
        return
    manager.dialog_data["proof"] = [proof.session_id, proof.of, proof.at.isoformat()]
    await manager.switch_to(states.Profile.new_password)


async def new_password_given(password: str, manager: DialogManager) -> None:
    """Check a new password and ask for it once more."""
    visit = visit_of(manager)
    try:
        draft = await visit.house.profile.draft_password(
            await visit.actor(), _proof(manager), password
        )
    except LoginRefused as refused:
        if isinstance(refused, ProofExpired):
            await manager.switch_to(states.Profile.password)
        notice(manager, refusal(refused))
        return
    manager.dialog_data["draft"] = draft
    await manager.switch_to(states.Profile.repeat_password)


async def password_repeated(password: str, manager: DialogManager) -> None:
    """Set the password; this session stays, the others end."""
    visit = visit_of(manager)
    draft = manager.dialog_data.pop("draft", "")
    try:
        await visit.house.profile.set_password(
            await visit.actor(), _proof(manager), draft, password, visit.language
        )
    except (PasswordMismatch, ProofExpired) as refused:
        again = isinstance(refused, PasswordMismatch)
        await manager.switch_to(states.Profile.new_password if again else states.Profile.password)
        notice(manager, refusal(refused))
        return
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


# --- sessions ---


async def log_out(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """End this session and go to the login."""
    visit = visit_of(manager)
    if visit.session is not None:
        await visit.house.login.log_out(visit.session)
    await _out(manager)


async def log_out_everywhere(
    _event: CallbackQuery, _button: Button, manager: DialogManager
) -> None:
    """End every session, this one too, and go to the login."""
    visit = visit_of(manager)
    if visit.session is not None:
        await visit.house.profile.log_out_everywhere(visit.session)
    await _out(manager)


async def _out(manager: DialogManager) -> None:
    visit = visit_of(manager)
    await visit.session_changed()
    await visit.tell(_("You are logged out."))
    await begin_anew(manager)


async def end_session(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, wanted: str
) -> None:
    """End another session; one that is over by now, or was never there, is as good as ended."""
    visit = visit_of(manager)
    actor = await visit.actor()
    sessions = await visit.house.profile.sessions(actor)
    session = found(sessions, lambda one: one.id, wanted)
    if session is not None and session.id != actor.session_id:
        await visit.house.profile.end_session(actor, session.id)
    notice(manager, _("The session has ended."))


# --- Telegram accounts ---


async def account_chosen(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, wanted: str
) -> None:
    """Ask for the password before one is removed; one that is gone by now needs none."""
    visit = visit_of(manager)
    actor = await visit.actor()
    known = await visit.house.known_accounts.of(actor)
    account = found(known, lambda one: str(one.telegram_id), wanted)
    if account is None or account.telegram_id == actor.telegram_id:
        notice(manager, _("The account is removed."))
        return
    await visit.house.known_accounts.check(actor)
    manager.dialog_data["account"] = account.telegram_id
    await manager.switch_to(states.Profile.account_password)


async def account_password_given(password: str, manager: DialogManager) -> None:
    """Remove the account with the present password."""
    visit = visit_of(manager)
    telegram_id = int(manager.dialog_data["account"])
    try:
        await visit.house.known_accounts.remove(
            await visit.actor(), telegram_id, password, visit.language
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
    visit = visit_of(manager)
    if wanted in set(Topic):
        await visit.house.notifications.switch(await visit.actor(), Topic(wanted))
