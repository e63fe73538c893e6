"""Passwords, codes and the bot's token stay where they belong, whatever goes wrong (section 3).

The bot runs as a process of its own, talks as much as it can, meets faults of the operator and of
Telegram and errors nobody expects, and is killed twice. Afterwards everything it left behind is
searched: its output, its database with all that lies beside it, and the directory of its temporary
files.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import signal
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.scenarios.canary import Cage
from tests.scenarios.conftest import TOKEN
from tests.scenarios.phone import Message, Phone
from tests.scenarios.processes import Lab, lab
from tests.scenarios.unlucky import SPELL

pytestmark = pytest.mark.slow

PHONE, NUMBER = "77012115526", "77010542006"
PASSWORD = "канарейка <&> 7f3e9d2c"
NEXT = 'вторая "канарейка" 51b0aa'
WRONG = "чужая канарейка 90ccd1e4"
UNHEARD = "не услышанная 33ab0f77"
IMEI, OWNER = "352992091000077", "77012115299"
IIN, MISTYPED = "850115300011", "850115300017"
STUMBLES = f"{SPELL} канарейка 0b66d5"


class Watched:
    """A lab whose bot is watched."""

    def __init__(self, world: Lab) -> None:
        self.lab = world
        self.cage = Cage()
        self.cage.add("token", TOKEN)
        self.cage.add("token's secret", TOKEN.partition(":")[2])
        self.temporary = world.folder / "tmp"
        self.temporary.mkdir()

    async def start(self) -> None:
        """The bot that says all it can."""
        await self.lab.start_bot(
            "tests.scenarios.unlucky",
            MYACCOUNT_LOG_LEVEL="DEBUG",
            # An order that was lost is proven so within the patience of a phone.
            MYACCOUNT_CARRIER_TIMEOUT_SECONDS="3",
            PYTHONASYNCIODEBUG="1",
            TMPDIR=str(self.temporary),
        )

    async def kill(self) -> None:
        """As a power cut would not: the files stay as they are at this moment."""
        await self.lab.stop_bot(signal.SIGKILL)
        self.silent()

    def silent(self) -> None:
        """Nothing of all that is anywhere."""
        outside = [self.lab.folder / "world", self.lab.folder / "world.log"]
        found = self.cage.found_in(self.lab.folder, but=outside)
        assert not found, "; ".join(found)

    async def code(self, phone: Phone, *, after: int) -> str:
        """The code of the SMS after so many; watched from now on."""
        return self.cage.add(f"code {after + 1}", await phone.code(after=after))


@pytest.fixture
async def watched(tmp_path: Path) -> AsyncIterator[Watched]:
    async with lab(tmp_path) as world:
        watched = Watched(world)
        for n, password in enumerate((PASSWORD, NEXT, WRONG, UNHEARD, STUMBLES)):
            watched.cage.add(f"password {n + 1}", password)
        watched.cage.add("IIN", IIN)
        watched.cage.add("mistyped IIN", MISTYPED)
        await watched.start()
        yield watched


def another(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


async def later(watched: Watched, **step: float) -> None:
    """Time passes outside; the bot is started anew, for its clock runs by itself."""
    await heard(watched)
    seconds = step.get("seconds", 0) + 60 * step.get("minutes", 0)
    await watched.lab.http.post("/sandbox/clock", json={"advance": seconds})
    await watched.kill()
    await watched.start()


async def asks_for_code(phone: Phone) -> None:
    """What a kill left undone may come yet and replace the window that was tapped: tap the next."""
    await phone.command("/start")
    await phone.tap_to("Forgot password?", "A code will be sent")
    await phone.say(PHONE)
    await phone.sees("Enter the 6 digits")


async def first_login(watched: Watched, phone: Phone) -> None:
    """With every mistake there is, and one password that Telegram will not delete at first."""
    await phone.say("/start")
    await phone.tap("English")
    await phone.sees("Enter the Administrator's phone number")
    await phone.say(PHONE)
    await phone.sees("Enter the password")
    await phone.say(WRONG)
    await phone.sees("Phone number or password is wrong")
    await asks_for_code(phone)
    code = await watched.code(phone, after=0)
    await phone.say(another(code))
    watched.cage.add("a wrong code", another(code))
    await phone.sees("The code is wrong")
    await phone.say(code)
    await phone.sees("Enter a new password")
    await phone.say(STUMBLES)
    await phone.sees("Something went wrong on our side")
    await phone.say(PASSWORD)
    await phone.sees("once more")
    await watched.lab.fault("telegram", "http_500", match="deleteMessage", times=2)
    await phone.say(PASSWORD)
    await phone.sees("Number management")


async def proves_a_change(watched: Watched, phone: Phone, *, after: int) -> None:
    """Unblock a number with a code, while operator and Telegram stumble."""
    await phone.say(NUMBER)
    await phone.sees("Unblock +7 701 054 20 06")
    await watched.lab.fault("telegram", "http_429", match="editMessageText", seconds=1, times=1)
    await phone.tap("Unblock +7 701 054 20 06")
    code = await watched.code(phone, after=after)
    await phone.sees("Enter the 6 digits")
    await watched.lab.fault("telegram", "reset_after_effect", match="deleteMessage", times=1)
    await watched.lab.fault("operator", "http_500", match="POST /tmf-api/productOrdering", times=1)
    await phone.say(code)
    await phone.sees("✅", "A-20220124-0001")


async def tells_a_previous_owner(watched: Watched, phone: Phone, *, after: int) -> None:
    """Re-register a device; the IIN is mistyped, deleted late, and the bot is killed on the way.

    A number is let be answered before anything is pressed: above it stand cards of before.
    """
    await phone.command("/menu")
    await phone.command(PHONE)
    await phone.tap("More")
    await phone.tap("Device registration (IMEI)")
    await phone.tap("Another IMEI")
    await phone.say(IMEI)
    await phone.sees(IMEI, "Device not registered with this number.", "Re-register")
    await phone.tap("Re-register")
    await phone.tap("☐ I have read")
    await phone.tap("Continue")
    await phone.sees("the phone number of the previous owner")
    await phone.say(OWNER)
    await phone.sees("the IIN or BIN of the previous owner")
    await phone.say(MISTYPED)
    await phone.sees("The 12th digit of the IIN or BIN does not fit")
    await watched.lab.fault("telegram", "http_500", match="deleteMessage", times=2)
    await phone.say(IIN)
    code = await watched.code(phone, after=after)
    await phone.sees("Re-register the device", "Enter the 6 digits")
    watched.silent()
    await watched.lab.fault("operator", "hang_after_effect", match="POST /tmf-api/product", times=1)
    await phone.say(code)
    await phone.sees("⏳ Accepted")
    await watched.kill()
    await watched.start()
    await phone.sees("The data of the previous owner do not match.")
    watched.silent()


async def reads_and_leaves(phone: Phone) -> None:
    await phone.command("/menu")
    await phone.command("77012115526")
    await phone.tap("Usage details")
    await phone.tap("XLSX file")
    await phone.tap("Show here")
    await phone.command("/profile")
    await phone.command("/logout")
    await phone.sees("Enter the Administrator's phone number")


async def test_no_secret_is_left_anywhere(watched: Watched) -> None:
    phone = await watched.lab.phone(PHONE)
    await first_login(watched, phone)
    watched.silent()
    await later(watched, minutes=2)
    await proves_a_change(watched, phone, after=1)
    await later(watched, minutes=2)
    await tells_a_previous_owner(watched, phone, after=2)
    await reads_and_leaves(phone)

    # A code on its way: kept for an SMS gateway that does not answer, when the bot is killed.
    await watched.lab.fault("sms", "hang_before_effect", seconds=2, times=1)
    await later(watched, minutes=2)
    await asks_for_code(phone)
    await later(watched, seconds=70)
    await watched.code(phone, after=3)

    # A password in the inbox: the bot is dead when it is sent, and killed while it compares it.
    await phone.command("/start")
    await phone.say(PHONE)
    await phone.sees("Enter the password")
    await watched.lab.fault("operator", "hang_before_effect", match="partyManagement", seconds=60)
    await phone.say(UNHEARD)
    await arrived(watched)
    await watched.kill()
    await watched.lab.http.delete("/sandbox/faults")
    await watched.start()
    await phone.sees("Phone number or password is wrong")
    await phone.say(PASSWORD)
    await phone.sees("Number management")

    await gone_from_the_chat(watched, phone)
    assert "update.failed" in watched.lab.log, "nothing was forced to go wrong"
    assert '"level": "debug"' in watched.lab.log, "the libraries were not asked to say all"
    await watched.kill()


PUK = ("51352846", "55752910")
"""The codes of NUMBER's card; its PINs are too short to be looked for."""


