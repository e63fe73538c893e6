"""What still comes to a chat that its person has left, or of a company that is theirs no more.

That it has ended, and how; not what it was, nor of which number (`Notifications.barred`).
"""

from __future__ import annotations

from aiogram.types import InlineKeyboardMarkup
from aiogram.utils.i18n import gettext as _

from account.changes.action import Action, ActionState
from account.changes.schedule import Schedule
from account.changes.sets.change_set import ChangeSet
from account.documents.document import Document
from account.errors import AccessRefused, SessionExpired
from bot.texts.facts import done_line, not_done_line
from bot.texts.failures import NO_ACCESS, reason
from bot.widgets.deep_links import to_menu
from bot.widgets.text import Html, said


def final_word(action: Action, why: AccessRefused) -> tuple[Html, InlineKeyboardMarkup]:
    """That it has ended and how, without what it was."""
    reference = action.reference or ""
    done = action.state is ActionState.DONE
    line = done_line(_("Done"), reference) if done else not_done_line(_("Not done"), reference)
    if action.reason_code in NO_ACCESS:
        more = reason(action.reason_code)
    elif isinstance(why, SessionExpired):
        more = _("You are logged out here; what it was stands in the actions history.")
    else:
        more = _("Your access to the company has ended.")
    text = said("{line}\n{more}", line=line, more=more)
    return text, InlineKeyboardMarkup(inline_keyboard=[[to_menu()]])


def still_waiting(action: Action) -> Html:
    """That it is still open, without what it is."""
    return said(
        _("⏳ Your action {reference} is not finished yet; its result comes here."),
        reference=action.reference or "",
    )


def set_ended(change_set: ChangeSet) -> Html:
    """That a set has ended, to whom its numbers are not shown now."""
    return said(
        _("Your action {reference} is finished; what it was stands in the actions history."),
        reference=change_set.reference or "",
    )


def not_begun(schedule: Schedule) -> Html:
    """That what was scheduled was not done, to whom its number is not shown now."""
    return said(
        _("⚠️ Your schedule {reference} was not done; what it was stands in the actions history."),
        reference=schedule.reference,
    )


def finished(document: Document, why: AccessRefused) -> Html:
    """That a request has ended, to whom its file is not handed over now."""
    if isinstance(why, SessionExpired):
        text = _(
            "📄 Your request {reference} is finished. You are logged out here: log in, and find it "
            "in Documents & reports › My requests."
        )
    else:
        text = _("⚠️ Your request {reference} is finished, but you may no longer see this data.")
    return said(text, reference=document.reference)
