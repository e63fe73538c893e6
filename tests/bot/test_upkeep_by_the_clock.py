"""What is forgotten, and what people are reminded of, goes by the clock of all processes."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from types import SimpleNamespace
from typing import cast

import pytest

from account.errors import CarrierUnavailable
from bot.app.lifecycle import App


class Upkeep:
    """Counts what is done of it."""

    def __init__(self, *, fit: bool) -> None:
        self.done: list[str] = []
        self.app = cast(
            "App",
            SimpleNamespace(
                clock_sync=SimpleNamespace(fit=fit),
                clock=SimpleNamespace(now=lambda: None),
                stores=SimpleNamespace(purge=self.purge),
                use_cases=SimpleNamespace(
                    reminders=SimpleNamespace(look=self.look),
                    subscriptions=SimpleNamespace(order_due=self.order_due),
                ),
                signal=SimpleNamespace(ring=lambda: self.done.append("ring")),
            ),
        )

    async def purge(self, _now: object) -> int:
        self.done.append("purge")
        return 0

    async def look(self) -> bool:
        self.done.append("remind")
        return True

    async def order_due(self) -> int:
        self.done.append("order")
        return 0


@pytest.mark.parametrize("fit", [True, False])
async def test_who_goes_by_another_time_forgets_nothing_and_reminds_nobody(fit: bool) -> None:
    """A month ahead by `MYACCOUNT_NOW` beside a right one: codes, sessions, files would be gone."""
    upkeep = Upkeep(fit=fit)
    for loop in (App._purge, App._remind):
        task = asyncio.ensure_future(loop(upkeep.app))
        for _ in range(5):
            await asyncio.sleep(0)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    assert upkeep.done == (["purge", "remind", "ring", "order"] if fit else [])


async def test_reminders_that_cannot_be_told_keep_no_paper_from_being_ordered() -> None:
    upkeep = Upkeep(fit=True)

    async def in_vain() -> bool:
        raise CarrierUnavailable

    upkeep.app.use_cases.reminders.look = in_vain  # type: ignore[method-assign]
    task = asyncio.ensure_future(App._remind(upkeep.app))
    for _ in range(5):
        await asyncio.sleep(0)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert upkeep.done == ["order"]
