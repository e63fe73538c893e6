"""Who may do what, cell by cell: everybody who may stand before a use case × use case × number.

The table of rights is written out here once more, so that a change of `GRANTED` is a change of two
places. A cell goes the way an update goes: from the kept session to the actor, as the operator
grants at this moment, and then to the use case.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any, cast

import pytest

from account.access.secret_codes import SecretCode
from account.changes.action import ActionKind, ActionState
from account.changes.confirmation import Offer
from account.chapters.alerts.rule import Measure, QuietHours, Scope
from account.chapters.billing.accounts import Account
from account.chapters.devices.requests import DeviceRequestsQuery
from account.chapters.history import HistoryQuery
from account.chapters.numbers import NumbersQuery
from account.chapters.sim import Esim, Sim
from account.chapters.transfers import TransferParameters
from account.chapters.usage import UsageQuery
from account.documents.kinds import SPECS, DocumentKind
from account.errors import (
    CompanyNotAccessible,
    CompanyNotChosen,
    ConfirmExpired,
    MyAccountError,
    NumberNotFound,
    RightMissing,
    SessionExpired,
)
from account.identity.directory import Company
from account.identity.permissions import Actor
from account.identity.sessions import ABSOLUTE, IDLE, Session, SessionLimits
from account.values.identifiers import Msisdn
from account.values.labels import LabelField
from account.values.money import Money
from account.values.number import NumberState, PaymentMethod
from account.values.periods import Month, Period, today
from account.values.rights import Right, Role
from bot.context.update_context import UpdateContext
from bot.texts.errors import refusal
from bot.texts.language import Catalogues
from tests.account.examples import PARAMETERS
from tests.account.fakes.devices import FREE, HELD
from tests.account.fakes.sims import ESIM_ICCID
from tests.account.orders import ACCOUNT, DAYS, ORDERED, POOL
from tests.account.world import ALPHA, BETA, HER_PHONE, NUMBER, RECIPIENT, World, a_number

THEIRS = Msisdn("77019999999")
UNKNOWN = Msisdn("77018888888")
BLOCKED = {NUMBER: Msisdn("77012115527"), THEIRS: Msisdn("77019999998")}
"""Numbers of the same companies that can be unblocked."""
PAYEES = {NUMBER: RECIPIENT, THEIRS: Msisdn("77019999997")}
"""Numbers of the same companies that money can be transferred to."""
NUMBERS = {"own": NUMBER, "other company's": THEIRS, "unknown": UNKNOWN}
CATALOGUES = Catalogues()

LIST_NUMBERS = "numbers.list"
READ_NUMBERS, READ_USAGE, READ_HISTORY = "numbers.read", "usage.read", "history.read"
BLOCK, UNBLOCK, BAN = "number.block", "number.unblock", "number.ban"
READ_SERVICES, CHANGE_SERVICES = "services.read", "services.change"
READ_ALLOWANCES = "allowances.read"
READ_SIM, REVEAL_SIM, REPLACE_SIM = "sim.read", "sim.reveal", "sim.replace"
SHOW_ESIM = "sim.esim"
READ_FORWARDING, CHANGE_FORWARDING = "forwarding.read", "forwarding.change"
READ_DEVICES, CHANGE_DEVICES = "devices.read", "devices.change"
READ_PAYMENTS, TRANSFER = "payments.read", "balance.transfer"
SECRET_CODE, APPROVE = "secret_code.change", "change.approve"
CHANGE_PROFILE = "profile.change"
READ_LABELS, CHANGE_LABELS = "labels.read", "labels.change"
ORDER_DOCUMENTS = "documents.order"
NO_DEED = {
    APPROVE,
}
"""Rights without a row in this table; approvals have a matrix of their own: they go by the company
of the proposal, not by the one chosen (`tests.account.test_approvals`)."""
READS = {
    *(LIST_NUMBERS, READ_NUMBERS, READ_USAGE, READ_HISTORY, READ_SERVICES, READ_SIM),
    READ_ALLOWANCES,
    *(READ_FORWARDING, READ_DEVICES, READ_PAYMENTS, READ_LABELS),
}
ALLOWED = {
    "administrator": READS
    | {BLOCK, UNBLOCK, BAN, CHANGE_SERVICES, REVEAL_SIM, REPLACE_SIM, CHANGE_FORWARDING}
    | {CHANGE_DEVICES, SECRET_CODE, TRANSFER, ORDER_DOCUMENTS, APPROVE, CHANGE_PROFILE}
    | {CHANGE_LABELS, SHOW_ESIM},
    "operator": READS
    | {BLOCK, UNBLOCK, BAN, CHANGE_SERVICES, REVEAL_SIM, CHANGE_FORWARDING}
    | {CHANGE_DEVICES, SECRET_CODE, CHANGE_PROFILE, CHANGE_LABELS},
    "finance": READS | {TRANSFER, ORDER_DOCUMENTS, CHANGE_PROFILE, CHANGE_LABELS},
    "viewer": READS | {ORDER_DOCUMENTS, CHANGE_PROFILE},
    "employee": {READ_NUMBERS, READ_USAGE, READ_SERVICES, READ_ALLOWANCES},
    "nothing": set[str](),
}
"""The roles and what each is for; a role nobody declared has nothing."""


# --- Who stands there ------------------------------------------------------------------------


@dataclass(frozen=True)
class Person:
    """Somebody with a session of a kind, and with what the operator grants at the moment."""

    granted: tuple[tuple[str, str], ...] = ((ALPHA, "administrator"),)
    chosen: str | None = ALPHA
    session: bool = True
    aged: timedelta = timedelta(0)
    idle: timedelta = timedelta(0)
    ended: bool = False

    @property
    def alive(self) -> bool:
        return self.session and not self.ended and self.idle < IDLE and self.aged < ABSOLUTE

    @property
    def role(self) -> str | None:
        """What they are to the company chosen; None when it is not theirs."""
        chosen = self.chosen
        if chosen is None and len(self.granted) == 1:
            chosen = self.granted[0][0]
        return dict(self.granted).get(chosen or "")


BOTH = ((ALPHA, "administrator"), (BETA, "administrator"))
PEOPLE = {
    "administrator": Person(),
    "viewer": Person(((ALPHA, "viewer"),)),
    "a role without rights": Person(((ALPHA, "nothing"),)),
    "administrator of both": Person(BOTH),
    "viewer here, administrator there": Person(((ALPHA, "viewer"), (BETA, "administrator"))),
    "administrator of the other": Person(((BETA, "administrator"),), chosen=BETA),
    "of both, at the other": Person(BOTH, chosen=BETA),
    "of both, none chosen": Person(BOTH, chosen=None),
    "of one, none chosen": Person(chosen=None),
    "revoked meanwhile": Person(()),
    "revoked meanwhile, the other kept": Person(((BETA, "administrator"),)),
    "without a session": Person(session=False),
    "logged out": Person(ended=True),
    "idle for half an hour": Person(idle=IDLE),
    "for twelve hours": Person(aged=ABSOLUTE),
}


# --- What they want --------------------------------------------------------------------------


@dataclass(frozen=True)
class Deed:
    """A use case: the right it needs, and whether it is about one number."""

    right: str | None
    do: Callable[[World, Actor, Msisdn], Awaitable[object]]
    of_a_number: bool = True


def query(world: World, msisdn: Msisdn) -> UsageQuery:
    day = today(world.clock.now())
    return UsageQuery(msisdn, Period(day, day))


async def ask(world: World, actor: Actor, msisdn: Msisdn, kind: ActionKind) -> object:
    return await world.actions.offer(actor, kind, msisdn, PARAMETERS[kind])


async def unblock(world: World, actor: Actor, msisdn: Msisdn) -> object:
    return await ask(world, actor, BLOCKED.get(msisdn, msisdn), ActionKind.UNBLOCK)


async def delete_code(world: World, actor: Actor, msisdn: Msisdn) -> object:
    for company, number in ((ALPHA, NUMBER), (BETA, THEIRS)):
        if await world.code_store.read(number.digits) is None:
            now = world.clock.now()
            code = SecretCode(number.digits, company, company, "180140000018", number, "", now)
            world.ledger.secret_codes[number.digits] = code
    return await ask(world, actor, msisdn, ActionKind.SECRET_DELETE)


async def show_esim(world: World, actor: Actor, msisdn: Msisdn) -> object:
    world.carrier.drawer.used[msisdn.digits] = Sim(ESIM_ICCID, esim=Esim())
    return await ask(world, actor, msisdn, ActionKind.ESIM_SHOW)


async def deregister(world: World, actor: Actor, msisdn: Msisdn) -> object:
    number = world.carrier.fleet.get(msisdn.digits)
    if number is not None:
        world.carrier.registry.hold(number.company_id, msisdn, HELD)
    return await ask(world, actor, msisdn, ActionKind.DEREGISTER_DEVICE)


async def transfer_from(world: World, actor: Actor, msisdn: Msisdn) -> object:
    parameters = TransferParameters(PAYEES.get(msisdn, RECIPIENT), Money(150_000))
    return await world.actions.offer(actor, ActionKind.TRANSFER, msisdn, parameters)


async def transfer_to(world: World, actor: Actor, msisdn: Msisdn) -> object:
    sender = THEIRS if actor.company_id == BETA else NUMBER
    parameters = TransferParameters(PAYEES.get(msisdn, msisdn), Money(150_000))
    return await world.actions.offer(actor, ActionKind.TRANSFER, sender, parameters)


async def quote_to(world: World, actor: Actor, msisdn: Msisdn) -> object:
    sender = THEIRS if actor.company_id == BETA else NUMBER
    return await world.transfers.quote(actor, sender, PAYEES.get(msisdn, msisdn))


async def file_of(world: World, actor: Actor, kind: DocumentKind, msisdn: Msisdn) -> object:
    told = {"msisdn": msisdn.digits, **DAYS}
    return await world.documents.order(actor, kind, SPECS[kind].formats[0], told, "en")


async def report(kind: DocumentKind, world: World, actor: Actor, _: Msisdn) -> object:
    for company in (ALPHA, BETA):
        world.carrier.cabinet.accounts[company] = [Account(ACCOUNT)]
        world.carrier.cabinet.pools[company] = (POOL, [])
    return await world.documents.order(actor, kind, SPECS[kind].formats[0], ORDERED[kind], "en")


def this_day(world: World) -> Period:
    day = today(world.clock.now())
    return Period(day, day)


def history_query(world: World, msisdn: Msisdn | None) -> HistoryQuery:
    day = today(world.clock.now())
    return HistoryQuery(Period(day, day), msisdn)


DEEDS = {
    "list": Deed(
        LIST_NUMBERS, lambda w, a, _: w.numbers.page(a, NumbersQuery()), of_a_number=False
    ),
    "tally": Deed(LIST_NUMBERS, lambda w, a, _: w.numbers.tally(a), of_a_number=False),
    "overview": Deed(
        LIST_NUMBERS, lambda w, a, _: w.numbers.overview(a, NumbersQuery()), of_a_number=False
    ),
    "label": Deed(READ_LABELS, lambda w, a, n: w.labels.of(a, n)),
    "label: change": Deed(
        CHANGE_LABELS, lambda w, a, n: w.labels.change(a, n, LabelField.CENTRE, "Sales")
    ),
    "cost centres": Deed(READ_LABELS, lambda w, a, _: w.labels.centres(a), of_a_number=False),
    "cost centres: lately": Deed(
        READ_LABELS, lambda w, a, _: w.labels.lately(a), of_a_number=False
    ),
    "cost centres: renamed": Deed(
        CHANGE_LABELS, lambda w, a, _: w.labels.rename_centre(a, "none", "x"), of_a_number=False
    ),
    "alerts": Deed(LIST_NUMBERS, lambda w, a, _: w.alert_rules.own(a), of_a_number=False),
    "alerts: freshness": Deed(
        LIST_NUMBERS, lambda w, a, _: w.alert_rules.look(a), of_a_number=False
    ),
    "alerts: of the company": Deed(
        LIST_NUMBERS, lambda w, a, _: w.alert_rules.add(a, Measure.DEBT), of_a_number=False
    ),
    "alerts: of a number": Deed(
        LIST_NUMBERS,
        lambda w, a, n: w.alert_rules.add(a, Measure.DEBT, Scope.NUMBER, n.digits),
    ),
    "alerts: a number muted": Deed(
        LIST_NUMBERS,
        lambda w, a, n: w.alert_rules.mute_number(a, n, w.clock.now() + timedelta(hours=1)),
    ),
    "alerts: a number's silence": Deed(
        LIST_NUMBERS, lambda w, a, n: w.alert_rules.number_muted_until(a, n)
    ),
    "alerts: what is meant": Deed(
        LIST_NUMBERS, lambda w, a, n: w.alert_rules.named(a, n.digits), of_a_number=False
    ),
    "alerts: quiet hours": Deed(
        LIST_NUMBERS,
        lambda w, a, _: w.alert_rules.set_quiet(a, QuietHours(0, 0)),
        of_a_number=False,
    ),
    "monthly papers": Deed(
        ORDER_DOCUMENTS, lambda w, a, _: w.subscriptions.own(a), of_a_number=False
    ),
    "monthly papers: subscribe": Deed(
        ORDER_DOCUMENTS,
        lambda w, a, _: w.subscriptions.subscribe(a, DocumentKind.REGISTER, 4, "en"),
        of_a_number=False,
    ),
    "card": Deed(READ_NUMBERS, lambda w, a, n: w.numbers.card(a, n)),
    "usage: check": Deed(READ_USAGE, lambda w, a, n: w.usage.check(a, query(w, n))),
    "usage: page": Deed(READ_USAGE, lambda w, a, n: w.usage.page(a, query(w, n))),
    "usage: page again": Deed(READ_USAGE, lambda w, a, n: w.usage.page(a, query(w, n), again=True)),
    "usage: totals": Deed(READ_USAGE, lambda w, a, n: w.usage.totals(a, query(w, n))),
    "usage: file": Deed(READ_USAGE, lambda w, a, n: file_of(w, a, DocumentKind.USAGE, n)),
    "usage: picture": Deed(READ_USAGE, lambda w, a, n: file_of(w, a, DocumentKind.USAGE_CHART, n)),
    "payments: file": Deed(READ_PAYMENTS, lambda w, a, n: file_of(w, a, DocumentKind.PAYMENTS, n)),
    "history: file": Deed(READ_HISTORY, lambda w, a, n: file_of(w, a, DocumentKind.HISTORY, n)),
    **{
        f"documents: {kind}": Deed(ORDER_DOCUMENTS, partial(report, kind), of_a_number=False)
        for kind in sorted(
            set(DocumentKind) - {DocumentKind.USAGE, DocumentKind.USAGE_CHART, DocumentKind.HISTORY}
        )
    },
    "documents: package": Deed(
        ORDER_DOCUMENTS, lambda w, a, _: w.reports.has_atlas(a), of_a_number=False
    ),
    "invoices: accounts": Deed(
        ORDER_DOCUMENTS, lambda w, a, _: w.invoices.accounts(a), of_a_number=False
    ),
    "invoices: accounts of a number": Deed(
        ORDER_DOCUMENTS, lambda w, a, n: w.invoices.accounts_of(a, n, Month(2021, 12))
    ),
    "invoices: search": Deed(
        ORDER_DOCUMENTS,
        lambda w, a, _: w.invoices.find(a, ORDERED[DocumentKind.INVOICE_SEARCH]),
        of_a_number=False,
    ),
    "block": Deed(BLOCK, lambda w, a, n: ask(w, a, n, ActionKind.BLOCK)),
    "unblock": Deed(UNBLOCK, unblock),
    "secret code: state": Deed(SECRET_CODE, lambda w, a, n: w.secret_codes.standing(a, n)),
    "secret code: send": Deed(SECRET_CODE, lambda w, a, n: ask(w, a, n, ActionKind.SECRET_SEND)),
    "secret code: delete": Deed(SECRET_CODE, delete_code),
    "devices": Deed(READ_DEVICES, lambda w, a, n: w.devices.of_number(a, n)),
    "device": Deed(READ_DEVICES, lambda w, a, n: w.devices.device(a, n, FREE)),
    "device: requests": Deed(
        READ_DEVICES,
        lambda w, a, _: w.device_requests.page(a, DeviceRequestsQuery()),
        of_a_number=False,
    ),
    "device: plan": Deed(
        CHANGE_DEVICES,
        lambda w, a, _: w.devices.change(a, FREE, "en"),
        of_a_number=False,
    ),
    "device: tries": Deed(
        CHANGE_DEVICES, lambda w, a, n: w.devices.check_tries(a, n, FREE), of_a_number=False
    ),
    "device: register": Deed(
        CHANGE_DEVICES, lambda w, a, n: ask(w, a, n, ActionKind.REGISTER_DEVICE)
    ),
    "device: deregister": Deed(CHANGE_DEVICES, deregister),
    "device: reregister": Deed(
        CHANGE_DEVICES, lambda w, a, n: ask(w, a, n, ActionKind.REREGISTER_DEVICE)
    ),
    "device: duplicate": Deed(
        CHANGE_DEVICES, lambda w, a, n: ask(w, a, n, ActionKind.DUPLICATE_DEVICE)
    ),
    "transfer: choice": Deed(
        TRANSFER, lambda w, a, _: w.transfers.numbers(a, "", 0, 10), of_a_number=False
    ),
    "transfer: sender": Deed(TRANSFER, lambda w, a, n: w.transfers.sender(a, n)),
    "transfer: quote": Deed(TRANSFER, quote_to),
    "transfer: from": Deed(TRANSFER, transfer_from),
    "transfer: to": Deed(TRANSFER, transfer_to),
    "forwarding": Deed(READ_FORWARDING, lambda w, a, n: w.forwarding.of(a, n)),
    "forwarding: choice": Deed(
        CHANGE_FORWARDING, lambda w, a, _: w.forwarding.targets(a, "", 0, 10), of_a_number=False
    ),
    "forwarding: set": Deed(
        CHANGE_FORWARDING, lambda w, a, n: ask(w, a, n, ActionKind.FORWARDING_SET)
    ),
    "forwarding: off": Deed(
        CHANGE_FORWARDING, lambda w, a, n: ask(w, a, n, ActionKind.FORWARDING_OFF)
    ),
    "payments": Deed(READ_PAYMENTS, lambda w, a, n: w.payments.page(a, n, this_day(w))),
    "payments: total": Deed(READ_PAYMENTS, lambda w, a, n: w.payments.total(a, n, this_day(w))),
    "ban": Deed(BAN, lambda w, a, n: ask(w, a, n, ActionKind.BAN)),
    "services": Deed(READ_SERVICES, lambda w, a, n: w.services.of(a, n)),
    "allowances": Deed(READ_ALLOWANCES, lambda w, a, n: w.allowances.of(a, n, with_names=True)),
    "service on": Deed(CHANGE_SERVICES, lambda w, a, n: ask(w, a, n, ActionKind.SERVICE_ON)),
    "service off": Deed(CHANGE_SERVICES, lambda w, a, n: ask(w, a, n, ActionKind.SERVICE_OFF)),
    "sim: card": Deed(READ_SIM, lambda w, a, n: w.sims.card(a, n)),
    "sim: blank cards": Deed(REPLACE_SIM, lambda w, a, _: w.sims.blanks(a), of_a_number=False),
    "sim: reveal": Deed(REVEAL_SIM, lambda w, a, n: ask(w, a, n, ActionKind.SIM_REVEAL)),
    "sim: replace": Deed(REPLACE_SIM, lambda w, a, n: ask(w, a, n, ActionKind.SIM_REPLACE)),
    "esim: free": Deed(SHOW_ESIM, lambda w, a, _: w.esims.free(a), of_a_number=False),
    "esim: show": Deed(SHOW_ESIM, show_esim),
    "e-mail": Deed(
        CHANGE_PROFILE,
        lambda w, a, _: ask(w, a, HER_PHONE, ActionKind.EMAIL),
        of_a_number=False,
    ),
    "history": Deed(
        READ_HISTORY, lambda w, a, _: w.history.page(a, history_query(w, None)), of_a_number=False
    ),
}


def unplaced(person: Person) -> type[MyAccountError]:
    """Why somebody acts for no company: access has ended, or none was chosen yet."""
    undecided = person.granted and person.chosen is None
    return CompanyNotChosen if undecided else CompanyNotAccessible


def expected(person: Person, effect: Deed, number: str) -> type[MyAccountError] | None:
    """The rule: session, company, right, number, in this order; None when it is done."""
    if not person.alive:
        return SessionExpired
    if person.role is None:
        return unplaced(person)
    here = BETA if person.chosen == BETA else ALPHA
    theirs = {ALPHA: "own", BETA: "other company's"}[here]
    if effect.right not in ALLOWED[person.role]:
        return RightMissing
    if effect.of_a_number and number != theirs:
        return NumberNotFound
    return None


# --- The cells -------------------------------------------------------------------------------


@dataclass
class Outcome:
    """What came of it: the refusal as the person reads it, or nothing but what was done."""

    kind: type[MyAccountError] | None
    text: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


def stand(world: World, person: Person) -> Session | None:
    """Have the world be as this person needs it; their session."""
    for pair, company in (((NUMBER, PAYEES[NUMBER]), ALPHA), ((THEIRS, PAYEES[THEIRS]), BETA)):
        for msisdn in pair:
            known = world.carrier.fleet.get(msisdn.digits, a_number(msisdn, company))
            world.carrier.add(replace(known, payment=PaymentMethod.ADVANCE))
    for number, company in ((BLOCKED[NUMBER], ALPHA), (BLOCKED[THEIRS], BETA)):
        blocked = replace(
            a_number(number, company), state=NumberState.BLOCKED, blocked_by_company=True
        )
        world.carrier.add(blocked)
    companies = {ALPHA: world.alpha, BETA: world.beta}
    world.carrier.granted["adm-1"] = tuple(
        _with_role(companies[company], role) for company, role in person.granted
    )
    if not person.session:
        return None
    now = world.clock.now()
    session = replace(
        world.session,
        company_id=person.chosen,
        opened_at=now - person.aged,
        seen_at=now - person.idle,
        ended_at=now if person.ended else None,
    )
    world.ledger.sessions[session.id] = session
    return session


def _with_role(company: Company, role: str) -> Company:
    return replace(company, role=cast("Role", role))


async def actor_of(world: World, session: Session | None) -> Actor:
    """The actor of an update, as every handler gets it."""
    context = UpdateContext(
        use_cases=cast(
            "Any",
            SimpleNamespace(
                clock=world.clock, companies=world.companies, employees=world.employees
            ),
        ),
        unit=cast("Any", SimpleNamespace(session=session, chat_id=1)),
        bot=cast("Any", None),
        language="en",
        limits=SessionLimits(),
        tap=None,
        chat_queue=cast("Any", None),
    )
    return await context.actor()


async def outcome(world: World, session: Session | None, effect: Deed, msisdn: Msisdn) -> Outcome:
    before = _kept(world)
    try:
        await effect.do(world, await actor_of(world, session), msisdn)
    except MyAccountError as error:
        assert _kept(world) == before, "a refused use case left something behind"
        with CATALOGUES.speaking("en"):
            return Outcome(type(error), refusal(error), vars(error))
    return Outcome(None)


def _kept(world: World) -> object:
    ledger = world.ledger
    kept = (ledger.entries, ledger.owed, ledger.actions, ledger.documents, ledger.codes)
    return deepcopy([*map(repr, kept), world.carrier.fleet, world.carrier.effects])


@contextmanager
def fresh_world() -> Iterator[World]:
    """A world for one cell: what one person does must not reach the next."""
    world = World()
    try:
        yield world
    finally:
        world.passwords.close()


@pytest.mark.parametrize("what", DEEDS)
async def test_the_row(what: str) -> None:
    """Everybody wants it of each number; the cells that are wrong are told, all of them."""
    effect = DEEDS[what]
    wrong = {}
    for who, person in PEOPLE.items():
        for number in NUMBERS if effect.of_a_number else ["own"]:
            with fresh_world() as world:
                came = await outcome(world, stand(world, person), effect, NUMBERS[number])
            if came.kind is not expected(person, effect, number):
                wrong[who, number] = came.kind
    assert wrong == {}


@pytest.mark.parametrize("what", [what for what, effect in DEEDS.items() if effect.of_a_number])
async def test_a_foreign_number_answers_like_one_that_does_not_exist(what: str) -> None:
    wrong = {}
    for who, person in PEOPLE.items():
        with fresh_world() as world:
            session = stand(world, person)
            foreign = NUMBER if person.chosen == BETA else THEIRS
            theirs = await outcome(world, session, DEEDS[what], foreign)
            nobodys = await outcome(world, session, DEEDS[what], UNKNOWN)
        if theirs != nobodys:
            wrong[who] = theirs, nobodys
    assert wrong == {}


def test_the_matrix_has_as_many_cells_as_ever() -> None:
    """Rows may be added; none may go."""
    numbers = [len(NUMBERS) if effect.of_a_number else 1 for effect in DEEDS.values()]
    assert len(PEOPLE) * sum(numbers) >= 2070
    assert len(PEOPLE) * sum(number > 1 for number in numbers) >= 570
    assert len(PEOPLE) * len(ActionKind) >= 255


async def test_what_is_read_is_of_the_chosen_company_alone(world: World) -> None:
    for who in ("administrator of both", "of both, at the other"):
        person = PEOPLE[who]
        actor = await actor_of(world, stand(world, person))
        page, tally = await world.numbers.overview(actor, NumbersQuery())
        assert {number.company_id for number in page.rows} == {person.chosen}
        assert tally.total == len(page.rows)
        await world.usage.page(actor, query(world, NUMBER if person.chosen == ALPHA else THEIRS))
        entries = await world.history.page(actor, history_query(world, None))
        assert {entry.company_id for entry in entries.rows} == {person.chosen}
        foreign = THEIRS if person.chosen == ALPHA else NUMBER
        assert not (await world.history.page(actor, history_query(world, foreign))).rows


def test_every_right_and_every_role_is_in_the_table() -> None:
    assert {right.value for right in Right} == set[str]().union(*ALLOWED.values())
    assert {role.value for role in Role} | {"nothing"} == set(ALLOWED)
    assert {effect.right for effect in DEEDS.values()} == {right.value for right in Right} - NO_DEED
    files = {f"documents: {kind}" for kind in DocumentKind} | {"usage: file"}
    assert files - set(DEEDS) == {
        "documents: usage",
        "documents: usage_chart",
        "documents: history",
    }
    assert set(ActionKind) == set(World().specs), "a new change is a new row"


# --- A change that was asked for by one who might --------------------------------------------

CONFIRMED = {
    "administrator": None,
    "viewer": RightMissing,
    "a role without rights": RightMissing,
    "administrator of both": None,
    "viewer here, administrator there": RightMissing,
    "administrator of the other": ConfirmExpired,
    "of both, at the other": ConfirmExpired,
    "of both, none chosen": ConfirmExpired,
    "of one, none chosen": None,
    "revoked meanwhile": CompanyNotAccessible,
    "revoked meanwhile, the other kept": CompanyNotAccessible,
    "without a session": SessionExpired,
    "logged out": SessionExpired,
    "idle for half an hour": SessionExpired,
    "for twelve hours": SessionExpired,
}


async def press(world: World, actor: Actor, offer: Offer) -> object:
    """What the button of a proven summary does."""
    if (shows := world.shows(offer.action.kind)) is not None:
        return await shows(actor, offer.token)
    return await world.actions.confirm(actor, offer.token)


async def _press(offer: Offer, world: World, actor: Actor, _number: Msisdn) -> object:
    return await press(world, actor, offer)


@pytest.mark.parametrize("kind", ActionKind)
async def test_the_press_on_confirm_asks_for_everything_once_more(kind: ActionKind) -> None:
    wrong = {}
    for who, person in PEOPLE.items():
        refused = CONFIRMED[who]
        if kind is ActionKind.EMAIL and person.role == "viewer":
            refused = None
        with fresh_world() as world:
            await world.ready(kind)
            offer = await world.offered(kind)
            effect = Deed(None, partial(_press, offer))
            came = await outcome(world, stand(world, person), effect, NUMBER)
            await world.work_for(seconds=3)
            state = world.action(offer.action).state
        if came.kind is not refused or (state is ActionState.DONE) != (refused is None):
            wrong[who] = came.kind, state
    assert wrong == {}


@pytest.mark.parametrize("who", PEOPLE)
async def test_a_code_for_a_change_goes_to_one_who_may_make_it(world: World, who: str) -> None:
    world.now_is(NumberState.BLOCKED)
    offer = await world.actions.offer(world.actor(), ActionKind.UNBLOCK, world.number.msisdn)
    session = stand(world, PEOPLE[who])
    effect = Deed(None, lambda w, a, _n: w.step_up.ask(a, offer.token, "en"))
    came = await outcome(world, session, effect, NUMBER)
    assert came.kind is CONFIRMED[who]
    assert len(world.code_messages()) == (CONFIRMED[who] is None)


@pytest.mark.parametrize("who", PEOPLE)
async def test_where_a_change_stands_is_told_in_its_company_alone(world: World, who: str) -> None:
    action = await world.accepted()
    person = PEOPLE[who]
    session = stand(world, person)
    effect = Deed(None, lambda w, a, _n: w.actions.read(a, action.id))
    came = await outcome(world, session, effect, NUMBER)
    refused: type[MyAccountError] | None = None
    if not person.alive:
        refused = SessionExpired
    elif person.role is None:
        refused = unplaced(person)
    elif person.chosen == BETA:
        refused = ConfirmExpired
    assert came.kind is refused


@pytest.mark.parametrize("who", PEOPLE)
async def test_a_company_is_chosen_by_those_who_have_it(world: World, who: str) -> None:
    person = PEOPLE[who]
    session = stand(world, person)
    for company in (ALPHA, BETA, "no such company"):
        effect = Deed(None, partial(_choose, company))
        came = await outcome(world, session, effect, NUMBER)
        has = company in dict(person.granted)
        refused = CompanyNotAccessible if person.alive else SessionExpired
        assert came.kind is (None if has and person.alive else refused)


async def _choose(company_id: str, world: World, actor: Actor, _number: Msisdn) -> object:
    return await world.companies.choose(actor, company_id)
