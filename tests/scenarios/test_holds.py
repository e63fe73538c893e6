"""`myaccount hold`: what the keepers do on the command line, and what people read of it."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

import pytest

from bot.__main__ import parser
from bot.cli import support_desk
from tests.scenarios.conftest import Stage
from tests.scenarios.entry import DEMO, ask_to_block, enter
from tests.scenarios.phone import Phone
from tests.scenarios.test_taps import CONFIRM

REASON = "an-investigation-nobody-reads-in-a-chat"


async def desk(stage: Stage, *words: str) -> int:
    """A command, as it would be on the machine, at the time of the world."""
    settings = replace(stage.settings, now=stage.clock.now())
    return await support_desk.run(settings, parser().parse_args(list(words)))


async def held(stage: Stage, *whom: str) -> Phone:
    phone = await enter(stage)
    assert await desk(stage, "hold", "add", *whom, "--reason", REASON) == 0
    await ask_to_block(phone)
    await phone.sees("the operator has put such changes on hold: once confirmed the action waits")
    await phone.tap(CONFIRM)
    await phone.sees("⏸ Your action A-20220124-0001 on", "Nothing has changed yet")
    return phone


async def test_people_are_told_before_and_after_and_it_goes_on_when_lifted(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    phone = await held(stage, "--kind", "block")
    await phone.sees(
        "⏸ The operator has put such changes on hold. Your action A-20220124-0001 is waiting"
    )
    assert await stage.effects() == []
    capsys.readouterr()
    assert await desk(stage, "hold", "list") == 0
    [line] = capsys.readouterr().out.splitlines()
    assert line.startswith("Hold 1: block of every company, since 24.01.2022 ")
    assert line.endswith(f"by {support_desk.keeper()}: {REASON}")

    assert await desk(stage, "hold", "lift", "1") == 0
    await phone.sees("✅", "A-20220124-0001")
    assert len(await stage.effects()) == 1
    assert await desk(stage, "hold", "list") == 0
    assert capsys.readouterr().out.splitlines()[-1] == "Nothing is on hold."


async def test_an_hour_later_it_is_cancelled_and_the_reason_is_told(stage: Stage) -> None:
    phone = await held(stage, "--all")
    await stage.advance(hours=1, seconds=1)
    await phone.sees("The operator had put such changes on hold. Nothing has changed.")
    assert await stage.effects() == []


async def test_the_companys_history_tells_of_it_and_not_why(stage: Stage) -> None:
    phone = await held(stage, "--kind", "block", "--company", DEMO)
    await desk(stage, "hold", "lift", "1")
    await phone.sees("✅", "A-20220124-0001")
    await phone.command("/documents")
    await phone.tap("2 · Actions")
    window = await phone.sees("Changes put on hold", "Hold on changes lifted", "Operator's support")
    assert REASON not in window.text
    assert support_desk.keeper() not in window.text
    kept = sqlite3.connect(stage.settings.database_url.removeprefix("sqlite:///"))
    rows = kept.execute("SELECT administrator, parameters FROM history WHERE channel = 'support'")
    told = rows.fetchall()
    kept.close()
    assert [who for who, _parameters in told] == [support_desk.keeper()] * 2
    assert all(REASON in parameters for _who, parameters in told)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("add", "--reason", "x"), "say --kind, --company, both, or --all"),
        (("add", "--kind", "sim.reveal", "--reason", "x"), "sends nothing"),
        (("add", "--all", "--reason", ""), "the reason is one line"),
        (("lift", "7"), "there is no hold 7"),
    ],
)
async def test_what_cannot_be_done_is_a_sentence_and_1(
    stage: Stage, words: tuple[str, ...], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await desk(stage, "hold", *words) == 1
    told = capsys.readouterr().err
    assert told.startswith("Nothing was done: ")
    assert sentence in told


def test_an_unknown_kind_is_no_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parser().parse_args(["hold", "add", "--kind", "everything", "--reason", "x"])
    assert ended.value.code == 2
