"""Whose machine an address is on."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit


def here(host: str) -> bool:
    """Whether a host is this machine itself: the loopback, or a local socket."""
    if not host or host.startswith("/"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def leads_here(url: str) -> bool:
    """Whether the host of an address is this machine itself."""
    return here(urlsplit(url).hostname or "")


def of_the_internet(host: str) -> bool:
    """Whether a host is in nobody's private network."""
    try:
        return ip_address(host).is_global
    except ValueError:
        return host == "telegram.org" or host.endswith(".telegram.org")
