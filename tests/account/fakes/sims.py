"""The operator's drawer of SIM cards in memory, and the second administrators' rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from account.access.profile_email import EmailParameters
from account.changes.action import Action, ActionKind, ActionState
from account.changes.parameters import ChangeParameters
from account.chapters.esim import Activation
from account.chapters.kinds import parameters_of
from account.chapters.sim import CardStatus, Esim, Sim, SimCodes
from account.errors import SimNotFree
from account.values.identifiers import ActivationCode, Iccid, Imei, Msisdn
from account.values.page import Page
from tests.account.fakes.freezes import BACK

if TYPE_CHECKING:
    from account.effects.effect import Approval, Effect
    from tests.account.fakes.ledger import Ledger

PRESENT = Iccid("89997020800000000018")
"""The card in use for every number that has no other."""
BLANK = Iccid("89997020800000000026")
ESIM_ICCID = Iccid("89997020800000000042")
ACTIVATION_CODE = ActivationCode.told("LPA:1$rsp.example.kz$04386-AGYFT-A74Y8-3F815")
CODES = SimCodes("0000", "8649", "51352846", "55752910")


def unsealed(action: Action) -> ChangeParameters:
    """What a row still tells when what is sealed is erased."""
    return parameters_of(action.kind, action.parameters.told(), {})


@dataclass
class Drawer:
    """What cards there are. `replaced_at` also knows numbers of nobody here."""

    used: dict[str, Sim] = field(default_factory=dict)
    blank: dict[str, list[Iccid]] = field(default_factory=dict)
    esims: dict[str, list[Iccid]] = field(default_factory=dict)
    activation_code: ActivationCode | None = ACTIVATION_CODE
    replaced_at: dict[str, datetime] = field(default_factory=dict)
    codes_asked: int = 0

    def of(self, msisdn: Msisdn) -> Sim:
        first = Sim(PRESENT, None, Imei.parse("353678076511548"))
        sim = self.used.get(msisdn.digits, first)
        return replace(sim, replaced_at=self.replaced_at.get(msisdn.digits))

    def esims_of(self, company_id: str) -> list[Iccid]:
        return self.esims.setdefault(company_id, [ESIM_ICCID])

    def free_esims(self, company_id: str, offset: int, limit: int) -> Page[Iccid]:
        rows = self.esims_of(company_id)
        return Page(tuple(rows[offset : offset + limit]), offset, len(rows))

    def activation(self, msisdn: Msisdn, iccid: Iccid) -> Activation | None:
        self.codes_asked += 1
        present = self.of(msisdn)
        if present.iccid != iccid or present.esim is None:
            return None
        return Activation(present.esim, self.activation_code)

    def blanks_of(self, company_id: str) -> list[Iccid]:
        return self.blank.setdefault(company_id, [BLANK])

    def page(self, company_id: str, offset: int, limit: int) -> Page[Iccid]:
        rows = self.blanks_of(company_id)
        return Page(tuple(rows[offset : offset + limit]), offset, len(rows))

    def standing(self, company_id: str, iccid: Iccid) -> CardStatus:
        if iccid in self.blanks_of(company_id):
            return CardStatus.FREE
        if iccid in self.esims_of(company_id):
            return CardStatus.FREE_ESIM
        taken = {PRESENT, *(sim.iccid for sim in self.used.values())}
        return CardStatus.TAKEN if iccid in taken else CardStatus.FOREIGN

    def codes(self, msisdn: Msisdn, iccid: Iccid) -> SimCodes | None:
        self.codes_asked += 1
        return CODES if self.of(msisdn).iccid == iccid else None

    def refused(self, action: Action[Any]) -> str | None:
        """Why the card cannot be put in place by now: another number has it."""
        if action.kind is not ActionKind.SIM_REPLACE:
            return None
        wanted = action.parameters.iccid
        free = self.standing(action.company_id, wanted) in (CardStatus.FREE, CardStatus.FREE_ESIM)
        return None if free else SimNotFree.code

    def carry_out(self, action: Action[Any]) -> None:
        """Put the new card in place."""
        if action.kind is not ActionKind.SIM_REPLACE:
            return
        iccid = action.parameters.iccid
        esim = Esim() if iccid in self.esims_of(action.company_id) else None
        kept = self.blanks_of(action.company_id) if esim is None else self.esims[action.company_id]
        kept.remove(iccid)
        self.used[action.msisdn.digits] = Sim(iccid, esim=esim)
        self.replaced_at[action.msisdn.digits] = action.sent_at or action.offered_at


class MemoryApprovals:
    """`ApprovalStore` over the ledger of `tests.account.fakes.ledger`."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def telegrams(
        self, administrator_ids: Sequence[str], since: datetime, *, blocked: bool = False
    ) -> Mapping[str, tuple[int, ...]]:
        del blocked
        found = {
            known: self._ledger.people.reached(self._ledger, known, since)
            for known in administrator_ids
        }
        return {known: accounts for known, accounts in found.items() if accounts}

    async def ever_logged_in(self, administrator_id: str) -> frozenset[int]:
        return frozenset(self._ledger.people.accounts.get(administrator_id, ()))

    async def by_token(self, token_hash: str) -> Approval | None:
        return self._ledger.approvals.get(token_hash)

    async def of_action(self, action_id: str) -> tuple[Approval, ...]:
        return tuple(one for one in self._ledger.approvals.values() if one.action_id == action_id)

    async def decide(
        self,
        action_id: str,
        state: ActionState,
        reason_code: str | None,
        now: datetime,
        effects: Sequence[Effect],
    ) -> tuple[Action, bool]:
        kept = self._ledger.actions[action_id]
        over = kept.due is None or kept.due <= now
        if kept.action.state is not ActionState.PROPOSED or over:
            return kept.action, False
        accepted = state is ActionState.ACCEPTED
        kept.action = replace(
            kept.action,
            state=state,
            reason_code=reason_code,
            accepted_at=now if accepted else kept.action.accepted_at,
            settled_at=None if accepted else now,
            parameters=kept.action.parameters if accepted else unsealed(kept.action),
            fence=kept.action.fence + 1,
        )
        kept.due, kept.lease_until = now if accepted else None, None
        self._ledger.carry_out(effects)
        return kept.action, True

    async def email_changes(self, msisdn: Msisdn, since: datetime) -> Sequence[tuple[str, str]]:
        return [
            (kept.action.parameters.was, kept.action.parameters.email.address)
            for kept in self._ledger.actions.values()
            if kept.action.msisdn == msisdn
            and isinstance(kept.action.parameters, EmailParameters)
            and kept.action.accepted_at is not None
            and (
                kept.action.settled_at is None
                or kept.action.settled_at > since
                or any(
                    freeze.phone == msisdn
                    and freeze.frozen_at - BACK < kept.action.settled_at
                    and kept.action.accepted_at <= freeze.frozen_at
                    for freeze in self._ledger.people.freezes
                )
            )
        ]

    async def done_last_by(self, msisdn: Msisdn, kind: ActionKind) -> str | None:
        done = [
            kept.action
            for kept in self._ledger.actions.values()
            if kept.action.msisdn == msisdn
            and kept.action.kind is kind
            and kept.action.state is ActionState.DONE
        ]
        last = max(done, key=lambda one: one.settled_at or one.offered_at, default=None)
        return None if last is None else last.administrator_id

    async def took_over(self, msisdn: Msisdn, kinds: Sequence[ActionKind], since: datetime) -> bool:
        return any(
            kept.action.msisdn == msisdn
            and kept.action.kind in kinds
            and (
                kept.action.state in (ActionState.SENT, ActionState.UNKNOWN)
                or (
                    kept.action.state is ActionState.DONE
                    and kept.action.settled_at is not None
                    and kept.action.settled_at > since
                )
            )
            for kept in self._ledger.actions.values()
        )
