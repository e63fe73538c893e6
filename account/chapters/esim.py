"""A number's eSIM: its activation code, shown once for each proof and kept nowhere (ES-1 to ES-4).

That a number gets an eSIM is a SIM replacement (`account.chapters.sim`). Who has the activation
code has the number: it is read from the operator at the moment it is shown, after a one-time code
for this very showing, and is in no row, no outbox, no history and no exception.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Protocol

from typing_extensions import override

from account.changes.action import ActionKind, ChangeRequest
from account.changes.confirmation import ChangeConfirmation
from account.changes.parameters import ChangeParameters
from account.changes.sensitive_numbers import SensitiveNumbers
from account.changes.spec import ChangeSpec, number_of
from account.chapters.sim import PAGE, Esim, EsimState, Sim, SimInventory, sim_of
from account.credentials.one_time_codes import CodeTry
from account.errors import (
    ConfirmExpired,
    ConfirmStale,
    EsimCodeUntold,
    EsimExpired,
    EsimNoneFree,
    EsimNotInUse,
    EsimOfLogin,
    EsimUsed,
)
from account.identity.permissions import Actor, require
from account.values.identifiers import ActivationCode, Iccid, Msisdn
from account.values.number import Number
from account.values.page import Page
from account.values.rights import Right


@dataclass(frozen=True, slots=True)
class Activation:
    """What the operator tells of an eSIM at one moment; `code` is None where it tells none."""

    esim: Esim
    code: ActivationCode | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ShownCode:
    """An activation code on its way to a screen."""

    number: Number
    esim: Esim
    code: ActivationCode = field(repr=False)


class EsimInventory(SimInventory, Protocol):
    """eSIM profiles, in use and free, asked of the operator (TMF639).

    Raises `CarrierUnavailable` when no answer could be had in time.
    """

    async def free_esims(self, company_id: str, *, offset: int, limit: int) -> Page[Iccid]:
        """A page of the eSIM profiles that are kept for the company, by ICCID (TMF639)."""

    async def activation(self, company_id: str, msisdn: Msisdn, iccid: Iccid) -> Activation | None:
        """The activation code of that eSIM while it is the number's (TMF639)."""


@dataclass(frozen=True, slots=True)
class InUse:
    """What a showing rests on: the number and its present card."""

    number: Number
    sim: Sim


class ShowActivationCode(ChangeSpec[InUse, ChangeParameters]):
    """Show the activation code of the number's eSIM, in any state of the number (ES-2)."""

    kind = ActionKind.ESIM_SHOW
    right = Right.SHOW_ESIM
    what = "esim.shown"
    lock_key = "esim.show"
    step_up = True
    at_once = True

    def __init__(self, carrier: SimInventory) -> None:
        self._carrier = carrier

    @override
    async def read(self, plan: ChangeRequest[ChangeParameters]) -> InUse:
        number = await number_of(self._carrier, plan.company_id, plan.msisdn)
        return InUse(number, await sim_of(self._carrier, plan.company_id, plan.msisdn))

    @override
    def number(self, subject: InUse) -> Number:
        return subject.number

    @override
    def check(self, subject: InUse, parameters: ChangeParameters) -> None:
        """There is one, neither used nor expired. Raises the `EsimRefused`."""
        check_showable(subject.sim.esim)

    @override
    def fingerprint(self, subject: InUse, parameters: ChangeParameters) -> str:
        """The eSIM whose code it is; the code itself is read when it is shown."""
        return subject.sim.iccid.digits

    @override
    def is_applied(self, subject: InUse, parameters: ChangeParameters) -> None:
        """Nothing changes."""
        return


def check_showable(esim: Esim | None) -> None:
    """Refuse a code that is none any more. Raises the `EsimRefused` (ES-4)."""
    if esim is None:
        raise EsimNotInUse
    if esim.state is EsimState.USED:
        raise EsimUsed
    if esim.state is EsimState.EXPIRED:
        raise EsimExpired


class Esims:
    """Free eSIMs, and the showing of an activation code, each guarded by right and company."""

    def __init__(
        self,
        carrier: EsimInventory,
        actions: ChangeConfirmation,
        sensitive_numbers: SensitiveNumbers,
    ) -> None:
        self._carrier = carrier
        self._actions = actions
        self._sensitive_numbers = sensitive_numbers

    async def free(self, actor: Actor) -> Iccid:
        """One of the eSIMs that are kept for the chosen company.

        Any of the first, so that two people who ask at one moment hardly ever get the same.

        Raises `EsimNoneFree`, the refusals of `require` and `CarrierUnavailable`.
        """
        company = require(actor, Right.REPLACE_SIM)
        require(actor, Right.SHOW_ESIM)
        page = await self._carrier.free_esims(company.id, offset=0, limit=PAGE)
        if not page.rows:
            raise EsimNoneFree
        return secrets.choice(page.rows)

    async def shows_to(self, actor: Actor, msisdn: Msisdn) -> bool:
        """Whether the code of that number is for this person: of a login number it is for whose
        login it is, and for who ordered the eSIM. Raises `CarrierUnavailable`.
        """
        kind = ActionKind.SIM_REPLACE
        return await self._sensitive_numbers.belongs_to(actor, kind, msisdn)

    async def show(self, actor: Actor, token: str, proof: CodeTry | None = None) -> ShownCode:
        """The activation code, once for each proven offer; that it was shown is in the history.

        It is read before the offer and the code that proves it are used up: an operator that is
        down costs nobody a code. Raises `ConfirmExpired`, `ConfirmStale`, `StepUpRequired`, the
        `EsimRefused`, `CarrierUnavailable`, the refusals of `require`, and for a `proof` as
        `CodeUse.check`.
        """
        action = await self._actions.usable(actor, token, proof)
        if action.kind is not ActionKind.ESIM_SHOW:
            raise ConfirmExpired
        company = require(actor, Right.SHOW_ESIM)
        number = await number_of(self._carrier, company.id, action.msisdn)
        require(actor, Right.SHOW_ESIM, number)
        if not await self.shows_to(actor, number.msisdn):
            raise EsimOfLogin
        asked = Iccid(action.shown)
        found = await self._carrier.activation(company.id, action.msisdn, asked)
        if found is None:
            raise ConfirmStale(number.state)
        check_showable(found.esim)
        if found.code is None:
            raise EsimCodeUntold
        await self._actions.use_up(actor, token, proof)
        return ShownCode(number, found.esim, found.code)


CHANGES = (ShowActivationCode,)
"""The kinds of change of this chapter that need nothing but the operator."""
