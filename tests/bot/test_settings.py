"""Configuration: what can be set, and the sentence for what cannot."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from account.chapters.billing.parties import BankAccount, Supplier, VatCertificate
from account.values.identifiers import Bin
from account.values.money import Money
from bot.__main__ import BAD_CONFIGURATION, main
from bot.config import page
from bot.config.environment import read
from bot.config.errors import BadSetting
from bot.config.supplier import SANDBOX_SUPPLIER
from bot.config.variables import Variables
from storage.encryption.secrets import Secrets
from tests.settings import ENOUGH


def test_two_variables_are_enough() -> None:
    settings = read(ENOUGH)
    assert settings.bot_id == 123456
    assert settings.telegram_url == "https://api.telegram.org"
    assert settings.database_url == "sqlite:///var/myaccount.db"
    assert settings.secret_key_may_be_made


def test_the_supplier_is_a_name_and_a_bin_or_the_sandboxs() -> None:
    assert read(ENOUGH).supplier == SANDBOX_SUPPLIER
    given = {"MYACCOUNT_SUPPLIER_NAME": "АО «Оператор»", "MYACCOUNT_SUPPLIER_BIN": "180140000018"}
    assert read(ENOUGH | given).supplier == Supplier("АО «Оператор»", Bin("180140000018"))


@pytest.mark.parametrize("host", ["tmf.operator.example", "10.0.0.7", "localhost.example"])
def test_beside_a_real_operator_nobody_else_is_named(host: str) -> None:
    operator = {"MYACCOUNT_CARRIER_URL": f"https://{host}/api"}
    with pytest.raises(BadSetting, match=r"SUPPLIER_NAME and MYACCOUNT_SUPPLIER_BIN are not set"):
        read(ENOUGH | operator)
    given = {"MYACCOUNT_SUPPLIER_NAME": "Operator", "MYACCOUNT_SUPPLIER_BIN": "180140000018"}
    assert read(ENOUGH | operator | given).supplier.name == "Operator"


@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.7", "[::1]:80", "tmf.localhost"])
def test_an_operator_on_this_machine_may_be_the_sandbox(host: str) -> None:
    assert read(ENOUGH | {"MYACCOUNT_CARRIER_URL": f"http://{host}"}).supplier == SANDBOX_SUPPLIER


def test_what_papers_name_of_the_supplier_is_the_profiles(tmp_path: Path) -> None:
    profile = tmp_path / "my.toml"
    profile.write_text(
        """[supplier]
        contacts = "+7 727 258 8300"
        iik = "KZ33999KZT1234567890"
        bic = "DEMOKZKA"
        kbe = "17"
        vat_series = "60001"
        vat_number = "0087654"
        vat_day = 2012-08-13
        [supplier.names]
        ru = "АО «Оператор»"
        [supplier.addresses]
        ru = "г. Алматы"
        """
    )
    given = {
        "MYACCOUNT_SUPPLIER_NAME": "Operator JSC",
        "MYACCOUNT_SUPPLIER_BIN": "180140000018",
        "MYACCOUNT_OPERATOR_PROFILE": str(profile),
    }
    supplier = read(ENOUGH | given).supplier
    assert supplier == Supplier(
        "Operator JSC",
        Bin("180140000018"),
        {"ru": "АО «Оператор»"},
        {"ru": "г. Алматы"},
        "+7 727 258 8300",
        BankAccount("KZ33999KZT1234567890", "DEMOKZKA", "", "17"),
        VatCertificate("60001", "0087654", date(2012, 8, 13)),
    )
    assert supplier.named("ru") == "АО «Оператор»"
    assert supplier.named("en") == "Operator JSC"
    profile.write_text('[supplier]\niik = "KZ34999KZT1234567890"\n')
    with pytest.raises(BadSetting, match="check digits of the IIK"):
        read(ENOUGH | given)


@pytest.mark.parametrize(
    ("name", "digits", "named"),
    [
        ("Operator", "", "MYACCOUNT_SUPPLIER_BIN"),
        ("", "180140000018", "MYACCOUNT_SUPPLIER_NAME"),
        ("Operator", "180140000019", "MYACCOUNT_SUPPLIER_BIN"),
        ("Operator", "18014000001", "MYACCOUNT_SUPPLIER_BIN"),
        ("x" * 201, "180140000018", "MYACCOUNT_SUPPLIER_NAME"),
    ],
)
def test_half_a_supplier_and_a_wrong_bin_are_refused(name: str, digits: str, named: str) -> None:
    given = {"MYACCOUNT_SUPPLIER_NAME": name, "MYACCOUNT_SUPPLIER_BIN": digits}
    with pytest.raises(BadSetting, match=named):
        read(ENOUGH | given)


def test_the_sms_with_codes_of_a_day_are_a_setting() -> None:
    assert read(ENOUGH).code_sms_a_day == 500
    assert read(ENOUGH | {"MYACCOUNT_CODE_SMS_A_DAY": "40"}).code_sms_a_day == 40


def test_the_bounds_of_transfers_are_amounts_of_tenge() -> None:
    given = {"MYACCOUNT_TRANSFER_MOST": "20 000", "MYACCOUNT_TRANSFER_FEE": "25.50"}
    rules = read(ENOUGH | given).transfers
    assert (rules.most, rules.fee) == (Money(20_000_00), Money(25_50))
    assert (rules.most_a_day, rules.code_from) == (Money(500_000_00), Money(10_000_00))


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
        ("TRANSFER_MOST", "0.50"),
        ("TRANSFER_MOST", "1e9"),
        ("TRANSFER_MOST_A_DAY", "-1"),
        ("TRANSFER_CODE_FROM", "10.005"),
        ("TRANSFER_FEE", "2000000000"),
        ("CODE_SMS_A_DAY", "0"),
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
    shared = {"MYACCOUNT_DATABASE_URL": "postgresql://db/myaccount?sslmode=verify-full"}
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


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("MYACCOUNT_LOGLEVEL", "MYACCOUNT_LOG_LEVEL"),
        ("MYACCOUNT_WEBHOOK_HOTS", "MYACCOUNT_WEBHOOK_HOST"),
        ("myaccount_smtp_url", "MYACCOUNT_SMTP_URL"),
    ],
)
def test_a_variable_that_is_none_is_named_with_the_likeliest_right_one(
    given: str, meant: str
) -> None:
    settings = read({**ENOUGH, given: "x", "MYACCOUNT_FAILPOINT": "word:1", "PATH": "/bin"})
    assert settings.misspelt == (f"{given} is not a setting and is ignored; did you mean {meant}?",)


BOUNDS = [
    ("BACKGROUND_CALLS_PER_SECOND", 1, 1_000),
    ("CARRIER_LONGEST_SECONDS", 1, 86_400),
    ("CARRIER_TIMEOUT_SECONDS", 1, 60),
    ("CODE_SMS_A_DAY", 1, 1_000_000),
    ("MAIL_MEGABYTES", 1, 100),
    ("METRICS_PORT", 0, 65_535),
    ("SET_APPROVAL_NUMBERS", 1, 1_000),
    ("SET_APPROVAL_SUM", 0, 500_000),
    ("SESSION_IDLE_MINUTES", 1, 1440),
    ("SESSION_MINUTES", 5, 1440),
    ("SET_APPROVAL_NUMBERS", 1, 1_000),
    ("SET_APPROVAL_SUM", 0, 500_000),
    ("TRANSFER_CODE_FROM", 0, 10**9),
    ("TRANSFER_FEE", 0, 10**9),
    ("TRANSFER_MOST", 1, 10**9),
    ("TRANSFER_MOST_A_DAY", 1, 10**9),
    ("WEBHOOK_PORT", 1, 65_535),
    ("EVENTS_PORT", 1, 65_535),
]


@pytest.mark.parametrize(("variable", "least", "most"), BOUNDS)
def test_both_ends_are_taken_and_told_when_they_are_passed(
    variable: str, least: int, most: int
) -> None:
    name = f"MYACCOUNT_{variable}"
    for taken in (least, most):
        read({**ENOUGH, name: str(taken)})
    ends = rf"from {least}(\.00)? to {most}(\.00)?\."
    for refused in (least - 1, most + 1):
        with pytest.raises(BadSetting, match=rf"^{name} must be .*{ends}$"):
            read({**ENOUGH, name: str(refused)})


def test_every_number_and_amount_has_its_bounds_here() -> None:
    bounded = {
        variable.alias
        for variable in Variables.model_fields.values()
        if variable.annotation in (int, Money)
    }
    assert bounded == {f"MYACCOUNT_{variable}" for variable, _least, _most in BOUNDS}


@pytest.mark.parametrize("empty", ["", "  ", "\t"])
def test_a_variable_that_is_set_and_empty_is_not_set(empty: str, tmp_path: Path) -> None:
    every = dict.fromkeys(str(one.alias) for one in Variables.model_fields.values())
    assert read({**dict.fromkeys(every, empty), **ENOUGH}) == read(ENOUGH)
    (tmp_path / "token").write_text(ENOUGH["MYACCOUNT_BOT_TOKEN"])
    from_file = {
        **ENOUGH,
        "MYACCOUNT_BOT_TOKEN": empty,
        "MYACCOUNT_BOT_TOKEN_FILE": str(tmp_path / "token"),
    }
    assert read(from_file).bot_token == ENOUGH["MYACCOUNT_BOT_TOKEN"]


def test_the_defaults_and_the_examples_of_the_page_can_be_set() -> None:
    plain = read(ENOUGH)
    for variable in Variables.model_fields.values():
        shown = page.default(variable).strip("`")
        if shown not in {"", "must be set"}:
            assert read({**ENOUGH, str(variable.alias): shown}) == replace(
                plain, metrics_port_chosen=variable.alias == "MYACCOUNT_METRICS_PORT"
            )
    beside = {
        "MYACCOUNT_SUPPLIER_NAME": "Operator",
        "MYACCOUNT_SUPPLIER_BIN": "180140000018",
        "MYACCOUNT_WEBHOOK_SECRET": "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
        "MYACCOUNT_SECRET_KEY_FILE": "key",
    }
    must_be_there = {
        "MYACCOUNT_BOT_TOKEN_FILE",
        "MYACCOUNT_CARRIER_TOKEN_FILE",
        "MYACCOUNT_SMPP_PASSWORD_FILE",
        "MYACCOUNT_CARRIER_CA_FILE",
        "MYACCOUNT_CARRIER_CERTIFICATE_FILE",
        "MYACCOUNT_CARRIER_CERTIFICATE_KEY_FILE",
    }
    tried = 0
    for variable in Variables.model_fields.values():
        for example in variable.examples or ():
            if variable.alias not in must_be_there:
                read({**ENOUGH, **beside, str(variable.alias): example})
                tried += 1
    assert tried > 20


def test_help_waits_for_no_reading_of_settings() -> None:
    code = "import sys, bot.__main__ as m; m.parser(); print('pydantic' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_every_variable_of_the_documents_is_one_of_ours() -> None:
    root = Path(__file__).parents[2]
    told = "".join(page.read_text() for page in [*root.glob("docs/*.md"), root / "README.md"])
    named = set(re.findall(r"MYACCOUNT_[A-Z_]*[A-Z]", told))
    assert named
    settings = read({**dict.fromkeys(named, ""), **ENOUGH})
    assert settings.misspelt == ()


@pytest.mark.parametrize("command", ["migrate", "run", "worker"])
def test_a_database_that_cannot_be_made_is_a_sentence_and_exit_code_2(
    command: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "file").touch()
    places = {"no folder": tmp_path / "file" / "bot.db", "a folder": tmp_path}
    monkeypatch.setattr("bot.ops.logs.set_up", lambda _level: None)
    for name, value in ENOUGH.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("MYACCOUNT_SECRET_KEY_FILE", str(tmp_path / "key"))
    Secrets.create(tmp_path / "key")
    for place in places.values():
        monkeypatch.setenv("MYACCOUNT_DATABASE_URL", f"sqlite:///{place}")
        assert main([command]) == BAD_CONFIGURATION
        assert capsys.readouterr().err.startswith("MYACCOUNT_DATABASE_URL: ")


def test_bad_configuration_is_a_sentence_and_exit_code_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("MYACCOUNT_BOT_TOKEN", raising=False)
    monkeypatch.setenv("MYACCOUNT_CARRIER_URL", "ftp://operator")
    assert main(["run"]) == BAD_CONFIGURATION
    told = capsys.readouterr().err
    assert [line.split()[0] for line in told.splitlines()] == [
        "MYACCOUNT_BOT_TOKEN",
        "MYACCOUNT_CARRIER_URL",
    ]
    assert told.startswith("MYACCOUNT_BOT_TOKEN is not set")
    assert "Traceback" not in told


def test_support_is_the_variables_else_the_profiles(tmp_path: Path) -> None:
    mine = tmp_path / "my.toml"
    mine.write_text('[names]\nsupport = "desk@my.example"\n')
    named = {**ENOUGH, "MYACCOUNT_OPERATOR_PROFILE": str(mine)}
    assert read(ENOUGH).support == "email@kcell.kz"
    assert read(named).support == "desk@my.example"
    assert read({**named, "MYACCOUNT_SUPPORT": "b2b@my.example"}).support == "b2b@my.example"


def test_nobodys_support_is_told_to_a_real_operators_people(tmp_path: Path) -> None:
    mine = tmp_path / "my.toml"
    mine.write_text("")
    nameless = {**ENOUGH, "MYACCOUNT_OPERATOR_PROFILE": str(mine)}
    assert "kcell" not in read(nameless).support
    real = {
        **nameless,
        "MYACCOUNT_CARRIER_URL": "https://tmf.my.example",
        "MYACCOUNT_SUPPLIER_NAME": "My JSC",
        "MYACCOUNT_SUPPLIER_BIN": "980640000003",
    }
    with pytest.raises(BadSetting) as bad:
        read(real)
    assert str(bad.value) == (
        "MYACCOUNT_SUPPORT is not set, and the profile has no names.support: people are told whom "
        "to turn to."
    )
