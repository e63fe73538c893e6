"""A tour through every window, in the real bot against the real sandbox, in each language.

Whatever is drawn on the way is kept as it leaves for Telegram, HTML and callback data included.
"""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from aiogram.fsm.state import State
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from aiogram_dialog import Dialog, DialogManager, Window
from aiogram_dialog.api.entities import NewMessage, stack

from account.changes.sets.second_opinion import SetRules
from account.values.languages import LANGUAGES
from bot.config.settings import Settings
from bot.context import states
from bot.context.update_context import context_of
from bot.flows.services import getters
from bot.texts.facts import NARROW
from bot.texts.language import Catalogues
from tests.documents import list_files
from tests.scenarios.conftest import PASSWORD, Stage, staged
from tests.scenarios.phone import Phone

DEMO, QYRAN, MARAT = "77010542007", "77010542010", "77012115526"
ON = "🔔 {topic}: ON"
CHANGED = PASSWORD + " by night"
AWKWARD = "{0.__class__} & <b>Ә</b>"
"""An employee's label that must be shown as it is and mean nothing."""


@dataclass(frozen=True)
class Drawn:
    """One window as it was handed to Telegram."""

    language: str
    state: str
    html: str
    rows: tuple[tuple[InlineKeyboardButton, ...], ...]

    @classmethod
    def of(cls, language: str, state: State, message: NewMessage) -> Drawn:
        """Of aiogram_dialog's message."""
        keyboard = message.reply_markup
        rows = keyboard.inline_keyboard if isinstance(keyboard, InlineKeyboardMarkup) else []
        kept = tuple(tuple(row) for row in rows if row)
        assert state.state is not None
        return cls(language, state.state, message.text or "", kept)

    @property
    def text(self) -> str:
        """What the person reads."""
        return _spaced(html.unescape(re.sub(r"<[^>]*>", "", self.html))).strip()

    @property
    def labels(self) -> list[str]:
        """The words of all buttons."""
        return [button.text for row in self.rows for button in row]

    @property
    def page(self) -> str:
        """The window as plain text."""
        rows = [" ".join(f"[{button.text}]" for button in row) for row in self.rows]
        return "\n".join([f"--- {self.state}", self.text, "", *rows])


def _spaced(text: str) -> str:
    """With plain spaces, as `Phone` reads texts."""
    return text.replace("\u00a0", " ")


@dataclass
class Album:
    """Every window drawn while it is open, and every other message of the bot."""

    windows: list[Drawn] = field(default_factory=list)
    messages: dict[str, list[str]] = field(default_factory=dict)

    @contextmanager
    def open(self) -> Iterator[None]:
        """Keep what is drawn."""
        draw = Window.render

        async def render(window: Window, dialog: Dialog, manager: DialogManager) -> NewMessage:
            message = await draw(window, dialog, manager)
            language = context_of(manager).language
            self.windows.append(Drawn.of(language, window.get_state(), message))
            return message

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Window, "render", render)
            # The library's ids of two dialogs opened in one second are the same once in a hundred
            # times. Thumbs are slower than that; a tourist is not.
            ids = count(10**9)
            patch.setattr(stack, "new_id", lambda: stack.id_to_str(next(ids)))
            yield


class Tourist:
    """A person who reads one language and taps what is written on the buttons."""

    def __init__(self, stage: Stage, phone: Phone, album: Album, language: str) -> None:
        self.phone = phone
        self.language = language
        self._album = album
        self._catalogues = Catalogues(support=stage.settings.support)
        self._seen = 0

    def begin(self) -> None:
        """What is drawn from here on is what comes of the next tap."""
        self._seen = len(self._album.windows)

    async def tap(self, msgid: str, **values: object) -> None:
        """Tap the button with that text, given in English."""
        self._seen = len(self._album.windows)
        label = self._catalogues.say(self.language, msgid).format(**values)
        await self.phone.tap(label if len(label) <= NARROW else label.replace("+7 ", ""))

    def word(self, msgid: str) -> str:
        """A text of the catalogue in the person's language."""
        return self._catalogues.say(self.language, msgid)

    async def say(self, text: str) -> None:
        """Type something."""
        self._seen = len(self._album.windows)
        await self.phone.say(text)

    async def at(self, window: State, *, shown: bool = True) -> None:
        """Wait until that window is drawn after the last tap, and stands in the chat."""

        async def look() -> bool:
            new = [
                drawn
                for drawn in self._album.windows[self._seen :]
                if drawn.state == window and drawn.language == self.language
            ]
            if not new or not shown:
                return bool(new)
            messages = await self.phone.messages()
            typed = [n for n, message in enumerate(messages) if not message.from_bot]
            # The window that stood above what was typed may say the same.
            below = messages[typed[-1] :] if typed else messages
            return any(message.text == new[-1].text for message in below)

        await self.phone.until(look, f"the window {window.state}")

    async def enters(self, company: str) -> None:
        """Choose the company after a login.

        Who was told of the session's end by a message that came meanwhile is there already.
        """

        async def look() -> str | None:
            doors = {states.Companies.choose.state, states.Menu.main.state}
            new = self._album.windows[self._seen :]
            mine = [one for one in new if one.language == self.language and one.state in doors]
            return mine[-1].state if mine else None

        if await self.phone.until(look, "the companies or the menu") != states.Menu.main.state:
            await self.go(company, states.Menu.main)

    def said(self, msgid: str) -> str:
        """A word in this person's language."""
        return self._catalogues.say(self.language, msgid)

    async def hears(self, msgid: str) -> None:
        """Wait for that sentence, as an alert or, where the tap was answered before, a message."""
        sentence = self._catalogues.say(self.language, msgid)

        async def look() -> bool:
            answers = [answer.get("text") for answer in await self.phone.answers()]
            messages = [message.text for message in await self.phone.messages()]
            return sentence in answers + messages

        await self.phone.until(look, f"the sentence {sentence!r}")

    async def reads(self, msgid: str) -> None:
        """Wait for a message that begins as that text does, up to its first value."""
        await self.phone.sees(_spaced(self._catalogues.say(self.language, msgid).partition("{")[0]))

    async def gets_a_file(self) -> None:
        """Wait for a document, and for the window to stand below it again."""

        async def look() -> bool:
            messages = await self.phone.messages()
            return any("document" in message.raw for message in messages[:-1]) and bool(
                messages[-1].buttons
            )

        await self.phone.until(look, "a file above the window")

    async def go(self, msgid: str, window: State, **values: object) -> None:
        """Tap, and wait for the window."""
        await self.tap(msgid, **values)
        await self.at(window)

    async def go_and_prove(self, msgid: str) -> None:
        """Tap what asks for a code at once, and type the code that was sent."""
        sent = len(await self.phone.sms())
        await self.go(msgid, states.Confirm.code)
        await self.phone.has_sms(sent + 1)
        await self.say(await self.phone.code())

    async def type(self, text: str, window: State) -> None:
        """Type, and wait for the window."""
        await self.say(text)
        await self.at(window)


