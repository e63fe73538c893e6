"""What an administrator reads about the safety of their own account, and how they stop it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from aiogram.utils.i18n import gettext as _

from account.changes.action import ActionKind
from account.changes.freezes import FreezeOutcome
from account.changes.safety_notices import NOT_ME
from account.values.identifiers import Msisdn
from account.values.periods import shown_moment
from bot.flows.approvals.texts import takeover_word
from bot.widgets.text import Html, said

PRESSED, LINKED = "nm:", "nm-"
"""What stands before the token in a button's data, and in the payload of `/start`."""


def link(username: str, token: str) -> str:
    """The address in an SMS or a letter; it opens the bot in any Telegram account."""
    return f"https://t.me/{username}?start={LINKED}{token}"


def warning(kind: str, told: Mapping[str, str]) -> tuple[Html, InlineKeyboardMarkup | None]:
    """To the administrator in a chat of theirs."""
    text = _SENTENCES[kind](told)
    token = told.get(NOT_ME)
    if token is not None:
        text = said(
            "{text}\n{todo}",
            text=text,
            todo=_("If it was not you, press the button: changes in your name will stop at once."),
        )
        button = InlineKeyboardButton(
            text=_("🛑 It was not me"), callback_data=PRESSED + token, style="danger"
        )
        return text, InlineKeyboardMarkup(inline_keyboard=[[button]])
    if kind not in _SAYS_WHAT_TO_DO:
        todo = _("If it was not you, contact corporate support at once.")
        text = said("{text}\n{todo}", text=text, todo=todo)
    return text, None


def outcome_word(outcome: FreezeOutcome) -> str:
    """To whoever pressed: nothing of whom it is about."""
    return {
        FreezeOutcome.FROZEN: _("🛑 Changes are stopped, and all sessions have ended.")
        + " "
        + how_to_thaw(),
        FreezeOutcome.ALREADY: _("🛑 Changes are stopped already.") + " " + how_to_thaw(),
        FreezeOutcome.INVALID: _(
            "This link is no longer valid: it was used, or is older than 72 hours. Nothing has "
            "changed. If somebody acts in your name, contact corporate support at once."
        ),
    }[outcome]


def how_to_thaw() -> str:
    """What the owner does to be able to change anything again."""
    return _(
        "To allow changes again, set a new password with “Forgot password?” in a Telegram account "
        "used before."
    )


def frozen_line(since: datetime) -> Html:
    """What who is frozen reads in the menu."""
    stopped = _(
        "🛑 Since {time} changes in your name are stopped: “It was not me” was pressed. You can "
        "view everything. To allow changes again, log out and set a new password with “Forgot "
        "password?” in a Telegram account you used before."
    )
    return said(stopped, time=shown_moment(since))


_SAYS_WHAT_TO_DO = frozenset({"account.frozen"})
_SENTENCES: dict[str, Callable[[Mapping[str, str]], Html]] = {
    "email.changed": lambda told: said(
        _("🔒 Your registered e-mail is now {email}."), email=told["email"]
    ),
    "login.new_telegram": lambda _told: said(
        _("🔒 Your My Account was opened from a new Telegram account.")
    ),
    "login.locked": lambda _told: said(
        _("🔒 Login to your My Account is paused after several wrong passwords.")
    ),
    "password.changed": lambda _told: said(_("🔒 A new password was set for your My Account.")),
    "account.removed": lambda _told: said(
        _("🔒 A Telegram account was removed from those known as yours.")
    ),
    "account.frozen": lambda _told: said(
        "{text} {todo}",
        text=_(
            "🛑 “It was not me” was pressed: changes in your name are stopped, and your sessions "
            "have ended."
        ),
        todo=how_to_thaw(),
    ),
    "takeover.login_number": lambda told: said(
        _("🔒 {administrator} confirmed for your login number {number}: {what}."),
        administrator=told["administrator"],
        **_of_takeover(told),
    ),
    "takeover.yours": lambda told: said(
        _("🔒 Confirmed in your name from another Telegram account for {number}: {what}."),
        **_of_takeover(told),
    ),
}
TO_OWNER = frozenset(_SENTENCES)
"""Kinds of messages that `warning` says."""


def _of_takeover(told: Mapping[str, str]) -> dict[str, str]:
    return {
        "number": Msisdn(told["msisdn"]).shown,
        "what": takeover_word(ActionKind(told["kind"])),
    }
