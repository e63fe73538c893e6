"""`myaccount person`: what is kept of one person, to hand over or to erase."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

from account.errors import InputRefused, SupportRefused
from account.support.personal_data import PersonalData, export_lines
from account.values.identifiers import Msisdn
from bot.app.build import stores_of
from bot.cli.history import new_file
from bot.cli.support_desk import REFUSED, keeper
from bot.config.errors import BadSetting
from bot.ops.clock import SteadyClock
from storage.personal_data import STAYS

if TYPE_CHECKING:
    from bot.config.settings import Settings


async def run(settings: Settings, chosen: argparse.Namespace) -> int:
    """Do what was asked for; 1 and a sentence on standard error when it cannot be."""
    try:
        msisdn = Msisdn.parse(chosen.phone)
    except InputRefused:
        raise BadSetting("The person's number must be one like 77010542007.") from None
    clock = SteadyClock(settings.now)
    try:
        async with stores_of(settings) as stores:
            data = PersonalData(stores.personal_data, clock)
            if chosen.doing == "export":
                lines = export_lines(await data.read(msisdn), msisdn, clock.now())
                with new_file(chosen.target) as file:
                    file.writelines(json.dumps(one, ensure_ascii=False) + "\n" for one in lines)
                print(f"{chosen.target}: {len(lines) - 1} rows.")  # noqa: T201 - the answer
            else:
                erased = await data.erase(msisdn, keeper(), chosen.reason)
                for name, count in erased.items():
                    print(f"{name}: {count} rows erased")  # noqa: T201 - the answer
                for table, why in STAYS.items():
                    print(f"{table.name} stays: {why}")  # noqa: T201 - the answer
    except SupportRefused as refused:
        print(f"Nothing was done: {refused}.", file=sys.stderr)  # noqa: T201
        return REFUSED
    return 0
