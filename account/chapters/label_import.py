"""Labels of many numbers from a file or a pasted list (LB-2): looked at first, then kept, once.

What was looked at is what is kept: each number whose words are still those of the look gets the new
ones, any other is left as it is and counted. The way back is the same in the other direction.
"""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from account.changes.sets.selection import file_of_hour
from account.chapters.labels import MOST_CENTRES, LabelStore
from account.effects.effect import Effect, EffectStore
from account.effects.history import HistoryEntry, HistoryEvent
from account.errors import (
    InputRefused,
    LabelImportGone,
    ListFileFault,
    ListFileRefused,
    SetEmpty,
    SetTooLarge,
    TooManyCostCentres,
)
from account.identity.directory import Company
from account.identity.permissions import Actor, require
from account.lists.label_list import (
    MOST_ROWS,
    LabelList,
    LabelRow,
    RowLeftOut,
    Unlabelled,
    labels_of_text,
)
from account.lists.list_file import MOST_BYTES, Hidden
from account.values.clock import Clock
from account.values.identifiers import Msisdn
from account.values.labels import NO_LABEL, LabelField, NumberLabel, folded, label_text
from account.values.number import Number
from account.values.page import Page
from account.values.rights import Right

OFFERED_FOR = timedelta(minutes=30)
UNDONE_WITHIN = timedelta(hours=24)
FEW = 20
"""So many numbers are asked for one by one; of more the company's list is read."""
PAGE = 100

Fetch = Callable[[], Awaitable[bytes]]


class ImportState(StrEnum):
    """Where one stands. Values are persisted."""

    OFFERED = "offered"
    APPLIED = "applied"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class LabelChange:
    """A number's words as they were, and as they are to be."""

    msisdn: Msisdn
    before: NumberLabel
    after: NumberLabel

    @property
    def turned(self) -> LabelChange:
        """The way back."""
        return LabelChange(self.msisdn, self.after, self.before)


@dataclass(frozen=True, slots=True)
class LabelImport:
    """What a list comes to. `unchanged` numbers have the words already; times are aware, UTC."""

    id: str
    company_id: str
    administrator_id: str
    telegram_id: int
    made_at: datetime
    changes: tuple[LabelChange, ...]
    left_out: tuple[RowLeftOut, ...] = ()
    unchanged: int = 0
    hidden: Hidden = field(default_factory=Hidden)
    state: ImportState = ImportState.OFFERED
    applied_at: datetime | None = None

    @property
    def new(self) -> int:
        """Numbers that had no words."""
        return sum(one.before == NO_LABEL for one in self.changes)

    @property
    def cleared(self) -> int:
        """Numbers that are to have none."""
        return sum(one.after == NO_LABEL for one in self.changes)

    @property
    def changed(self) -> int:
        """The others."""
        return len(self.changes) - self.new - self.cleared


class CompanyList(Protocol):
    """The company's numbers by pages, and one; raises `CarrierUnavailable`."""

    async def page(self, company_id: str, *, offset: int, limit: int) -> Page[Number]:
        """A page of the whole list."""

    async def number(self, company_id: str, msisdn: Msisdn) -> Number | None:
        """One of them."""


class LabelFiles(Protocol):
    """Reads files that people send."""

    async def read_labels(self, content: bytes) -> LabelList:
        """What the file says. Nothing of it is kept. Raises `ListFileRefused`."""


class LabelImportStore(Protocol):
    """Every method raises `StorageUnavailable`."""

    async def offer(self, found: LabelImport) -> None:
        """Keep what was looked at; what the person was offered before is dropped."""

    async def read(self, import_id: str) -> LabelImport | None:
        """One of them."""

    async def applied_last(self, administrator_id: str, company_id: str) -> LabelImport | None:
        """The person's last one that was kept, and not undone."""

    async def settle(
        self, found: LabelImport, to: ImportState, now: datetime, effects: Sequence[Effect]
    ) -> int | None:
        """Give the numbers their words, where they have those of before, and write the effects, in
        one transaction; how many that were. None, and nothing, where it is no longer in its state.
        Of what is applied the changes that were made are kept, to be undone.

        Raises `TooManyCostCentres`.
        """