async def proves_for_codes(watched: Watched, phone: Phone, *, after: int) -> None:
    """To the question whose code shows PIN and PUK."""
    await phone.command(NUMBER)
    await phone.tap("SIM & device")
    await phone.tap("🔒 Show PIN and PUK")
    await phone.sees("Enter the 6 digits to show")
    await phone.say(await watched.code(phone, after=after))


async def test_pin_and_puk_are_left_nowhere(watched: Watched) -> None:
    """For a minute in a message; then again, with the bot killed before its minute is over."""
    for n, puk in enumerate(PUK):
        watched.cage.add(f"PUK{n + 1}", puk)
    phone = await watched.lab.enter(PHONE)
    await proves_for_codes(watched, phone, after=0)
    await phone.sees(*PUK)
    watched.silent()
    await later(watched, minutes=2)
    await phone.no_longer_sees(PUK[0])
    assert not any(_said(watched.cage, message) for message in await phone.messages())

    await proves_for_codes(watched, phone, after=1)
    await phone.sees(*PUK)
    await later(watched, seconds=61)
    await phone.no_longer_sees(PUK[0])
    await watched.kill()


async def arrived(watched: Watched) -> None:
    """Wait until there is an update in the inbox that is not done."""
    await _until_inbox(watched, filled=True, what="no update arrived")


