"""What a process says of itself when it starts: one line, and nothing secret in it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import structlog

from bot.ops.causes import where

if TYPE_CHECKING:
    from bot.config.settings import Settings

log = structlog.get_logger(__name__)


def say(settings: Settings, *, worker: bool) -> None:
    """Log mode, database, profile and addresses."""
    log.info("process.starts", **facts(settings, worker=worker))


def facts(settings: Settings, *, worker: bool) -> dict[str, str]:
    """The line by its fields."""
    webhook = settings.webhook_url
    mode = "worker" if worker else "webhook" if webhook else "polling"
    said = {
        "mode": mode,
        "database": _database(settings.database_url),
        "profile": settings.profile.names.operator,
        "telegram": where(settings.telegram_url),
        "operator": where(settings.carrier_url),
    }
    if webhook and not worker:
        path = urlsplit(webhook).path or "/"
        listens = f"{settings.webhook_host}:{settings.webhook_port}{path}"
        said["webhook"] = f"{where(webhook)} at {listens}"
    return said


def _database(url: str) -> str:
    parts = urlsplit(url)
    if not parts.hostname:
        return f"{parts.scheme}:{url.partition(':///')[2]}"
    return where(url)