async def tour(directory: Path) -> Album:
    """Walk through everything in each language, in three worlds side by side."""
    album = Album()
    with album.open():
        async with AsyncExitStack() as worlds:
            tours, together = [], asyncio.Barrier(len(LANGUAGES))
            for language in LANGUAGES:
                (directory / language).mkdir()
                stage = await worlds.enter_async_context(
                    staged(directory / language, changed=_watched)
                )
                tours.append(_tour(stage, language, album, together))
            await asyncio.gather(*tours)
    return album


def _watched(settings: Settings) -> Settings:
    """Four numbers of a day are for a second administrator to approve."""
    return replace(settings, set_rules=SetRules(numbers=3))


async def _tour(stage: Stage, language: str, album: Album, together: asyncio.Barrier) -> None:
    await _awkward_company(stage, album, language)
    person = Tourist(stage, await stage.phone(DEMO, language=language), album, language)
    await _log_in(person)
    await _look_at_numbers(person)
    await _order_usage(person)
    await _let_an_employee_in(stage, person, album)
    await _block_and_unblock(stage, person)
    await _block_and_unblock_many(stage, person)
    await _switch_services(stage, person)
    await _look_at_many_groups(person, together)
    await _register_devices(stage, person)
    await _move_money(stage, person)
    await _forward_calls(stage, person)
    await _look_at_sim_cards(person)
    await _type_commands(person)
    await _read_the_rest(person)
    await _make_mistakes(stage, person)
    await _approve_many(stage, person, album)
    await _remove_an_account(stage, person, album)
    await _keep_messages(person, album)


async def _first_login(person: Tourist) -> None:
    await person.type("/start", states.Language.choose)
    await person.go(LANGUAGES[person.language].name, states.Login.phone)
    await person.type(person.phone.number, states.Login.password)
    await person.go("Forgot password?", states.Login.code)
    await person.type(await person.phone.code(), states.Login.new_password)
    await person.type(PASSWORD, states.Login.repeat_password)
    await person.say(PASSWORD)


async def _awkward_company(stage: Stage, album: Album, language: str) -> None:
    await stage.number_becomes(QYRAN, label=AWKWARD)
    person = Tourist(stage, await stage.phone(QYRAN, language=language), album, language)
    await _first_login(person)
    await person.at(states.Menu.main)
    await person.go("📱 Number management", states.Numbers.list)
    await person.go("701 054 20 10", states.Card.main)
    await person.go("📊 Usage details", states.Usage.order)
    await person.go("📊 Show here", states.Usage.screen)
    await person.go("⌂ Menu", states.Menu.main)
    await person.go("👤 Profile", states.Profile.main)


async def _log_in(person: Tourist) -> None:
    await person.type("/start", states.Language.choose)
    await person.go(LANGUAGES[person.language].name, states.Login.phone)
    await person.go("Forgot password?", states.Login.reset_phone)
    await person.go("‹ Back", states.Login.phone)
    await person.type("7701", states.Login.phone)
    await person.type(DEMO, states.Login.password)
    await person.type("not the password", states.Login.password)
    await person.go("Forgot password?", states.Login.code)
    code = await person.phone.code()
    await person.type("000000" if code != "000000" else "111111", states.Login.code)
    await person.type(code, states.Login.new_password)
    await person.type("short", states.Login.new_password)
    await person.type(PASSWORD, states.Login.repeat_password)
    await person.type("something else", states.Login.new_password)
    await person.type(PASSWORD, states.Login.repeat_password)
    await person.type(PASSWORD, states.Companies.choose)
    await person.go("❓ Not the company you need?", states.Faq.answer)
    await person.go("‹ Back", states.Companies.choose)
    await person.go("TOO Demo", states.Menu.main)


