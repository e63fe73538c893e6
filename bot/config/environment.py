"""The environment, read into `Settings`: every variable checked before anything starts.

What cannot work is a sentence for each fault that names its variable (`BadSetting`), and exit code
2. What begins like a variable of ours and is none is told with the likeliest right name.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path

from pydantic import SecretStr, ValidationError
from pydantic_settings import EnvSettingsSource

from account.changes.confirmation import PollingPolicy
from account.changes.sets.second_opinion import SetRules
from account.chapters.transfers import TransferRules
from account.identity.sessions import SessionLimits
from bot.config import exposure, operator_access
from bot.config.errors import BadSetting
from bot.config.sentences import sentences
from bot.config.settings import SANDBOX_SUPPORT, Settings
from bot.config.supplier import SANDBOX_SUPPLIER, supplier_of
from bot.config.values import SecretFile
from bot.config.variables import PREFIX, Variables
from carrier.profile.loader import load

_KEY_FILE = Path("var/secret.key")

# With PYDANTIC_SETTINGS_DEBUG it would log every value as it was given.
logging.getLogger("pydantic_settings").disabled = True


def read(environment: Mapping[str, str]) -> Settings:
    """The settings of an environment. Raises `BadSetting`."""
    settings = _settings(variables(environment))
    sentence = (
        _tls_of_the_database(settings.database_url, environment)
        or operator_access.refusal(settings)
        or exposure.refusal(settings, environment)
    )
    if sentence:
        raise BadSetting(sentence)
    return replace(
        settings,
        in_clear=tuple(exposure.in_clear(settings, environment)),
        misspelt=tuple(_misspelt(environment)),
    )


class _Environment(EnvSettingsSource):
    """The environment that was given, not always this process's; no value is white space."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        super().__init__(Variables)
        stripped = {name: text.strip() for name, text in environment.items()}
        self.env_vars = {name: text for name, text in stripped.items() if text}


def variables(environment: Mapping[str, str]) -> Variables:
    """Each variable as it is declared, with its secrets hidden. Raises `BadSetting`."""
    try:
        return Variables(_build_sources=((_Environment(environment),), {}))
    except ValidationError as error:
        told = sentences(error, Variables)
    # Not within the except: pydantic's error holds the values, and would hang on ours.
    raise BadSetting("\n".join(told))


def _settings(given: Variables) -> Settings:
    """The same in the terms of the program."""
    token = given.bot_token_file.secret if given.bot_token_file else _plain(given.bot_token)
    assert token is not None
    call_timeout = timedelta(seconds=given.carrier_timeout_seconds)
    profile = load(given.operator_profile)
    return Settings(
        bot_token=token,
        bot_token_file=_path(given.bot_token_file),
        telegram_url=given.telegram_url,
        telegram_proxy=_plain(given.telegram_proxy),
        webhook_url=given.webhook_url,
        webhook_secret=_plain(given.webhook_secret),
        webhook_secret_also=_plain(given.webhook_secret_also),
        webhook_host=given.webhook_host,
        webhook_port=given.webhook_port,
        carrier_url=given.carrier_url,
        profile=profile,
        carrier_token=_plain(given.carrier_token),
        carrier_token_file=_path(given.carrier_token_file),
        carrier_ca_file=given.carrier_ca_file,
        carrier_certificate_file=given.carrier_certificate_file,
        carrier_certificate_key_file=given.carrier_certificate_key_file,
        carrier_proxy=_plain(given.carrier_proxy),
        events_url=given.events_url,
        events_host=given.events_host,
        events_port=given.events_port,
        carrier_seconds=given.carrier_timeout_seconds,
        background_calls_per_second=given.background_calls_per_second,
        orders_expire=given.carrier_orders_expire,
        polling_policy=PollingPolicy(
            longest_processing=timedelta(seconds=given.carrier_longest_seconds),
            call_timeout=call_timeout,
        ),
        supplier=(
            supplier_of(given.supplier_name, given.supplier_bin, profile.supplier)
            if given.supplier_name and given.supplier_bin
            else SANDBOX_SUPPLIER
        ),
        support=given.support or SANDBOX_SUPPORT,
        database_url=given.database_url.get_secret_value(),
        secret_key_file=given.secret_key_file or _KEY_FILE,
        secret_key_may_be_made=given.secret_key_file is None,
        witness_file=given.witness_file,
        history_days=given.history_days,
        smpp_url=given.smpp_url,
        smpp_password=given.smpp_password_file.secret if given.smpp_password_file else "",
        smpp_password_file=_path(given.smpp_password_file),
        smtp_url=_plain(given.smtp_url),
        mail_from=given.mail_from,
        mail_megabytes=given.mail_megabytes,
        transfers=TransferRules(
            most=given.transfer_most,
            most_a_day=given.transfer_most_a_day,
            code_from=given.transfer_code_from,
            fee=given.transfer_fee,
        ),
        set_rules=SetRules(given.set_approval_numbers, given.set_approval_sum),
        code_sms_a_day=given.code_sms_a_day,
        session=SessionLimits(
            idle=timedelta(minutes=given.session_idle_minutes),
            absolute=timedelta(minutes=given.session_minutes),
        ),
        metrics_host=given.metrics_host,
        metrics_port=given.metrics_port,
        metrics_port_chosen="metrics_port" in given.model_fields_set,
        private_network=given.private_network,
        log_level=given.log_level,
        now=given.now,
        failpoint=given.failpoint,
    )


def _plain(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()


def _path(file: SecretFile | None) -> Path | None:
    return None if file is None else file.path


def _tls_of_the_database(url: str, environment: Mapping[str, str]) -> str | None:
    """Why the address cannot be used; what it leaves out PostgreSQL's own variables say."""
    if url.startswith("sqlite"):
        return None
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    from storage.engine.postgres_address import tls_mode
    from storage.errors import DatabaseUrlInvalid

    try:
        tls_mode(make_url(url), environment)
    except (ArgumentError, ValueError):
        return "MYACCOUNT_DATABASE_URL: write postgresql://user@host/name."
    except DatabaseUrlInvalid as bad:
        return f"MYACCOUNT_DATABASE_URL: {bad}."
    return None


def _misspelt(environment: Mapping[str, str]) -> Iterator[str]:
    """A sentence for each variable that begins like one of ours and is none."""
    known = [variable.alias or "" for variable in Variables.model_fields.values()]
    for name in sorted(environment):
        if name.upper().startswith(PREFIX) and name not in known:
            [likeliest] = get_close_matches(name.upper(), known, n=1, cutoff=0.0)
            yield f"{name} is not a setting and is ignored; did you mean {likeliest}?"
