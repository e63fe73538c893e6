"""What our side of TLS with the operator knows and shows."""

from __future__ import annotations

import ssl
from pathlib import Path


def client_context(
    authority: Path | None = None, certificate: Path | None = None, key: Path | None = None
) -> ssl.SSLContext:
    """The public authorities and one's own, and the certificate that we show.

    `key` is left out where it stands in the certificate's file. Raises OSError, of which
    `ssl.SSLError` for what is no PEM, and for a key with a password.
    """
    context = ssl.create_default_context()
    if authority is not None:
        context.load_verify_locations(cafile=authority)
    if certificate is not None:
        # Without a password given it would be asked for on the terminal.
        context.load_cert_chain(certificate, key, password=lambda: "")
    return context
