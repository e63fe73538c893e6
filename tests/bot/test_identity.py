"""A process is told from another by what no other can have, wherever the two run."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from bot.ops.process_identity import an_owner, gone

NOBODY = (1 << 22) + 12345
"""A process number that Linux never gives."""
NAME_ME = "from bot.ops.process_identity import an_owner; print(an_owner())"


def the_name_of_a_process_that_ended() -> str:
    """One that ran here, on this machine, in this place."""
    run = [sys.executable, "-c", NAME_ME]
    return subprocess.run(run, check=True, capture_output=True, text=True).stdout.strip()


def proc(
    folder: Path, *, boot: str = "c7b1", namespace: int = 4026531836, start: int = 500
) -> Path:
    """What a container sees of its kernel, with one process: number 1."""
    (folder / "sys/kernel/random").mkdir(parents=True)
    (folder / "sys/kernel/random/boot_id").write_text(f"{boot}\n")
    (folder / "self/ns").mkdir(parents=True)
    (folder / "self/ns/pid").symlink_to(f"pid:[{namespace}]")
    (folder / "1").mkdir()
    tell(folder, start=start)
    return folder


def tell(folder: Path, *, start: int, state: str = "S") -> None:
    """Let /proc/1 say since when it is that process."""
    members = [state, *("0" for _ in range(18)), str(start), "0"]
    (folder / "1/stat").write_text(f"1 (my) S (bot) {' '.join(members)}\n")


@pytest.fixture
def number_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a container the only process has number 1, and all replicas may have one host name."""
    monkeypatch.setattr(os, "getpid", lambda: 1)
    monkeypatch.setattr(socket, "gethostname", lambda: "bot")


@pytest.mark.usefixtures("number_one")
def test_another_containers_number_1_is_not_ours(tmp_path: Path) -> None:
    """Each took the other's rows at its start: both were bot:1."""
    first = proc(tmp_path / "a")
    second = proc(tmp_path / "b", namespace=4026532178, start=700)
    other_machine = proc(tmp_path / "c", boot="0d4f", start=900)
    names = {an_owner(place) for place in (first, first, second, other_machine)}
    assert len(names) == 4
    for place in (first, second, other_machine):
        assert not any(gone(name, place) for name in names)


@pytest.mark.usefixtures("number_one")
def test_a_later_process_with_the_same_number_is_another(tmp_path: Path) -> None:
    here = proc(tmp_path / "a")
    before = an_owner(here)
    assert not gone(before, here)
    tell(here, start=900)
    assert gone(before, here)
    assert not gone(an_owner(here), here)


@pytest.mark.usefixtures("number_one")
def test_one_that_ended_and_that_nobody_has_buried_is_gone(tmp_path: Path) -> None:
    here = proc(tmp_path / "a")
    before = an_owner(here)
    tell(here, start=500, state="Z")
    assert gone(before, here)


@pytest.mark.usefixtures("number_one")
def test_what_cannot_be_known_is_not_concluded(tmp_path: Path) -> None:
    here = proc(tmp_path / "a")
    before = an_owner(here)
    (here / "1/stat").unlink()
    assert not gone(before, here), "hidden from us, but there"
    assert not gone(before, tmp_path / "nothing")
    nowhere = an_owner(tmp_path / "nothing")
    assert nowhere.startswith("bot:1:")
    assert not gone(nowhere, here)
    assert not gone(nowhere, tmp_path / "nothing")
    for name in ("bot:1:0a1b2c3d", "elsewhere:1:ffff", "no name of ours", ""):
        assert not gone(name, here)


def test_the_living_and_the_dead_of_this_machine() -> None:
    me = an_owner()
    assert me != an_owner()
    assert not gone(me)
    host, number, place, _random = me.split(":")
    assert (host, number) == (socket.gethostname(), str(os.getpid()))
    assert gone(f"{host}:{NOBODY}:{place}:ffff")
    assert gone(the_name_of_a_process_that_ended())


def test_in_two_real_containers(tmp_path: Path) -> None:
    """Two process 1 on one kernel, with one host name, at the same time."""
    unshare = shutil.which("unshare")
    apart = [unshare or "", "--pid", "--fork", "--mount-proc", sys.executable, "-c"]
    if unshare is None or subprocess.run([*apart, ""], check=False, capture_output=True).returncode:
        pytest.skip("NAMESPACES NOT TESTED: this machine lets nobody make one")
    wait = f"{NAME_ME}; import sys; sys.stdout.flush(); sys.stdin.read()"
    with subprocess.Popen([*apart, wait], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as first:
        assert first.stdout is not None
        name = first.stdout.readline().decode().strip()
        assert name.startswith(f"{socket.gethostname()}:1:")
        code = "from bot.ops.process_identity import an_owner, gone"
        ask = f"{code}; print(gone({name!r}), an_owner())"
        told = subprocess.run([*apart, ask], check=True, capture_output=True, text=True).stdout
        first.communicate(timeout=120)
    verdict, other = told.split()
    assert verdict == "False"
    assert other.startswith(f"{socket.gethostname()}:1:")
    assert other.split(":")[2] != name.split(":")[2]