async def _look_at_numbers(person: Tourist) -> None:
    await person.go("📱 Number management", states.Numbers.list)
    await person.go("›", states.Numbers.list)
    await person.go("Filter: {state}", states.Numbers.filter, state="")
    await person.go("Blocked / Debt", states.Numbers.list)
    await person.go("701 054 20 09", states.Card.main)
    await person.go("❓ Why can it not be unblocked?", states.Faq.answer)
    await person.go("‹ Back", states.Card.main)
    await person.go("‹ Back", states.Numbers.list)
    await person.type("basic & safe", states.Numbers.list)
    await person.go("701 054 20 30", states.Card.main)
    await person.go("ℹ️ General information", states.Card.general)
    await person.type("2106", states.Numbers.list)
    await person.type("211 55 26", states.Card.main)
    await person.go("ℹ️ General information", states.Card.general)
    await person.go("‹ Back", states.Card.main)


async def _order_usage(person: Tourist) -> None:
    await person.go("📊 Usage details", states.Usage.order)
    await person.go("Own period…", states.Usage.first_day)
    await person.type("30.02.2022", states.Usage.first_day)
    await person.type("01.01.2022", states.Usage.last_day)
    await person.type("20.01.2022", states.Usage.order)
    await person.go("Calls", states.Usage.order)
    await person.go("📊 Show here", states.Usage.screen)
    await person.go("›", states.Usage.screen)
    await person.go("‹ Back", states.Usage.order)
    await person.tap("📄 XLSX file")
    await person.gets_a_file()
    await person.go("⌂ Menu", states.Menu.main)


async def _let_an_employee_in(stage: Stage, person: Tourist, album: Album) -> None:
    employee = Tourist(
        stage, await stage.phone(DEMO, language=person.language), album, person.language
    )
    number = "+7 701 054 20 07"
    await person.type(number, states.Card.main)
    await person.go("⋯ More: bans, devices, payments", states.Card.more)
    await person.go("🚫 Bans", states.Bans.list)
    await person.go("‹ Back", states.Card.more)
    await _label(person)
    await person.go("🔔 Alerts", states.Alerts.list)
    await person.go("🔕 This number", states.Alerts.number)
    await person.tap("🔕 For good")
    await person.at(states.Alerts.number)
    await person.tap("🔔 Tell again")
    await person.go("‹ Back", states.Alerts.list)
    await person.go("‹ Back", states.Card.more)
    await person.go("🔑 Secret code", states.SecretCode.main)
    await person.tap("✉️ Send the code to {number}", number=number)
    await person.at(states.Confirm.waiting, shown=False)
    await person.reads("✅ {done} {at} · action {reference}")
    await person.at(states.Card.main)
    await employee.type("/start", states.Language.choose)
    await employee.go(LANGUAGES[person.language].name, states.Login.phone)
    await employee.go("👤 I have a secret code", states.Employee.number)
    await employee.type(number, states.Employee.code)
    await employee.type("wrong", states.Employee.code)
    await employee.type(await _secret_code(employee.phone), states.Employee.prove)
    await employee.type(number, states.Employee.prove)
    await employee.phone.share()
    await employee.at(states.Employee.card)
    await employee.go("📊 Usage details", states.Usage.order)
    await employee.go("⌂ Menu", states.Employee.card)
    await employee.go("📦 Allowances", states.Allowances.tariff)
    await employee.go("⌂ Menu", states.Employee.card)
    await person.type(number, states.Card.main)
    await person.go("⋯ More: bans, devices, payments", states.Card.more)
    await person.go("🔑 Secret code", states.SecretCode.main)
    await person.go("🗑 Delete the secret code", states.Confirm.summary)
    await person.go("Cancel", states.SecretCode.main)
    await person.go("⌂ Menu", states.Menu.main)


