"""Words of sets: the preview, the one final word and those between, each with its numbers' file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import structlog
from aiogram.types import BufferedInputFile
from aiogram.utils.i18n import gettext as _

from account.changes.sets.change_set import ChangeSet, SetCounts, SetNumber, SetState
from account.errors import CarrierUnavailable, DocumentNotMade
from bot.context import states
from bot.delivery import redacted
from bot.delivery.outgoing_message import OutgoingMessage, UntoldError
from bot.flows.sets import texts
from bot.widgets.text import Html
from documents.lists.template import NAME, template

if TYPE_CHECKING:
    from account.chapters.notifications import Notifications
    from bot.texts.language import Catalogues
    from documents.reports.sets import SetFiles
    from storage.open import Stores
    from storage.queue.outbox import OutboxRow

log = structlog.get_logger(__name__)

SET_PAUSED, SET_INTERIM = "set.paused", "set.interim"
SET_WORDS: dict[str, Callable[[ChangeSet, SetCounts], Html]] = {
    "set.final": texts.final_word,
    "set.preview": texts.preview_word,
    SET_PAUSED: texts.paused_word,
    SET_INTERIM: texts.interim_word,
}
"""What is said of a set, each with a file of its numbers."""


class SetWords:
    """Asks again what became of the set and whether this chat may hear of it."""

    def __init__(
        self,
        stores: Stores,
        notifications: Notifications,
        set_files: SetFiles,
        catalogues: Catalogues,
    ) -> None:
        self._sets = stores.change_sets
        self._notifications = notifications
        self._set_files = set_files
        self._catalogues = catalogues

    async def of(self, row: OutboxRow, language: str) -> OutgoingMessage:
        """One of `SET_WORDS`. Raises `UntoldError`."""
        change_set = await self._set(row)
        # A preview is for whoever asked for it: its person, or a second administrator.
        whose = row.parameters.get("for", change_set.administrator_id)
        why = await self._notifications.barred(int(row.to), whose, change_set.company_id)
        if why is not None and row.kind in (SET_PAUSED, SET_INTERIM):
            # Nothing has ended: it waits, and stands in the list for whoever comes back.
            raise UntoldError("nobody may see it in this chat")
        window = str(states.Sets.progress.state) if row.kind == "set.final" else ""
        if why is not None:
            return OutgoingMessage(redacted.set_ended(change_set), window=window)
        counts = await self._sets.counts(change_set.id)
        text = SET_WORDS[row.kind](change_set, counts)
        return OutgoingMessage(text, file=await self._set_file(change_set, language), window=window)

    async def asked(self, row: OutboxRow) -> OutgoingMessage:
        """What a second administrator is asked about a set. Raises `UntoldError`."""
        change_set = await self._set(row)
        if change_set.state is not SetState.PROPOSED:
            raise UntoldError("no longer true")
        counts = await self._sets.counts(change_set.id)
        told = row.parameters
        return OutgoingMessage(*texts.asked(change_set, counts, told["company"], told["token"]))

    async def closed(self, row: OutboxRow) -> OutgoingMessage:
        """That the question is decided. Raises `UntoldError`."""
        change_set = await self._set(row)
        counts = await self._sets.counts(change_set.id)
        return OutgoingMessage(texts.closed(change_set, counts, row.parameters["company"]))

    async def _set(self, row: OutboxRow) -> ChangeSet:
        change_set = await self._sets.read(row.parameters["set"])
        if change_set is None:
            raise UntoldError("no such set")
        return change_set

    async def _set_file(self, change_set: ChangeSet, language: str) -> BufferedInputFile | None:
        """None where it could not be made: the word is told without it."""

        def why(number: SetNumber) -> str:
            with self._catalogues.speaking(language):
                return texts.why(number)

        try:
            made = await self._set_files.make(
                replace(change_set, language=language),
                texts.deed_word(change_set.kind, change_set.parameters),
                why,
            )
        except (DocumentNotMade, CarrierUnavailable) as fault:
            log.info("set.without_file", error=type(fault).__name__)
            return None
        return BufferedInputFile(made.content[: len(made.content)], made.name)


def template_message() -> OutgoingMessage:
    """The file that many numbers may be written into."""
    text = Html(_("Fill in the column, one number a row, and send the file back here."))
    return OutgoingMessage(text, file=BufferedInputFile(template(), NAME))
