"""All configuration, from the environment (`MYACCOUNT_…`), checked before anything starts.

A setting that cannot work is one sentence that names the variable, and exit code 2.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from account.changes.confirmation import Patience
from account.chapters.billing.bills import Supplier
from account.chapters.transfers import TransferRules
from account.credentials.one_time_codes import COMPANY_SMS_A_DAY
from account.errors import IinInvalid
from account.identity.sessions import SessionLimits
from account.values.identifiers import Bin
from bot.config import exposure
from bot.config.environment import BadSetting, Given

__all__ = ["BadSetting", "Settings", "read"]

TELEGRAM = "https://api.telegram.org"
METRICS_PORT = 9464
_TOKEN = re.compile(r"[0-9]{3,20}:[A-Za-z0-9_-]{10,100}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")
SANDBOX_SUPPLIER = Supplier("Demo Operator JSC", Bin("980640000003"))
"""The operator of the sandbox; whoever has contracts says who they are."""
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Settings:
    """What an operator can set. Durations are bounded where they are read."""

    bot_token: str
    carrier_url: str
    telegram_url: str = TELEGRAM
    database_url: str = "sqlite:///var/myaccount.db"
    carrier_token: str | None = None
    carrier_token_file: Path | None = None
    carrier_seconds: int = 8
    orders_expire: bool = False
    """Whether the operator refuses an order that comes after its `requestedCompletionDate`."""
    smtp_url: str | None = None
    mail_from: str = "my-account@localhost"
    secret_key_file: Path = Path("var/secret.key")
    secret_key_may_be_made: bool = True
    witness_file: Path | None = None
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
    code_sms_a_day: int = COMPANY_SMS_A_DAY
    """SMS with codes that the sessions of one company may ask for on one day of Almaty."""
    log_level: str = "INFO"
    bot_token_file: Path | None = None
    private_network: bool = False
    in_clear: tuple[str, ...] = ()
    """The variables whose secrets cross a network in clear, because `private_network` says so."""
    misspelt: tuple[str, ...] = ()
    """A sentence for each variable that is none of ours although it begins like one."""
    password_memory_kib: int = 65536
    """Memory of one argon2id hash. Not a variable: only tests make it cheap."""

    @property
    def bot_id(self) -> int:
        """Telegram's id of the bot, the digits before the colon of its token."""
        return int(self.bot_token.partition(":")[0])

    @property
    def witness(self) -> Path:
        """The file that notes how far the database has come: beside the secret unless set."""
        beside = self.secret_key_file
        return self.witness_file or beside.with_name(f"{beside.name}.witness")

    @property
    def notices(self) -> tuple[str, ...]:
        """What is said at every start of what was allowed by `private_network`."""
        if not self.private_network:
            return ()
        open_ways = ", ".join(self.in_clear) or "nothing so far"
        return (f"{exposure.OVERRIDE}=yes: not protected on the network: {open_ways}.",)

    def __repr__(self) -> str:
        # Settings hold the bot's token; they must not print themselves into a log.
        return f"Settings(bot={self.bot_id})"


