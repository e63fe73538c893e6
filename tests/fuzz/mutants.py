"""Defects planted into a bot that was put together already. The machine has to find each of them.

Every one is a mistake that somebody could make: a check forgotten, a bound loosened, something kept
that is to be asked anew.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from types import MethodType
from typing import Any

from account.actions import Action, ActionKind, ActionState, token_hash
from account.codes import Codes
from account.companies import Company
from account.errors import NumberNotFound, OutcomeUnknown
from account.history import Entry, What
from account.numbers import Number
from account.permissions import Actor
from account.sessions import Session, SessionLimits
from account.usage import UsageWish
from bot.running import App
from tests.account.world import NOON


def right_of_usage_forgotten(app: App) -> None:
    """Usage details are read without asking for the right to."""

    async def check(actor: Actor, wish: UsageWish) -> Number:
        number = await app.house.carrier.number(actor.company_id or "", wish.msisdn)
        if number is None:
            raise NumberNotFound
        return number

    vars(app.house.usage)["check"] = check


def token_not_held_against_its_row(app: App) -> None:
    """A confirmation counts at any time and in any session."""
    actions, store = app.house.actions, app.stores.actions

    async def confirm(actor: Actor, token: str) -> tuple[Action, bool]:
        action = await actions.find(actor, token)
        if action.state is not ActionState.OFFERED:
            return action, False
        return await store.accept(
            token_hash(token),
            session_id=action.session_id,
            company_id=action.company_id,
            now=action.offered_at,
            deeds=[],
        )

    vars(actions)["confirm"] = confirm


def step_up_bound_to_nothing(app: App) -> None:
    """Who proved themselves for one change may confirm every other for five minutes."""
    actions, store = app.house.actions, app.stores.actions
    honest = actions.confirm
    proven: dict[int, Any] = {}
    step_up = store.step_up

    async def note(action_id: str, now: Any) -> None:
        await step_up(action_id, now)
        action = await store.read(action_id)
        assert action is not None
        proven[action.telegram_id] = now

    async def confirm(actor: Actor, token: str) -> tuple[Action, bool]:
        now = app.clock.now()
        if actor.telegram_id in proven and now - proven[actor.telegram_id] < timedelta(minutes=5):
            await step_up((await actions.find(actor, token)).id, now)
        return await honest(actor, token)

    vars(actions)["confirm"] = confirm
    vars(store)["step_up"] = note


def sessions_without_end(app: App) -> None:
    """Neither half an hour of rest nor twelve hours end a session."""
    reception: Any = app.gate._receive.__self__  # type: ignore[attr-defined]
    reception._limits = SessionLimits(idle=timedelta(days=99), absolute=timedelta(days=99))


def rights_kept(app: App) -> None:
    """What the operator granted is remembered from one update to the next."""
    companies = app.house.companies
    honest = companies.actor
    kept: dict[str, tuple[Company, ...]] = {}

    async def actor(session: Session) -> Actor:
        present = await honest(session)
        granted = kept.setdefault(session.administrator_id, present.companies)
        return replace(present, companies=granted)

    vars(companies)["actor"] = actor


def orders_sent_again(app: App) -> None:
    """An order without an answer is simply sent once more."""
    carrier: Any = app.house.carrier
    honest = type(carrier).place

    async def place(self: Any, action: Action) -> Any:
        try:
            return await honest(self, action)
        except OutcomeUnknown:
            return await honest(self, action)

    carrier.place = MethodType(place, carrier)


def codes_noted(app: App) -> None:
    """The history keeps what was typed as a code."""
    codes: Codes = app.house.step_up._codes
    honest = codes.check

    async def check(phone: Any, telegram_id: int, purpose: str, typed: str) -> None:
        await honest(phone, telegram_id, purpose, typed)
        entry = Entry(NOON, What.LOGIN, "done", "", "", parameters={"typed": typed})
        await app.stores.history.append(entry)

    vars(codes)["check"] = check


def money_sent_again(app: App) -> None:
    """Money that the operator knows nothing of is sent once more, as other changes are."""
    app.house.actions.practice(ActionKind.TRANSFER).sends_again = True  # type: ignore[misc]


MUTANTS: dict[str, tuple[Callable[[App], None], str]] = {
    "the right to usage is forgotten": (right_of_usage_forgotten, "usage is shown"),
    "the token is not held against its row": (token_not_held_against_its_row, "was confirmed"),
    "a step-up is bound to nothing": (step_up_bound_to_nothing, "without its own code"),
    "sessions do not end": (sessions_without_end, "without"),
    "rights are kept": (rights_kept, "is shown|without the right"),
    "orders are sent again": (orders_sent_again, "two effects"),
    "money is sent again": (money_sent_again, "two effects"),
    "typed codes are kept": (codes_noted, "a code lies in"),
}
"""Each with what the machine has to say about it."""
