"""The bind to a message centre, where texts go by SMPP."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

import structlog

from bot.delivery.sms_receipts import KeptReceipts
from carrier.sms.smpp.sender import SmppSender
from carrier.sms.smpp.session import Centre

if TYPE_CHECKING:
    from account.values.clock import Clock
    from bot.config.settings import Settings
    from bot.ops.metrics import Metrics
    from bot.workers.leased_task import LeasedTask
    from storage.open import Stores

log = structlog.get_logger(__name__)

BIND = "smpp"
"""The lease of who is bound: one process of all on a database."""
PORT, PORT_WITH_TLS = 2775, 3550


def message_centre(
    settings: Settings, stores: Stores, clock: Clock, metrics: Metrics
) -> SmppSender | None:
    """The bind by SMPP, if texts go that way."""
    if settings.smpp_url is None:
        return None
    receipts = KeptReceipts(
        stores.sms_parts, clock, metrics.sms_receipt, stores.login.awaited, stores.outbox.owe
    )
    return SmppSender(
        centre_of(settings.smpp_url, settings.smpp_password),
        settings.profile.names.sms_sender,
        receipts,
    )


def centre_of(url: str, password: str) -> Centre:
    """A message centre by its address; the port is 2775, or 3550 with TLS, where none is told."""
    parts = urlsplit(url)
    secured = parts.scheme == "smpps"
    return Centre(
        host=parts.hostname or "",
        port=parts.port or (PORT_WITH_TLS if secured else PORT),
        system_id=unquote(parts.username or ""),
        password=password,
        system_type=parse_qs(parts.query).get("system_type", [""])[0],
        tls=ssl.create_default_context() if secured else None,
    )


def bind_failed(error: BaseException) -> None:
    """The bind ended by an error of ours; it is made anew."""
    log.error("smpp.failed", error=type(error).__name__)


def state_of(sender: SmppSender, link: LeasedTask) -> str | bool:
    """Whether texts can go out, as far as it is up to this process."""
    return sender.state if link.held and not sender.bound else True
