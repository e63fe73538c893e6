"""Every variable of the environment, declared once: its type with its bounds, its default, its use.

docs/configuration.md is made of this by `bot.config.page`, with the first line of each class as the
heading of its section. What holds of two variables together is checked here, too; what goes in
clear over a network is `bot.config.exposure`'s.
"""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated

from annotated_types import Interval
from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from account.changes.confirmation import PollingPolicy
from account.changes.sets.second_opinion import SetRules
from account.chapters.transfers import TransferRules
from account.credentials.one_time_codes import COMPANY_SMS_A_DAY
from account.identity.sessions import SessionLimits
from account.values.identifiers import Bin
from account.values.money import ZERO
from bot.config import values
from bot.config.hosts import leads_here
from bot.config.sentences import Refused
from carrier.mail import MEGABYTES
from carrier.profile.loader import DEFAULT, load

PREFIX = "MYACCOUNT_"
TELEGRAM = "https://api.telegram.org"
METRICS_PORT = 9464
_SQLITE = "sqlite:///var/myaccount.db"
_WEBHOOK_SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")
_SESSIONS, _TRANSFERS, _POLLING = SessionLimits(), TransferRules(), PollingPolicy()
_SETS = SetRules()


def _minutes(span: timedelta) -> int:
    return span // timedelta(minutes=1)


def _seconds(span: timedelta) -> int:
    return span // timedelta(seconds=1)


class Section(BaseSettings):
    """Some variables that belong together; the names in the environment are in capitals."""

    model_config = SettingsConfigDict(
        alias_generator=lambda name: PREFIX + name.upper(),
        case_sensitive=True,
        enable_decoding=False,
        # A variable that is set and empty is not set.
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        # Defaults are of the right type already; where one is looked at, its field says so.
        validate_default=False,
    )


