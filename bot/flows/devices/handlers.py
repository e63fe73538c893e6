"""Choosing a device, accepting the terms, telling the previous owner (S21 to S25).

The IIN or BIN of a previous owner goes from the message, which is deleted at once, into the sealed
part of the offer, and nowhere else. What a button names may be forged: the use cases check it.
"""

from __future__ import annotations

import re

from aiogram.types import CallbackQuery
from aiogram.utils.i18n import gettext as _
from aiogram_dialog import Data, DialogManager, StartMode
from aiogram_dialog.widgets.kbd import Button, Select

from account.changes.action import ActionKind
from account.chapters.devices.registrations import DeviceRegistrations, PreviousOwner
from account.errors import (
    ImeiInvalid,
    InputRefused,
    NumberFault,
    NumberInvalid,
    OwnerTriesExceeded,
    TermsNotAccepted,
)
from account.values.identifiers import Imei, Msisdn, parse_iin_or_bin
from bot.context import states
from bot.context.update_context import context_of
from bot.flows.confirm.handlers import start_question
from bot.flows.devices.getters import imei_here, kind_here, number_of
from bot.texts.errors import refusal
from bot.widgets.deep_links import DEVICE, REQUESTS
from bot.widgets.page import OnClick, notice
from bot.widgets.search_offer import offer_number

WITH_TERMS = frozenset({ActionKind.REREGISTER_DEVICE, ActionKind.DUPLICATE_DEVICE})


async def choose(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, key: str
) -> None:
    """Look at one of the registered devices."""
    try:
        imei = Imei(key)
    except ValueError:
        return
    manager.dialog_data["imei"] = imei.key
    await manager.switch_to(states.Devices.device)


def change(kind: ActionKind, *, last: bool = False) -> OnClick:
    """A button that asks for a change of the device in view, or of the one last seen."""

    async def ask(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
        if last:
            if not manager.dialog_data.get("last"):
                return
            manager.dialog_data["imei"] = manager.dialog_data["last"]
        if kind in WITH_TERMS:
            manager.dialog_data.update(kind=kind.value, ticked=False)
            await manager.switch_to(states.Devices.terms)
        else:
            await _ask(manager, kind)

    return ask


async def tick(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Accept the terms, or take it back."""
    manager.dialog_data["ticked"] = not manager.dialog_data.get("ticked")


async def go_on(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """From the accepted terms to the question, or to the previous owner first."""
    context = context_of(manager)
    if not manager.dialog_data.get("ticked"):
        await context.tell(refusal(TermsNotAccepted()))
        return
    kind = kind_here(manager)
    if kind is ActionKind.DUPLICATE_DEVICE:
        await _ask(manager, kind, terms=True)
        return
    try:
        await context.use(DeviceRegistrations).check_tries(
            await context.actor(), number_of(manager), imei_here(manager)
        )
    except OwnerTriesExceeded as refused:
        await context.tell(refusal(refused))
        return
    await manager.switch_to(states.Devices.owner_number)


async def type_device(text: str, manager: DialogManager) -> None:
    """An IMEI with 14, 15 or 16 digits (T3)."""
    try:
        manager.dialog_data["imei"] = Imei.parse(text).key
    except ImeiInvalid as invalid:
        notice(manager, refusal(invalid))
        offer_number(manager, text)
        return
    await manager.switch_to(states.Devices.device)


async def type_owner_number(text: str, manager: DialogManager) -> None:
    """The previous owner's number (S23)."""
    try:
        manager.dialog_data["owner"] = Msisdn.parse(text).digits
    except InputRefused as refused:
        notice(manager, refusal(refused))
        return
    await manager.switch_to(states.Devices.owner_id)


async def owner_given(typed: str, manager: DialogManager) -> None:
    """The previous owner's IIN or BIN: checked, sealed into the offer, and forgotten (S23-3)."""
    ticked, number = manager.dialog_data.get("ticked"), manager.dialog_data.get("owner")
    if not ticked or not number:
        await manager.switch_to(states.Devices.list)
        return
    try:
        owner = PreviousOwner(Msisdn(number), parse_iin_or_bin(typed))
    except InputRefused as refused:
        notice(manager, refusal(refused))
        return
    await _ask(manager, ActionKind.REREGISTER_DEVICE, terms=True, owner=owner)


async def _ask(
    manager: DialogManager,
    kind: ActionKind,
    *,
    terms: bool = False,
    owner: PreviousOwner | None = None,
) -> None:
    context = context_of(manager)
    parameters = await context.use(DeviceRegistrations).change(
        await context.actor(), imei_here(manager), context.language, terms=terms, owner=owner
    )
    await start_question(manager, kind, number_of(manager), parameters)


async def answered(_start: Data, _result: object, manager: DialogManager) -> None:
    """The question was left: what was told for it is over."""
    for name in ("kind", "ticked", "owner"):
        manager.dialog_data.pop(name, None)
    await manager.switch_to(states.Devices.list)


# --- Requests history ------------------------------------------------------------------------


async def filter_requests(text: str, manager: DialogManager) -> None:
    """A typed IMEI or number narrows the list (S25-1)."""
    try:
        number, imei = Msisdn.parse(text).digits, None
    except NumberInvalid as no_number:
        number, imei = None, None
        try:
            imei = Imei.parse(text).key
        except ImeiInvalid as no_imei:
            several = no_imei.several or no_number.reason is NumberFault.SEVERAL
            notice(
                manager,
                refusal(no_imei if no_imei.several else no_number)
                if several
                else _("Type a whole number or a whole IMEI."),
            )
            return
    manager.dialog_data.update(about_number=number, about_imei=imei, page=0)


async def show_all(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """All numbers of the company, or this one again."""
    data = manager.dialog_data
    data.update(all=not data.get("all"), page=0)


async def widen(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Take the filter away."""
    manager.dialog_data.update(about_imei=None, about_number=None, page=0)


async def open_requests(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """From the devices to the requests; each list has pages of its own."""
    manager.dialog_data["page"] = 0
    await manager.switch_to(states.Devices.requests)


async def close_requests(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Back to the devices."""
    manager.dialog_data.update(all=False, about_imei=None, about_number=None, page=0)
    await manager.switch_to(states.Devices.list)


# --- Buttons below final words ---------------------------------------------------------------


async def follow(data: str, manager: DialogManager) -> bool:
    """Open what such a button names; False when it names nothing of ours."""
    if data.startswith(REQUESTS):
        number, state, more = data.removeprefix(REQUESTS), states.Devices.requests, {}
    elif data.startswith(DEVICE):
        kind, _colon, rest = data.removeprefix(DEVICE).partition(":")
        number, _colon, key = rest.partition(":")
        if kind not in {one.value for one in WITH_TERMS} or not re.fullmatch("[0-9]{14}", key):
            return False
        state, more = states.Devices.terms, {"kind": kind, "imei": key}
    else:
        return False
    try:
        msisdn = Msisdn.parse(number)
    except InputRefused:
        return False
    await manager.start(state, data={"msisdn": msisdn.digits, **more}, mode=StartMode.RESET_STACK)
    return True
