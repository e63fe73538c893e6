"""What the program is told of its configuration, ready to be used.

What there is to set, with types, bounds and defaults: `bot.config.variables`. How it is read, with
the sentences for what cannot work: `bot.config.environment`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from account.changes.confirmation import PollingPolicy
from account.changes.sets.second_opinion import SetRules
from account.chapters.billing.parties import Supplier
from account.chapters.transfers import TransferRules
from account.identity.sessions import SessionLimits
from carrier.profile.model import Profile
from storage.retention.terms import KeptFor

OVERRIDE = "MYACCOUNT_PRIVATE_NETWORK"
SANDBOX_SUPPORT = "b2b@operator.example"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an operator can set. It has no defaults of its own: `bot.config.environment.read`."""

    bot_token: str
    bot_token_file: Path | None
    telegram_url: str
    telegram_proxy: str | None = field(repr=False)
    webhook_url: str | None
    webhook_secret: str | None
    webhook_secret_also: str | None
    webhook_host: str
    webhook_port: int
    carrier_url: str
    profile: Profile
    carrier_token: str | None
    carrier_token_file: Path | None
    carrier_ca_file: Path | None
    carrier_certificate_file: Path | None
    carrier_certificate_key_file: Path | None
    carrier_proxy: str | None = field(repr=False)
    events_url: str | None
    events_host: str
    events_port: int
    carrier_seconds: int
    background_calls_per_second: int
    """Calls to the operator for sets, of all processes and APIs together."""
    orders_expire: bool
    """Whether the operator refuses an order that comes after its `requestedCompletionDate`."""
    polling_policy: PollingPolicy
    supplier: Supplier
    support: str
    database_url: str
    secret_key_file: Path
    secret_key_may_be_made: bool
    witness_file: Path | None
    history_days: int | None
    """How long history and ended changes are kept; None: for good."""
    smpp_url: str | None
    smpp_password: str = field(repr=False)
    smpp_password_file: Path | None
    smtp_url: str | None
    mail_from: str
    mail_megabytes: int
    """What a letter may have at most, its files as mail carries them."""
    transfers: TransferRules
    set_rules: SetRules
    code_sms_a_day: int
    """SMS with codes that the sessions of one company may ask for on one day of Almaty."""
    session: SessionLimits
    metrics_host: str
    metrics_port: int
    metrics_port_chosen: bool
    private_network: bool
    log_level: str
    now: datetime | None
    failpoint: str | None
    """Only to be refused beside a real operator: `bot.ops.failpoints` reads it by itself."""
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
    def kept(self) -> KeptFor:
        """How long things are kept."""
        days = self.history_days
        return KeptFor(history=None if days is None else timedelta(days=days))

    @property
    def notices(self) -> tuple[str, ...]:
        """What is said at every start of what was allowed by `private_network`."""
        if not self.private_network:
            return ()
        open_ways = ", ".join(self.in_clear) or "nothing so far"
        return (f"{OVERRIDE}=yes: not protected on the network: {open_ways}.",)

    def __repr__(self) -> str:
        # Settings hold the bot's token; they must not print themselves into a log.
        return f"Settings(bot={self.bot_id})"