class Bot(Section):
    """The bot"""

    bot_token: values.BotToken | None = Field(
        None,
        description="the token that BotFather gave for the bot; this or the next must be set",
        examples=["123456789:AAE-and-what-BotFather-said"],
    )
    bot_token_file: values.BotTokenFile | None = Field(
        None,
        description="a file that holds the token, instead",
        examples=["/etc/myaccount/bot.token"],
        validate_default=True,
    )
    telegram_url: values.Url = Field(
        TELEGRAM, description="the Bot API", examples=["http://127.0.0.1:8080"]
    )
    webhook_url: values.Url | None = Field(
        None,
        description="where Telegram calls; without it the bot polls",
        examples=["https://bot.operator.example/telegram"],
    )
    webhook_secret: values.WebhookSecret | None = Field(
        None,
        description="drawn at random (`openssl rand -hex 32`); Telegram sends it along; must be "
        "set with the address",
        validate_default=True,
    )
    webhook_secret_also: values.WebhookSecret | None = Field(
        None, description="another secret that is taken, too, while it is changed"
    )
    telegram_proxy: values.Proxy | None = Field(
        None,
        description="an HTTP proxy through which the Bot API is called",
        examples=["http://proxy.company.example:3128"],
    )
    webhook_host: values.Host = Field(
        "127.0.0.1", description="where the bot listens for those calls, behind the proxy"
    )
    webhook_port: values.Port = Field(8081, description="and the port there")

    @field_validator("bot_token_file", mode="before")
    @classmethod
    def _one_bot_token(cls, file: str | None, info: ValidationInfo) -> str | None:
        token = info.data.get("bot_token")
        if token is not None and file is not None:
            raise Refused(
                "MYACCOUNT_BOT_TOKEN and MYACCOUNT_BOT_TOKEN_FILE are both set: which bot is it? "
                "Take one of the two away."
            )
        if token is None and file is None and "bot_token" in info.data:
            raise Refused(
                "MYACCOUNT_BOT_TOKEN is not set: the token that BotFather gave for the bot."
            )
        return file

    @field_validator("webhook_secret", "webhook_secret_also")
    @classmethod
    def _drawn_at_random(cls, secret: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        also = info.field_name == "webhook_secret_also"
        if info.data.get("webhook_url") is None or (also and secret is None):
            return secret
        name = f"MYACCOUNT_{str(info.field_name).upper()}"
        if secret is None or not _WEBHOOK_SECRET.fullmatch(secret.get_secret_value()):
            raise Refused(
                f"{name} must be 16 to 256 letters, digits, _ or - "
                "when MYACCOUNT_WEBHOOK_URL is set."
            )
        if values.guessable(secret.get_secret_value()):
            raise Refused(
                f"{name} can be guessed: it repeats itself. Draw one with openssl rand -hex 32."
            )
        return secret


class Operator(Section):
    """The operator"""

    carrier_url: values.Url = Field(
        description="the address of the operator's TM Forum APIs",
        examples=["https://tmf.operator.example"],
    )
    operator_profile: values.OperatorProfile = Field(
        DEFAULT,
        description="what the operator's systems are like: `kcell`, `tmf-plain`, or a file of "
        "one's own ([operator.md](operator.md))",
        examples=["tmf-plain"],
    )
    carrier_token: values.BearerToken | None = Field(
        None, description="bearer token for them; without it none is sent"
    )
    carrier_token_file: values.BearerTokenFile | None = Field(
        None,
        description="a file with that token, instead; it is read again when it changes and after "
        "a 401",
        examples=["/etc/myaccount/carrier.token"],
    )
    carrier_longest_seconds: Annotated[values.Whole, Interval(ge=1, le=86_400)] = Field(
        _seconds(_POLLING.longest_processing),
        description="the longest time the operator may work on an order before it can be found; "
        "a change of unknown outcome is not sent again earlier",
        examples=["300"],
    )
    carrier_timeout_seconds: Annotated[values.Whole, Interval(ge=1, le=60)] = Field(
        _seconds(_POLLING.call_timeout),
        description="how long one question to the operator may take in all; a quarter of it to "
        "connect",
        examples=["4"],
    )
    background_calls_per_second: Annotated[values.Whole, Interval(ge=1, le=1_000)] = Field(
        8,
        description="calls a second that sets of many numbers and looks for alerts make, by all "
        "processes and to all APIs together; people's taps go first",
        examples=["20"],
    )
    carrier_orders_expire: values.Switch = Field(
        False,
        description="`yes` where the operator refuses an order that comes after its "
        "`requestedCompletionDate` ([operator.md](operator.md), section 6)",
        examples=["yes"],
    )
    supplier_name: values.Name | None = Field(
        None,
        description="the operator's legal name, as certificates and reconciliation statements say "
        "it; must be set unless `MYACCOUNT_CARRIER_URL` is on this machine, where the sandbox's "
        "stands in",
        examples=["Operator JSC"],
    )
    supplier_bin: values.BinOfCompany | None = Field(
        None,
        description="the operator's BIN, set together with the name",
        examples=["980640000003"],
        validate_default=True,
    )
    support: values.Text | None = Field(
        None,
        description="the operator's corporate support, named to people; else `names.support` of "
        "the profile, one of the two must be set unless `MYACCOUNT_CARRIER_URL` is on this machine",
        examples=["b2b@operator.example"],
        validate_default=True,
    )

    @field_validator("carrier_token_file", mode="before")
    @classmethod
    def _one_carrier_token(cls, file: str, info: ValidationInfo) -> str:
        if info.data.get("carrier_token") is not None:
            raise Refused(
                "MYACCOUNT_CARRIER_TOKEN and MYACCOUNT_CARRIER_TOKEN_FILE are both set: which "
                "token is it? Take one of the two away."
            )
        return file

    @field_validator("support")
    @classmethod
    def _somebody_to_turn_to(cls, support: str | None, info: ValidationInfo) -> str | None:
        if support is not None or not {"operator_profile", "carrier_url"} <= info.data.keys():
            return support
        named = load(info.data["operator_profile"]).names.support
        if named is None and not leads_here(info.data["carrier_url"]):
            raise Refused(
                "MYACCOUNT_SUPPORT is not set, and the profile has no names.support: people are "
                "told whom to turn to."
            )
        return named

    @field_validator("supplier_bin")
    @classmethod
    def _both_or_the_sandboxs(cls, digits: Bin | None, info: ValidationInfo) -> Bin | None:
        if not {"supplier_name", "carrier_url"} <= info.data.keys():
            return digits  # That one is at fault itself.
        name = info.data["supplier_name"]
        if name is None and digits is None:
            if not leads_here(info.data["carrier_url"]):
                raise Refused(
                    "MYACCOUNT_SUPPLIER_NAME and MYACCOUNT_SUPPLIER_BIN are not set: certificates "
                    "and statements would name the sandbox's operator instead of yours."
                )
        elif name is None or digits is None:
            missing = "SUPPLIER_NAME" if name is None else "SUPPLIER_BIN"
            raise Refused(
                f"MYACCOUNT_{missing} is not set: certificates name the operator and its BIN."
            )
        return digits


class OperatorAccess(Section):
    """The way to the operator"""

    carrier_ca_file: values.FilePath | None = Field(
        None,
        description="authorities (PEM) that are trusted besides the public ones",
        examples=["/etc/myaccount/operator-ca.pem"],
    )
    carrier_certificate_file: values.FilePath | None = Field(
        None,
        description="the certificate (PEM) that is shown to the operator",
        examples=["/etc/myaccount/client.crt"],
    )
    carrier_certificate_key_file: values.FilePath | None = Field(
        None,
        description="its key, without a password; left out where it stands in the certificate's "
        "file",
        examples=["/etc/myaccount/client.key"],
    )
    carrier_proxy: values.Proxy | None = Field(
        None,
        description="an HTTP proxy through which the operator is asked",
        examples=["http://name:password@proxy.company.example:3128"],
    )


class OperatorEvents(Section):
    """The operator's events"""

    events_url: values.Callback | None = Field(
        None,
        description="where the operator's hubs tell of what became of changes, behind a proxy with "
        "TLS; a secret is added to it. Without it changes are only asked about "
        "([operator.md](operator.md), section 6)",
        examples=["https://bot.operator.example/events"],
    )
    events_host: values.Host = Field(
        "127.0.0.1", description="where the bot listens for them, behind the proxy"
    )
    events_port: values.Port = Field(8082, description="and the port there")


class Storage(Section):
    """Database and secret"""

    database_url: values.Database = Field(
        SecretStr(_SQLITE),
        description="`sqlite:///` and a path (four strokes for one from the root), or "
        "`postgresql://`",
        examples=["postgresql://myaccount@db.example/myaccount?sslmode=verify-full"],
    )
    secret_key_file: values.FilePath | None = Field(
        None,
        description="the master secret, 64 hexadecimal digits; a file named here must exist, "
        "without it `var/secret.key` is made at the first start; must be set with PostgreSQL",
        examples=["/etc/myaccount/secret.key"],
        validate_default=True,
    )
    witness_file: values.FilePath | None = Field(
        None,
        description="where this machine notes how far the database has come, so that a start on "
        "an older copy is refused; its folder must be writable; without it beside the secret, "
        "with `.witness` behind its name",
        examples=["/var/lib/myaccount-witness/witness"],
    )

    history_days: Annotated[values.Whole, Interval(ge=365, le=36_500)] | None = Field(
        None,
        description="how many days the actions history and ended changes are kept, which prove "
        "who ordered what; without it for good ([retention.md](operation/retention.md))",
        examples=["1826"],
    )

    @field_validator("secret_key_file")
    @classmethod
    def _one_key_for_all_machines(cls, file: Path | None, info: ValidationInfo) -> Path | None:
        database = info.data.get("database_url")
        if (
            file is None
            and database is not None
            and not database.get_secret_value().startswith("sqlite")
        ):
            raise Refused(
                "MYACCOUNT_SECRET_KEY_FILE is not set: with PostgreSQL every machine must have the "
                "same key, so it is never made by itself."
            )
        return file


class Sms(Section):
    """SMS"""

    smpp_url: values.MessageCentre | None = Field(
        None,
        description="message centre that takes SMS by SMPP 3.4, smpps with TLS; without it they go "
        "by TMF681. One process of all on the database binds at a time",
        examples=["smpps://myaccount@smsc.example:3550"],
    )
    smpp_password_file: values.PasswordFile | None = Field(
        None,
        description="a file with the password of the bind",
        examples=["/etc/myaccount/smpp.password"],
    )

    @field_validator("smpp_password_file")
    @classmethod
    def _of_a_centre(
        cls, file: values.SecretFile | None, info: ValidationInfo
    ) -> values.SecretFile | None:
        if file is not None and info.data.get("smpp_url") is None:
            raise Refused(
                "MYACCOUNT_SMPP_PASSWORD_FILE is set and MYACCOUNT_SMPP_URL is not: set the "
                "address of the message centre, or take the password away."
            )
        return file


class Mail(Section):
    """Mail"""

    smtp_url: values.MailServer | None = Field(
        None,
        description="mail server for the codes of Tele2, Altel and foreign numbers; without it "
        "these people cannot set a password",
        examples=[
            "smtps://user:password@mail.example:465",
            "smtp://mail.example:587?starttls=required",
        ],
    )
    mail_from: values.MailAddress = Field(
        "my-account@localhost",
        description="sender of mail",
        examples=["My Account <my-account@operator.example>"],
    )
    mail_megabytes: Annotated[values.Whole, Interval(ge=1, le=100)] = Field(
        MEGABYTES,
        description="the largest letter in MB (millions of bytes), its file as mail carries it, "
        "which is four thirds; what is larger comes to the chat alone, and is told as that",
        examples=["10"],
    )


class Limits(Section):
    """Limits"""

    transfer_most: Annotated[values.Tenge, values.at_least(_TRANSFERS.least)] = Field(
        _TRANSFERS.most, description="the largest balance transfer", examples=["20000"]
    )
    transfer_most_a_day: Annotated[values.Tenge, values.at_least(_TRANSFERS.least)] = Field(
        _TRANSFERS.most_a_day,
        description="what all transfers of one company may add up to on one day",
        examples=["100000"],
    )
    transfer_code_from: Annotated[values.Tenge, values.ANY_TENGE] = Field(
        _TRANSFERS.code_from,
        description="the sum of a company's transfers of the day from which each needs a one-time "
        "code; `0`: always",
        examples=["0"],
    )
    set_approval_numbers: Annotated[int, Interval(ge=1, le=_SETS.numbers)] = Field(
        _SETS.numbers,
        description="how many numbers a person may change in sets of one kind within a day before "
        "a second administrator has to approve",
        examples=["200"],
    )
    set_approval_sum: Annotated[values.Tenge, Interval(ge=ZERO, le=_SETS.cost)] = Field(
        _SETS.cost,
        description="what these sets may cost before a second administrator has to approve",
        examples=["100000"],
    )
    transfer_fee: Annotated[values.Tenge, values.ANY_TENGE] = Field(
        _TRANSFERS.fee,
        description="what the operator charges the sender for a transfer; shown before, told to "
        "the operator with the transfer",
        examples=["25.50"],
    )
    code_sms_a_day: Annotated[values.Whole, Interval(ge=1, le=1_000_000)] = Field(
        COMPANY_SMS_A_DAY,
        description="how many SMS with codes one company's changes and employees may cause on one "
        "day of Almaty; warnings and resets of a password are not counted",
        examples=["100"],
    )
    session_idle_minutes: Annotated[values.Whole, Interval(ge=1, le=24 * 60)] = Field(
        _minutes(_SESSIONS.idle),
        description="a login ends when unused so long; `doctor` advises 60 or less",
    )
    session_minutes: Annotated[values.Whole, Interval(ge=5, le=24 * 60)] = Field(
        _minutes(_SESSIONS.absolute),
        description="and so long after it began; `doctor` advises 720 or less",
    )


class Operation(Section):
    """Operation"""

    metrics_host: values.Host = Field(
        "127.0.0.1", description="where this process shows `/metrics` and `/health`"
    )
    metrics_port: Annotated[values.Whole, Interval(ge=0, le=65535)] = Field(
        METRICS_PORT,
        description="and the port there, `0` for nowhere; several processes on a machine: a port "
        "for each",
    )
    private_network: values.Switch = Field(
        False,
        description="`yes` where the network between the machines is yours alone (compose, a "
        "service mesh): what would go over it in clear is then taken, and told by `doctor` and at "
        "every start",
        examples=["yes"],
    )
    log_level: values.LogLevel = Field("INFO", description="what is logged, from here on")


class Demonstration(Section):
    """Demonstrations and tests, never beside a real operator"""

    now: values.Moment | None = Field(
        None,
        description="a start time, from which the clock runs on; without it the real time",
        examples=["2022-01-24T10:00:00+06:00"],
    )
    failpoint: values.Text | None = Field(
        None,
        description="where the process kills itself or stands still "
        "([reliability.md](reliability.md))",
        examples=["word.before:1"],
    )


class Variables(
    Demonstration,
    Operation,
    Limits,
    Mail,
    Sms,
    Storage,
    OperatorEvents,
    OperatorAccess,
    Operator,
    Bot,
):
    """All of them. What stands last is read first."""


SECTIONS: tuple[type[Section], ...] = (
    Bot,
    Operator,
    OperatorAccess,
    OperatorEvents,
    Storage,
    Sms,
    Mail,
    Limits,
    Operation,
    Demonstration,
)