async def _label(person: Tourist) -> None:
    """A label and a cost centre are typed, from the card's further chapters and back there."""
    await person.go("🏷 Label, cost centre", states.Labels.main)
    await person.go("🏷 Labels and cost centres", states.CostCentres.list)
    await person.go("➕ From a file or a list", states.CostCentres.paste)
    await person.type("701 054 20 07; ; <i>Depot</i>", states.CostCentres.preview)
    await person.go("✎ Save for {n} number", states.CostCentres.list, n=1)
    await person.go("🏷 <i>Depot</i> · 1", states.CostCentres.one)
    await person.go("✎ Rename or join", states.CostCentres.rename)
    await person.type("<b>Depot</b>", states.CostCentres.confirm)
    await person.go("✎ Rename", states.CostCentres.list)
    await person.go("‹ Back", states.Labels.main)
    await person.go("✎ Label", states.Labels.label)
    await person.type(AWKWARD, states.Labels.main)
    await person.go("✎ Cost centre", states.Labels.centre)
    await person.type("<i>Sales</i>", states.Labels.main)
    await person.go("⌂ Menu", states.Menu.main)
    await person.go("📱 Number management", states.Numbers.list)
    await person.go("Filter: {state}", states.Numbers.filter, state="")
    await person.go("🏷 By cost centre", states.Numbers.centres)
    await person.go("<i>Sales</i>", states.Numbers.list)
    await person.go("701 054 20 07", states.Card.main)
    await person.go("⛔ Block {number}", states.Confirm.summary, number="+7 701 054 20 07")
    back = person.said("Unblock")
    await person.go("↩ Then “{what}”…", states.Confirm.then, what=back)
    await person.type("25.01.2022 23:00", states.Confirm.summary)
    await person.go("↩ Then “{what}”…", states.Confirm.then, what=back)
    await person.go("Not taken back", states.Confirm.summary)
    await person.go("🕒 Later…", states.Confirm.later)
    await person.go("Tomorrow {time}", states.Confirm.summary, time="22:00")
    await person.go("🔁 Repeat…", states.Confirm.repeat)
    await person.go("Mon–Fri", states.Confirm.until)
    await person.type("24.03.2022", states.Confirm.summary)
    await person.go("⛔ Block {number}", states.Card.main, number="+7 701 054 20 07")
    await person.go("‹ Back", states.Numbers.list)
    await person.go("🕒 Schedule", states.Schedules.list)
    await person.go("701 054 20 07", states.Schedules.one)
    await person.go("✕ Cancel the schedule", states.Schedules.list)
    await person.go("‹ Back", states.Numbers.list)
    await _renew_a_schedule(person)
    await person.go("701 054 20 07", states.Card.main)
    await person.go("⋯ More: bans, devices, payments", states.Card.more)


async def _renew_a_schedule(person: Tourist) -> None:
    await person.type("701 054 20 06", states.Card.main)
    sent = len(await person.phone.sms())
    await person.go("🔒 Unblock {number}", states.Confirm.code, number="+7 701 054 20 06")
    await person.phone.has_sms(sent + 1)
    await person.go("🕒 Later…", states.Confirm.later)
    await person.go("Tomorrow {time}", states.Confirm.code, time="08:00")
    await person.go("🔁 Repeat…", states.Confirm.repeat)
    await person.go("Mon–Fri", states.Confirm.until)
    await person.type("28.01.2022", states.Confirm.code)
    await person.type(await person.phone.code(), states.Card.main)
    await person.go("‹ Back", states.Numbers.list)
    await person.go("🕒 Schedule", states.Schedules.list)
    await person.go("701 054 20 06", states.Schedules.one)
    sent = len(await person.phone.sms())
    await person.go("🔒 Renew until {date}, with a code", states.Schedules.code, date="24.04.2022")
    await person.phone.has_sms(sent + 1)
    await person.type(await person.phone.code(), states.Schedules.one)
    await person.go("✕ Cancel the schedule", states.Schedules.list)
    await person.go("‹ Back", states.Numbers.list)


async def _secret_code(phone: Phone) -> str:
    texts = [sms["text"] for sms in await phone.sms()]
    [found] = re.findall(r"[0-9A-Z]{5}-[0-9A-Z]{5}", "\n".join(texts))
    return str(found)


async def _block_and_unblock(stage: Stage, person: Tourist) -> None:
    number = "+7 701 211 55 26"
    # A code was sent for the login: another one is sent after a minute.
    await stage.advance(seconds=70)
    await person.type(number, states.Card.main)
    await person.go("⛔ Block {number}", states.Confirm.summary, number=number)
    await person.go("Lost", states.Confirm.summary)
    await person.tap("⛔ Block {number}", number=number)
    await person.at(states.Confirm.waiting, shown=False)
    await person.reads("✅ {done} {at} · action {reference}")
    sent = len(await person.phone.sms())
    await person.go("🔒 Unblock {number}", states.Confirm.code, number=number)
    await person.phone.has_sms(sent + 1)
    code = await person.phone.code()
    await person.type("000000" if code != "000000" else "111111", states.Confirm.code)
    await stage.fault("operator", "http_500", match="POST /tmf-api/productOrdering")
    await person.phone.say(code)
    await person.at(states.Confirm.waiting, shown=False)
    await person.reads("✅ {done} {at} · action {reference}")
    await person.at(states.Card.main)


