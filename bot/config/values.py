"""The types of what can be set: each checks what it takes and says what it wants."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parseaddr
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import parse_qs, unquote, urlsplit

from annotated_types import Interval
from pydantic import AfterValidator, BeforeValidator, PlainValidator, SecretStr

from account.errors import AmountInvalid, IinInvalid
from account.values.identifiers import Bin
from account.values.money import ZERO, Money
from bot.config.sentences import Unusable, Wanted

_MOST_MONEY = Money(10**11)
_LARGEST_FILE = 4096
_LONGEST_NAME = 200
_BOT_TOKEN = re.compile(r"[0-9]{3,20}:[A-Za-z0-9_-]{10,100}")
_HEADER = re.compile(r"[!-~]+")
_FEWEST_SIGNS = 6
"""Different signs in a secret; sixteen hexadecimal digits drawn at random have about ten."""
_STEPS_OF_A_RUN = 2
"""One step, and the jump from 9 to a."""


# --- words, numbers, amounts, times ---


def _whole(text: str) -> int:
    # int() alone takes digits of every script, signs and underscores.
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise ValueError
    return int(text)


Whole = Annotated[int, PlainValidator(_whole), Wanted("a whole number")]
Port = Annotated[Whole, Interval(ge=1, le=65535)]


def _tenge(text: str) -> Money:
    try:
        return Money.parse(text)
    except AmountInvalid:
        raise ValueError from None


Tenge = Annotated[Money, PlainValidator(_tenge), Wanted("an amount in tenge like 10000,")]
"""As people write amounts; less than a milliard."""
ANY_TENGE = Interval(ge=ZERO, le=_MOST_MONEY)


def at_least(least: Money) -> Interval:
    """The bounds of an amount that is not nothing."""
    return Interval(ge=least, le=_MOST_MONEY)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


Moment = Annotated[
    datetime, PlainValidator(_moment), Wanted("a time like 2022-01-24T10:00:00+06:00")
]
"""UTC unless it says another zone."""

LogLevel = Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(str.upper)]


def _switch(text: str) -> bool:
    if text.upper() not in {"YES", "NO"}:
        raise ValueError
    return text.upper() == "YES"


Switch = Annotated[bool, PlainValidator(_switch), Wanted("one of YES, NO")]


def _name(text: str) -> str:
    if not text.isprintable() or len(text) > _LONGEST_NAME:
        raise ValueError
    return text


Name = Annotated[
    str, AfterValidator(_name), Wanted(f"a name of at most {_LONGEST_NAME} characters")
]


def _bin(text: str) -> Bin:
    try:
        return Bin.parse(text)
    except IinInvalid:
        raise ValueError from None


BinOfCompany = Annotated[
    Bin, PlainValidator(_bin), Wanted("a BIN: 12 digits, the last of them a check digit")
]


# --- addresses ---


def usable(url: str, *schemes: str) -> bool:
    """Whether an address has one of the schemes, and a host."""
    try:
        parts = urlsplit(url)
        return parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _url(text: str) -> str:
    if not usable(text, "http", "https"):
        raise ValueError
    return text.rstrip("/")


Url = Annotated[str, AfterValidator(_url), Wanted("an address like http://host:port")]
"""With a host, without a stroke at its end."""


def _callback(text: str) -> str:
    if urlsplit(url := _url(text)).query or urlsplit(url).fragment:
        raise ValueError
    return url


Callback = Annotated[
    str, AfterValidator(_callback), Wanted("an address like https://host/path, without ? and #")
]
"""What more of a path can be added to."""


def _mail_server(text: str) -> SecretStr:
    from carrier.mail import protection

    if not usable(text, "smtp", "smtps"):
        raise ValueError
    url = text.rstrip("/")
    try:
        protection(url)
    except ValueError as error:
        raise Unusable(str(error)) from None
    return SecretStr(url)


MailServer = Annotated[
    SecretStr, PlainValidator(_mail_server), Wanted("an address like smtp://host:port")
]
"""With a password in it, and with what it says of TLS."""


def _proxy(text: str) -> SecretStr:
    if not usable(text, "http", "https") or urlsplit(text).path.strip("/"):
        raise ValueError
    return SecretStr(text.rstrip("/"))


Proxy = Annotated[
    SecretStr, PlainValidator(_proxy), Wanted("an address like http://name:password@host:port")
]
"""With or without a name and a password."""


def _operator_profile(chosen: str) -> str:
    from carrier.profile.loader import ProfileInvalid, load

    try:
        load(chosen, "the profile")
    except ProfileInvalid as error:
        raise Unusable("\n".join(error.sentences).removesuffix(".")) from None
    return chosen


OperatorProfile = Annotated[
    str,
    AfterValidator(_operator_profile),
    Wanted("the name of a profile that comes along, or the path of a file"),
]

_SYSTEM_ID = re.compile(r"[!-?A-~]{1,15}")


def _message_centre(text: str) -> str:
    if not usable(text, "smpp", "smpps"):
        raise ValueError
    parts = urlsplit(text)
    if parts.password is not None:
        raise Unusable("the password is in the address; it belongs in MYACCOUNT_SMPP_PASSWORD_FILE")
    if parts.username is None or not _SYSTEM_ID.fullmatch(unquote(parts.username)):
        raise Unusable("it names no system id of 1 to 15 signs, as in smpps://system_id@host:2775")
    unknown = sorted(set(parse_qs(parts.query)) - {"system_type"})
    if unknown or parts.path.strip("/") or parts.fragment:
        raise Unusable("after the port only ?system_type= may stand")
    return text.rstrip("/")


MessageCentre = Annotated[
    str,
    AfterValidator(_message_centre),
    Wanted("an address like smpps://system_id@host:2775"),
]
"""With the system id in it, and without the password."""


def _database(text: str) -> SecretStr:
    if not text.startswith(("sqlite:///", "postgresql://", "postgres://")):
        raise ValueError
    return SecretStr(text)


Database = Annotated[
    SecretStr,
    PlainValidator(_database),
    Wanted("an address that begins with sqlite:/// (a file) or postgresql://"),
]


def _sender(text: str) -> str:
    _shown, address = parseaddr(text)
    if not text.isprintable() or not re.fullmatch(r"[^@\s]+@[^@\s]+", address):
        raise ValueError
    return text


MailAddress = Annotated[
    str,
    AfterValidator(_sender),
    Wanted("an address like name@company.kz or My Account <name@company.kz>"),
]
"""With or without a name before it."""


# --- secrets, and files that hold them ---


def _secret_like(pattern: re.Pattern[str], secret: SecretStr) -> SecretStr:
    if not pattern.fullmatch(secret.get_secret_value()):
        raise ValueError
    return secret


BotToken = Annotated[
    SecretStr,
    AfterValidator(lambda secret: _secret_like(_BOT_TOKEN, secret)),
    Wanted("a bot token (digits, a colon, letters)"),
]
BearerToken = Annotated[
    SecretStr,
    AfterValidator(lambda secret: _secret_like(_HEADER, secret)),
    Wanted("printable ASCII characters without spaces"),
]
"""It is sent in the head of every question: no breaks, no foreign letters."""


WebhookSecret = Annotated[SecretStr, Wanted("16 to 256 letters, digits, _ or -")]
"""Looked at where a webhook is set."""


def guessable(secret: str) -> bool:
    """Whether a secret was plainly not drawn at random: few signs, a piece repeated, a run."""
    half = len(secret) // 2
    repeats = any(secret[piece:] == secret[:-piece] for piece in range(1, half + 1))
    if repeats or len(set(secret)) < _FEWEST_SIGNS:
        return True
    steps = {ord(after) - ord(before) for before, after in pairwise(secret)}
    return len(steps) <= _STEPS_OF_A_RUN


@dataclass(frozen=True, slots=True)
class SecretFile:
    """A small file with a secret in its one line, as it was at start."""

    path: Path
    secret: str = field(repr=False)


def _secret_file(text: str, pattern: re.Pattern[str], otherwise: str) -> SecretFile:
    path = Path(text)
    try:
        with path.open(encoding="ascii") as opened:
            secret = opened.read(_LARGEST_FILE).strip()
    except OSError as error:
        # Not the path: whoever takes one variable for the other has written the token there.
        raise Unusable(f"the file cannot be read: {error.strerror}") from None
    except ValueError:
        # A decoding error would quote what the file holds, a path with a null byte the path.
        raise Unusable("the file cannot be read: it is no text of ASCII") from None
    if not pattern.fullmatch(secret):
        raise Unusable(otherwise)
    return SecretFile(path, secret)


BotTokenFile = Annotated[
    SecretFile,
    PlainValidator(
        lambda text: _secret_file(
            text,
            _BOT_TOKEN,
            "the file does not hold what looks like a bot token (digits, a colon, letters)",
        )
    ),
    Wanted("the path of a file"),
]
BearerTokenFile = Annotated[
    SecretFile,
    PlainValidator(
        lambda text: _secret_file(
            text,
            _HEADER,
            "the file may hold one line of printable ASCII characters without spaces",
        )
    ),
    Wanted("the path of a file"),
]
PasswordFile = Annotated[
    SecretFile,
    PlainValidator(
        lambda text: _secret_file(
            text, _HEADER, "the file may hold one line of printable ASCII characters without spaces"
        )
    ),
    Wanted("the path of a file"),
]
FilePath = Annotated[Path, Wanted("the path of a file")]
"""It need not be there."""
Text = Annotated[str, Wanted("a text")]
Host = Annotated[str, Wanted("a host or an address")]