class LabelImports:
    """Looks at lists, and keeps what they say. Every method raises the refusals of `require`."""

    def __init__(
        self,
        numbers: CompanyList,
        labels: LabelStore,
        store: LabelImportStore,
        files: LabelFiles,
        effects: EffectStore,
        clock: Clock,
    ) -> None:
        self._numbers = numbers
        self._labels = labels
        self._store = store
        self._files = files
        self._effects = effects
        self._clock = clock

    async def look_at_text(self, actor: Actor, text: str) -> LabelImport:
        """What a pasted list comes to; nothing is changed.

        Raises `SetEmpty` for a text without a number, `SetTooLarge`, `TooManyCostCentres`,
        `CarrierUnavailable`.
        """
        company = require(actor, Right.CHANGE_LABELS)
        return await self._look(actor, company, labels_of_text(text))

    async def look_at_file(self, actor: Actor, size: int | None, fetch: Fetch) -> LabelImport:
        """The same of a file; `size` in bytes, where it is told.

        Raises as `look_at_text`, `ListFileRefused`, `ListFilesExceeded`.
        """
        company = require(actor, Right.CHANGE_LABELS)
        if size is not None and size > MOST_BYTES:
            raise ListFileRefused(ListFileFault.LARGE)
        await self._effects.write([file_of_hour(actor.telegram_id, self._clock.now())])
        return await self._look(actor, company, await self._files.read_labels(await fetch()))

    async def offered(self, actor: Actor, import_id: str) -> LabelImport:
        """What was looked at. Raises `LabelImportGone`."""
        found = await self._own(actor, import_id)
        now = self._clock.now()
        if found.state is not ImportState.OFFERED or not (
            found.made_at <= now < found.made_at + OFFERED_FOR
        ):
            raise LabelImportGone
        return found

    async def apply(self, actor: Actor, import_id: str) -> tuple[int, int]:
        """Keep it, once; how many numbers got their words, and how many had others meanwhile.

        Raises `LabelImportGone`, `TooManyCostCentres`.
        """
        found = await self.offered(actor, import_id)
        return await self._settle(actor, found, ImportState.APPLIED)

    async def undoable(self, actor: Actor) -> LabelImport | None:
        """The person's last one, while it can be undone."""
        company = require(actor, Right.CHANGE_LABELS)
        found = await self._store.applied_last(actor.administrator_id, company.id)
        if found is None or found.applied_at is None:
            return None
        late = self._clock.now() >= found.applied_at + UNDONE_WITHIN
        return None if late else found

    async def undo(self, actor: Actor, import_id: str) -> tuple[int, int]:
        """Give the numbers of that one back what they had, once. Raises as `apply`.

        It is named: a second press must not take back the one before it.
        """
        found = await self.undoable(actor)
        if found is None or found.id != import_id:
            raise LabelImportGone
        turned = replace(found, changes=tuple(one.turned for one in found.changes))
        return await self._settle(actor, turned, ImportState.UNDONE)

    async def _settle(self, actor: Actor, found: LabelImport, to: ImportState) -> tuple[int, int]:
        now = self._clock.now()
        entry = HistoryEntry.by(
            actor,
            HistoryEvent.LABELLED,
            at=now,
            parameters={"import": to.value, "numbers": str(len(found.changes))},
        )
        count = await self._store.settle(found, to, now, [entry])
        if count is None:
            raise LabelImportGone
        return count, len(found.changes) - count

    async def _own(self, actor: Actor, import_id: str) -> LabelImport:
        company = require(actor, Right.CHANGE_LABELS)
        found = await self._store.read(import_id)
        if found is None or (found.administrator_id, found.company_id) != (
            actor.administrator_id,
            company.id,
        ):
            raise LabelImportGone
        return found

    async def _look(self, actor: Actor, company: Company, read: LabelList) -> LabelImport:
        if not read.rows and not read.left_out:
            raise SetEmpty
        if len(read.rows) > MOST_ROWS:
            raise SetTooLarge(MOST_ROWS)
        rows, refused = _checked(read.rows)
        there = await self._there(company.id, [row.msisdn for row, _texts in rows])
        known = await self._labels.of(company.id, [row.msisdn for row, _texts in rows])
        spelled = {one.key: one.name for one in await self._labels.centres(company.id)}
        changes: list[LabelChange] = []
        unchanged = 0
        for row, texts in rows:
            if row.msisdn.digits not in there:
                refused.append(RowLeftOut(row.line, Unlabelled.ABSENT))
                continue
            before = replace(known.get(row.msisdn.digits, NO_LABEL), gone=False)
            after = _after(before, texts, spelled)
            if after == before:
                unchanged += 1
            else:
                changes.append(LabelChange(row.msisdn, before, after))
        if len(spelled) > MOST_CENTRES:
            raise TooManyCostCentres(MOST_CENTRES)
        left_out = sorted([*read.left_out, *refused], key=lambda one: one.line)
        found = LabelImport(
            id=uuid.uuid4().hex,
            company_id=company.id,
            administrator_id=actor.administrator_id,
            telegram_id=actor.telegram_id,
            made_at=self._clock.now(),
            changes=tuple(changes),
            left_out=tuple(left_out),
            unchanged=unchanged,
            hidden=read.hidden,
        )
        await self._store.offer(found)
        return found

    async def _there(self, company_id: str, msisdns: Sequence[Msisdn]) -> set[str]:
        """Which of these the operator names as the company's."""
        if len(msisdns) <= FEW:
            read = [await self._numbers.number(company_id, one) for one in msisdns]
            return {one.msisdn.digits for one in read if one is not None}
        wanted = {one.digits for one in msisdns}
        found: set[str] = set()
        offset = 0
        while True:
            page = await self._numbers.page(company_id, offset=offset, limit=PAGE)
            found |= {one.msisdn.digits for one in page.rows} & wanted
            before, offset = offset, page.end
            if found == wanted or offset >= page.total or offset <= before:
                return found


def _checked(
    rows: Sequence[LabelRow],
) -> tuple[list[tuple[LabelRow, Mapping[LabelField, str | None]]], list[RowLeftOut]]:
    """Rows with the texts to keep, None to take one away; and those that cannot be kept."""
    taken: list[tuple[LabelRow, Mapping[LabelField, str | None]]] = []
    refused: list[RowLeftOut] = []
    for row in rows:
        try:
            texts = {field: label_text(text, field) for field, text in row.said.items()}
        except InputRefused:
            refused.append(RowLeftOut(row.line, Unlabelled.TEXT))
        else:
            taken.append((row, texts))
    return taken, refused


def _after(
    before: NumberLabel, texts: Mapping[LabelField, str | None], spelled: dict[str, str]
) -> NumberLabel:
    """What it has then; a cost centre is written as it was first, and is known from then on."""
    after = before
    if LabelField.LABEL in texts:
        after = replace(after, label=texts[LabelField.LABEL])
    if LabelField.CENTRE in texts:
        name = texts[LabelField.CENTRE]
        named = None if name is None else spelled.setdefault(folded(name), name)
        after = replace(after, centre=named)
    return after