def read(environment: Mapping[str, str]) -> Settings:
    """The settings of an environment. Raises `BadSetting`."""
    given = Given(environment)
    token, token_file = _token(given)
    webhook_url = given.url("WEBHOOK_URL", None)
    secret = _webhook_secret(given) if webhook_url else given.text("WEBHOOK_SECRET", None)
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
    carrier_token, carrier_token_file = _carrier_token(given)
    plain = Settings(bot_token=token, carrier_url=carrier_url)
    carrier_seconds = given.number("CARRIER_TIMEOUT_SECONDS", plain.carrier_seconds, 1, 60)
    settings = Settings(
        bot_token=token,
        bot_token_file=token_file,
        carrier_url=carrier_url,
        telegram_url=given.url("TELEGRAM_URL", TELEGRAM) or TELEGRAM,
        database_url=database_url,
        carrier_token=carrier_token,
        carrier_token_file=carrier_token_file,
        carrier_seconds=carrier_seconds,
        orders_expire=given.one_of("CARRIER_ORDERS_EXPIRE", "NO", ("YES", "NO")) == "YES",
        smtp_url=given.mail("SMTP_URL"),
        mail_from=given.sender("MAIL_FROM", plain.mail_from),
        secret_key_file=Path(key_file) if key_file else plain.secret_key_file,
        secret_key_may_be_made=key_file is None,
        witness_file=given.path("WITNESS_FILE"),
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
            absolute=given.minutes("SESSION_MINUTES", SessionLimits().absolute, 5, 24 * 60),
        ),
        patience=Patience(
            longest_processing=timedelta(
                seconds=given.number("CARRIER_LONGEST_SECONDS", 60, 1, 86_400)
            ),
            call_timeout=timedelta(seconds=carrier_seconds),
        ),
        transfers=TransferRules(
            most=given.money("TRANSFER_MOST", plain.transfers.most, least=plain.transfers.least),
            most_a_day=given.money(
                "TRANSFER_MOST_A_DAY", plain.transfers.most_a_day, least=plain.transfers.least
            ),
            code_from=given.money("TRANSFER_CODE_FROM", plain.transfers.code_from),
            fee=given.money("TRANSFER_FEE", plain.transfers.fee),
        ),
        code_sms_a_day=given.number("CODE_SMS_A_DAY", plain.code_sms_a_day, 1, 1_000_000),
        log_level=given.one_of("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR")),
        private_network=given.yes("PRIVATE_NETWORK"),
        misspelt=given.misspelt(),
    )
    if sentence := exposure.refusal(settings, environment):
        raise BadSetting(sentence)
    return replace(settings, in_clear=tuple(exposure.in_clear(settings, environment)))


def _token(given: Given) -> tuple[str, Path | None]:
    """The bot's token, from a variable or from a file: one of the two. Raises `BadSetting`."""
    file = given.text("BOT_TOKEN_FILE", None)
    if file is None:
        name = "BOT_TOKEN"
        token = given.required("BOT_TOKEN", "the token that BotFather gave for the bot")
    elif given.text("BOT_TOKEN", None) is not None:
        raise BadSetting(
            "MYACCOUNT_BOT_TOKEN and MYACCOUNT_BOT_TOKEN_FILE are both set: which bot is it? "
            "Take one of the two away."
        )
    else:
        name, token = "BOT_TOKEN_FILE", given.file("BOT_TOKEN_FILE")
    if not _TOKEN.fullmatch(token):
        raise BadSetting(
            f"MYACCOUNT_{name} does not look like a bot token (digits, a colon, letters)."
        )
    return token, Path(file) if file else None


def _carrier_token(given: Given) -> tuple[str | None, Path | None]:
    """The operator's token, or the file that it is read from again and again. Raises `BadSetting`.

    A file must hold one that can be used at start; what becomes of it later: `carrier.auth`.
    """
    token, file = given.header("CARRIER_TOKEN"), given.text("CARRIER_TOKEN_FILE", None)
    if file is None:
        return token, None
    if token is not None:
        raise BadSetting(
            "MYACCOUNT_CARRIER_TOKEN and MYACCOUNT_CARRIER_TOKEN_FILE are both set: which token is "
            "it? Take one of the two away."
        )
    if not re.fullmatch(r"[!-~]+", given.file("CARRIER_TOKEN_FILE")):
        raise BadSetting(
            "MYACCOUNT_CARRIER_TOKEN_FILE: the file may hold one line of printable ASCII "
            "characters without spaces."
        )
    return None, Path(file)


def _webhook_secret(given: Given) -> str:
    """What Telegram sends along. Raises `BadSetting` for none, and for one that can be guessed."""
    secret = given.text("WEBHOOK_SECRET", None)
    if not (secret and _SECRET.fullmatch(secret)):
        raise BadSetting(
            "MYACCOUNT_WEBHOOK_SECRET must be 16 to 256 letters, digits, _ or - "
            "when MYACCOUNT_WEBHOOK_URL is set."
        )
    if exposure.guessable(secret):
        raise BadSetting(
            "MYACCOUNT_WEBHOOK_SECRET can be guessed: it repeats itself. Draw one with "
            "openssl rand -hex 32."
        )
    return secret


def _supplier(name: str | None, digits: str | None, carrier_url: str) -> Supplier:
    """Who delivers the services, by legal name and BIN: both; none only where the operator is on
    this machine, as the sandbox is. Raises `BadSetting`.
    """
    if name is None and digits is None:
        if exposure.here(urlsplit(carrier_url).hostname or ""):
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
