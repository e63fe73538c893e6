"""A person who is logged in already: for scenarios that are not about the login."""

from __future__ import annotations

import secrets
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from account.credentials.one_time_codes import COUNTED_FOR, Purpose
from account.effects.effect import OpenSession
from account.identity.sessions import Session
from account.values.identifiers import Msisdn

if TYPE_CHECKING:
    from bot.app.lifecycle import App
    from storage.open import Stores
    from tests.scenarios.conftest import Stage
    from tests.scenarios.phone import Phone

DEMO, QAZYNA = "org-180140000018", "org-180140000901"
ADMINISTRATORS = {"77010542007": "adm-1", "77012115526": "adm-2", "77071234567": "adm-4"}
MENU = {"en": "Number management", "ru": "Управление номерами", "kk": "Нөмірлерді басқару"}


async def enter(
    stage: Stage,
    number: str = "77010542007",
    *,
    company_id: str | None = DEMO,
    language: str = "en",
) -> Phone:
    """A person in the menu of a company, in that language."""
    assert stage.app is not None
    phone = await stage.phone(number, language=language)
    bot_id = stage.settings.bot_id
    await open_session(stage.app.stores, phone, stage.clock.now(), bot_id, company_id, language)
    await phone.say("/start")
    await phone.sees(MENU[language])
    return phone


async def set_password(app: App, phone: Phone, password: str, company: str) -> None:
    """Log in by a code that is sent, and choose that one of several companies.

    All that somebody types is left out: from the code's row it is known what would be right.
    """
    use_cases, stores, number = app.use_cases, app.stores, Msisdn(phone.number)
    unit = await stores.units.open(phone.id, phone.id, app.settings.bot_id)
    unit.set_language("en", app.clock.now(), chosen=True)
    await stores.units.close(unit, None)
    now = app.clock.now()
    await use_cases.login.ask_code(phone.id, number, "en")
    app.signal.ring()
    *_, code = await stores.login.code_sends(number, now - COUNTED_FOR)
    await stores.login.try_code(number, phone.id, Purpose.RESET, code.code_mac, now)
    await phone.until(partial(nothing_owed, stores), "the code on its way")
    draft = await use_cases.login._passwords.hash(password)
    session = await use_cases.login.set_password(phone.id, number, draft, password, "en")
    actor = await use_cases.companies.actor(session)
    if len(actor.companies) > 1:
        chosen = next(one for one in actor.companies if company in one.name)
        await use_cases.companies.choose(actor, chosen.id)


async def nothing_owed(stores: Stores) -> bool:
    return not await stores.outbox.waiting()


async def open_session(
    stores: Stores,
    phone: Phone,
    now: datetime,
    bot_id: int,
    company_id: str | None = DEMO,
    language: str = "en",
) -> None:
    """Write what a login would have left."""
    unit = await stores.units.open(phone.id, phone.id, bot_id)
    unit.set_language(language, now, chosen=True)
    await stores.units.close(unit, None)
    session = Session(
        id=secrets.token_hex(8),
        telegram_id=phone.id,
        administrator_id=ADMINISTRATORS[phone.number],
        administrator_name="Administrator",
        phone=Msisdn(phone.number),
        company_id=company_id,
        opened_at=now,
        seen_at=now,
    )
    await stores.effect_store.write([OpenSession(session)])


async def ask_to_block(phone: Phone, number: str = "77012115526") -> None:
    """Go to the question whether to block that number."""
    shown = f"+7 {number[1:4]} {number[4:7]} {number[7:9]} {number[9:]}"
    await phone.say(number)
    await phone.tap(f"Block {shown}")
    await phone.sees(f"Block {shown}?")


NO_CODE = "Too many codes have been requested. The next one can be sent at 24.01.2022 17:00."


async def use_up_codes(phone: Phone) -> None:
    """Ask for as many codes as an hour has, and type none of them."""
    for sent in range(1, 6):
        await phone.command("/menu")
        card = await phone.command("77010542006")
        await phone.tap("Unblock +7 701 054 20 06", message=card)
        await phone.has_sms(sent)
        await phone.sees("Enter the 6 digits")
    await phone.command("/menu")
