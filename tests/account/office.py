"""A company with several administrators, for what one of them cannot do alone.

Айгүл (`World.actor`) proposes; Марат and Дана are her colleagues, Виктор may only look, Еркін
administers another company, and a stranger has nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from account.changes.action import Action, ActionKind, ActionState
from account.chapters.sim import ReplaceParameters
from account.effects.effect import BindTelegram, OutboxMessage
from account.identity.directory import Administrator, Company
from account.identity.permissions import Actor
from account.values.identifiers import Email, Msisdn
from account.values.rights import Role
from tests.account.fakes.sims import BLANK
from tests.account.world import AIGUL, HER_PHONE, NUMBER, STRANGER, World

MARAT, DANA, VIKTOR, ERKIN = 7002, 7003, 7004, 7005
REPLACE = ActionKind.SIM_REPLACE
CARD = ReplaceParameters(BLANK)


@dataclass(frozen=True)
class Somebody:
    """An administrator as the operator and we know them."""

    id: str
    name: str
    phone: Msisdn
    telegram: int
    companies: tuple[Company, ...]
    email: Email | None = None
    """Where there is one, codes go there."""


class Office:
    """The people of a world."""

    def __init__(self, world: World) -> None:
        self.world = world
        alpha, beta = world.alpha, world.beta
        self.people = {
            one.telegram: one
            for one in (
                Somebody("adm-2", "Марат", Msisdn("77012115526"), MARAT, (alpha,)),
                Somebody("adm-3", "Дана", Msisdn("77071234567"), DANA, (alpha,), Email("d@a.kz")),
                Somebody(
                    "adm-4",
                    "Виктор",
                    Msisdn("77010542040"),
                    VIKTOR,
                    (replace(alpha, role=Role.VIEWER),),
                ),
                Somebody("adm-5", "Еркін", Msisdn("77010542050"), ERKIN, (beta,)),
            )
        }

    def hire(self, *who: int, bound: bool = True) -> None:
        """The operator names them; who is bound has logged in before."""
        for telegram in who:
            one = self.people[telegram]
            person = Administrator(one.id, one.name, one.phone, one.email, one.email is not None)
            self.world.carrier.administrators[one.phone.digits] = person
            self.world.carrier.granted[one.id] = one.companies
            if bound:
                self.binds(one.id, telegram)

    def binds(self, administrator_id: str, telegram: int) -> None:
        """Somebody logs in from that Telegram."""
        now = self.world.clock.now()
        self.world.ledger.carry_out([BindTelegram(administrator_id, HER_PHONE, telegram, now)])

    def actor(self, telegram: int) -> Actor:
        """One of them at work, by what the operator grants at this moment."""
        if telegram == AIGUL:
            return self.world.actor()
        if telegram == STRANGER:
            return self.world.actor(
                telegram_id=STRANGER, session_id="s-6", administrator_id="adm-6", companies=()
            )
        one = self.people[telegram]
        companies = self.world.carrier.granted.get(one.id, ())
        return Actor(
            telegram_id=telegram,
            session_id=f"s-{telegram}",
            administrator_id=one.id,
            name=one.name,
            phone=one.phone,
            companies=companies,
            company_id=companies[0].id if companies else None,
        )

    async def proposes(self, msisdn: Msisdn = NUMBER) -> Action:
        """Айгүл confirms a replacement of the number's card."""
        world = self.world
        offer = await world.actions.offer(world.actor(), REPLACE, msisdn, CARD)
        world.ledger.prove(offer.action.id, world.clock.now())
        action, first = await world.actions.confirm(world.actor(), offer.token)
        assert first
        return action

    def asked(self, telegram: int) -> str:
        """The token of the newest message that asks this person."""
        return self.questions(telegram)[-1].parameters["token"]

    def questions(self, telegram: int) -> list[OutboxMessage]:
        return [
            owed
            for owed in self.world.ledger.owed
            if owed.kind == "approval.asked" and owed.to == str(telegram)
        ]

    def announced(self) -> list[OutboxMessage]:
        return [owed for owed in self.world.ledger.owed if owed.kind == "takeover.announced"]

    def state(self, action: Action) -> ActionState:
        return self.world.action(action).state
