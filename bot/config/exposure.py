"""Settings that work and still give something away: secrets in clear, tests beside the real thing.

Three families. What goes in clear over a network is refused, unless the keeper says by
`MYACCOUNT_PRIVATE_NETWORK=yes` that the network is theirs alone: one name for all of it, told by
`doctor` and at every start. What is made for tests is refused beside a real operator, whoever says
what. What is merely unwise starts, and `doctor` calls it WRONG.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from urllib.parse import urlsplit

from bot.config.hosts import here, leads_here, of_the_internet
from bot.config.operator_access import addresses
from bot.config.settings import OVERRIDE, Settings

LONGEST_IDLE, LONGEST_LOGIN = timedelta(hours=1), timedelta(hours=12)
"""From here on an open chat is open to whoever finds the phone."""

_SENTENCES = {
    "CARRIER_URL": (
        "http:// to another machine shows the operator's token and every answer on the way; "
        "use https://."
    ),
    "OPERATOR_PROFILE": (
        "an http:// address to another machine in it shows the operator's token and every answer "
        "on the way; use https://."
    ),
    "TELEGRAM_URL": (
        "http:// to another machine shows the bot's token, which is part of every address; "
        "use https://."
    ),
    "WEBHOOK_URL": (
        "over http:// the secret and whatever people type can be read on the way; use https://."
    ),
    "WEBHOOK_HOST": (
        "the bot itself speaks no TLS, so a proxy on another machine sends it the secret and "
        "whatever people type in clear; have the proxy here and listen on 127.0.0.1."
    ),
    "EVENTS_URL": ("over http:// the secret in its path can be read on the way; use https://."),
    "EVENTS_HOST": (
        "the bot itself speaks no TLS, so a proxy on another machine sends it the secret in the "
        "path in clear; have the proxy here and listen on 127.0.0.1."
    ),
    "SMPP_URL": (
        "without TLS codes and the password of the bind can be read on the way; use smpps://."
    ),
    "DATABASE_URL": (
        "PostgreSQL on another machine needs sslmode=verify-full (and sslrootcert=, the file "
        "of your authority); require and less let anybody in between be the database."
    ),
}


def in_clear(settings: Settings, environment: Mapping[str, str]) -> dict[str, str]:
    """What would cross a network unprotected: a sentence for each variable."""
    told = {name: _SENTENCES[name] for name in _in_clear(settings, environment)}
    if mail := _mail_in_clear(settings.smtp_url):
        told["SMTP_URL"] = mail
    return {f"MYACCOUNT_{name}": f"MYACCOUNT_{name}: {told[name]}" for name in told}


def _in_clear(settings: Settings, environment: Mapping[str, str]) -> Iterator[str]:
    if _plain_http(settings.carrier_url):
        yield "CARRIER_URL"
    if any(map(_plain_http, addresses(settings.profile))):
        yield "OPERATOR_PROFILE"
    if _plain_http(settings.telegram_url):
        yield "TELEGRAM_URL"
    if settings.webhook_url and _plain_http(settings.webhook_url):
        yield "WEBHOOK_URL"
    if settings.webhook_url and not here(settings.webhook_host):
        yield "WEBHOOK_HOST"
    if settings.events_url and _plain_http(settings.events_url):
        yield "EVENTS_URL"
    if settings.events_url and not here(settings.events_host):
        yield "EVENTS_HOST"
    centre = settings.smpp_url or ""
    if urlsplit(centre).scheme == "smpp" and not leads_here(centre):
        yield "SMPP_URL"
    if _open_database(settings.database_url, environment):
        yield "DATABASE_URL"


def _plain_http(url: str) -> bool:
    return urlsplit(url).scheme == "http" and not leads_here(url)


def _mail_in_clear(url: str | None) -> str | None:
    if url is None or leads_here(url):
        return None
    from carrier.mail import protection

    has_password = bool(urlsplit(url).password)
    if protection(url) == "never":
        what = "the password and every code" if has_password else "every code"
        return f"with starttls=never {what} can be read on the way; say starttls=required."
    if protection(url) == "offered" and has_password:
        return (
            "with starttls=offered whoever stands between takes the offer away and has the "
            "password; say starttls=required."
        )
    return None


def _open_database(url: str, environment: Mapping[str, str]) -> bool:
    if url.startswith("sqlite"):
        return False
    from sqlalchemy import make_url

    from storage.engine.postgres_address import VERIFIED, hosts, tls_mode

    address = make_url(url)
    if all(map(here, hosts(address, environment))):
        return False
    return tls_mode(address, environment) != VERIFIED


def refusal(settings: Settings, environment: Mapping[str, str]) -> str | None:
    """The sentence for the first setting that must not start, or None."""
    tests = {"MYACCOUNT_NOW": settings.now, "MYACCOUNT_FAILPOINT": settings.failpoint}
    real = not leads_here(settings.carrier_url)
    for name, given in tests.items():
        if given is not None and real:
            return (
                f"{name} is for demonstrations and tests, and MYACCOUNT_CARRIER_URL is an operator "
                "on another machine; take one of the two away."
            )
        if given is not None and settings.private_network:
            return (
                f"{name} is for demonstrations and tests, {OVERRIDE} for an operator's own "
                "network; take one of the two away."
            )
    open_ways = in_clear(settings, environment)
    if settings.private_network:
        return _beyond_the_network(settings, open_ways)
    for sentence in open_ways.values():
        return f"{sentence} Where the network is yours alone, {OVERRIDE}=yes allows it."
    return None


def _beyond_the_network(settings: Settings, open_ways: Mapping[str, str]) -> str | None:
    """An address of the internet is in nobody's private network."""
    ways = {
        "MYACCOUNT_CARRIER_URL": settings.carrier_url,
        "MYACCOUNT_TELEGRAM_URL": settings.telegram_url,
        "MYACCOUNT_WEBHOOK_URL": settings.webhook_url or "",
        "MYACCOUNT_EVENTS_URL": settings.events_url or "",
        "MYACCOUNT_SMPP_URL": settings.smpp_url or "",
        "MYACCOUNT_SMTP_URL": settings.smtp_url or "",
        "MYACCOUNT_DATABASE_URL": settings.database_url,
    }
    asked = [("MYACCOUNT_OPERATOR_PROFILE", url) for url in addresses(settings.profile)]
    for name, url in [*ways.items(), *filter(lambda one: _plain_http(one[1]), asked)]:
        host = urlsplit(url).hostname or ""
        if name in open_ways and of_the_internet(host):
            return f"{open_ways[name]} {OVERRIDE} does not reach to {host}, on the internet."
    return None


