"""The way to the operator: what the profile wants beside what the environment gives."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from typing import TYPE_CHECKING

from carrier.tls import client_context

if TYPE_CHECKING:
    from bot.config.settings import Settings
    from carrier.profile.model import Profile


def tls_of(settings: Settings) -> ssl.SSLContext | None:
    """Our side of TLS; None where nothing was set. Raises OSError."""
    files = (
        settings.carrier_ca_file,
        settings.carrier_certificate_file,
        settings.carrier_certificate_key_file,
    )
    return client_context(*files) if any(files) else None


def addresses(profile: Profile) -> Iterator[str]:
    """Every address that a profile names."""
    for api in profile.apis.values():
        if api.address is not None:
            yield api.address
    if profile.access.token_url is not None:
        yield profile.access.token_url


def refusal(settings: Settings) -> str | None:
    """A sentence for what cannot work together, or None."""
    wanted = settings.profile.access.kind
    if wanted != "bearer" and not (settings.carrier_token or settings.carrier_token_file):
        what = "the client's secret" if wanted == "oauth2" else "a key"
        return (
            f"MYACCOUNT_CARRIER_TOKEN_FILE is not set: the profile (MYACCOUNT_OPERATOR_PROFILE) "
            f"has access.kind {wanted}, which needs {what}."
        )
    return _tls_refusal(settings)


def _tls_refusal(settings: Settings) -> str | None:
    authority, certificate, key = (
        settings.carrier_ca_file,
        settings.carrier_certificate_file,
        settings.carrier_certificate_key_file,
    )
    if key is not None and certificate is None:
        return (
            "MYACCOUNT_CARRIER_CERTIFICATE_FILE is not set: a key is there, and no certificate to "
            "show."
        )
    try:
        if authority is not None:
            client_context(authority)
    except OSError as error:
        return f"MYACCOUNT_CARRIER_CA_FILE: {_why(error)}."
    try:
        if certificate is not None:
            client_context(None, certificate, key)
    except OSError as error:
        return (
            "MYACCOUNT_CARRIER_CERTIFICATE_FILE and MYACCOUNT_CARRIER_CERTIFICATE_KEY_FILE: "
            f"{_why(error)}."
        )
    return None


def _why(error: OSError) -> str:
    if isinstance(error, ssl.SSLError):
        reason = (error.reason or "").replace("_", " ").lower()
        return f"not what TLS can use ({reason or 'no PEM'}); a key has no password"
    return f"the file cannot be read: {error.strerror}"
