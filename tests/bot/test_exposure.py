"""Settings that would give something away are refused, or called WRONG: a row for each."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.__main__ import BAD_CONFIGURATION, main
from bot.config.environment import read
from bot.config.errors import BadSetting
from bot.config.exposure import unwise
from bot.config.settings import Settings
from bot.config.values import guessable
from tests.settings import ENOUGH

OPERATOR = {
    "MYACCOUNT_SUPPLIER_NAME": "Operator",
    "MYACCOUNT_SUPPLIER_BIN": "180140000018",
    "MYACCOUNT_SECRET_KEY_FILE": "key",
    "MYACCOUNT_WEBHOOK_SECRET": "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
}
HOOK = {
    "MYACCOUNT_WEBHOOK_URL": "https://bot.example.kz/hook",
    "MYACCOUNT_EVENTS_URL": "https://bot.example.kz/events",
}
PRIVATE = {"MYACCOUNT_PRIVATE_NETWORK": "yes"}

IN_CLEAR = [
    ("CARRIER_URL", "http://tmf.operator.example"),
    ("CARRIER_URL", "http://10.0.0.7:8080/api"),
    ("CARRIER_URL", "HTTP://operator"),
    ("CARRIER_URL", "http://localhost.operator.example"),
    ("CARRIER_URL", "http://0.0.0.0"),
    ("TELEGRAM_URL", "http://telegram-bot-api:8081"),
    ("WEBHOOK_URL", "http://bot.example.kz/hook"),
    ("WEBHOOK_HOST", "0.0.0.0"),
    ("WEBHOOK_HOST", "::"),
    ("EVENTS_URL", "http://bot.example.kz/events"),
    ("EVENTS_HOST", "0.0.0.0"),
    ("SMTP_URL", "smtp://user:hunter2@mail.example?starttls=never"),
    ("SMTP_URL", "smtp://user:hunter2@mail.example?starttls=offered"),
    ("SMTP_URL", "smtp://mail.example?starttls=never"),
    ("DATABASE_URL", "postgresql://bot@db.example/bot"),
    ("DATABASE_URL", "postgresql://bot@db.example/bot?sslmode=disable"),
    ("DATABASE_URL", "postgresql://bot@db.example/bot?sslmode=require"),
    ("DATABASE_URL", "postgresql://bot@db.example/bot?sslmode=verify-ca"),
    ("DATABASE_URL", "postgresql://bot@db.example/bot?ssl=require"),
    ("DATABASE_URL", "postgresql:///bot?host=db.example"),
    ("DATABASE_URL", "postgresql:///bot?host=127.0.0.1:5432&host=db.example:5432"),
    ("DATABASE_URL", "postgresql:///bot?host=127.0.0.1,db.example"),
]
HERE = [
    ("CARRIER_URL", "http://localhost:9"),
    ("CARRIER_URL", "https://tmf.operator.example"),
    ("TELEGRAM_URL", "http://127.0.0.1:8080"),
    ("TELEGRAM_URL", "http://[::1]:8080"),
    ("WEBHOOK_URL", "http://127.0.0.1:8081/hook"),
    ("WEBHOOK_HOST", "127.0.0.2"),
    ("EVENTS_URL", "http://127.0.0.1:8082/events"),
    ("EVENTS_HOST", "::1"),
    ("SMTP_URL", "smtp://user:hunter2@localhost?starttls=never"),
    ("SMTP_URL", "smtp://user:hunter2@mail.example"),
    ("SMTP_URL", "smtps://user:hunter2@mail.example"),
    ("SMTP_URL", "smtp://mail.example"),
    ("DATABASE_URL", "postgresql://bot@127.0.0.1/bot"),
    ("DATABASE_URL", "postgresql://bot@[::1]/bot"),
    ("DATABASE_URL", "postgresql:///bot"),
    ("DATABASE_URL", "postgresql:///bot?host=/run/postgresql"),
    ("DATABASE_URL", "postgresql://bot@db.example/bot?sslmode=verify-full"),
    ("DATABASE_URL", "postgresql://bot@db.example/bot?sslmode=verify-full&sslrootcert=/ca.pem"),
]


def given(variable: str, value: str) -> dict[str, str]:
    return {**ENOUGH, **OPERATOR, **HOOK, f"MYACCOUNT_{variable}": value}


@pytest.mark.parametrize(("variable", "value"), IN_CLEAR)
def test_what_goes_in_clear_to_another_machine_is_refused(variable: str, value: str) -> None:
    with pytest.raises(BadSetting, match=rf"^MYACCOUNT_{variable}: .*PRIVATE_NETWORK=yes") as bad:
        read(given(variable, value))
    assert "hunter2" not in str(bad.value)


@pytest.mark.parametrize(("variable", "value"), HERE)
def test_what_stays_on_this_machine_or_is_protected_is_taken(variable: str, value: str) -> None:
    settings = read(given(variable, value))
    assert settings.in_clear == ()
    assert settings.notices == ()


@pytest.mark.parametrize(("variable", "value"), IN_CLEAR)
def test_in_a_private_network_it_is_taken_and_told(variable: str, value: str) -> None:
    settings = read(given(variable, value) | PRIVATE)
    assert settings.in_clear == (f"MYACCOUNT_{variable}",)
    assert settings.notices == (
        f"MYACCOUNT_PRIVATE_NETWORK=yes: not protected on the network: MYACCOUNT_{variable}.",
    )


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("CARRIER_URL", "http://93.184.216.34"),
        ("TELEGRAM_URL", "http://api.telegram.org"),
        ("SMTP_URL", "smtp://user:hunter2@[2606:4700::1]?starttls=never"),
        ("DATABASE_URL", "postgresql://bot@93.184.216.34/bot"),
    ],
)
def test_no_private_network_reaches_into_the_internet(variable: str, value: str) -> None:
    with pytest.raises(BadSetting, match=rf"^MYACCOUNT_{variable}: .*on the internet"):
        read(given(variable, value) | PRIVATE)


@pytest.mark.parametrize("value", ["1", "true", "on"])
def test_the_override_is_one_word(value: str) -> None:
    with pytest.raises(BadSetting, match="MYACCOUNT_PRIVATE_NETWORK must be one of YES, NO"):
        read(ENOUGH | {"MYACCOUNT_PRIVATE_NETWORK": value})


@pytest.mark.parametrize(
    ("name", "value"), [("NOW", "2022-01-24T10:00:00+06:00"), ("FAILPOINT", "word.before:1")]
)
def test_what_is_for_tests_never_stands_beside_a_real_operator(name: str, value: str) -> None:
    test = {f"MYACCOUNT_{name}": value}
    assert read(ENOUGH | test)
    operator = given("CARRIER_URL", "https://tmf.operator.example")
    for more in ({}, PRIVATE):
        with pytest.raises(BadSetting, match=rf"^MYACCOUNT_{name} is for .*MYACCOUNT_CARRIER_URL"):
            read(operator | test | more)
    with pytest.raises(BadSetting, match=rf"^MYACCOUNT_{name} is for .*PRIVATE_NETWORK"):
        read(ENOUGH | test | PRIVATE)


def test_an_empty_fail_point_is_none() -> None:
    assert read(given("CARRIER_URL", "https://tmf.example") | {"MYACCOUNT_FAILPOINT": ""})


@pytest.mark.parametrize(
    "secret",
    [
        "a" * 32,
        "ab" * 16,
        "secret-secret-secret",
        "secret1secret1se",
        "0123456789abcdef",
        "fedcba9876543210",
        "11112222333344445555",
    ],
)
def test_a_webhook_secret_that_repeats_itself_is_refused(secret: str) -> None:
    assert guessable(secret)
    with pytest.raises(BadSetting, match="MYACCOUNT_WEBHOOK_SECRET can be guessed"):
        read(given("WEBHOOK_SECRET", secret))


@pytest.mark.parametrize("secret", ["9f86d081884c7d65", "a3f5b1c2d4e60718", "1VyT3jJ-l0pQ_8sWnZcA"])
def test_a_webhook_secret_drawn_at_random_is_taken(secret: str) -> None:
    assert not guessable(secret)


@pytest.mark.parametrize(("minutes", "taken"), [("1440", True), ("1441", False), ("10080", False)])
def test_a_login_lasts_a_day_at_most(minutes: str, taken: bool) -> None:
    environment = ENOUGH | {"MYACCOUNT_SESSION_MINUTES": minutes}
    if taken:
        assert read(environment).session.absolute == timedelta(minutes=int(minutes))
        return
    with pytest.raises(BadSetting, match="MYACCOUNT_SESSION_MINUTES"):
        read(environment)


@pytest.mark.parametrize(
    ("variable", "value", "bound"),
    [
        ("SESSION_IDLE_MINUTES", "61", "60"),
        ("SESSION_MINUTES", "721", "720"),
        ("SMTP_URL", "smtp://mail.example", ""),
        ("METRICS_HOST", "0.0.0.0", "127.0.0.1"),
    ],
)
def test_what_is_unwise_starts_and_is_called_wrong(variable: str, value: str, bound: str) -> None:
    [sentence] = unwise(read(given(variable, value)))
    assert sentence.startswith(f"MYACCOUNT_{variable}: ")
    if bound:
        assert list(unwise(read(given(variable, bound)))) == []


def test_figures_are_shown_to_a_network_that_is_ones_own() -> None:
    assert list(unwise(read(given("METRICS_HOST", "0.0.0.0") | PRIVATE))) == []


# --- the token in a file ---


def from_file(path: Path) -> Settings:
    rest = {name: value for name, value in ENOUGH.items() if name != "MYACCOUNT_BOT_TOKEN"}
    return read({**rest, "MYACCOUNT_BOT_TOKEN_FILE": str(path)})


def test_the_token_may_lie_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("123456:abcdefghijklmnopqrstuvwxyz0123456789\n")
    path.chmod(0o640)
    settings = from_file(path)
    assert settings.bot_token == ENOUGH["MYACCOUNT_BOT_TOKEN"]
    assert list(unwise(settings)) == []
    path.chmod(0o644)
    [sentence] = unwise(settings)
    assert sentence.startswith("MYACCOUNT_BOT_TOKEN_FILE: everybody on this machine may read")


@pytest.mark.parametrize(
    "content", [b"", b"no token", b"\xff\xfe123456:abcdefghijklmnopqrstuvwxyz"]
)
def test_a_file_without_a_token_is_refused_and_not_quoted(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "token"
    path.write_bytes(content)
    with pytest.raises(BadSetting, match=r"^MYACCOUNT_BOT_TOKEN_FILE") as bad:
        from_file(path)
    assert "abcdef" not in str(bad.value)
    assert "no token" not in str(bad.value)


def test_a_file_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match=r"^MYACCOUNT_BOT_TOKEN_FILE: .* No such file"):
        from_file(tmp_path / "token")


def test_two_tokens_are_one_too_many(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="MYACCOUNT_BOT_TOKEN and MYACCOUNT_BOT_TOKEN_FILE"):
        read({**ENOUGH, "MYACCOUNT_BOT_TOKEN_FILE": str(tmp_path / "token")})


def test_the_operator_s_token_may_lie_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "carrier.token"
    named = {**ENOUGH, "MYACCOUNT_CARRIER_TOKEN_FILE": str(path)}
    with pytest.raises(BadSetting, match=r"^MYACCOUNT_CARRIER_TOKEN_FILE: .* No such file"):
        read(named)
    path.write_text("secret token\n")
    with pytest.raises(BadSetting, match=r"^MYACCOUNT_CARRIER_TOKEN_FILE") as bad:
        read(named)
    assert "secret" not in str(bad.value)
    path.write_text("opaque\n")
    path.chmod(0o644)
    settings = read(named)
    assert (settings.carrier_token, settings.carrier_token_file) == (None, path)
    [sentence] = unwise(settings)
    assert sentence.startswith("MYACCOUNT_CARRIER_TOKEN_FILE: everybody on this machine may read")
    with pytest.raises(BadSetting, match="CARRIER_TOKEN and MYACCOUNT_CARRIER_TOKEN_FILE"):
        read({**named, "MYACCOUNT_CARRIER_TOKEN": "opaque"})


# --- as the keeper sees it ---


def test_it_is_exit_code_2_for_every_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in given("CARRIER_URL", "http://tmf.example").items():
        monkeypatch.setenv(name, value)
    for command in ("run", "worker", "migrate", "doctor", "verify-audit"):
        assert main([command]) == BAD_CONFIGURATION
        assert capsys.readouterr().err.startswith("MYACCOUNT_CARRIER_URL: http://")


def test_what_the_override_allows_is_said_at_every_start(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    environment = given("CARRIER_URL", "http://tmf.example") | PRIVATE
    environment |= {"MYACCOUNT_DATABASE_URL": f"sqlite:///{tmp_path}"}
    monkeypatch.setattr("bot.ops.logs.set_up", lambda _level: None)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    main(["migrate"])
    first = capsys.readouterr().err.splitlines()[0]
    assert first == (
        "MYACCOUNT_PRIVATE_NETWORK=yes: not protected on the network: MYACCOUNT_CARRIER_URL."
    )
