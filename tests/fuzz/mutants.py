"""Defects planted into a bot that was put together already. The machine has to find each of them.

Every one is a mistake that somebody could make: a check forgotten, a bound loosened, something kept
that is to be asked anew.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from types import MethodType
from typing import Any

from account.access.secret_codes import SecretCode
from account.changes.action import Action, ActionKind, ActionState, token_hash
from account.chapters.sim import SimCodes
from account.chapters.usage import UsageQuery
from account.credentials.one_time_codes import CodeTry
from account.effects.history import HistoryEntry, HistoryEvent
from account.errors import NumberNotFound, OutcomeUnknown
from account.identity.directory import Company
from account.identity.permissions import Actor
from account.identity.sessions import Session, SessionLimits
from account.values.identifiers import Msisdn
from account.values.number import Number
from bot.app.lifecycle import App
from tests.account.world import NOON


def right_of_usage_forgotten(app: App) -> None:
    """Usage details are read without asking for the right to."""

    async def check(actor: Actor, query: UsageQuery) -> Number:
        number = await app.use_cases.carrier.number(actor.company_id or "", query.msisdn)
        if number is None:
            raise NumberNotFound
        return number

    vars(app.use_cases.usage)["check"] = check


def token_not_held_against_its_row(app: App) -> None:
    """A confirmation counts at any time and in any session."""
    actions, store = app.use_cases.actions, app.stores.actions

    async def confirm(
        actor: Actor, token: str, proof: CodeTry | None = None
    ) -> tuple[Action, bool]:
        action = await actions.find(actor, token)
        if action.state is not ActionState.OFFERED:
            return action, False
        return await store.accept(
            token_hash(token),
            session_id=action.session_id,
            company_id=action.company_id,
            now=action.offered_at,
            effects=[],
            proof=proof,
        )

    vars(actions)["confirm"] = confirm


def step_up_bound_to_nothing(app: App) -> None:
    """Who proved themselves for one change may confirm every other for five minutes."""
    actions = app.use_cases.actions
    confirms, checks = actions.confirm, actions._check_fresh
    proven: dict[int, datetime] = {}

    async def confirm(
        actor: Actor, token: str, proof: CodeTry | None = None
    ) -> tuple[Action, bool]:
        done = await confirms(actor, token, proof)
        if proof is not None:
            proven[actor.telegram_id] = app.clock.now()
        return done

    def check(actor: Actor, action: Action, now: datetime) -> None:
        at = proven.get(actor.telegram_id)
        if at is not None and now - at < timedelta(minutes=5):
            action = replace(action, stepped_up_at=at)
        checks(actor, action, now)

    vars(actions).update(confirm=confirm, _check_fresh=check)


def any_code_will_do(app: App) -> None:
    """Six digits in the window that asks for a code confirm its change, whichever they are."""
    store = app.stores.actions
    honest = store.accept

    async def accept(token: str, **named: Any) -> tuple[Action, bool]:
        return await honest(token, **{**named, "proof": None})

    vars(store)["accept"] = accept


def sessions_without_end(app: App) -> None:
    """Neither half an hour of rest nor twelve hours end a session."""
    processor: Any = app.chat_queue._receive.__self__  # type: ignore[attr-defined]
    processor._limits = SessionLimits(idle=timedelta(days=99), absolute=timedelta(days=99))


def rights_kept(app: App) -> None:
    """What the operator granted is remembered from one update to the next."""
    companies = app.use_cases.companies
    honest = companies.actor
    kept: dict[str, tuple[Company, ...]] = {}

    async def actor(session: Session) -> Actor:
        present = await honest(session)
        granted = kept.setdefault(session.administrator_id, present.companies)
        return replace(present, companies=granted)

    vars(companies)["actor"] = actor


def orders_sent_again(app: App) -> None:
    """An order without an answer is simply sent once more."""
    carrier: Any = app.use_cases.carrier
    honest = type(carrier).place

    async def place(self: Any, action: Action, guard: Any) -> Any:
        try:
            return await honest(self, action, guard)
        except OutcomeUnknown:
            return await honest(self, action, guard)

    carrier.place = MethodType(place, carrier)


def codes_noted(app: App) -> None:
    """The history keeps what was typed as a code."""
    step_up = app.use_cases.step_up
    honest = step_up.enter

    async def enter(actor: Actor, token: str, typed: str) -> tuple[Action, bool]:
        done = await honest(actor, token, typed)
        entry = HistoryEntry(NOON, HistoryEvent.LOGIN, "done", "", "", parameters={"typed": typed})
        await app.stores.history.append(entry)
        return done

    vars(step_up)["enter"] = enter


def money_sent_again(app: App) -> None:
    """Money that the operator knows nothing of is sent once more, as other changes are."""
    spec: Any = app.use_cases.actions.spec(ActionKind.TRANSFER)
    spec.state_tells = spec.sends_again = True
    spec.is_applied = lambda _pair, _parameters: False


def nobody_is_asked(app: App) -> None:
    """A login number is taken over like any other."""

    async def needs_second(_kind: ActionKind, _msisdn: Msisdn) -> bool:
        return False

    vars(app.use_cases.sensitive_numbers)["needs_second"] = needs_second


def codes_shown_for_nothing(app: App) -> None:
    """The question that shows PIN and PUK is not used up, so it could be asked twice."""
    sims, actions = app.use_cases.sims, app.use_cases.actions

    async def reveal(actor: Actor, token: str, proof: CodeTry | None = None) -> SimCodes:
        action = await actions.usable(actor, token, proof)
        card = await sims.card(actor, action.msisdn)
        codes = await app.use_cases.carrier.sim_codes(
            action.company_id, action.msisdn, card.sim.iccid
        )
        assert codes is not None
        return codes

    vars(sims)["reveal"] = reveal


def doors_left_open(app: App) -> None:
    """What the company has banned since is not looked at when an employee comes again."""

    async def is_open(_code: SecretCode) -> bool:
        return True

    vars(app.use_cases.employees)["_open"] = is_open


def codes_to_the_telephone(app: App) -> None:
    """A new address is proven by whoever has the telephone, and not by who reads it."""
    spec: Any = app.use_cases.actions.spec(ActionKind.EMAIL)
    spec.code_to = lambda _action: None


def whoever_holds_the_chat(app: App) -> None:
    """A new address is proven by a code to it alone, as if an open chat were the person."""
    spec: Any = app.use_cases.actions.spec(ActionKind.EMAIL)
    spec.identifies = False


def frozen_in_name_only(app: App) -> None:
    """“It was not me” ends the sessions, and whoever logs in again goes on."""

    async def check(_actor: Actor) -> None:
        return

    async def stops(_action: Action) -> bool:
        return False

    vars(app.use_cases.freezes).update(check=check, stops=stops)


def files_after_the_log_out(app: App) -> None:
    """What was ordered arrives in the chat, whoever sits there by now."""

    async def barred(_telegram: int, _administrator: str, _company: str) -> None:
        return

    vars(app.use_cases.notifications)["barred"] = barred


def unknown_is_forgotten(app: App) -> None:
    """A change whose outcome is not known is looked at again in three months."""
    store: Any = app.stores.actions
    honest = store.park

    async def park(action: Action, state: ActionState, due: Any, *rest: Any, **more: Any) -> None:
        later = timedelta(days=99 if state is ActionState.UNKNOWN else 0)
        await honest(action, state, due + later, *rest, **more)

    vars(store)["park"] = park


Mutant = tuple[Callable[[App], None], str, tuple[str, ...]]
CHANGES = ("goes_about_a_change", "goes_on_with_it")
MUTANTS: dict[str, Mutant] = {
    "the right to usage is forgotten": (
        right_of_usage_forgotten,
        "usage is shown",
        ("reads_usage",),
    ),
    "the token is not held against its row": (
        token_not_held_against_its_row,
        "was confirmed|by one alone",
        CHANGES,
    ),
    "a step-up is bound to nothing": (
        step_up_bound_to_nothing,
        "without its own code",
        ("goes_about_a_change", "forges_a_confirmation"),
    ),
    "any code will do": (
        any_code_will_do,
        "without its own code",
        ("goes_about_a_change", "types_something_else"),
    ),
    "sessions do not end": (sessions_without_end, "without", CHANGES),
    "rights are kept": (rights_kept, "is shown|without the right", ("reads_usage",)),
    "orders are sent again": (orders_sent_again, "two effects", ("goes_about_a_change",)),
    "money is sent again": (money_sent_again, "two effects", ("moves_money",)),
    "typed codes are kept": (codes_noted, "a code lies in", CHANGES),
    "nobody is asked": (nobody_is_asked, "by one alone", ("replaces_a_card",)),
    "PIN and PUK for nothing": (codes_shown_for_nothing, "twice for one", ("shows_the_codes",)),
    "doors are left open": (
        doors_left_open,
        "is shown to|banned details",
        ("sends_a_secret_code", "bans", "is_banned_elsewhere"),
    ),
    "codes go to the telephone": (
        codes_to_the_telephone,
        "without its own code",
        ("changes_the_address",),
    ),
    "frozen in name only": (
        frozen_in_name_only,
        "what was stopped went on",
        ("says_it_was_not_them", "goes_through_the_reset", "types_a_password", *CHANGES),
    ),
    "whoever holds the chat is the person": (
        whoever_holds_the_chat,
        "without a proof of the person",
        ("changes_the_address",),
    ),
    "files come after the log-out": (
        files_after_the_log_out,
        "without a session",
        ("orders_a_document",),
    ),
    "what is unknown is forgotten": (
        unknown_is_forgotten,
        "was confirmed and stays",
        ("goes_about_a_change",),
    ),
}
"""Each with what the machine has to say about it, and by which rules of a chapter it does."""
