"""The pools of one process, and what they claim."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING

from account.changes.execution import ChangeExecution
from account.changes.sets.change_set import ChangeSet
from account.changes.sets.execution import LEASE as SET_LEASE
from account.changes.sets.execution import SetExecution
from account.documents.document import Document
from account.documents.orders import LEASE as DOCUMENT_LEASE
from account.documents.orders import Documents
from bot.delivery.concurrency import AT_ONCE
from bot.delivery.sender import OutboxSender
from bot.workers.pool import ACTION_LEASE, ProgressSign, WorkerPool
from bot.workers.work_signal import WorkSignal
from carrier.limiter import background, within_budget
from storage.open import Stores

if TYPE_CHECKING:
    from account.changes.action import Action
    from account.values.clock import Clock
    from storage.queue.outbox import OutboxRow

ACTION_HANDS, DOCUMENT_HANDS, SET_HANDS = 16, 4, 4


def worker_pools(
    stores: Stores,
    execution: ChangeExecution,
    set_execution: SetExecution,
    documents: Documents,
    delivery: OutboxSender,
    sign: ProgressSign,
    clock: Clock,
    owner: str,
    signal: WorkSignal,
    fit: Callable[[], bool],
) -> tuple[WorkerPool[Action], WorkerPool[Document], WorkerPool[OutboxRow], WorkerPool[ChangeSet]]:
    """Who takes changes to their end, makes files, and delivers messages.

    Each looks when `signal` rings, and when another one has written something for it: a change and
    a document owe words, a set begins changes.
    """

    async def seconds_to(due: Callable[[datetime], Awaitable[datetime | None]]) -> float | None:
        now = clock.now()
        moment = await due(now)
        return None if moment is None else (moment - now).total_seconds()

    async def claim_actions(room: int) -> list[Action]:
        return await stores.actions.claim(owner, clock.now(), ACTION_LEASE, room)

    async def advance(action: Action) -> None:
        if action.set_reference is None:
            await execution.advance(action)
            messages.ring()
            return
        # A number of a set owes hardly ever a word: nobody is woken for each of a thousand.
        with within_budget():
            await execution.advance(action)

    async def claim_sets(room: int) -> list[ChangeSet]:
        return list(await stores.change_sets.claim(owner, clock.now(), SET_LEASE, room))

    async def advance_set(change_set: ChangeSet) -> None:
        with within_budget():
            await set_execution.advance(change_set)
        changes.ring()
        messages.ring()

    async def claim_documents(_room: int) -> list[Document]:
        large = documents.room_for_large
        claimed = await stores.documents.claim(owner, clock.now(), DOCUMENT_LEASE, large=large)
        return [] if claimed is None else [claimed]

    async def make(document: Document) -> None:
        async with sign.shown(document):
            with background():
                await documents.make(document)
        messages.ring()

    changes = WorkerPool(
        "actions",
        claim_actions,
        advance,
        concurrency=ACTION_HANDS,
        next_due=lambda: seconds_to(stores.actions.next_due),
        fit=fit,
    )
    papers = WorkerPool("documents", claim_documents, make, concurrency=DOCUMENT_HANDS, fit=fit)
    messages = WorkerPool(
        "delivery",
        delivery.claim,
        delivery.deliver,
        concurrency=AT_ONCE,
        next_due=lambda: seconds_to(stores.outbox.next_due),
        fit=fit,
    )
    sets = WorkerPool(
        "sets",
        claim_sets,
        advance_set,
        concurrency=SET_HANDS,
        next_due=lambda: seconds_to(stores.change_sets.next_due),
        fit=fit,
    )
    found = (changes, papers, messages, sets)
    for pool in found:
        signal.listen(pool.ring)
    return found
