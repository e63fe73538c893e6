"""What becomes true along with the end of a change, and the words that are owed of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from account.changes.action import Action, ActionState
from account.changes.colleague_notices import of_change
from account.changes.spec import ChangeSpec
from account.effects.effect import Channel, Effect, OutboxMessage

FINAL_WORD_LIFE = timedelta(hours=24)


def ending(
    action: Action,
    spec: ChangeSpec[Any, Any],
    state: ActionState,
    reason_code: str | None,
    now: datetime,
    receipt: Mapping[str, str] | None = None,
) -> list[Effect]:
    """What becomes true along with the end of a change, whoever has found out about it."""
    done = state is ActionState.DONE
    effects: list[Effect] = [
        spec.entry(action, "done" if done else "refused", now),
        *owed_words(action, "final", now, receipt),
    ]
    effects += spec.on_done(action, now) if done else spec.on_rejected(action, now)
    if done and spec.tells_colleagues and action.set_reference is None:
        effects.append(of_change(action, now))
    settled = replace(action, state=state, reason_code=reason_code, settled_at=now)
    return [*effects, *spec.on_settled(settled, now)]


def owed_words(
    action: Action, which: str, now: datetime, receipt: Mapping[str, str] | None = None
) -> Sequence[OutboxMessage]:
    """The same, if anything: of a change in a set the set tells."""
    return () if action.set_reference is not None else (owed_word(action, which, now, receipt),)


def owed_word(
    action: Action, which: str, now: datetime, receipt: Mapping[str, str] | None = None
) -> OutboxMessage:
    """The message about an action that is owed to its person, the only one of its kind."""
    return OutboxMessage(
        channel=Channel.TELEGRAM,
        to=str(action.telegram_id),
        kind=f"action.{which}",
        expires_at=now + FINAL_WORD_LIFE,
        parameters={**(receipt or {}), "action": action.id},
        key=f"{action.id}:{which}",
    )
