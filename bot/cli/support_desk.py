"""Commands of the operator's support desk: what the keepers of the bot do about people's changes.

Whoever may read the configuration may use them, so what they did stands in the actions history
with their name on this machine. What they are shown is masked as in the logs: no whole numbers.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import pwd
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from account.changes.action import Action, ActionKind, ActionState
from account.chapters.transfers import TransferParameters
from account.errors import SupportRefused
from account.values.periods import shown_moment
from bot.app.build import database_of, operator_of, read_secrets
from bot.app.wiring import Wired, wire
from bot.ops.clock import SteadyClock
from bot.ops.metrics import Metrics
from bot.ops.process_identity import an_owner
from bot.texts.language import Catalogues
from bot.updates.outline import outline
from bot.workers.clock_sync import ClockSync
from carrier.tmf.adapter import TmfAdapter

if TYPE_CHECKING:
    from account.changes.holds import Hold
    from account.support.quarantine import SetAside
    from bot.config.settings import Settings

REFUSED = 1
NO_LOGIN = 2**32 - 1
"""What the kernel says of a process that no login began."""


async def run(settings: Settings, chosen: argparse.Namespace) -> int:
    """Do what was asked for; 1 and a sentence on standard error when it cannot be."""
    async with _at_the_desk(settings) as desk:
        try:
            await _COMMANDS[chosen.command](desk, chosen)
        except SupportRefused as refused:
            print(f"Nothing was done: {refused}.", file=sys.stderr)  # noqa: T201
            return REFUSED
    return 0


def keeper() -> str:
    """Who asks, as this machine knows them: who logged in, and as whom they work now."""
    works_as, logged_in = _user(os.geteuid()), _login_user()
    return works_as if logged_in in (None, works_as) else f"{logged_in} as {works_as}"


def _user(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid {uid}"


def _login_user() -> str | None:
    """The user whose login began this, which neither su nor sudo changes; None if there is none."""
    try:
        uid = int(Path("/proc/self/loginuid").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
    return None if uid == NO_LOGIN else _user(uid)


@asynccontextmanager
async def _at_the_desk(settings: Settings) -> AsyncIterator[Wired]:
    secrets, clock, metrics = read_secrets(settings), SteadyClock(settings.now), Metrics()
    stores = await database_of(settings, secrets, clock.now())
    time = ClockSync(clock, stores.clocks, an_owner())
    operator = operator_of(settings, metrics)
    carrier = TmfAdapter(operator, clock)
    desk = wire(
        settings,
        clock,
        time,
        stores,
        carrier,
        operator,
        Catalogues(settings.profile.names, settings.support),
        metrics,
    )
    try:
        await time.sync()
        yield desk
    finally:
        for close in desk.closers:
            outcome = close()
            if asyncio.iscoroutine(outcome):
                await outcome
        await operator.close()
        await stores.close()


async def _hold(desk: Wired, chosen: argparse.Namespace) -> None:
    holds = desk.use_cases.holds
    if chosen.doing == "add":
        if not (chosen.kind or chosen.company or chosen.all):
            raise SupportRefused("say --kind, --company, both, or --all")
        kind = ActionKind(chosen.kind) if chosen.kind else None
        _say(_told(await holds.place(keeper(), kind, chosen.company, chosen.reason)))
    elif chosen.doing == "lift":
        _say(_told(await holds.lift(keeper(), chosen.id)))
    else:
        present = await holds.present()
        for hold in present:
            _say(_told(hold))
        if not present:
            _say("Nothing is on hold.")


async def _action(desk: Wired, chosen: argparse.Namespace) -> None:
    verdicts = desk.verdicts
    if chosen.doing == "list":
        waiting = await verdicts.waiting()
        for action in waiting:
            _say(_in_short(action))
        if not waiting:
            _say("No change waits for a person.")
        return
    if chosen.doing == "settle":
        done = chosen.verdict == "done"
        await verdicts.settle(keeper(), chosen.reference, chosen.reason, done=done)
    action = await verdicts.find(chosen.reference)
    held = await desk.use_cases.holds.cover(action.kind, action.company_id)
    for line in _account(action, held=held):
        _say(line)


async def _quarantine(desk: Wired, chosen: argparse.Namespace) -> None:
    quarantine = desk.quarantine
    if chosen.doing == "replay":
        _say(_of_update(await quarantine.replay(keeper(), chosen.id)))
    elif chosen.id is not None:
        one = await quarantine.find(chosen.id)
        _say(_of_update(one))
        if one.content is not None:
            for line in outline(one.content):
                _say(f"  {line}")
        _say(one.obstacle or f"It can be put back: myaccount quarantine replay {one.id}")
    else:
        waiting = await quarantine.waiting()
        for one in waiting:
            _say(_of_update(one))
        if not waiting:
            _say("Nothing is set aside.")


_COMMANDS = {"action": _action, "hold": _hold, "quarantine": _quarantine}


def _in_short(action: Action) -> str:
    sent = shown_moment(action.sent_at) if action.sent_at else "never"
    number = _masked(action.msisdn.digits)
    return f"{action.reference}: {action.kind} of {number}, {action.state}, sent {sent}"


def _account(action: Action, *, held: bool) -> Iterator[str]:
    """What is known of a change, a line each: times of Almaty, numbers by their last four."""
    yield _in_short(action)
    yield f"company {action.company_id}, asked for by {action.administrator_id}"
    asked = action.parameters
    if isinstance(asked, TransferParameters):
        yield f"amount {asked.amount.shown('en')}, to {_masked(asked.recipient.digits)}"
    moments = {
        "offered": action.offered_at,
        "confirmed": action.accepted_at,
        "sent": action.sent_at,
        "settled": action.settled_at,
    }
    yield ", ".join(f"{name} {shown_moment(at)}" for name, at in moments.items() if at)
    order = action.order_id or "none known"
    yield f"attempts {action.attempts}, looks since then {action.checks}"
    yield f"externalId {action.id}, order {order}"
    if action.reason_code:
        yield f"settled with {action.reason_code}"
    if action.restored:
        yield "brought back by a backup: it may have been sent in the time that is lost"
    if held and action.state is ActionState.ACCEPTED:
        yield "on hold: see myaccount hold list"


def _masked(digits: str) -> str:
    return f"…{digits[-4:]}"


def _of_update(one: SetAside) -> str:
    line = (
        f"Update {one.id}: {one.why}, received {shown_moment(one.received_at)}, "
        f"chat {_masked(str(abs(one.chat_id)))}"
    )
    if one.replayed_at is not None:
        line += f", put back {shown_moment(one.replayed_at)}"
    return line


def _told(hold: Hold) -> str:
    what = hold.kind.value if hold.kind else "every change"
    whose = f"of company {hold.company_id}" if hold.company_id else "of every company"
    line = (
        f"Hold {hold.id}: {what} {whose}, since {shown_moment(hold.placed_at)}, "
        f"by {hold.placed_by}: {hold.reason}"
    )
    if hold.lifted_at is not None:
        line += f". Lifted {shown_moment(hold.lifted_at)} by {hold.lifted_by}"
    return line


def _say(line: str) -> None:
    print(line)  # noqa: T201 - the answer of a command
