"""All configuration, from the environment (`MYACCOUNT_…`), checked before anything starts.

A setting that cannot work is one sentence that names the variable, and exit code 2.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from email.utils import parseaddr
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from account.actions import Patience
from account.bills import Supplier
from account.errors import AmountInvalid, IinInvalid
from account.identifiers import Bin
from account.money import ZERO, Money
from account.sessions import SessionLimits
from account.transfers import TransferRules

TELEGRAM = "https://api.telegram.org"
METRICS_PORT = 9464
_PREFIX = "MYACCOUNT_"
_READ_ELSEWHERE = ("FAILPOINT",)
_TOKEN = re.compile(r"[0-9]{3,20}:[A-Za-z0-9_-]{10,100}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")
_MOST_MONEY = Money(10**11)
SANDBOX_SUPPLIER = Supplier("Demo Operator JSC", Bin("980640000003"))
"""The operator of the sandbox; whoever has contracts says who they are."""
_LONGEST_NAME = 200


class BadSetting(Exception):  # noqa: N818 - the sentence is the error
    """A variable of the environment cannot be used; the text names it and says why."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What an operator can set. Durations are bounded where they are read."""

    bot_token: str
    carrier_url: str
    telegram_url: str = TELEGRAM
    database_url: str = "sqlite:///var/myaccount.db"
    carrier_token: str | None = None
    carrier_seconds: int = 8
    smtp_url: str | None = None
    mail_from: str = "my-account@localhost"
    secret_key_file: Path = Path("var/secret.key")
    secret_key_may_be_made: bool = True
    webhook_url: str | None = None
    webhook_secret: str | None = None
    webhook_host: str = "127.0.0.1"
    webhook_port: int = 8081
    metrics_host: str = "127.0.0.1"
    metrics_port: int = 0
    metrics_port_chosen: bool = False
    now: datetime | None = None
    support: str = "email@kcell.kz"
    supplier: Supplier = SANDBOX_SUPPLIER
    session: SessionLimits = field(default_factory=SessionLimits)
    patience: Patience = field(default_factory=Patience)
    transfers: TransferRules = field(default_factory=TransferRules)
    log_level: str = "INFO"
    misspelt: tuple[str, ...] = ()
    """A sentence for each variable that is none of ours although it begins like one."""
    password_memory_kib: int = 65536
    """Memory of one argon2id hash. Not a variable: only tests make it cheap."""

    @property
    def bot_id(self) -> int:
        """Telegram's id of the bot, the digits before the colon of its token."""
        return int(self.bot_token.partition(":")[0])

    def __repr__(self) -> str:
        # Settings hold the bot's token; they must not print themselves into a log.
        return f"Settings(bot={self.bot_id})"


def read(environment: Mapping[str, str]) -> Settings:
    """The settings of an environment. Raises `BadSetting`."""
    given = _Given(environment)
    token = given.required("BOT_TOKEN", "the token that BotFather gave for the bot")
    if not _TOKEN.fullmatch(token):
        raise BadSetting(
            "MYACCOUNT_BOT_TOKEN does not look like a bot token (digits, a colon, letters)."
        )
    webhook_url = given.url("WEBHOOK_URL", None)
    secret = given.text("WEBHOOK_SECRET", None)
    if webhook_url and not (secret and _SECRET.fullmatch(secret)):
        raise BadSetting(
            "MYACCOUNT_WEBHOOK_SECRET must be 16 to 256 letters, digits, _ or - "
            "when MYACCOUNT_WEBHOOK_URL is set."
        )
    key_file = given.text("SECRET_KEY_FILE", None)
    database_url = given.database("DATABASE_URL", "sqlite:///var/myaccount.db")
    if key_file is None and not database_url.startswith("sqlite"):
        raise BadSetting(
            "MYACCOUNT_SECRET_KEY_FILE is not set: with PostgreSQL every machine must have the "
            "same key, so it is never made by itself."
        )
    carrier_url = given.url("CARRIER_URL", None)
    if carrier_url is None:
        raise BadSetting(
            "MYACCOUNT_CARRIER_URL is not set: the address of the operator's TM Forum APIs."
        )
    plain = Settings(bot_token=token, carrier_url=carrier_url)
    return Settings(
        bot_token=token,
        carrier_url=carrier_url,
        telegram_url=given.url("TELEGRAM_URL", TELEGRAM) or TELEGRAM,
        database_url=database_url,
        carrier_token=given.header("CARRIER_TOKEN"),
        carrier_seconds=given.number("CARRIER_TIMEOUT_SECONDS", plain.carrier_seconds, 1, 60),
        smtp_url=given.url("SMTP_URL", None, schemes=("smtp", "smtps")),
        mail_from=given.sender("MAIL_FROM", plain.mail_from),
        secret_key_file=Path(key_file) if key_file else plain.secret_key_file,
        secret_key_may_be_made=key_file is None,
        webhook_url=webhook_url,
        webhook_secret=secret,
        webhook_host=given.text("WEBHOOK_HOST", plain.webhook_host) or plain.webhook_host,
        webhook_port=given.number("WEBHOOK_PORT", plain.webhook_port, 1, 65535),
        metrics_host=given.text("METRICS_HOST", plain.metrics_host) or plain.metrics_host,
        metrics_port=given.number("METRICS_PORT", METRICS_PORT, 0, 65535),
        metrics_port_chosen=given.text("METRICS_PORT", None) is not None,
        now=given.moment("NOW"),
        support=given.text("SUPPORT", plain.support) or plain.support,
        supplier=_supplier(
            given.text("SUPPLIER_NAME", None), given.text("SUPPLIER_BIN", None), carrier_url
        ),
        session=SessionLimits(
            idle=given.minutes("SESSION_IDLE_MINUTES", SessionLimits().idle, 1, 24 * 60),
            absolute=given.minutes("SESSION_MINUTES", SessionLimits().absolute, 5, 7 * 24 * 60),
        ),
        patience=Patience(
            longest_processing=timedelta(
                seconds=given.number("CARRIER_LONGEST_SECONDS", 60, 1, 86_400)
            )
        ),
        transfers=TransferRules(
            most=given.money("TRANSFER_MOST", plain.transfers.most, least=plain.transfers.least),
            most_a_day=given.money(
                "TRANSFER_MOST_A_DAY", plain.transfers.most_a_day, least=plain.transfers.least
            ),
            code_from=given.money("TRANSFER_CODE_FROM", plain.transfers.code_from),
            fee=given.money("TRANSFER_FEE", plain.transfers.fee),
        ),
        log_level=given.one_of("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR")),
        misspelt=given.misspelt(),
    )