async def _block_and_unblock_many(stage: Stage, person: Tourist) -> None:
    table = "\n".join(f"7701054203{row} 7701054203{row + 3}" for row in range(3))
    await stage.advance(seconds=70)
    for kind in ("Block", "Unblock"):
        await person.type("/numbers", states.Numbers.list)
        await person.go("☑ Many numbers", states.Sets.list)
        if kind == "Block":
            await person.phone.send_file("list.xlsx", list_files.two_sheets())
            await person.at(states.Sets.sheet)
            await person.go("‹ Back", states.Sets.list)
            await person.go("✕ Start again", states.Sets.list)
        if kind == "Block":
            await person.go("☐ Choose in the list", states.Sets.tick)
            await person.type("70105420", states.Sets.tick)
            await person.go("☑ This page", states.Sets.tick)
            await person.go("✕ Start again", states.Sets.tick)
            await person.go("‹ Back", states.Sets.list)
        await person.type(table, states.Sets.column)
        await person.go("701 054 20 30", states.Sets.list)
        await person.go("What to do?", states.Sets.kind)
        if kind == "Block":
            await person.go(kind, states.Sets.choice)
            await person.go("Without a reason", states.Sets.preview)
        else:
            await person.go(kind, states.Sets.preview)
        await person.reads("Preview: nothing has changed yet.")
        await _choose_times(person, then=kind == "Block")
        if kind == "Block":
            await person.tap("⛔ ")  # its words stand around the count
            await person.at(states.Sets.progress, shown=False)
            await person.phone.sees("✅", "S-")
    await person.go("🔒 Send the one-time code", states.Sets.code)
    await person.go("‹ Back", states.Sets.preview)
    await person.go("Cancel", states.Sets.list)
    await person.type("/menu", states.Menu.main)


async def _choose_times(person: Tourist, *, then: bool) -> None:
    """Later, and until when; both taken back again."""
    await person.go("🕒 Later…", states.Sets.later)
    await person.type("01.02.2022 08:00", states.Sets.preview)
    await person.go("🔁 Repeat…", states.Sets.repeat)
    await person.go("Every day", states.Sets.until)
    await person.type("10.02.2022", states.Sets.preview)
    await person.go("🔁 Repeat…", states.Sets.repeat)
    await person.go("Once only", states.Sets.preview)
    if then:
        await person.go("↩ Then “{what}”…", states.Sets.then, what=person.said("Unblock"))
        await person.type("02.02.2022 08:00", states.Sets.preview)
        await person.go("↩ Then “{what}”…", states.Sets.then, what=person.said("Unblock"))
        await person.go("Not taken back", states.Sets.preview)
    await person.go("🕒 Later…", states.Sets.later)
    await person.go("At once", states.Sets.preview)


async def _switch_services(stage: Stage, person: Tourist) -> None:
    has = ["data-5", *["offnet-50"] * 10, "sms-100"]
    await stage.number_becomes("77012115526", services=has, balance="100000")
    await person.type("211 55 26", states.Card.main)
    await person.go("📦 Allowances", states.Allowances.tariff)
    await person.go("➕ Additional allowances: {n}", states.Allowances.additional, n=12)
    await person.go("›", states.Allowances.additional)
    await person.go("‹ Back", states.Allowances.tariff)
    await person.go("‹ Back", states.Card.main)
    await person.go("🧩 Services", states.Services.active)
    await person.go("›", states.Services.active)
    await person.go("12", states.Services.service)
    await person.go("Disable {service}", states.Confirm.summary, service="")
    await person.go("Cancel", states.Services.service)
    await person.go("‹ Back", states.Services.active)
    await person.go("SMS", states.Services.offers)
    await person.go("1", states.Services.offering)
    await person.go("‹ Back", states.Services.offers)
    await person.go("‹ Back", states.Services.active)
    await person.go("Data roaming", states.Services.offers)
    await person.go("1", states.Confirm.summary)
    await person.tap("Enable {service}", service="")
    await person.at(states.Confirm.waiting, shown=False)
    enabled = Catalogues().say(person.language, "{service}: enabled").partition("}")[2]
    await person.phone.sees("✅", enabled)
    await person.at(states.Card.main)


async def _look_at_many_groups(person: Tourist, together: asyncio.Barrier) -> None:
    """An operator with more groups of services than stand beside those that are active."""
    rows = getters.ROWS_OF_GROUPS
    # All have read it before one writes: a patch each would put back what another had written.
    await together.wait()
    getters.ROWS_OF_GROUPS = 1
    try:
        await together.wait()
        await person.type("211 55 26", states.Card.main)
        await person.go("🧩 Services", states.Services.active)
        await person.go("🧩 Available services", states.Services.groups)
        await person.go("›", states.Services.groups)
        await person.go("‹ Back", states.Services.active)
        await together.wait()
    finally:
        getters.ROWS_OF_GROUPS = rows


async def _type_commands(person: Tourist) -> None:
    await person.type("usage services 7012115526", states.TypedCommand.meaning)
    await person.type("детализация", states.TypedCommand.number)
    await person.go("‹ Back", states.Menu.main)


async def _move_money(stage: Stage, person: Tourist) -> None:
    sender, recipient = "77010542013", "701 054 20 16"
    await stage.number_becomes(sender, balance="1750", individual_limit=None)
    await person.type("/menu", states.Menu.main)
    await person.go("💸 Balance transfer", states.Transfers.sender)
    await person.type(DEMO, states.Transfers.sender)
    await person.type("no such number", states.Transfers.sender)
    await person.go("✕ Show all numbers", states.Transfers.sender)
    await person.type(sender, states.Transfers.recipient)
    await person.go(recipient, states.Transfers.amount)
    await person.type("1e9", states.Transfers.amount)
    await person.type("1751", states.Transfers.amount)
    await person.type("1000.50", states.Confirm.summary)
    await person.tap("💸 ")  # its words stand around the amount, in each language elsewhere
    await person.at(states.Confirm.waiting, shown=False)
    await person.reads("Transferred: {amount}")
    await person.at(states.Card.main)
    await person.type(sender, states.Card.main)
    await person.go("⋯ More: bans, devices, payments", states.Card.more)
    await person.go("🧾 Payments", states.Payments.list)
    await person.go("Own period…", states.Payments.first_day)
    await person.type("01.01.2020", states.Payments.first_day)
    await person.type("01.01.2022", states.Payments.last_day)
    await person.type("20.01.2022", states.Payments.list)
    await person.go("⌂ Menu", states.Menu.main)


