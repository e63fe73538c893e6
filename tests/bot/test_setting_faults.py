"""Settings that cannot work: a line for each fault, which says no secret."""

from __future__ import annotations

import traceback
from pathlib import Path

import pytest

from bot.config.environment import read, variables
from bot.config.errors import BadSetting
from bot.config.variables import Variables
from tests.settings import ENOUGH


def test_every_fault_is_a_line_of_its_own_in_the_order_of_the_page() -> None:
    given = {
        "MYACCOUNT_LOG_LEVEL": "LOUD",
        "MYACCOUNT_SUPPLIER_NAME": "Operator",
        "MYACCOUNT_WEBHOOK_URL": "https://bot.example.kz/hook",
        "MYACCOUNT_DATABASE_URL": "postgresql://db/myaccount",
        "MYACCOUNT_SMTP_URL": "smtp://mail?starttls=perhaps",
    }
    with pytest.raises(BadSetting) as bad:
        read(given)
    told = str(bad.value).splitlines()
    assert [line.split(" ")[0] for line in told] == [
        "MYACCOUNT_BOT_TOKEN",
        "MYACCOUNT_WEBHOOK_SECRET",
        "MYACCOUNT_CARRIER_URL",
        "MYACCOUNT_SECRET_KEY_FILE",
        "MYACCOUNT_SMTP_URL:",
        "MYACCOUNT_LOG_LEVEL",
    ]
    assert told[2] == (
        "MYACCOUNT_CARRIER_URL is not set: the address of the operator's TM Forum APIs."
    )
    assert told[5] == "MYACCOUNT_LOG_LEVEL must be one of DEBUG, INFO, WARNING, ERROR."


@pytest.mark.parametrize(
    ("url", "mode", "why"),
    [
        ("postgresql://127.0.0.1:port/bot", "prefer", "write postgresql://user@host/name."),
        ("postgresql://127.0.0.1/bot?sslmode=perhaps", "prefer", "sslmode is one of disable, "),
        ("postgresql://127.0.0.1/bot", "perhaps", "sslmode is one of disable, "),
    ],
)
def test_an_address_of_postgresql_is_read_with_its_own_variables(
    url: str, mode: str, why: str
) -> None:
    given = {"MYACCOUNT_DATABASE_URL": url, "MYACCOUNT_SECRET_KEY_FILE": "key", "PGSSLMODE": mode}
    with pytest.raises(BadSetting) as bad:
        read({**ENOUGH, **given})
    assert str(bad.value).startswith(f"MYACCOUNT_DATABASE_URL: {why}")


CANARY = "hunter2"


@pytest.mark.parametrize("value", [CANARY, f"{CANARY} {CANARY}\x7f", f"smtp://x:{CANARY}@m?x=1"])
@pytest.mark.parametrize("variable", [str(one.alias) for one in Variables.model_fields.values()])
def test_no_fault_says_what_was_given(variable: str, value: str) -> None:
    webhook = {"MYACCOUNT_WEBHOOK_URL": "https://bot.example.kz/hook"}
    told = fault({**ENOUGH, **webhook, variable: value})
    assert told is not None
    assert CANARY not in "".join(traceback.format_exception(told))
    assert told.__cause__ is None
    assert told.__context__ is None


def fault(environment: dict[str, str]) -> BadSetting | None:
    try:
        read(environment)
    except BadSetting as bad:
        return bad
    return None


def test_no_secret_is_in_what_was_read_or_in_the_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    secrets = {
        "MYACCOUNT_BOT_TOKEN": f"123456:{CANARY}-abcdefghijklmnop",
        "MYACCOUNT_CARRIER_TOKEN": CANARY,
        "MYACCOUNT_WEBHOOK_SECRET": CANARY,
        "MYACCOUNT_SMTP_URL": f"smtps://user:{CANARY}@mail.example",
        "MYACCOUNT_DATABASE_URL": f"postgresql://user:{CANARY}@127.0.0.1/bot",
        "MYACCOUNT_SECRET_KEY_FILE": "key",
    }
    monkeypatch.setenv("PYDANTIC_SETTINGS_DEBUG", "1")
    caplog.set_level("DEBUG")
    caplog.set_level("DEBUG", "pydantic_settings")
    settings = read({**ENOUGH, **secrets})
    assert CANARY in settings.bot_token
    assert CANARY not in caplog.text
    declared = variables({**ENOUGH, **secrets})
    assert CANARY not in f"{declared!r} {declared!s} {settings!r} {settings!s}"


def test_no_secret_of_a_file_is_in_what_was_read(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(CANARY)
    declared = variables({**ENOUGH, "MYACCOUNT_CARRIER_TOKEN_FILE": str(tmp_path / "token")})
    assert declared.carrier_token_file is not None
    assert declared.carrier_token_file.secret == CANARY
    assert CANARY not in f"{declared!r} {declared!s}"
