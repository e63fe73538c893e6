"""The way to the operator for the doctor: one request at a time, each answer kept to be looked at.

The way is the product's own: the same authorities, certificate and proxy, the same headers by
`carrier.auth`. Whatever is no answer keeps its cause, which `bot.ops.causes` puts into words. It
asks and never changes anything: GET, and the POST of a question or for a token.
"""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import httpx

from bot.config.operator_access import tls_of
from carrier.http import Limits, OperatorHttp
from carrier.httpx_transport import HttpxTransport

if TYPE_CHECKING:
    from bot.config.settings import Settings

SECONDS = 10.0


def operator_over(transport: HttpxTransport, settings: Settings) -> OperatorHttp:
    """The product's own readers over this transport; nothing is asked twice."""
    limits = Limits(connect=SECONDS / 2, read=SECONDS, total=SECONDS, retries=0)
    token = settings.carrier_token_file or settings.carrier_token
    return OperatorHttp(
        settings.carrier_url, token, transport=transport, limits=limits, profile=settings.profile
    )


def transport_of(settings: Settings) -> HttpxTransport:
    """The way to the operator as it is set."""
    return HttpxTransport(
        httpx.AsyncClient(
            verify=tls_of(settings) or ssl.create_default_context(),
            proxy=settings.carrier_proxy,
            trust_env=False,
            follow_redirects=False,
        )
    )
