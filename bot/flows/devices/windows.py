"""The devices of a number, one of them, the terms, the previous owner, and the requests."""

from __future__ import annotations

from aiogram.enums import ButtonStyle
from aiogram_dialog import Dialog
from aiogram_dialog.widgets.kbd import Button, Group, Row, SwitchTo, Url
from aiogram_dialog.widgets.style import Style

from account.changes.action import ActionKind
from account.values.rights import Right
from bot.context import states
from bot.flows.devices import getters, handlers
from bot.widgets.choices import choices
from bot.widgets.page import back_to, page, way_back
from bot.widgets.paging import pages_row
from bot.widgets.rights import allowed
from bot.widgets.secret import secret_input
from bot.widgets.text import Msgid, Value
from bot.widgets.text_input import nothing, reading, text_input

devices_dialog = Dialog(
    page(
        states.Devices.list,
        Value("text"),
        keyboard=[
            Button(
                Value("register"),
                id="register",
                on_click=handlers.change(ActionKind.REGISTER_DEVICE, last=True),
                when=allowed(Right.CHANGE_DEVICES, "free"),
            ),
            Button(
                Msgid("🔄 Re-register"),
                id="reregister",
                on_click=handlers.change(ActionKind.REREGISTER_DEVICE, last=True),
                when=allowed(Right.CHANGE_DEVICES, "free"),
            ),
            Button(
                Msgid("➕ Register duplicate"),
                id="duplicate",
                on_click=handlers.change(ActionKind.DUPLICATE_DEVICE, last=True),
                when=allowed(Right.CHANGE_DEVICES, "free"),
            ),
            Group(
                choices("held", "held", handlers.choose),
                width=2,
            ),
            pages_row(),
            Row(
                SwitchTo(
                    Msgid("⌨️ Another IMEI"),
                    id="enter",
                    state=states.Devices.enter,
                    when=allowed(Right.CHANGE_DEVICES),
                ),
                Button(
                    Msgid("🕘 Requests history"), id="requests", on_click=handlers.open_requests
                ),
            ),
        ],
        getter=getters.get_devices,
    ),
    page(
        states.Devices.enter,
        Msgid("\nEnter the IMEI: 14, 15 or 16 digits. Dial *#06# on the device to see it."),
        typing=text_input(handlers.type_device),
        getter=getters.get_number,
        back=way_back(back_to(states.Devices.list)),
    ),
    page(
        states.Devices.device,
        Value("text"),
        keyboard=[
            Button(
                Msgid("📲 Register"),
                id="register",
                on_click=handlers.change(ActionKind.REGISTER_DEVICE),
                when=allowed(Right.CHANGE_DEVICES, "can_register"),
            ),
            Button(
                Msgid("🔄 Re-register"),
                id="reregister",
                on_click=handlers.change(ActionKind.REREGISTER_DEVICE),
                when=allowed(Right.CHANGE_DEVICES, "can_reregister"),
            ),
            Button(
                Msgid("➕ Register duplicate"),
                id="duplicate",
                on_click=handlers.change(ActionKind.DUPLICATE_DEVICE),
                when=allowed(Right.CHANGE_DEVICES, "can_duplicate"),
            ),
            Button(
                Msgid("🗑 Deregister"),
                id="deregister",
                on_click=handlers.change(ActionKind.DEREGISTER_DEVICE),
                when=allowed(Right.CHANGE_DEVICES, "can_deregister"),
                style=Style(ButtonStyle.DANGER),
            ),
        ],
        getter=getters.get_device,
        back=way_back(back_to(states.Devices.list)),
    ),
    page(
        states.Devices.terms,
        Value("text"),
        keyboard=[
            Url(Msgid("📖 Registration rules"), url=Value("rules"), id="rules"),
            Button(Value("consent"), id="tick", on_click=handlers.tick),
            Button(Msgid("Continue ›"), id="go_on", on_click=handlers.go_on, when="ticked"),
        ],
        typing=reading(nothing),
        getter=getters.get_terms,
        back=way_back(back_to(states.Devices.list)),
    ),
    page(
        states.Devices.owner_number,
        Msgid("\nEnter the phone number of the previous owner, for example +7 701 211 52 99."),
        typing=text_input(handlers.type_owner_number),
        getter=getters.get_number,
        back=way_back(back_to(states.Devices.terms)),
    ),
    page(
        states.Devices.owner_id,
        Msgid(
            "\nEnter the IIN or BIN of the previous owner: 12 digits. Your message is deleted at "
            "once, and the IIN or BIN is kept nowhere."
        ),
        typing=secret_input(handlers.owner_given),
        getter=getters.get_number,
        back=way_back(back_to(states.Devices.owner_number)),
    ),
    page(
        states.Devices.requests,
        Value("text"),
        keyboard=[
            pages_row(),
            Button(Value("scope"), id="scope", on_click=handlers.show_all, when="wide"),
            Button(
                Msgid("✕ Clear the filter"), id="widen", on_click=handlers.widen, when="narrowed"
            ),
        ],
        typing=text_input(handlers.filter_requests),
        getter=getters.get_requests,
        back=way_back(handlers.close_requests),
    ),
    on_process_result=handlers.answered,
)
