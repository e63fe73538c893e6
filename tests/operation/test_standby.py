"""A standby takes over as docs/operation/standby.md says; it may lack what was committed last."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.operation.servers import follows, standby_of, until
from tests.operation.test_backup import OLDER, beats, block, said, shown
from tests.postgres import NoServerError, PostgresServer, private_server
from tests.scenarios.cluster import Cluster, clustered
from tests.scenarios.cluster import until as awaited
from tests.scenarios.entry import ask_to_block

pytestmark = [pytest.mark.postgres, pytest.mark.slow]
KNOWN, LOST = "77010542008", "77012115526"
FRESH = "UPDATE actions SET fence = 0 WHERE settled_at IS NULL"
"""As if nobody had taken it up yet: what was taken up once is looked for in any case."""


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.scenarios.phone.PATIENCE", 120.0)


@dataclass
class Pair:
    """A primary, and an asynchronous standby; one address, which moves with who is the primary."""

    primary: PostgresServer
    standby: PostgresServer

    def in_step(self) -> None:
        """Wait until the standby has all that the primary has committed."""
        here = self.primary.sql("SELECT pg_current_wal_lsn()").strip()
        ask = f"SELECT pg_last_wal_replay_lsn() >= '{here}'"
        until(lambda: self.standby.sql(ask).strip() == "t", "the standby is in step")

    def cut(self) -> None:
        """From now on nothing reaches the standby."""
        self.standby.sql("ALTER SYSTEM SET primary_conninfo = ''")
        self.standby.sql("SELECT pg_reload_conf()")
        ask = "SELECT count(*) FROM pg_stat_wal_receiver"
        until(lambda: self.standby.sql(ask).strip() == "0", "the standby hears nothing")

    def fail_over(self) -> None:
        """The primary's machine is gone, the standby is promoted and has its address."""
        self.primary.stop("immediate")
        self.standby.sql("SELECT pg_promote()")
        until(lambda: not follows(self.standby), "the standby is promoted")
        self.standby.stop()
        moved = PostgresServer(self.standby.folder, self.primary.port, self.standby.programs)
        moved.start()


@pytest.fixture
def pair() -> Iterator[Pair]:
    try:
        with private_server() as primary:
            primary.sql("CREATE DATABASE bot")
            with standby_of(primary) as standby:
                yield Pair(primary, standby)
    except NoServerError as none:
        pytest.skip(f"POSTGRESQL NOT TESTED: {none}")


@pytest.fixture
async def cluster(tmp_path: Path, pair: Pair) -> AsyncIterator[Cluster]:
    async with clustered(tmp_path, pair.primary.url("bot")) as ready:
        yield ready


async def lose_a_change(cluster: Cluster, pair: Pair) -> None:
    """A change that the standby has as confirmed, and no more, is sent and done.

    It is held until the standby is cut off, so what it lacks is the sending alone.
    """
    phone = await cluster.enter()
    await block(phone, KNOWN)
    code, told = await cluster.command("hold", "add", "--all", "--reason", "a look at it")
    assert code == 0, told
    await phone.command("/menu")
    await ask_to_block(phone, LOST)
    await phone.tap(f"⛔ Block {shown(LOST)}")
    await phone.sees("A-", shown(LOST))
    await asyncio.to_thread(pair.primary.sql, FRESH, "bot")
    await asyncio.to_thread(pair.in_step)
    await asyncio.to_thread(pair.cut)
    code, told = await cluster.command("hold", "lift", "1")
    assert code == 0, told
    await said(phone, "✅ Blocked", LOST)
    assert await cluster.effects(LOST) == ["block"]
    # Somebody takes it back at the operator's counter: sent once more, it would be done once more.
    free = {"blocked": False}
    (await cluster.http.patch(f"/sandbox/operator/numbers/{LOST}", json=free)).raise_for_status()


async def test_what_was_sent_and_is_not_on_the_standby_is_not_sent_again(
    cluster: Cluster, pair: Pair
) -> None:
    """On a machine that remembers nothing, as a pod that is new: the server's timeline tells."""
    plain = {"idempotent": False}
    (await cluster.http.patch("/sandbox/operator/settings", json=plain)).raise_for_status()
    await cluster.pollers("one")
    await lose_a_change(cluster, pair)
    await asyncio.to_thread(pair.fail_over)
    one = cluster.members["one"].process
    assert one is not None
    assert await asyncio.wait_for(one._ended(), 60) == 1, "a running process is started again"
    assert "a replica has taken over the database" in cluster.log("one")

    cluster.members["one"].environment["MYACCOUNT_WITNESS_FILE"] = str(cluster.folder / "new")
    await one.destroy()
    await cluster.start("one")
    assert '"database.promoted"' in cluster.log("one")
    await asyncio.to_thread(pair.primary.sql, FRESH, "bot")
    code, told = await cluster.command("hold", "lift", "1")
    assert code == 0, told
    stores = cluster.stores()

    async def nothing_open() -> bool:
        return await stores.actions.open_count() == 0

    await awaited(nothing_open, "nothing is open")
    await stores.close()
    await cluster.nothing_waits()
    assert await cluster.effects(LOST) == ["block"], "told as done, and done once"
    assert cluster.log("one").count('"database.promoted"') == 1
    await cluster.restart("one")
    assert cluster.log("one").count('"database.promoted"') == 1, "it is said once"


async def test_a_standby_that_lacks_seconds_is_refused(cluster: Cluster, pair: Pair) -> None:
    await cluster.pollers("one")
    await asyncio.to_thread(pair.in_step)
    await asyncio.to_thread(pair.cut)
    then = await beats(cluster)

    async def lost() -> bool:
        return await beats(cluster) >= then + 4

    await awaited(lost, "four beats are lost")
    assert await cluster.stop("one") == 0
    await asyncio.to_thread(pair.fail_over)
    code, told = await cluster.command("run")
    assert (code, OLDER in told) == (2, True), told
    assert (await cluster.command("restored"))[0] == 0
    await cluster.start("one")
    assert '"database.promoted"' not in cluster.log("one"), "a person has said it"
