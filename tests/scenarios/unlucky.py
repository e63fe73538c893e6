"""The bot as a process, in which things go wrong that nobody expects.

`python -m tests.scenarios.unlucky run`: every library logs all it has to say, and whoever types
`SPELL` meets an error whose text is what they typed.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import bot.__main__
import bot.ops.logs
from account.access.login import Login
from account.credentials.one_time_codes import Codes
from account.credentials.passwords import Passwords

SPELL = "abracadabra"
"""What is typed with this in it ends in an error that repeats it."""
LIBRARIES = ("", "aiogram", "aiogram_dialog", "aiohttp", "asyncio", "sqlalchemy.engine")


def stumbling(method: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """The method; with the spell among its arguments it fails with all of them in its text."""

    async def stumble(self: object, *arguments: object) -> Any:
        if any(isinstance(given, str) and SPELL in given for given in arguments):
            raise RuntimeError(f"unexpected: {arguments}")
        return await method(self, *arguments)

    return stumble


def talkative(level: str) -> None:
    """The product's own logs, and of the libraries everything."""
    set_up(level)
    for name in LIBRARIES:
        logging.getLogger(name).setLevel(logging.DEBUG)


set_up = bot.ops.logs.set_up
if __name__ == "__main__":
    bot.ops.logs.set_up = talkative
    for owner, name in ((Login, "with_password"), (Codes, "check"), (Passwords, "hash")):
        setattr(owner, name, stumbling(getattr(owner, name)))
    sys.exit(bot.__main__.main())
