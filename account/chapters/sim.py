"""A number's SIM card: what is known of it, its first codes, and its replacement (S08, S16).

PIN and PUK open the card to whoever holds it. They are read when they are shown, after a one-time
code for this very showing, and are kept nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, Self

from typing_extensions import override

from account.changes.action import Action, ActionKind, ChangeRequest
from account.changes.confirmation import ChangeConfirmation
from account.changes.parameters import ChangeParameters
from account.changes.spec import ChangeSpec, NumberChangeSpec, number_of
from account.credentials.one_time_codes import CodeTry
from account.effects.effect import Channel, Effect, EndSecretCode, OutboxMessage
from account.errors import (
    ConfirmExpired,
    ConfirmStale,
    NumberNotFound,
    SimForeign,
    SimNotActive,
    SimNotFree,
)
from account.identity.permissions import Actor, require
from account.values.clock import Clock
from account.values.identifiers import Iccid, Imei, Msisdn
from account.values.languages import FOR_STRANGERS
from account.values.number import Number, NumberReader, NumberState
from account.values.page import Page
from account.values.rights import Right

ICCID = "iccid"
"""In a row: the digits of the blank card."""
ESIM, REPLACES = "esim", "replaces"
"""In a row: that it is an eSIM, and the digits of the card that ends with it."""
PAGE = 10
SMS_LIFE = timedelta(hours=24)


class CardStatus(StrEnum):
    """Whether a card can be put in use."""

    FREE = "free"
    FREE_ESIM = "free_esim"
    """Free, and no card at all: a profile that a device downloads."""
    TAKEN = "taken"
    """It serves a number, or did."""
    FOREIGN = "foreign"
    """It is none of the company's, as far as anybody may know."""


class EsimState(StrEnum):
    """What became of the activation code of an eSIM, as the operator tells it."""

    READY = "ready"
    USED = "used"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Esim:
    """An eSIM's activation code without the code: `expires_at` (aware, UTC) where it is told."""

    state: EsimState = EsimState.READY
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sim:
    """The card in use for a number. `replaced_at` (aware, UTC) is None for a number's first card.

    `imei` is the device last seen with it. `replaced_told` and `imei_told` are what the operator
    says in their place where that is no moment, or no number of a device: only to be shown. `esim`
    is None for a card of plastic.
    """

    iccid: Iccid
    replaced_at: datetime | None = None
    imei: Imei | None = None
    replaced_told: str | None = None
    imei_told: str | None = None
    esim: Esim | None = None


@dataclass(frozen=True, slots=True, repr=False)
class SimCodes:
    """The card's first codes: PINs of 4 digits, PUKs of 8. Never kept, never logged."""

    pin1: str
    pin2: str
    puk1: str
    puk2: str


@dataclass(frozen=True, slots=True)
class SimCard:
    """A number with its card, and when they were read (aware, UTC)."""

    number: Number
    sim: Sim
    read_at: datetime


class SimInventory(NumberReader, Protocol):
    """SIM cards, in use and blank, asked of the operator (TMF639).

    Raises `CarrierUnavailable` when no answer could be had in time.
    """

    async def sim(self, company_id: str, msisdn: Msisdn) -> Sim | None:
        """The card of the company's number (TMF639), None for another company's."""

    async def sim_codes(self, company_id: str, msisdn: Msisdn, iccid: Iccid) -> SimCodes | None:
        """The first codes of that card while it is the number's (TMF639)."""

    async def blank_sims(self, company_id: str, *, offset: int, limit: int) -> Page[Iccid]:
        """A page of the company's blank cards, by ICCID (TMF639)."""

    async def card_standing(self, company_id: str, iccid: Iccid) -> CardStatus:
        """Whether the card can be put in use for the company (TMF639)."""


async def sim_of(carrier: SimInventory, company_id: str, msisdn: Msisdn) -> Sim:
    """The card of the company's number. Raises `NumberNotFound`, `CarrierUnavailable`."""
    sim = await carrier.sim(company_id, msisdn)
    if sim is None:
        raise NumberNotFound
    return sim


class RevealCodes(NumberChangeSpec[ChangeParameters]):
    """Show the first PIN and PUK once, in any state of the number (S08-1)."""

    kind = ActionKind.SIM_REVEAL
    right = Right.REVEAL_SIM
    what = "sim.revealed"
    lock_key = "sim.reveal"
    step_up = True
    at_once = True

    @override
    def check(self, subject: Number, parameters: ChangeParameters) -> None:
        """Nothing forbids it."""

    @override
    def fingerprint(self, subject: Number, parameters: ChangeParameters) -> str:
        """Nothing: the codes are read when they are shown."""
        return ""

    @override
    def is_applied(self, subject: Number, parameters: ChangeParameters) -> None:
        """Nothing changes."""
        return


@dataclass(frozen=True, slots=True)
class ReplaceParameters(ChangeParameters):
    """The blank card that takes the present one's place.

    Of an eSIM also the card that ends with it: `esim` and `replaces` are facts of the offer.
    """

    iccid: Iccid
    esim: bool = False
    replaces: Iccid | None = None

    @override
    def told(self) -> dict[str, str]:
        told = {ICCID: self.iccid.digits}
        if self.esim:
            told[ESIM] = "1"
        if self.replaces is not None:
            told[REPLACES] = self.replaces.digits
        return told

    @override
    @classmethod
    def read(cls, told: Mapping[str, str], sealed: Mapping[str, str]) -> Self:
        ends = told.get(REPLACES)
        return cls(Iccid(told[ICCID]), ESIM in told, None if ends is None else Iccid(ends))


