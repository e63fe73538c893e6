"""The environment, read one variable at a time: each reading checks what it takes.

`BadSetting` is the sentence for a variable that cannot be used; it leads to exit code 2.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

from account.errors import AmountInvalid
from account.values.money import ZERO, Money

_PREFIX = "MYACCOUNT_"
_READ_ELSEWHERE = ("FAILPOINT",)
_MOST_MONEY = Money(10**11)
_LARGEST_FILE = 4096


class BadSetting(Exception):  # noqa: N818 - the sentence is the error
    """A variable of the environment cannot be used; the text names it and says why."""


def _unknown(name: str, known: Collection[str]) -> str:
    likeliest = get_close_matches(name.upper(), known, n=1, cutoff=0.0)
    return f"{name} is not a setting and is ignored; did you mean {likeliest[0]}?"


class Given:
    """Variables of the environment, by their names without the prefix."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._known = {_PREFIX + name for name in _READ_ELSEWHERE}

    def misspelt(self) -> tuple[str, ...]:
        """What was given and asked for by nobody; everything else has been read by then."""
        return tuple(
            _unknown(name, self._known)
            for name in sorted(self._environment)
            if name.upper().startswith(_PREFIX) and name not in self._known
        )

    def text(self, name: str, default: str | None) -> str | None:
        """What was given, without its white space."""
        self._known.add(_PREFIX + name)
        return self._environment.get(f"MYACCOUNT_{name}", "").strip() or default

    def path(self, name: str) -> Path | None:
        """The path of a file, which need not be there."""
        value = self.text(name, None)
        return None if value is None else Path(value)

    def header(self, name: str) -> str | None:
        """A text that is sent in the head of every question: no breaks, no foreign letters."""
        value = self.text(name, None)
        if value is not None and not re.fullmatch(r"[!-~]+", value):
            raise BadSetting(
                f"MYACCOUNT_{name} may hold only printable ASCII characters without spaces."
            )
        return value

    def sender(self, name: str, default: str) -> str:
        """An address of mail, with or without a name before it."""
        value = self.text(name, default) or default
        _shown, address = parseaddr(value)
        if not value.isprintable() or not re.fullmatch(r"[^@\s]+@[^@\s]+", address):
            raise BadSetting(
                f"MYACCOUNT_{name} must be an address like name@company.kz "
                "or My Account <name@company.kz>."
            )
        return value

    def required(self, name: str, what: str) -> str:
        """A text that must be there; `what` says what it is."""
        value = self.text(name, None)
        if value is None:
            raise BadSetting(f"MYACCOUNT_{name} is not set: {what}.")
        return value

    def file(self, name: str) -> str:
        """The one line of a small file that the variable names, without its white space."""
        path = Path(self.required(name, "a file"))
        try:
            with path.open(encoding="ascii") as opened:
                return opened.read(_LARGEST_FILE).strip()
        except (OSError, ValueError) as error:
            # A decoding error would quote what the file holds.
            why = error.strerror if isinstance(error, OSError) else "it is no text of ASCII"
            raise BadSetting(f"MYACCOUNT_{name}: {path} cannot be read: {why}.") from None

    def yes(self, name: str) -> bool:
        """A switch that is off unless it is set to `yes`."""
        return self.one_of(name, "NO", ("YES", "NO")) == "YES"

    def one_of(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        """One of some words, in capitals."""
        value = (self.text(name, default) or default).upper()
        if value not in choices:
            raise BadSetting(f"MYACCOUNT_{name} must be one of {', '.join(choices)}.")
        return value

    def number(self, name: str, default: int, least: int, most: int) -> int:
        """A whole number, both ends included."""
        value = self.text(name, str(default)) or ""
        if not re.fullmatch(r"[0-9]{1,9}", value) or not least <= int(value) <= most:
            raise BadSetting(f"MYACCOUNT_{name} must be a whole number from {least} to {most}.")
        return int(value)

    def minutes(self, name: str, default: timedelta, least: int, most: int) -> timedelta:
        """A whole number of minutes, both ends included."""
        return timedelta(minutes=self.number(name, int(default.total_seconds()) // 60, least, most))

    def money(self, name: str, default: Money, *, least: Money = ZERO) -> Money:
        """Tenge, as people write them; less than a milliard."""
        value = self.text(name, None)
        if value is None:
            return default
        try:
            money = Money.parse(value)
        except AmountInvalid:
            money = None
        if money is None or not least <= money <= _MOST_MONEY:
            raise BadSetting(
                f"MYACCOUNT_{name} must be an amount in tenge like 10000, "
                f"from {least.decimal} to {_MOST_MONEY.decimal}."
            )
        return money

    def url(
        self, name: str, default: str | None, schemes: tuple[str, ...] = ("http", "https")
    ) -> str | None:
        """An address with a host, without a stroke at its end."""
        value = self.text(name, default)
        if value is None:
            return None
        try:
            parts = urlsplit(value)
            usable = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
        except ValueError:
            usable = False
        if not usable:
            raise BadSetting(f"MYACCOUNT_{name} must be an address like {schemes[0]}://host:port.")
        return value.rstrip("/")

    def mail(self, name: str) -> str | None:
        """The mail server's address, with what it says of TLS."""
        from carrier.mail import protection

        value = self.url(name, None, schemes=("smtp", "smtps"))
        try:
            if value is not None:
                protection(value)
        except ValueError as error:
            raise BadSetting(f"MYACCOUNT_{name}: {error}.") from None
        return value

    def database(self, name: str, default: str) -> str:
        """A database's address, with what it says of TLS."""
        value = self.text(name, default) or default
        if not value.startswith(("sqlite:///", "postgresql://", "postgres://")):
            raise BadSetting(
                f"MYACCOUNT_{name} must begin with sqlite:/// (a file) or postgresql://."
            )
        if not value.startswith("sqlite"):
            self._postgresql(name, value)
        return value

    def _postgresql(self, name: str, value: str) -> None:
        from sqlalchemy import make_url
        from sqlalchemy.exc import ArgumentError

        from storage.engine.postgres_address import tls_mode
        from storage.errors import DatabaseUrlInvalid

        try:
            tls_mode(make_url(value), self._environment)
        except (ArgumentError, ValueError):
            raise BadSetting(f"MYACCOUNT_{name}: write postgresql://user@host/name.") from None
        except DatabaseUrlInvalid as bad:
            raise BadSetting(f"MYACCOUNT_{name}: {bad}.") from None

    def moment(self, name: str) -> datetime | None:
        """A time; UTC unless it says another zone."""
        value = self.text(name, None)
        if value is None:
            return None
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            raise BadSetting(
                f"MYACCOUNT_{name} must be a time like 2022-01-24T10:00:00+06:00."
            ) from None
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
