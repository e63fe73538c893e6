"""What one machine remembers of how far a database had come."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from storage.errors import DatabaseOlder, WitnessDamaged
from storage.restore.generations import Generation
from storage.restore.witness import MOST_DATABASES, Witness

KEY, OLDER_KEY = b"k" * 32, b"o" * 32
SEEN = Generation("here", 0, "", beats=7)


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    return Witness(tmp_path / "secret.key.witness", lambda: [KEY])


def test_a_first_start_has_nothing_to_compare(witness: Witness) -> None:
    witness.notes().check(SEEN)
    assert witness.noted("here") is None
    witness.note(SEEN)
    assert witness.noted("here") == SEEN
    witness.notes().check(SEEN)


def test_an_older_copy_is_refused_and_never_noted(witness: Witness) -> None:
    witness.note(SEEN)
    older = replace(SEEN, beats=6)
    with pytest.raises(DatabaseOlder):
        witness.notes().check(older)
    witness.note(older)
    assert witness.noted("here") == SEEN


def test_a_generation_that_was_begun_counts_from_its_beginning(witness: Witness) -> None:
    witness.note(SEEN)
    begun = Generation("here", 1, "4821", beats=0)
    witness.begin(begun)
    witness.notes().check(begun)
    with pytest.raises(DatabaseOlder):
        witness.notes().check(SEEN)


def test_other_databases_have_notes_of_their_own(witness: Witness) -> None:
    witness.note(SEEN)
    for n in range(MOST_DATABASES - 1):
        witness.note(Generation(f"trial {n}", 3, "1111", beats=n))
    assert witness.noted("here") == SEEN
    witness.note(Generation("one more", 0, "", beats=0))
    assert witness.noted("here") is None
    assert witness.noted("one more") is not None


def test_it_is_written_whole_and_for_nobody_else(witness: Witness) -> None:
    witness.note(SEEN)
    assert witness.path.stat().st_mode & 0o777 == 0o600
    assert list(witness.path.parent.iterdir()) == [witness.path]


def test_a_folder_that_takes_nothing_is_told_and_leaves_the_note(
    witness: Witness, monkeypatch: pytest.MonkeyPatch
) -> None:
    witness.note(SEEN)

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("storage.restore.witness.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        witness.note(replace(SEEN, beats=8))
    assert witness.noted("here") == SEEN
    assert list(witness.path.parent.iterdir()) == [witness.path]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff", b'{"seal": 1}'])
def test_what_is_no_note_is_refused(witness: Witness, content: bytes) -> None:
    witness.path.write_bytes(content)
    with pytest.raises(WitnessDamaged, match="myaccount restored"):
        witness.notes().check(SEEN)
    witness.begin(SEEN)
    witness.notes().check(SEEN)


def test_a_note_that_was_changed_is_refused(witness: Witness) -> None:
    witness.note(SEEN)
    told = json.loads(witness.path.read_text())
    told["databases"][0]["beats"] = 1
    witness.path.write_text(json.dumps(told))
    with pytest.raises(WitnessDamaged):
        witness.notes().check(SEEN)


def test_an_older_key_reads_and_the_present_one_seals(witness: Witness) -> None:
    Witness(witness.path, lambda: [OLDER_KEY]).note(SEEN)
    with pytest.raises(WitnessDamaged):
        witness.notes().check(SEEN)
    both = Witness(witness.path, lambda: [KEY, OLDER_KEY])
    both.notes().check(SEEN)
    both.note(SEEN)
    witness.notes().check(SEEN)
