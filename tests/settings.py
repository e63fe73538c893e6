"""Settings as a bot on this machine has them, for tests to change with `dataclasses.replace`."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from bot.config.environment import read
from bot.config.settings import Settings

ENOUGH = {
    "MYACCOUNT_BOT_TOKEN": "123456:abcdefghijklmnopqrstuvwxyz0123456789",
    "MYACCOUNT_CARRIER_URL": "http://127.0.0.1:9",
}
"""What must be set, and nothing else."""


def plain() -> Settings:
    """The defaults, but for the port of the figures: it is nobody's."""
    return replace(_read(), metrics_port=0)


@cache
def _read() -> Settings:
    return read(ENOUGH)
