"""What the windows of devices show."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext
from aiogram_dialog import DialogManager

from account.changes.action import ActionKind
from account.chapters.devices.registrations import (
    PAGE,
    Device,
    DeviceRegistrations,
    Devices,
    Registration,
)
from account.chapters.devices.requests import PAGE as REQUESTS_PAGE
from account.chapters.devices.requests import DeviceRequest, DeviceRequests, DeviceRequestsQuery
from account.values.identifiers import Imei, Msisdn
from account.values.periods import shown_moment
from bot.context.update_context import context_of
from bot.flows.devices.texts import RULES, condition_shown, registered_as, terms_of
from bot.texts.facts import left_out_line
from bot.widgets.code_budget import no_code_lines
from bot.widgets.paging import page_here, paging, read_page
from bot.widgets.text import Html, said


def number_of(manager: DialogManager) -> Msisdn:
    """The number whose devices these are."""
    assert isinstance(manager.start_data, dict)
    return Msisdn(manager.start_data["msisdn"])


def imei_here(manager: DialogManager) -> Imei:
    """The device the person is looking at: chosen here, or named by the button that led here."""
    assert isinstance(manager.start_data, dict)
    return Imei(manager.dialog_data.get("imei") or manager.start_data["imei"])


def kind_here(manager: DialogManager) -> ActionKind:
    """The change whose terms are being read."""
    assert isinstance(manager.start_data, dict)
    return ActionKind(manager.dialog_data.get("kind") or manager.start_data["kind"])


async def _where(manager: DialogManager, *more: str) -> list[str]:
    actor = await context_of(manager).actor()
    return [actor.company.name, number_of(manager).shown, *more]


async def get_devices(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """The device last seen, and what is registered with the number (S21)."""
    context = context_of(dialog_manager)
    actor, msisdn = await context.actor(), number_of(dialog_manager)
    offset = page_here(dialog_manager) * PAGE
    devices = await context.use(DeviceRegistrations).of_number(actor, msisdn, offset)
    turning = paging(dialog_manager, devices.held.total, PAGE)
    if not devices.held.rows and devices.held.total:
        devices = await context.use(DeviceRegistrations).of_number(
            actor, msisdn, turning["here"] * PAGE
        )
    # A press means the device that was shown, not whichever is seen last by then (G-6).
    dialog_manager.dialog_data["last"] = None if devices.last is None else devices.last.key
    lines = [*_last_seen(devices), Html(""), *_held(devices.held.rows, devices.held.total)]
    lines.extend(map(Html, left_out_line(devices.held.left_out)))
    free = devices.last is not None and devices.last_held is None
    return {
        "where": await _where(dialog_manager, _("Device registration (IMEI)")),
        "text": Html("\n" + "\n".join(lines)),
        "free": free,
        "register": _("📲 Register {imei}").format(imei=devices.last.full) if devices.last else "",
        "held": [(f"📱 {one.imei.full}", one.imei.key) for one in devices.held.rows],
        **turning,
    }


def _last_seen(devices: Devices) -> list[Html]:
    if devices.last is None:
        return [Html(_("No device has been seen with this number yet."))]
    standing = (
        _("Device not registered with this number.")
        if devices.last_held is None
        else registered_as(devices.last_held)
    )
    return [
        said(_("Last IMEI seen: <code>{imei}</code>"), imei=devices.last.full),
        said("{standing}", standing=standing),
    ]


def _held(rows: tuple[Registration, ...], total: int) -> list[Html]:
    if not total:
        return [Html(_("No device is registered with this number."))]
    count = ngettext("{n} registered device", "{n} registered devices", total).format(n=total)
    return [said("<b>{count}</b>", count=count), *(registration_line(row) for row in rows)]


def registration_line(registration: Registration) -> Html:
    """One registered device."""
    model = f" · {registration.model}" if registration.model else ""
    return said(
        "<code>{imei}</code>{model}\n{how}",
        imei=registration.imei.full,
        model=model,
        how=registered_as(registration),
    )


async def _device(manager: DialogManager) -> Device:
    context = context_of(manager)
    return await context.use(DeviceRegistrations).device(
        await context.actor(), number_of(manager), imei_here(manager)
    )


async def get_device(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """One device, and what can be done with it here."""
    device = await _device(dialog_manager)
    if device.held is None:
        facts = [
            said("<code>{imei}</code>", imei=device.imei.full),
            Html(_("Device not registered with this number.")),
        ]
    else:
        facts = [registration_line(device.held)]
    return {
        "where": await _where(dialog_manager, _("Device registration (IMEI)")),
        "text": Html("\n" + "\n".join(facts)),
        "can_register": device.may(ActionKind.REGISTER_DEVICE),
        "can_reregister": device.may(ActionKind.REREGISTER_DEVICE),
        "can_duplicate": device.may(ActionKind.DUPLICATE_DEVICE),
        "can_deregister": device.may(ActionKind.DEREGISTER_DEVICE),
    }


async def get_number(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """Where a device or its previous owner is being typed."""
    return {"where": await _where(dialog_manager, _("Device registration (IMEI)"))}


async def get_terms(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """The terms, and whether they are ticked."""
    device = await _device(dialog_manager)
    ticked = bool(dialog_manager.dialog_data.get("ticked"))
    consent = _("I have read and accept the registration rules")
    text = said(
        "\n<code>{imei}</code>\n{terms}\n\n{ask}",
        imei=device.imei.full,
        terms=terms_of(kind_here(dialog_manager)),
        ask=_("Read the registration rules and tick the line below."),
    )
    lines = [text, *await no_code_lines(dialog_manager)]
    return {
        "where": await _where(dialog_manager, _("Device registration (IMEI)")),
        "text": Html("\n".join(lines)),
        "rules": RULES.get(context_of(dialog_manager).language, RULES["ru"]),
        "consent": f"☑ {consent}" if ticked else f"☐ {consent}",
        "ticked": ticked,
    }


def query_of(manager: DialogManager) -> DeviceRequestsQuery:
    """Which requests are shown: this number's, unless something was typed or all are wanted."""
    data = manager.dialog_data
    imei = data.get("about_imei")
    number = data.get("about_number")
    if not (imei or number or data.get("all")):
        number = number_of(manager).digits
    return DeviceRequestsQuery(
        msisdn=Msisdn(number) if number else None,
        imei=Imei(imei) if imei else None,
        offset=page_here(manager) * REQUESTS_PAGE,
    )


