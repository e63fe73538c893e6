"""What a confirmation of many numbers is bound to."""

from __future__ import annotations

from account.changes.action import ActionKind
from account.changes.sets.change_set import digest_of
from account.chapters.blocking import BlockParameters, BlockReason
from account.values.identifiers import Msisdn

ONE, TWO = (Msisdn("77010542006"), "active"), (Msisdn("77010542007"), "active")
LOST, STOLEN = (BlockParameters(reason) for reason in list(BlockReason)[:2])


def test_the_hash_is_of_kind_parameters_numbers_and_what_was_shown() -> None:
    known = {
        digest_of(ActionKind.BLOCK, LOST, [ONE, TWO]),
        digest_of(ActionKind.BAN, LOST, [ONE, TWO]),
        digest_of(ActionKind.BLOCK, STOLEN, [ONE, TWO]),
        digest_of(ActionKind.BLOCK, LOST, [ONE]),
        digest_of(ActionKind.BLOCK, LOST, [TWO, ONE]),
        digest_of(ActionKind.BLOCK, LOST, [ONE, (TWO[0], "blocked")]),
    }
    assert len(known) == 6
    assert digest_of(ActionKind.BLOCK, LOST, iter([ONE, TWO])) in known
