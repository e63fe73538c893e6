"""What was ordered lately: where it stands, and having a file once more."""

from __future__ import annotations

from typing import Any

from aiogram.types import CallbackQuery
from aiogram.utils.i18n import gettext as _
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Button, Select

from account.documents.document import Document, DocumentState
from account.documents.orders import REQUESTS_PAGE, Documents
from account.errors import MyAccountError
from account.values.periods import shown_moment
from bot.context import states
from bot.context.update_context import context_of
from bot.flows.documents.handlers import ordered
from bot.flows.documents.titles import state_line, title, told
from bot.texts.errors import refusal
from bot.widgets.page import notice
from bot.widgets.paging import page_here, paging
from bot.widgets.text import Html, said


def _label(document: Document) -> str:
    """A request as a button: its number of the day, and its title."""
    return f"{document.reference[-4:]} · {title(document.order.kind)}"


def _request_line(one: Document) -> Html:
    about = "".join(f" · {part}" for part in told(one.order.kind, one.order.parameters))
    return said(
        "<code>{reference}</code> {at}\n{title}{about}\n{state}",
        reference=one.reference,
        at=shown_moment(one.ordered_at),
        title=title(one.order.kind),
        about=about,
        state=_standing(one),
    )


async def get_requests(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """What was ordered lately, newest first; looked at again while something is being made."""
    context = context_of(dialog_manager)
    actor = await context.actor()
    page = await context.use(Documents).requests(actor, page_here(dialog_manager) * REQUESTS_PAGE)
    turning = paging(dialog_manager, page.total, REQUESTS_PAGE)
    lines = [Html(""), *map(_request_line, page.rows)]
    if not page.total:
        lines.append(Html(_("Nothing was ordered in the last 7 days.")))
    return {
        "where": [actor.company.name, _("My requests")],
        "text": Html("\n".join(lines)),
        "requests": [(_label(one), one.id) for one in page.rows],
        **turning,
    }


def _standing(document: Document) -> str:
    if document.state is DocumentState.MAKING and document.total:
        percent = min(100, document.done * 100 // document.total)
        return f"{state_line(document.state)} · {percent} %"
    return state_line(document.state)


async def get_request(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """One request: where it stands, and what can be done about it."""
    context = context_of(dialog_manager)
    actor = await context.actor()
    one = await context.use(Documents).request(actor, dialog_manager.dialog_data["request"])
    about = "\n".join(told(one.order.kind, one.order.parameters))
    lines = [
        said("\n<b>{title}</b>", title=title(one.order.kind)),
        *([said("{about}", about=about)] if about else []),
        said(
            _("Request <code>{reference}</code> of {at}"),
            reference=one.reference,
            at=shown_moment(one.ordered_at),
        ),
        said("{state}", state=_standing(one)),
    ]
    if one.order.email is not None:
        lines.append(said(_("E-mail: {address}"), address=one.order.email.masked))
    kept = one.kept(context.now())
    if one.state is DocumentState.SENT and not kept:
        lines.append(Html(_("Files are kept for 24 hours; order it again for present data.")))
    return {
        "where": [actor.company.name, _("My requests"), one.reference],
        "text": Html("\n".join(lines)),
        "kept": kept,
        "again": one.state in {DocumentState.FAILED, DocumentState.SENT} and not kept,
    }


async def open_request(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, value: str
) -> None:
    """One request; whose it is, is asked where it is read."""
    manager.dialog_data["request"] = value
    await manager.switch_to(states.Documents.request)


async def send_again(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """The file once more, without making it again."""
    context = context_of(manager)
    try:
        await context.use(Documents).send_again(
            await context.actor(), manager.dialog_data["request"]
        )
    except MyAccountError as refused:
        await context.tell(refusal(refused))
        return
    notice(manager, _("The file comes once more."))


async def order_again(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """The same order with present data; the chat alone, for addresses are confirmed each time."""
    context = context_of(manager)
    actor = await context.actor()
    try:
        before = await context.use(Documents).request(actor, manager.dialog_data["request"])
        document = await context.use(Documents).order(
            actor,
            before.order.kind,
            before.order.format,
            before.order.parameters,
            context.language,
        )
    except MyAccountError as refused:
        await context.tell(refusal(refused))
        return
    manager.dialog_data["request"] = document.id
    notice(manager, ordered(document))
