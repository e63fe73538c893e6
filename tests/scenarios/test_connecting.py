"""docs/connect.md followed with an operator that nobody knows: each line of the doctor's names the
key that mends it, until nothing fails.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from account.values.identifiers import Msisdn
from bot.cli.doctor import operator
from bot.cli.doctor.conformance import conformance
from bot.cli.doctor.verdict import Several
from bot.config.settings import Settings
from carrier.profile.loader import parse
from sandbox.app import Sandbox
from sandbox.world import World
from tests.loopback import client
from tests.scenarios.conftest import ADMINISTRATOR, TOKEN
from tests.settings import plain

SECRET = "sandbox-secret"
WORDS: list[tuple[str, str]] = [
    ("find.totals is to be collection", '[find]\ntotals = "collection"\nphones = "plus"'),
    (
        "the roles are corporateAdministrator (words.role), the contactType not told",
        (
            '[words.role]\ncorporateAdministrator = "administrator"\n'
            '[words.login_contact]\n"" = "login"'
        ),
    ),
    (
        "organizationIdentification (2: words.identification)",
        '[words.identification]\nbusinessIdentificationNumber = "bin"',
    ),
    (
        "in which the company's role is Subscriber: words.customer_role",
        '[words.customer_role]\nSubscriber = "customer"',
    ),
    (
        "methods of payment are known not told, among the characteristics ",
        (
            '[characteristics]\npayment_method = "paymentType"\n'
            '[words.payment_method]\nPOSTPAID = "Credit"\nPREPAID = "Advance"'
        ),
    ),
    ("apis.TMF676.empty_is_missing is to be true", "[apis.TMF676]\nempty_is_missing = true"),
]
"""What the doctor says in turn, and what is written into the profile for it."""


async def checked(settings: Settings) -> list[str]:
    try:
        return [await operator.check(settings)]
    except Several as bad:
        return [str(one) for one in bad.faults]


async def test_an_unknown_operator_is_connected_by_what_the_doctor_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox = Sandbox(World(data=tmp_path / "world", dialect="plain"), TOKEN)
    url = await sandbox.start()
    try:
        await walk(url, capsys)
    finally:
        await sandbox.close()


async def walk(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    async with client(url) as http:
        whole = (await http.get("/sandbox/operator/profile")).text
    settings = replace(plain(), carrier_url=url, profile=parse("", "my.toml"))

    [said] = await checked(settings)
    assert "status 404, the path is not there: correct MYACCOUNT_CARRIER_URL" in said
    assert "or the profile's apis.<API>.path" in said
    told = "\n".join(re.findall(r"^(?:\[apis\.\w+\]|path = .*)$", whole, re.MULTILINE))

    said = "\n".join(await checked(replace(settings, profile=parse(told, "my.toml"))))
    assert "status 401, and no token is set: set MYACCOUNT_CARRIER_TOKEN_FILE" in said
    assert 'where the operator has none, say lacks = ["contracts"]' in said
    access = whole[whole.index("[access]") : whole.index("[apis.")]
    told = f'lacks = ["contracts"]\n{access}{told}'

    wrong = replace(settings, profile=parse(told, "my.toml"), carrier_token="another")
    [said] = await checked(wrong)
    assert "no token can be had: status 401: look at client_id, client_auth and scope" in said

    for expected, more in WORDS:
        settings = replace(wrong, carrier_token=SECRET, profile=parse(told, "my.toml"))
        code, table = await asked(settings, capsys)
        assert code == 1
        assert expected in table
        told = joined(told, more)
    settings = replace(wrong, carrier_token=SECRET, profile=parse(told, "my.toml"))
    code, table = await asked(settings, capsys)
    assert code == 0, table


async def asked(settings: Settings, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """The lines of the table that do not pass."""
    capsys.readouterr()
    code = await conformance(settings, Msisdn(ADMINISTRATOR))
    said = capsys.readouterr().out.splitlines()
    return code, "\n".join(
        " ".join(line.split()) for line in said if line.startswith(("fails", "tolerated"))
    )


def joined(told: str, more: str) -> str:
    """The file with more keys; those of a table that it has already go there."""
    head, _, keys = more.partition("\n")
    if head in told:
        return told.replace(head, f"{head}\n{keys}", 1)
    return f"{told}\n{more}\n"
