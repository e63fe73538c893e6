"""`myaccount action`: the support desk's word on money that nobody could confirm."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.__main__ import parser
from bot.cli import support_desk
from tests.scenarios.conftest import Stage
from tests.scenarios.phone import Phone
from tests.scenarios.test_transfers import SENDER, TRANSFERS, asked, balance, rich  # noqa: F401

REFERENCE = "A-20220124-0001"
REASON = "an-investigation-nobody-reads-in-a-chat"


async def desk(stage: Stage, *words: str) -> int:
    settings = replace(stage.settings, now=stage.clock.now())
    return await support_desk.run(settings, parser().parse_args(["action", *words]))


async def unconfirmed(stage: Stage) -> Phone:
    """Somebody whose transfer left, and of which the operator knows nothing."""
    await stage.fault("operator", "hang_before_effect", match=f"POST {TRANSFERS}", times=1)
    phone, _question = await asked(stage, "100")
    await phone.tap("💸 Transfer")
    await phone.sees("❓ Not confirmed", "Do not repeat it before that")
    return phone


async def test_it_is_shown_masked(
    rich: Stage,  # noqa: F811
    capsys: pytest.CaptureFixture[str],
) -> None:
    await unconfirmed(rich)
    capsys.readouterr()
    assert await desk(rich, "list") == 0
    [line] = capsys.readouterr().out.splitlines()
    assert line.startswith(f"{REFERENCE}: transfer of …2013, unconfirmed, sent 24.01.2022 16:0")
    assert await desk(rich, "show", REFERENCE.lower()) == 0
    told = capsys.readouterr().out
    assert told.startswith(line)
    assert "amount 100 ₸, to …2016" in told.replace("\u00a0", " ")
    assert "attempts 1, looks since then " in told
    assert "order none known" in told
    assert "offered 24.01.2022 16:0" in told
    for number in (SENDER, SENDER[1:], "77010542016"):
        assert number not in told


async def test_not_done_is_told_and_the_day_has_its_money_back(rich: Stage) -> None:  # noqa: F811
    phone = await unconfirmed(rich)
    assert await desk(rich, "settle", REFERENCE, "not-done", "--reason", REASON) == 0
    word = await phone.sees(
        "⚠️ Not transferred: 100 ₸", "The operator's support has checked it: it was not carried out."
    )
    assert REASON not in word.text
    assert await balance(rich, SENDER) == "1750.00"
    await phone.command("/documents")
    await phone.tap("2 · Actions")
    window = await phone.sees("Outcome established", "Operator's support", "⚠️ not done")
    assert REASON not in window.text
    assert await desk(rich, "settle", REFERENCE, "done", "--reason", REASON) == 1


async def test_done_is_told_as_done(rich: Stage) -> None:  # noqa: F811
    phone = await unconfirmed(rich)
    assert await desk(rich, "settle", REFERENCE, "done", "--reason", REASON) == 0
    await phone.sees("✅ Transferred: 100 ₸", "The operator's support has confirmed it.")


async def test_what_is_not_for_a_person_is_a_sentence_and_1(
    rich: Stage,  # noqa: F811
    capsys: pytest.CaptureFixture[str],
) -> None:
    phone, _question = await asked(rich, "100")
    await phone.tap("💸 Transfer")
    await phone.sees("✅ Transferred: 100 ₸")
    capsys.readouterr()
    assert await desk(rich, "settle", REFERENCE, "not-done", "--reason", REASON) == 1
    assert "Nothing was done: it was settled before, as done." in capsys.readouterr().err
    assert await desk(rich, "show", "A-1") == 1
    assert "there is no action A-1" in capsys.readouterr().err
    assert await desk(rich, "list") == 0
    assert capsys.readouterr().out == "No change waits for a person.\n"