async def _forward_calls(stage: Stage, person: Tourist) -> None:
    number, target = "77010542008", "77012115526"
    await stage.number_becomes(
        number,
        forwarding=[
            {"condition": "unconditional", "target": target},
            {"condition": "conditional_busy", "target": "77272596060"},
            {"condition": "conditional_no_answer", "target": target, "timer": 5, "active": False},
        ],
    )
    await stage.advance(seconds=70)
    await person.type(number, states.Card.main)
    await person.go("🔀 Call forwarding", states.Forwarding.rules)
    await person.go("No answer", states.Forwarding.rule)
    await person.go("25", states.Forwarding.rule)
    await person.go("🔀 Choose a target", states.Forwarding.target)
    await person.type(number, states.Forwarding.target)
    await person.type("+7 916 123 45 67", states.Forwarding.abroad)
    await person.go("Forward abroad", states.Confirm.code)
    await person.go("Cancel", states.Forwarding.abroad)
    await person.go("‹ Back", states.Forwarding.target)
    await person.go("‹ Back", states.Forwarding.rule)
    await person.go("‹ Back", states.Forwarding.rules)
    await person.go("Cancel all forwarding", states.Confirm.summary)
    await person.tap("Cancel all forwarding")
    await person.at(states.Confirm.waiting, shown=False)
    await person.at(states.Card.main)


async def _register_devices(stage: Stage, person: Tourist) -> None:
    imei, consent = "352992091000077", "I have read and accept the registration rules"
    await stage.number_becomes("77012115526", imei=imei)
    await _to_devices(person)
    await person.go("⌨️ Another IMEI", states.Devices.enter)
    await person.type("123", states.Devices.enter)
    await person.type("353678076511548", states.Devices.device)
    await person.go("➕ Register duplicate", states.Devices.terms)
    await person.go(consent, states.Devices.terms)
    await person.go("Continue ›", states.Confirm.summary)
    await person.go("Cancel", states.Devices.list)
    await person.go("🔄 Re-register", states.Devices.terms)
    await person.go(consent, states.Devices.terms)
    await person.go("Continue ›", states.Devices.owner_number)
    await person.type("77012115299", states.Devices.owner_id)
    await person.type("123456789012", states.Devices.owner_id)
    await person.type("850115300011", states.Confirm.code)
    await person.go("Cancel", states.Devices.list)
    await person.go("📲 Register {imei}", states.Confirm.summary, imei=imei)
    await person.tap("📲 Register {imei}", imei=imei)
    await person.at(states.Confirm.waiting, shown=False)
    await person.phone.sees("✅", imei, "🕘")
    await person.at(states.Card.main)
    await _to_devices(person)
    await person.go("🕘 Requests history", states.Devices.requests)
    await person.go("All numbers", states.Devices.requests)
    await person.go("⌂ Menu", states.Menu.main)


async def _to_devices(person: Tourist) -> None:
    await person.type("211 55 26", states.Card.main)
    await person.go("⋯ More: bans, devices, payments", states.Card.more)
    await person.go("📲 Device registration (IMEI)", states.Devices.list)


async def _look_at_sim_cards(person: Tourist) -> None:
    await person.type("77010542021", states.Card.main)
    await person.go("💳 SIM & device", states.Sim.main)
    await person.go("❓ Why can the SIM card not be changed?", states.Faq.answer)
    await person.go("‹ Back", states.Sim.main)
    await person.go("‹ Back", states.Card.main)
    await person.go("⋯ More: bans, devices, payments", states.Card.more)
    await person.type("/menu", states.Menu.main)
    await person.type(DEMO, states.Card.main)
    await person.go("💳 SIM & device", states.Sim.main)
    await person.go_and_prove("🔒 Show PIN and PUK")
    await person.phone.sees("PUK1 ", "PUK2 ")
    await person.at(states.Sim.main)
    await person.go("💳 SIM card replacement", states.SimReplacement.pick)
    await person.type("8999702", states.SimReplacement.pick)
    await person.go("›", states.SimReplacement.pick)
    await person.tap("… ")
    await person.hears(
        "This is an administrator's login number: a second administrator of the company has to "
        "approve, and there is nobody else who has logged in here. Call corporate support."
    )
    await person.type("/menu", states.Menu.main)
    await person.type("77010542012", states.Card.main)
    await person.go("💳 SIM & device", states.Sim.main)
    await person.go("💳 SIM card replacement", states.SimReplacement.pick)
    # Rightly used codes give their places in the hour back: the e-mail's further down need two.
    await person.go_and_prove("… ")
    await person.at(states.Confirm.waiting, shown=False)
    await person.reads("✅ {done} {at} · action {reference}")
    await person.at(states.Card.main)
    await person.go("⌂ Menu", states.Menu.main)


