"""The history for an operator's own log systems: checked by who has the public key alone."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli.history import check_file, new_file
from bot.config.errors import BadSetting
from tests.scenarios.cluster import clustered
from tests.storage.builders import NOW, SECOND, an_entry

MORE_THAN_A_BATCH = 1100


async def exported(folder: Path, *more: str) -> tuple[Path, str]:
    """An export and its public key."""
    async with clustered(folder, f"sqlite:///{folder / 'bot.db'}") as cluster:
        assert (await cluster.command("migrate"))[0] == 0
        stores = cluster.stores()
        await stores.secret_keys.prove()
        for company in ("org-b", None, "org-a"):
            await stores.history.append(an_entry(company_id=company))
        entries = [
            an_entry(company_id="org-c", at=NOW + SECOND * n) for n in range(MORE_THAN_A_BATCH)
        ]
        await stores.database.write(lambda conn: stores.chain.append(conn, entries))
        await stores.close()
        target = folder / "history.jsonl"
        code, told = await cluster.command("history", "export", str(target), *more)
        assert code == 0, told
        assert (await cluster.command("history", "export", str(target)))[0] == 2
    found = re.search(r"Public key: ([0-9a-f]{64})", told)
    assert found
    return target, found[1]


def check(path: Path, key: str) -> tuple[int, str]:
    """As on the machine of the log system: no configuration, no secret, another process."""
    command = [sys.executable, "-m", "bot", "history", "check", str(path), "--key", key]
    done = subprocess.run(command, env={}, capture_output=True, text=True, check=False)
    return done.returncode, (done.stdout + done.stderr).strip()


async def test_all_entries_are_there_and_whatever_is_changed_is_seen(tmp_path: Path) -> None:
    path, key = await exported(tmp_path)
    assert path.stat().st_mode & 0o777 == 0o600
    lines = path.read_text().splitlines()
    entries = [json.loads(line)["entry"] for line in lines[1:-1]]
    assert len(entries) == MORE_THAN_A_BATCH + 3
    assert {one["company_id"] for one in entries} == {"org-a", "org-b", "org-c", None}
    assert entries[0]["at"].endswith("+00:00")
    assert check(path, key) == (0, f"{len(entries)} entries, as they were written.")
    assert check_file(path, "ab" * 32) == 1
    with pytest.raises(BadSetting, match="--key must be the 64 hexadecimal digits"):
        check_file(path, "no key")
    middle = len(lines) // 2
    wrong = {
        "changed": [*lines[:middle], lines[middle].replace("org-c", "org-x"), *lines[middle + 1 :]],
        "removed": lines[:middle] + lines[middle + 1 :],
        "moved": [lines[0], lines[2], lines[1], *lines[3:]],
        "cut off": lines[:-2] + lines[-1:],
        "without an end": lines[:-1],
        "gone on": [*lines, lines[5]],
        "no export": ["[]"],
    }
    for name, other in wrong.items():
        path.write_text("\n".join(other) + "\n")
        assert check_file(path, key) == 1, name
    path.write_bytes(b"\xff" + "\n".join(lines).encode())
    assert check_file(path, key) == 1


@pytest.mark.parametrize(("since", "count"), [("2022-01-25", 0), ("2000-01-01", 1103)])
async def test_from_a_day_on(tmp_path: Path, since: str, count: int) -> None:
    path, key = await exported(tmp_path, "--since", since)
    assert check_file(path, key) == 0
    assert len(path.read_text().splitlines()) == count + 2


def test_a_file_has_its_name_once_it_is_whole(tmp_path: Path) -> None:
    """What a command left that was killed stands in nobody's way, and is nobody's export."""
    target = tmp_path / "history.jsonl"
    draft = tmp_path / "history.jsonl.part"
    draft.write_text("half of a li")
    with new_file(target) as file:
        file.write("whole\n")
        assert not target.exists()
        assert draft.stat().st_mode & 0o777 == 0o600
    assert target.read_text() == "whole\n"
    assert list(tmp_path.iterdir()) == [target]
    with pytest.raises(BadSetting, match="cannot be written"), new_file(target):
        pass
    assert target.read_text() == "whole\n"
    other = tmp_path / "other.jsonl"
    with pytest.raises(TypeError), new_file(other) as file:
        file.write(b"no text")  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == [target]
    with pytest.raises(BadSetting, match="cannot be written"), new_file(tmp_path / "no" / "x"):
        pass
