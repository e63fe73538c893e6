"""Whether Telegram's calls reach our webhook, by what Telegram itself says of it.

A proxy that strips the path, or drops the secret's header, leaves the bot deaf while every part of
it works: only Telegram knows. An error of its own counts while no call of its has come since.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiogram.types import WebhookInfo

_LONGEST = 200
_SIGNS = re.compile(r"[^ -~]")

_CURES = (
    (
        "401",
        (
            "the secret's header does not come through: have the proxy pass "
            "X-Telegram-Bot-Api-Secret-Token, and see that MYACCOUNT_WEBHOOK_SECRET is the one set"
        ),
    ),
    ("404", "the path does not come through: have the proxy pass it unchanged"),
    ("502", "the proxy does not reach the bot: look at its upstream, MYACCOUNT_WEBHOOK_PORT"),
    ("503", "the bot could not keep updates: look at the database"),
    (
        "certificate",
        (
            "Telegram does not trust the certificate: have one of a public authority, "
            "with those between"
        ),
    ),
    ("SSL", "TLS fails: have a certificate of a public authority, and TLS 1.2 or newer"),
    ("resolve", "the name of MYACCOUNT_WEBHOOK_URL is unknown to Telegram: correct it or the DNS"),
    ("refused", "nothing listens there: open the port of MYACCOUNT_WEBHOOK_URL to Telegram"),
    ("timed out", "the address is not reached: open its port to Telegram"),
    ("timeout", "the address is not reached: open its port to Telegram"),
)


def delivery_failure(told: WebhookInfo, heard_at: datetime | None) -> str | None:
    """Telegram's last error in words when no call has come since; None when all is well.

    `heard_at` is when the last call was taken, None when none was: then only updates that wait
    tell a present fault from an old one.
    """
    failed_at = told.last_error_date
    if failed_at is None or told.pending_update_count == 0:
        return None
    if heard_at is not None and heard_at >= failed_at:
        return None
    said = _SIGNS.sub("", told.last_error_message or "no reason told")[:_LONGEST]
    cure = next((cure for sign, cure in _CURES if sign.lower() in said.lower()), None)
    cure = cure or "look at the proxy before the bot"
    return (
        f"Telegram does not reach {told.url} ({said}, {told.pending_update_count} updates wait): "
        f"{cure}"
    )
