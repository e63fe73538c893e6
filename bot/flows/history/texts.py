"""What an entry of the actions history says of what was asked for (S29)."""

from __future__ import annotations

from account.chapters.blocking import REASON, BlockReason
from account.chapters.services.changes import NAMES, names_in
from account.effects.history import Entry, What
from bot.flows.forwarding.texts import forwarding_told
from bot.flows.transfers.texts import transfer_told
from bot.texts.facts import reason_word, what_word
from bot.texts.service_errors import in_language


def told(entry: Entry) -> str | None:
    """What was asked for, where an entry keeps it: a reason, a service, an amount, a target."""
    reason = entry.parameters.get(REASON)
    if reason in set(BlockReason):
        return reason_word(BlockReason(reason))
    if NAMES in entry.parameters:
        return in_language(names_in(entry.parameters))
    if entry.what in (What.TRANSFER, What.TRANSFER_IN):
        return transfer_told(entry)
    if entry.what in (What.FORWARDING_SET, What.FORWARDING_OFF):
        return forwarding_told(entry)
    if entry.what in (What.HOLD_PLACED, What.HOLD_LIFTED) and "what" in entry.parameters:
        return what_word(What(entry.parameters["what"]))
    return None
