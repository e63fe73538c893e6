"""Sets and their numbers as their rows have them, and back."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from account.changes.action import ActionKind, ActionState
from account.changes.sets.change_set import (
    ChangeSet,
    Fate,
    Outcome,
    SetCounts,
    SetNumber,
    SetState,
    outcome_of,
)
from account.chapters.kinds import parameters_of
from account.values.identifiers import Msisdn
from account.values.repeats import Repeat
from account.values.wall_times import WallTime
from storage.stores.number_lists import left_out_of, left_out_told


def values_of(change_set: ChangeSet) -> dict[str, Any]:
    """The columns of a set, but for its token and when it is due."""
    return {
        "id": change_set.id,
        "kind": change_set.kind.value,
        "parameters": json.dumps(change_set.parameters.told(), ensure_ascii=False),
        "company_id": change_set.company_id,
        "telegram_id": change_set.telegram_id,
        "session_id": change_set.session_id,
        "administrator_id": change_set.administrator_id,
        "administrator": change_set.administrator,
        "language": change_set.language,
        "listed": change_set.listed,
        "repeated": change_set.repeated,
        "left_out": json.dumps(left_out_told(change_set.left_out)),
        "digest": change_set.digest,
        "state": change_set.state.value,
        "created_at": change_set.created_at,
        "begins": None if change_set.begins is None else change_set.begins.kept,
        "takes_back": change_set.takes_back,
        "repeats": None if change_set.repeat is None else change_set.repeat.kept,
        "chain": change_set.chain,
    }


def set_of(row: Any) -> ChangeSet:
    """The set of a row."""
    kind = ActionKind(row.kind)
    return ChangeSet(
        id=row.id,
        kind=kind,
        parameters=parameters_of(kind, json.loads(row.parameters), {}),
        company_id=row.company_id,
        telegram_id=row.telegram_id,
        session_id=row.session_id,
        administrator_id=row.administrator_id,
        administrator=row.administrator,
        language=row.language,
        listed=row.listed,
        repeated=row.repeated,
        left_out=left_out_of(json.loads(row.left_out)),
        created_at=row.created_at,
        state=SetState(row.state),
        reference=row.reference,
        digest=row.digest,
        offered_at=row.offered_at,
        stepped_up_at=row.stepped_up_at,
        accepted_at=row.accepted_at,
        halted_at=row.halted_at,
        settled_at=row.settled_at,
        reason_code=row.reason_code,
        fence=row.fence,
        begins=None if row.begins is None else WallTime.read(row.begins),
        takes_back=row.takes_back,
        repeat=None if row.repeats is None else Repeat.read(row.repeats),
        chain=row.chain,
    )


def number_of(row: Any) -> SetNumber:
    """A number of a set, with what is known of its change."""
    return SetNumber(
        place=row.place,
        msisdn=Msisdn(row.msisdn),
        line=row.line,
        fate=None if row.fate is None else Fate(row.fate),
        outcome=_outcome(row),
        shown=row.shown,
        reason_code=row.why or row.reason_code,
        action=row.reference,
        sent_at=row.sent_at,
        settled_at=row.settled_at,
    )


def counts_of(rows: Iterable[Any]) -> SetCounts:
    """How many numbers of a set have which fate, and what became of those that were ready."""
    fates: dict[Fate, int] = {}
    outcomes: dict[Outcome, int] = {}
    logins, began_at, unconfirmed = 0, None, 0
    for row in rows:
        if row.fate is None:
            continue
        try:
            fate, outcome = Fate(row.fate), _outcome(row)
        except ValueError:
            # Of a newer program, which tells it.
            continue
        fates[fate] = fates.get(fate, 0) + row.numbers
        if fate is Fate.READY:
            outcomes[outcome] = outcomes.get(outcome, 0) + row.numbers
            logins += row.numbers if row.login else 0
            unconfirmed += row.numbers if row.state == ActionState.UNCONFIRMED.value else 0
            begun = [at for at in (began_at, row.began_at) if at is not None]
            began_at = min(begun, default=None)
    return SetCounts(fates, outcomes, logins, began_at, unconfirmed)


def _outcome(row: Any) -> Outcome:
    if row.outcome is not None:
        return Outcome(row.outcome)
    if row.state is None:
        return Outcome.WAITING
    return outcome_of(ActionState(row.state), row.attempts, row.why)