@dataclass(frozen=True, slots=True)
class Replacement:
    """What a replacement rests on: the number, its present card, and how the new one stands."""

    number: Number
    sim: Sim
    standing: CardStatus


class ReplaceSim(ChangeSpec[Replacement, ReplaceParameters]):
    """Put a blank card of the company's, or an eSIM, in the place of the number's card (S16)."""

    kind = ActionKind.SIM_REPLACE
    parameters = ReplaceParameters
    right = Right.REPLACE_SIM
    what = "sim.replaced"
    lock_key = "sim"
    step_up = True
    takes_over = True

    def __init__(self, carrier: SimInventory) -> None:
        self._carrier = carrier

    @override
    async def read(self, plan: ChangeRequest[ReplaceParameters]) -> Replacement:
        number = await number_of(self._carrier, plan.company_id, plan.msisdn)
        sim = await sim_of(self._carrier, plan.company_id, plan.msisdn)
        standing = await self._carrier.card_standing(plan.company_id, plan.parameters.iccid)
        return Replacement(number, sim, standing)

    @override
    def number(self, subject: Replacement) -> Number:
        return subject.number

    @override
    def check(self, subject: Replacement, parameters: ReplaceParameters) -> None:
        """Only for Active numbers (S16-1), with a free card of the company's own (S16-3).

        Raises `SimNotActive`, `SimForeign`, `SimNotFree`.
        """
        check_replaceable(subject.number)
        wanted = parameters.iccid
        if subject.standing is CardStatus.FOREIGN:
            raise SimForeign
        free = subject.standing in (CardStatus.FREE, CardStatus.FREE_ESIM)
        if not free or wanted == subject.sim.iccid:
            raise SimNotFree

    @override
    def with_facts(self, subject: Replacement, parameters: ReplaceParameters) -> ReplaceParameters:
        """Whether it is an eSIM, and which card ends with it (ES-1)."""
        if subject.standing is not CardStatus.FREE_ESIM:
            return replace(parameters, esim=False, replaces=None)
        return replace(parameters, esim=True, replaces=subject.sim.iccid)

    @override
    def fingerprint(
        self,
        subject: Replacement,
        parameters: ReplaceParameters,
    ) -> str:
        """The state and the card that will stop."""
        return f"{subject.number.state.value} {subject.sim.iccid.digits}"

    @override
    def is_applied(self, subject: Replacement, parameters: ReplaceParameters) -> bool:
        """The new card is the number's."""
        return subject.sim.iccid == parameters.iccid

    @override
    def audit_fields(self, parameters: ReplaceParameters) -> dict[str, str]:
        """The card, masked (3.2)."""
        esim = {ESIM: "1"} if parameters.esim else {}
        return {ICCID: parameters.iccid.masked, **esim}

    @override
    def on_done(self, action: Action[ReplaceParameters], now: datetime) -> Sequence[Effect]:
        """The secret code ends, and the number is told by SMS (S16-4)."""
        sms = OutboxMessage(
            channel=Channel.SMS,
            to=action.msisdn.digits,
            kind="sim.replaced",
            expires_at=now + SMS_LIFE,
            language=FOR_STRANGERS,
            key=f"{action.id}:sms",
        )
        return [EndSecretCode(action.company_id, action.msisdn, now), sms]


def check_replaceable(number: Number) -> None:
    """Refuse a number that is not Active, with FAQ 8 (S16-1). Raises `SimNotActive`."""
    if number.state is not NumberState.ACTIVE:
        raise SimNotActive(number.state)


class SimCards:
    """Reads of SIM cards, each guarded by right and company, and the showing of the codes."""

    def __init__(self, carrier: SimInventory, actions: ChangeConfirmation, clock: Clock) -> None:
        self._carrier = carrier
        self._actions = actions
        self._clock = clock

    async def card(self, actor: Actor, msisdn: Msisdn) -> SimCard:
        """The number's card, without its codes.

        Raises `NumberNotFound`, the refusals of `require` and `CarrierUnavailable`.
        """
        company = require(actor, Right.READ_SIM)
        number = await number_of(self._carrier, company.id, msisdn)
        require(actor, Right.READ_SIM, number)
        sim = await sim_of(self._carrier, company.id, msisdn)
        return SimCard(number, sim, self._clock.now())

    async def blanks(self, actor: Actor, *, offset: int = 0) -> Page[Iccid]:
        """A page of the chosen company's blank cards. Raises as `card`."""
        company = require(actor, Right.REPLACE_SIM)
        return await self._carrier.blank_sims(company.id, offset=offset, limit=PAGE)

    async def reveal(self, actor: Actor, token: str, proof: CodeTry | None = None) -> SimCodes:
        """The first codes, once for each proven offer; that they were shown is in the history.

        They are read before the offer and the code that proves it are used up: an operator that is
        down costs nobody a code. Raises `ConfirmExpired`, `ConfirmStale`, `StepUpRequired`,
        `CarrierUnavailable`, the refusals of `require`, and for a `proof` as `CodeUse.check`.
        """
        action = await self._actions.usable(actor, token, proof)
        if action.kind is not ActionKind.SIM_REVEAL:
            raise ConfirmExpired
        card = await self.card(actor, action.msisdn)
        codes = await self._carrier.sim_codes(action.company_id, action.msisdn, card.sim.iccid)
        if codes is None:
            raise ConfirmStale(card.number.state)
        await self._actions.use_up(actor, token, proof)
        return codes


CHANGES = (
    RevealCodes,
    ReplaceSim,
)
"""The kinds of change of this chapter that need nothing but the operator."""