def _supplier(name: str | None, digits: str | None, carrier_url: str) -> Supplier:
    """Who delivers the services, by legal name and BIN: both; none only where the operator is on
    this machine, as the sandbox is. Raises `BadSetting`.
    """
    if name is None and digits is None:
        if _here(carrier_url):
            return SANDBOX_SUPPLIER
        raise BadSetting(
            "MYACCOUNT_SUPPLIER_NAME and MYACCOUNT_SUPPLIER_BIN are not set: certificates and "
            "statements would name the sandbox's operator instead of yours."
        )
    if name is None or digits is None:
        missing = "SUPPLIER_NAME" if name is None else "SUPPLIER_BIN"
        raise BadSetting(
            f"MYACCOUNT_{missing} is not set: certificates name the operator and its BIN."
        )
    if not name.isprintable() or len(name) > _LONGEST_NAME:
        raise BadSetting(
            f"MYACCOUNT_SUPPLIER_NAME must be a name of at most {_LONGEST_NAME} characters."
        )
    try:
        return Supplier(name, Bin.parse(digits))
    except IinInvalid:
        raise BadSetting(
            "MYACCOUNT_SUPPLIER_BIN must be a BIN: 12 digits, the last of them a check digit."
        ) from None


def _here(url: str) -> bool:
    """Whether an address is one of this machine's own."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _unknown(name: str, known: Collection[str]) -> str:
    likeliest = get_close_matches(name.upper(), known, n=1, cutoff=0.0)
    return f"{name} is not a setting and is ignored; did you mean {likeliest[0]}?"


class _Given:
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
        self._known.add(_PREFIX + name)
        return self._environment.get(f"MYACCOUNT_{name}", "").strip() or default

    def header(self, name: str) -> str | None:
        """A text that is sent in the head of every question: no breaks, no foreign letters."""
        value = self.text(name, None)
        if value is not None and not re.fullmatch(r"[!-~]+", value):
            raise BadSetting(
                f"MYACCOUNT_{name} may hold only printable ASCII characters without spaces."
            )
        return value

    def sender(self, name: str, default: str) -> str:
        value = self.text(name, default) or default
        _shown, address = parseaddr(value)
        if not value.isprintable() or not re.fullmatch(r"[^@\s]+@[^@\s]+", address):
            raise BadSetting(
                f"MYACCOUNT_{name} must be an address like name@company.kz "
                "or My Account <name@company.kz>."
            )
        return value

    def required(self, name: str, what: str) -> str:
        value = self.text(name, None)
        if value is None:
            raise BadSetting(f"MYACCOUNT_{name} is not set: {what}.")
        return value

    def one_of(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        value = (self.text(name, default) or default).upper()
        if value not in choices:
            raise BadSetting(f"MYACCOUNT_{name} must be one of {', '.join(choices)}.")
        return value

    def number(self, name: str, default: int, least: int, most: int) -> int:
        value = self.text(name, str(default)) or ""
        if not re.fullmatch(r"[0-9]{1,9}", value) or not least <= int(value) <= most:
            raise BadSetting(f"MYACCOUNT_{name} must be a whole number from {least} to {most}.")
        return int(value)

    def minutes(self, name: str, default: timedelta, least: int, most: int) -> timedelta:
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

    def database(self, name: str, default: str) -> str:
        value = self.text(name, default) or default
        if not value.startswith(("sqlite:///", "postgresql://", "postgres://")):
            raise BadSetting(
                f"MYACCOUNT_{name} must begin with sqlite:/// (a file) or postgresql://."
            )
        return value

    def moment(self, name: str) -> datetime | None:
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
