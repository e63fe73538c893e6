"""What is said of many numbers."""

from __future__ import annotations

from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext

from account.changes.action import ActionKind
from account.changes.sets.change_set import Outcome
from account.effects.history import Entry
from bot.flows.changes import WORDS


def kind_word(kind: ActionKind) -> str:
    """What is done to the numbers: `Block`."""
    return _(WORDS[kind].history)


def count_word(count: int) -> str:
    """So many numbers."""
    return ngettext("{n} number", "{n} numbers", count).format(n=count)


def outcomes_line(counts: dict[Outcome, int]) -> str:
    """What became of them, in one line."""
    return _("Done {done} · already so {already} · refused {refused} · not sent {not_sent}").format(
        done=counts.get(Outcome.DONE, 0),
        already=counts.get(Outcome.ALREADY, 0),
        refused=counts.get(Outcome.REFUSED, 0),
        not_sent=counts.get(Outcome.NOT_SENT, 0),
    )


def set_told(entry: Entry) -> str:
    """What the history says of a set: kind and count; at its end what became of the numbers."""
    told = entry.parameters
    parts = [kind_word(ActionKind(told["kind"])), count_word(int(told["numbers"]))]
    ended = {outcome: int(told[outcome.value]) for outcome in Outcome if outcome.value in told}
    if ended:
        parts.append(outcomes_line(ended))
    return ": ".join(parts[:2]) + "".join(f" · {part}" for part in parts[2:])
