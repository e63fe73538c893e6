"""What became of the numbers of a set, and what its preview says of each: one workbook for both."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from typing import TYPE_CHECKING

from account.changes.sets.change_set import ChangeSet, Fate, Outcome, SetNumber
from account.documents.kinds import DocumentFormat
from account.errors import NumberNotFound
from account.identity.directory import Directory
from account.values.identifiers import Msisdn
from documents.context import PAGE
from documents.layout.blocks import Column, Kind, Prose, Table
from documents.layout.composer import DocumentComposer
from documents.layout.header import DocumentHeader
from documents.reports.labels import NumberWords
from documents.text.marker import N_

if TYPE_CHECKING:
    from account.changes.sets.ports import ChangeSetStore
    from account.chapters.labels import LabelStore
    from account.documents.orders import MadeFile
    from account.values.clock import Clock
    from documents.render.pool import RenderPool

FATES = {
    Fate.READY: N_("Will be done"),
    Fate.ALREADY: N_("Already so"),
    Fate.REFUSED: N_("Refused"),
    Fate.UNREADABLE: N_("Could not be read"),
    Fate.ABSENT: N_("Not in the company"),
}
OUTCOMES = {
    Outcome.WAITING: N_("Waits"),
    Outcome.OPEN: N_("Sent, not finished"),
    Outcome.DONE: N_("Done"),
    Outcome.ALREADY: N_("Already so"),
    Outcome.REFUSED: N_("Refused"),
    Outcome.NOT_SENT: N_("Not sent"),
}
SEEN = frozenset({Fate.READY, Fate.ALREADY, Fate.REFUSED})
"""The operator named the number as the company's when the preview was made."""

Worded = Callable[[SetNumber], str]


class SetFiles:
    """Makes the workbooks of sets. `why` words a reason in the set's language."""

    def __init__(
        self,
        renderer: RenderPool,
        store: ChangeSetStore,
        labels: LabelStore,
        carrier: Directory,
        clock: Clock,
    ) -> None:
        self._renderer = renderer
        self._store = store
        self._labels = labels
        self._carrier = carrier
        self._clock = clock

    async def make(self, change_set: ChangeSet, what: str, why: Worded) -> MadeFile:
        """An XLSX with every number of the list; `what` is done to them, worded already.

        Raises `DocumentNotMade`, `CarrierUnavailable`.
        """
        companies = await self._carrier.companies(change_set.administrator_id)
        company = next((one for one in companies if one.id == change_set.company_id), None)
        header = DocumentHeader(
            company=company.name if company else "—",
            bin=company.bin_shown if company else "—",
            made_at=self._clock.now(),
            requested_by=change_set.administrator,
            reference=change_set.reference or "—",
            language=change_set.language,
        )
        composer = DocumentComposer(self._renderer, header)
        confirmed = change_set.accepted_at is not None
        words = NumberWords(self._labels, change_set.company_id)
        return await composer.file(
            [
                *composer.top(N_("Many numbers"), (N_("Action"), what)),
                Table(
                    _columns(composer, words, why, confirmed=confirmed),
                    words.looked_up(self._rows(change_set), _labelled),
                ),
                Prose(words.said(composer)),
            ],
            stem=change_set.reference or "set",
            sheet=N_("Numbers"),
            form=DocumentFormat.XLSX,
        )

    async def _rows(self, change_set: ChangeSet) -> AsyncIterator[Sequence[SetNumber]]:
        after = -1
        while rows := await self._store.numbers(change_set.id, after=after, limit=PAGE):
            yield rows
            after = rows[-1].place


def _labelled(row: SetNumber) -> Msisdn | None:
    """The number where it was seen in the company: of others nothing is looked up (LB-1)."""
    seen = row.fate in SEEN and row.reason_code != NumberNotFound.code
    return row.msisdn if seen else None


def _columns(
    composer: DocumentComposer, words: NumberWords, why: Worded, *, confirmed: bool
) -> Sequence[Column[SetNumber]]:
    word = composer.word
    fates = {fate: word(text) for fate, text in FATES.items()}
    outcomes = {outcome: word(text) for outcome, text in OUTCOMES.items()}

    def ended(row: SetNumber) -> str:
        if row.fate is None:
            return ""
        return outcomes[row.outcome] if row.fate is Fate.READY else fates[row.fate]

    columns: list[Column[SetNumber]] = [
        Column(word(N_("Line")), Kind.PIECES, 9, lambda row: row.line),
        Column(word(N_("Number")), Kind.PHONE, 19, lambda row: row.msisdn),
        *words.columns(composer, _labelled),
        Column(
            word(N_("Preview")),
            Kind.TEXT,
            24,
            lambda row: "" if row.fate is None else fates[row.fate],
        ),
    ]
    if confirmed:
        columns += [
            Column(word(N_("Outcome")), Kind.TEXT, 24, ended),
            Column(word(N_("Reference")), Kind.TEXT, 22, lambda row: row.action),
            Column(word(N_("Sent")), Kind.MOMENT, 21, lambda row: row.sent_at),
            Column(word(N_("Finished")), Kind.MOMENT, 21, lambda row: row.settled_at),
        ]
    columns.append(Column(word(N_("Reason")), Kind.TEXT, 60, why))
    return tuple(columns)