def unwise(settings: Settings) -> Iterator[str]:
    """A sentence for each setting that starts and is WRONG all the same."""
    limits = settings.session
    for name, given, most in (
        ("SESSION_IDLE_MINUTES", limits.idle, LONGEST_IDLE),
        ("SESSION_MINUTES", limits.absolute, LONGEST_LOGIN),
    ):
        if given > most:
            yield (
                f"MYACCOUNT_{name}: a login of {_minutes(given)} minutes is open to whoever finds "
                f"the phone; {_minutes(most)} or less."
            )
    if settings.smtp_url and not leads_here(settings.smtp_url):
        from carrier.mail import protection

        if protection(settings.smtp_url) == "offered":
            yield (
                "MYACCOUNT_SMTP_URL: codes go in clear when the server offers no TLS; say "
                "starttls=required."
            )
    shown = settings.metrics_port and not here(settings.metrics_host)
    if shown and not settings.private_network:
        yield (
            "MYACCOUNT_METRICS_HOST: the figures and /health go in clear to whoever asks there; "
            f"127.0.0.1, or {OVERRIDE}=yes."
        )
    for name, token in (
        ("BOT_TOKEN_FILE", settings.bot_token_file),
        ("CARRIER_TOKEN_FILE", settings.carrier_token_file),
        (
            "CARRIER_CERTIFICATE_KEY_FILE",
            settings.carrier_certificate_key_file or settings.carrier_certificate_file,
        ),
        ("SMPP_PASSWORD_FILE", settings.smpp_password_file),
    ):
        if token is not None and token.stat().st_mode & 0o007:
            yield f"MYACCOUNT_{name}: everybody on this machine may read {token}; chmod 0640."


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds()) // 60
