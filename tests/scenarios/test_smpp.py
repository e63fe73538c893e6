"""Codes by SMPP, from the tap to the phone and the receipt, with a centre of npm's `smpp`."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.carrier.smpp.centre import a_centre, needs_npm
from tests.scenarios.conftest import ADMINISTRATOR, PASSWORD, staged

pytestmark = [pytest.mark.npm, needs_npm]


def is_text(seen: dict[str, Any]) -> bool:
    return "text" in seen


async def test_a_login_in_kazakh_by_a_code_over_smpp(tmp_path: Path) -> None:
    async with a_centre() as centre:
        url = f"smpp://myaccount@127.0.0.1:{centre.port}"
        async with staged(
            tmp_path, changed=lambda s: replace(s, smpp_url=url, smpp_password="secret78")
        ) as stage:
            phone = await stage.phone(ADMINISTRATOR)
            await phone.say("/start")
            await phone.tap("Қазақша")
            await phone.tap("Құпиясөзді ұмыттыңыз ба?")
            await phone.sees("код")
            await phone.say(phone.number)
            came = await centre.until(is_text)
            assert (came["to"], came["coding"]) == (ADMINISTRATOR, 8)
            assert re.search("[әғқңөұүһі]", came["text"], re.IGNORECASE)
            await phone.say("".join(re.findall(r"\d", came["text"]))[:6])
            await phone.sees("құпиясөз")
            await phone.say(PASSWORD)
            await phone.sees("тағы бір рет")
            await phone.say(PASSWORD)
            await phone.sees("Компания")
            assert await phone.sms() == [], "not one went by TMF681"
            await centre.until(lambda seen: "receipt" in seen)
            assert stage.app is not None
            rows = stage.app.stores.database
            async with asyncio.timeout(60):
                while set(await rows.read(_states)) != {"DELIVRD"}:  # noqa: ASYNC110 - it has no bell
                    await asyncio.sleep(0.01)


def _states(conn: Any) -> list[str]:
    return list(conn.exec_driver_sql("SELECT state FROM sms_parts").scalars())
