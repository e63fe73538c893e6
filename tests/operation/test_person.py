"""`myaccount person`: a person's data handed over and erased, by commands beside a bot."""

from __future__ import annotations

import json
from pathlib import Path

from account.effects.effect import OpenSession
from tests.scenarios.cluster import clustered
from tests.storage.builders import PHONE, a_session


async def test_a_person_s_data_is_handed_over_and_erased(tmp_path: Path) -> None:
    async with clustered(tmp_path, f"sqlite:///{tmp_path / 'bot.db'}") as cluster:
        assert (await cluster.command("migrate"))[0] == 0
        stores = cluster.stores()
        await stores.secret_keys.prove()
        await stores.effect_store.write([OpenSession(a_session())])
        target = tmp_path / "person.jsonl"
        export = ("person", "export", PHONE.digits, str(target))
        code, told = await cluster.command(*export)
        assert code == 0, told
        lines = [json.loads(line) for line in target.read_text().splitlines()]
        assert lines[0]["person"] == PHONE.digits
        assert [one["administrator_name"] for one in lines[1:] if one["table"] == "sessions"] == [
            "Айгүл"
        ]
        assert target.stat().st_mode & 0o777 == 0o600
        assert (await cluster.command(*export))[0] == 2, "the file is there"

        code, told = await cluster.command(
            "person", "erase", PHONE.digits, "--reason", "asked in writing"
        )
        assert code == 0, told
        assert "sessions: 1 rows erased" in told
        assert "history stays: the proof of who did what" in told
        code, told = await cluster.command("person", "erase", "77010000000", "--reason", "again")
        assert code == 1
        assert "nobody with this number was ever here" in told
        assert (await cluster.command("person", "erase", "no number", "--reason", "x"))[0] == 2
        assert (await stores.audit.verify(a_session().opened_at)).breach is None
        await stores.close()
