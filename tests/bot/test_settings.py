"""Configuration: what can be set, and the sentence for what cannot."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.__main__ import BAD_CONFIGURATION, main
from bot.settings import BadSetting, read

ENOUGH = {
    "MYACCOUNT_BOT_TOKEN": "123456:abcdefghijklmnopqrstuvwxyz0123456789",
    "MYACCOUNT_CARRIER_URL": "http://127.0.0.1:9",
}


def test_two_variables_are_enough() -> None:
    settings = read(ENOUGH)
    assert settings.bot_id == 123456
    assert settings.telegram_url == "https://api.telegram.org"
    assert settings.database_url == "sqlite:///var/myaccount.db"
    assert settings.secret_key_may_be_made


def test_the_token_does_not_print_itself() -> None:
    assert "abcdefghijkl" not in repr(read(ENOUGH))


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("BOT_TOKEN", ""),
        ("BOT_TOKEN", "not a token"),
        ("CARRIER_URL", ""),
        ("CARRIER_URL", "ftp://operator"),
        ("CARRIER_URL", "http://"),
        ("CARRIER_URL", "http://[broken"),
        ("TELEGRAM_URL", "telegram.org"),
        ("SMTP_URL", "http://mail"),
        ("DATABASE_URL", "mysql://somewhere"),
        ("NOW", "yesterday"),
        ("LOG_LEVEL", "LOUD"),
        ("SESSION_IDLE_MINUTES", "0"),
        ("SESSION_IDLE_MINUTES", "٣٠"),
        ("SESSION_MINUTES", "a day"),
        ("WEBHOOK_PORT", "70000"),
        ("CARRIER_LONGEST_SECONDS", "-1"),
        ("CARRIER_TOKEN", "two\nlines"),
        ("CARRIER_TOKEN", "токен"),
        ("MAIL_FROM", "somebody"),
        ("MAIL_FROM", "a@b.kz\nBcc: c@d.kz"),
    ],
)
def test_a_setting_that_cannot_work_names_its_variable(variable: str, value: str) -> None:
    with pytest.raises(BadSetting, match=f"MYACCOUNT_{variable}"):
        read({**ENOUGH, f"MYACCOUNT_{variable}": value})


@pytest.mark.parametrize("secret", ["", "short", "with spaces, which no header carries"])
def test_a_webhook_needs_its_secret(secret: str) -> None:
    webhook = {"MYACCOUNT_WEBHOOK_URL": "https://bot.example.kz/hook"}
    with pytest.raises(BadSetting, match="MYACCOUNT_WEBHOOK_SECRET"):
        read({**ENOUGH, **webhook, "MYACCOUNT_WEBHOOK_SECRET": secret})


def test_machines_that_share_a_database_must_share_the_key() -> None:
    shared = {"MYACCOUNT_DATABASE_URL": "postgresql://db/myaccount"}
    with pytest.raises(BadSetting, match="MYACCOUNT_SECRET_KEY_FILE"):
        read({**ENOUGH, **shared})
    settings = read({**ENOUGH, **shared, "MYACCOUNT_SECRET_KEY_FILE": "key"})
    assert not settings.secret_key_may_be_made


def test_sessions_and_the_start_time_can_be_set() -> None:
    settings = read(
        {
            **ENOUGH,
            "MYACCOUNT_SESSION_IDLE_MINUTES": "10",
            "MYACCOUNT_NOW": "2022-01-24T10:00:00+06:00",
        }
    )
    assert settings.session.idle == timedelta(minutes=10)
    assert settings.now == datetime(2022, 1, 24, 4, tzinfo=UTC)


def test_bad_configuration_is_a_sentence_and_exit_code_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("MYACCOUNT_BOT_TOKEN", raising=False)
    assert main(["run"]) == BAD_CONFIGURATION
    told = capsys.readouterr().err
    assert told.startswith("MYACCOUNT_BOT_TOKEN is not set")
    assert "Traceback" not in told