async def get_requests(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """A page of the requests history (S25)."""
    context = context_of(dialog_manager)
    actor = await context.actor()
    query = query_of(dialog_manager)
    page, turning = await read_page(
        dialog_manager,
        REQUESTS_PAGE,
        lambda offset: context.use(DeviceRequests).page(actor, replace(query, offset=offset)),
    )
    now = context.now()
    lines = [said("\n<b>{tab}</b>\n{about}", tab=_tab(), about=_about(query))]
    if not page.total:
        lines.append(Html(_("There are no requests.")))
    for request in page.rows:
        condition = condition_shown(request, now)
        lines.append(_request_line(request, condition, named=query.msisdn is None))
    lines.extend(map(Html, left_out_line(page.left_out)))
    lines.append(Html("\n" + _("Type a number or an IMEI to filter.")))
    data = dialog_manager.dialog_data
    narrowed = bool(data.get("about_imei") or data.get("about_number"))
    return {
        "where": [actor.company.name, number_of(dialog_manager).shown, _("Requests history")],
        "text": Html("\n".join(lines)),
        "narrowed": narrowed,
        "scope": _("This number only") if data.get("all") else _("All numbers"),
        "wide": not narrowed,
        **turning,
    }


def _tab() -> str:
    return _("Registration of end-user devices")


def _about(query: DeviceRequestsQuery) -> str:
    parts = [
        query.msisdn.shown if query.msisdn else "",
        f"IMEI {query.imei.full}" if query.imei else "",
    ]
    return " · ".join(filter(None, parts)) or _("all numbers of the company")


def _request_line(request: DeviceRequest, condition: str, *, named: bool) -> Html:
    return said(
        "\n{at} · <code>{imei}</code>{number}\n{condition}",
        at=shown_moment(request.at),
        imei=request.imei.full,
        number=f"\n{request.msisdn.shown}" if named else "",
        condition=condition,
    )