async def _read_the_rest(person: Tourist) -> None:
    await person.go("📄 Documents & reports", states.Documents.menu)
    await person.go("2 · Actions", states.History.list)
    await person.go("Own period…", states.History.first_day)
    await person.type("24.01.2022", states.History.last_day)
    await person.type("24.01.2022", states.History.list)
    await person.go("‹ Back", states.Documents.menu)
    await _order_documents(person)
    await person.go("⌂ Menu", states.Menu.main)
    await person.go("❓ FAQ", states.Faq.list)
    for answer in "12345678":
        await person.go(answer, states.Faq.answer)
        await person.go("‹ Back", states.Faq.list)
    await person.go("🔒 Privacy", states.Privacy.policy)
    await person.go("‹ Back", states.Faq.list)
    await person.go("⌂ Menu", states.Menu.main)
    await person.go("👤 Profile", states.Profile.main)
    await _look_at_the_profile(person)
    await person.go("⌂ Menu", states.Menu.main)
    await person.go("🏢 Company", states.Companies.choose)
    await person.go("⌂ Menu", states.Menu.main)


async def _look_at_the_profile(person: Tourist) -> None:
    await person.go("✉️ Change e-mail", states.Profile.email)
    await person.type("nobody", states.Profile.email)
    await person.type("new@demo.example", states.Confirm.summary)
    await person.go("🔒 Send the one-time code", states.Confirm.code)
    await person.go("🔑 Enter the password", states.Confirm.password)
    await person.type("not the password", states.Confirm.password)
    await person.type(PASSWORD, states.Confirm.code)
    await person.phone.say(await person.phone.mail_code("new@demo.example"))
    await person.at(states.Confirm.waiting, shown=False)
    await person.reads("✅ {done} {at} · action {reference}")
    await person.at(states.Menu.main)
    await person.go("👤 Profile", states.Profile.main)
    await person.go("🔑 Change password", states.Profile.password)
    await person.type("not the password", states.Profile.password)
    await person.type(PASSWORD, states.Profile.new_password)
    await person.type("short", states.Profile.new_password)
    await person.type(CHANGED, states.Profile.repeat_password)
    await person.type(CHANGED, states.Profile.main)
    await person.go("💻 Sessions: {n}", states.Profile.sessions, n=1)
    await person.go("‹ Back", states.Profile.main)
    await person.go("📲 Known Telegram accounts", states.Profile.accounts)
    await person.go("‹ Back", states.Profile.main)
    await person.go("🔔 Notifications", states.Profile.notifications)
    await person.tap(ON, topic=person.word("Certificate and register of the month"))
    await person.at(states.Profile.notifications)
    await person.go("🔔 Alerts", states.Alerts.list)
    await person.go("🌙 Quiet hours: {hours}", states.Alerts.quiet, hours="22:00–08:00")
    await person.go("20:00–09:00", states.Alerts.list)
    await person.go("➕ Add a rule", states.Alerts.measure)
    await person.go("Balance or remaining credit limit below an amount", states.Alerts.scope)
    await person.go("All numbers of the company", states.Alerts.amount)
    await person.go("500", states.Alerts.list)
    await person.go("🔔 ", states.Alerts.rule)
    await person.tap("🔕 For good")
    await person.at(states.Alerts.rule)
    await person.go("✕ Delete the rule", states.Alerts.list)
    await person.go("‹ Back", states.Profile.notifications)
    await person.go("‹ Back", states.Profile.main)


async def _order_documents(person: Tourist) -> None:
    await person.go("1 · By invoice", states.Ordering.form)
    await person.go("🔢 Number of the invoice…", states.Ordering.number)
    await person.type("nonsense", states.Ordering.number)
    await person.type("ESF-180140000018-20220124-00000001", states.Ordering.form)
    await person.go("📊 Show here", states.Ordering.found)
    await person.go("‹ Back", states.Ordering.form)
    await person.go("‹ Back", states.Documents.menu)
    await person.go("4 · Certificate", states.Ordering.form)
    await person.go("🧾 Account or phone…", states.Ordering.account)
    await person.type("25060830", states.Ordering.form)
    await person.go("📅 Month…", states.Ordering.month)
    await person.go("‹ Back", states.Ordering.form)
    await person.go("✉️ Also by e-mail", states.Ordering.email)
    await person.type("someone@elsewhere.example", states.Ordering.outside)
    await person.go("Send to {address}", states.Ordering.form, address="someone@elsewhere.example")
    await person.go("‹ Back", states.Documents.menu)
    await person.go("8 · Payments", states.Ordering.form)
    await person.go("📅 Own period…", states.Ordering.first_day)
    await person.type("30.02.2022", states.Ordering.first_day)
    await person.type("01.12.2021", states.Ordering.last_day)
    await person.type("20.01.2022", states.Ordering.form)
    await person.go("📊 Show here", states.Ordering.payments)
    await person.go("‹ Back", states.Ordering.form)
    await person.go("‹ Back", states.Documents.menu)
    await person.go("📈 Charts", states.Documents.charts)
    await person.go("Spend by number", states.Ordering.form)
    await person.go("‹ Back", states.Documents.charts)
    await person.go("Spend by cost centre", states.Ordering.form)
    await person.go("‹ Back", states.Documents.charts)
    await person.go("‹ Back", states.Documents.menu)
    await person.go("🗓 Every month", states.Subscriptions.list)
    await person.go("➕ Subscribe", states.Subscriptions.kind)
    await person.go("Invoice register", states.Subscriptions.day)
    await person.type("5", states.Subscriptions.list)
    await person.go("🗓 ", states.Subscriptions.one)
    await person.go("✕ Unsubscribe", states.Subscriptions.list)
    await person.go("‹ Back", states.Documents.menu)
    await person.go("📥 My requests", states.Documents.requests)
    await person.go("Usage details", states.Documents.request)
    await person.go("‹ Back", states.Documents.requests)
    await person.go("‹ Back", states.Documents.menu)