async def heard(watched: Watched) -> None:
    """Wait until every update that came is done: its window is in the chat before that."""
    await _until_inbox(watched, filled=False, what="an update is not done")


async def _until_inbox(watched: Watched, *, filled: bool, what: str) -> None:
    database = watched.lab.folder / "bot.db"
    for _ in range(6000):
        with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as looked:
            waiting = looked.execute("SELECT count(*) FROM inbox WHERE state = 'new'").fetchone()
        looked.close()
        if bool(waiting[0]) is filled:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(what)


async def gone_from_the_chat(watched: Watched, phone: Phone) -> None:
    """Neither does the bot say a secret, nor does the person's own message stay."""

    async def look() -> bool:
        shown = [*await phone.messages()]
        return not any(_said(watched.cage, message) for message in shown)

    await phone.until(look, "the end of all secrets in the chat")
    answers = json.dumps(await phone.answers(), ensure_ascii=False).encode()
    assert not list(watched.cage.heard(answers))


def _said(cage: Cage, message: Message) -> bool:
    return bool(list(cage.heard(message.text.encode())))


# --- The search itself -----------------------------------------------------------------------

SONG = 'канарейка <&> "7f3e9d2c"'


@pytest.mark.parametrize(
    "dressed",
    [
        SONG.encode(),
        json.dumps({"text": SONG}).encode(),
        SONG.encode("utf-16-le"),
        SONG.encode().hex().encode(),
        repr({"typed": SONG}).encode(),
        b"canary &lt;&amp;&gt;".replace(b"canary", "канарейка".encode()) + b' "7f3e9d2c"',
        b"x" + base64.b64encode(b"1" + SONG.encode() + b"2"),
        base64.b64encode(b"12" + SONG.encode() + b"3"),
        base64.b64encode(b"123" + SONG.encode()),
        b"noise\0" * 1000 + SONG.encode() + b"\0",
    ],
)
def test_a_secret_is_found_in_every_dress(tmp_path: Path, dressed: bytes) -> None:
    cage = Cage()
    cage.add("song", SONG)
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "file").write_bytes(dressed)
    assert cage.found_in(tmp_path)
    assert cage.found_in(tmp_path, but=[tmp_path / "deep"]) == []


@pytest.mark.parametrize(
    ("content", "heard"),
    [
        (b'{"code": "424242"}', True),
        (b"424242", True),
        (b"code=424242\n", True),
        (b"9424242", False),
        (b"af424242cd", False),
        (b"10:00:00.424242Z", False),
    ],
)
def test_figures_are_found_where_they_stand_for_themselves(content: bytes, heard: bool) -> None:
    cage = Cage()
    cage.add("code", "424242")
    assert bool(list(cage.heard(content))) is heard


def test_what_a_database_keeps_is_found_in_the_file_or_beside_it(tmp_path: Path) -> None:
    cage = Cage()
    cage.add("song", SONG)
    open_still = sqlite3.connect(tmp_path / "kept.db")
    open_still.execute("PRAGMA journal_mode = WAL")
    open_still.execute("CREATE TABLE kept (what TEXT)")
    open_still.execute("INSERT INTO kept VALUES (?)", (SONG,))
    open_still.commit()
    open_still.execute("DELETE FROM kept")
    open_still.commit()
    assert any("kept.db" in place for place in cage.found_in(tmp_path))
    open_still.close()


async def test_what_the_bot_says_is_really_searched(watched: Watched) -> None:
    """One line of a leaky library in the very place, and the search is loud."""
    phone = await watched.lab.phone(PHONE)
    await phone.say("/start")
    await phone.sees("Choose a language")
    watched.silent()
    with (watched.lab.folder / "bot.log").open("a") as log:
        log.write(f"DEBUG GET /bot{TOKEN}/getMe\n")
    (watched.temporary / f"left-{os.getpid()}").write_text(PASSWORD)
    with pytest.raises(AssertionError, match=r"(?s)bot\.log.*tmp/left"):
        watched.silent()