async def _make_mistakes(stage: Stage, person: Tourist) -> None:
    await person.type("there is nothing like this", states.Numbers.list)
    await person.go("✕ Show all numbers", states.Numbers.list)
    await person.type("/nonsense", states.Numbers.list)
    await person.phone.send({"sticker": True})
    await person.at(states.Numbers.list)
    await person.go("⌂ Menu", states.Menu.main)
    await stage.fault("operator", "http_500", times=None, match="/product")
    await person.say("/menu")
    await person.at(states.Menu.main)
    await person.tap("📱 Number management")
    await person.hears(
        "The operator's system does not answer. Nothing has changed. Try again in 2-3 minutes; "
        "if it goes on, contact corporate support (FAQ 5)."
    )
    await stage.http.delete("/sandbox/faults")


async def _approve_many(stage: Stage, person: Tourist, album: Album) -> None:
    phone = await stage.phone(MARAT, language=person.language)
    second = Tourist(stage, phone, album, person.language)
    await _first_login(second)
    await second.at(states.Menu.main)
    await stage.advance(seconds=70)
    many = ("77010542012", "77010542013", "77010542014", "77010542015")
    for number in many:
        rule = {"condition": "unconditional", "target": "77011112233"}
        await stage.number_becomes(number, forwarding=[rule])
    await person.type("/numbers", states.Numbers.list)
    await person.go("☑ Many numbers", states.Sets.list)
    await person.go("✕ Start again", states.Sets.list)
    await person.type("\n".join(many), states.Sets.list)
    await person.go("What to do?", states.Sets.kind)
    await person.go("Switch off call forwarding", states.Sets.choice)
    await person.go("all rules", states.Sets.preview)
    await person.reads("Preview: nothing has changed yet.")
    sent = len(await person.phone.sms())
    await person.go("🔒 Send the one-time code", states.Sets.code)
    await person.phone.has_sms(sent + 1)
    await person.say(await person.phone.code())
    await person.at(states.Sets.progress)
    asked = await phone.sees(second.word("🔍 Look at it and decide"))
    second.begin()
    await phone.tap(second.word("🔍 Look at it and decide"), message=asked)
    await second.at(states.SetApproval.question)
    await second.go("🔒 Send the one-time code", states.SetApproval.code)
    await second.go("‹ Back", states.SetApproval.question)
    await second.tap("Reject")
    await person.reads("⚠️")
    await person.type("/menu", states.Menu.main)


async def _remove_an_account(stage: Stage, person: Tourist, album: Album) -> None:
    await stage.advance(hours=73)
    other = Tourist(
        stage, await stage.phone(DEMO, language=person.language), album, person.language
    )
    await other.type("/start", states.Language.choose)
    await other.go(LANGUAGES[person.language].name, states.Login.phone)
    await other.type(DEMO, states.Login.password)
    # The chat that is known is asked for the password alone.
    await person.type("/start", states.Login.password)
    for one in (person, other):
        await one.say(CHANGED)
        await one.enters("TOO Demo")
    await person.reads("🔒 Your My Account was opened from a new Telegram account.")
    await person.type("/profile", states.Profile.main)
    await person.go("📲 Known Telegram accounts", states.Profile.accounts)
    await person.go("✖️ Remove: {name}", states.Profile.account_password, name="")
    await person.type("not the password", states.Profile.account_password)
    await person.type(CHANGED, states.Profile.accounts)
    await other.reads("🔒 A Telegram account was removed from those known as yours.")
    await other.tap("🛑 It was not me")
    await person.reads(
        "🛑 “It was not me” was pressed: changes in your name are stopped, and your sessions have "
        "ended."
    )


async def _keep_messages(person: Tourist, album: Album) -> None:
    """Whatever else the bot wrote: final words, captions, alerts, SMS."""
    chat: dict[str, Any] = await person.phone.chat()
    messages = [message.text for message in await person.phone.messages() if message.from_bot]
    answers = [answer["text"] for answer in chat["answers"] if answer.get("text")]
    texts = [sms["text"] for sms in await person.phone.sms()]
    album.messages[person.language] = [*messages, *answers, *texts]
