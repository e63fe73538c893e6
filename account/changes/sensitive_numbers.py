"""What is special about a change that hands a number to somebody else (safety.md section 2).

A replaced SIM card and forwarded calls are how accounts are stolen: whoever has the number gets its
codes. So the company's other administrators are told before it takes effect, a login number of any
administrator needs a second one's approval, and for 72 h no code goes to the number by SMS and no
balance leaves it (S16-5).
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from account.changes.action import Action, ActionKind
from account.changes.approval_messages import NOTICE_LIFE, OF_CHANGES, Approver
from account.changes.ports import ApprovalStore
from account.changes.safety_notices import SafetyNotices
from account.changes.spec import ChangeSpec
from account.changes.takeover_warnings import TakeoverWarnings
from account.credentials.one_time_codes import Address, code_address, notice_address
from account.effects.effect import Approval, Channel, Effect, OutboxMessage
from account.errors import NobodyToApprove
from account.identity.directory import Administrator, Company, Directory
from account.identity.permissions import GRANTED, Actor
from account.identity.sessions import KNOWN_FOR
from account.values.clock import Clock
from account.values.identifiers import Email, Msisdn
from account.values.languages import FOR_STRANGERS
from account.values.rights import Right

ANNOUNCED_WITHIN = timedelta(minutes=2)
"""How long a change waits for the others to be told, when the post is slow or down."""
DISTRUSTED_FOR = timedelta(hours=72)
APPROVAL_EXPIRED, APPROVAL_REJECTED = "APPROVAL.EXPIRED", "APPROVAL.REJECTED"
APPROVAL_WITHDRAWN = "APPROVAL.WITHDRAWN"


class TakeoverSource(Directory, Protocol):
    """Whose number it is, and when its SIM card was replaced (TMF632, TMF639).

    Raises `CarrierUnavailable` when no answer could be had in time.
    """

    async def sim_replaced_at(self, msisdn: Msisdn) -> datetime | None:
        """When the number's SIM card was replaced last (TMF639), whosever the number is.

        None when it never was, or the number is none of this operator's.
        """


class SensitiveNumbers:
    """Asks, tells and remembers around changes whose spec `takes_over`."""

    def __init__(
        self,
        carrier: TakeoverSource,
        approvals: ApprovalStore,
        clock: Clock,
        specs: Mapping[ActionKind, ChangeSpec[Any, Any]],
    ) -> None:
        self._carrier = carrier
        self._approvals = approvals
        self._clock = clock
        self._specs = specs
        self.notices = SafetyNotices(self.code_address)
        self.warnings = TakeoverWarnings(carrier, self.notices)
        self._kinds = [kind for kind, spec in specs.items() if spec.takes_over]

    # --- before ---

    async def needs_second(self, kind: ActionKind, msisdn: Msisdn) -> bool:
        """Tell whether it takes over a number that an administrator logs in with, of any company.

        Raises `CarrierUnavailable`.
        """
        if not self._specs[kind].takes_over:
            return False
        return await self._carrier.administrator(msisdn) is not None

    async def approvers(
        self, company_id: str, proposer_id: str, proposer_telegram: int
    ) -> tuple[Approver, ...]:
        """Who of the company can be asked to approve: others, in each chat known of them lately.

        Raises `NobodyToApprove`, `CarrierUnavailable`.
        """
        others = [
            other.administrator.id
            for other in await self._carrier.colleagues(company_id)
            if other.administrator.id != proposer_id
            and Right.APPROVE in GRANTED.get(other.role, frozenset())
        ]
        chats = await self._approvals.telegrams(others, self.lately)
        found = [
            Approver(administrator_id, telegram_id)
            for administrator_id, telegram_ids in chats.items()
            for telegram_id in telegram_ids
            if not await self.one_person(
                (proposer_id, proposer_telegram), (administrator_id, telegram_id)
            )
        ]
        if not found:
            raise NobodyToApprove
        return tuple(found)

    async def one_person(self, proposer: tuple[str, int], approver: tuple[str, int]) -> bool:
        """Tell whether two administrators, each in a Telegram account, may be one person.

        They are when either of the accounts has ever logged in as the other administrator: two
        logins of one person are no four eyes, in one chat or in two.
        """
        (proposing, proposer_telegram), (approving, approver_telegram) = proposer, approver
        return (
            proposing == approving
            or proposer_telegram == approver_telegram
            or approver_telegram in await self._approvals.ever_logged_in(proposing)
            or proposer_telegram in await self._approvals.ever_logged_in(approving)
        )

    @property
    def lately(self) -> datetime:
        """From when on an account must have logged in to be told and asked."""
        return self._clock.now() - KNOWN_FOR

    async def proposing(self, action: Action, company: Company, until: datetime) -> list[Effect]:
        """What asks the others: each a message with a token of their own.

        Raises `NobodyToApprove`, `CarrierUnavailable`.
        """
        effects: list[Effect] = []
        for one in await self.approvers(company.id, action.administrator_id, action.telegram_id):
            token = secrets.token_urlsafe(16)
            effects += [
                Approval(
                    token_hash=OF_CHANGES.token_hash(token),
                    action_id=action.id,
                    company_id=company.id,
                    administrator_id=one.administrator_id,
                    telegram_id=one.telegram_id,
                    expires_at=until,
                ),
                OF_CHANGES.asked(action.id, company.name, one, token, until),
            ]
        return effects

    async def closing(
        self, action: Action, company: Company, now: datetime, *, but: int | None = None
    ) -> list[Effect]:
        """What takes the buttons away from the chats that were asked, except one (`but`)."""
        return [
            OF_CHANGES.closed(action.id, company.name, asked, now)
            for asked in await self._approvals.of_action(action.id)
            if asked.telegram_id != but
        ]

    async def announcing(
        self, action: Action, company: Company, now: datetime, *, approver: Approver | None = None
    ) -> list[Effect]:
        """What tells the company's other administrators.

        Those who could approve it, in every chat known of them lately and where their codes go; who
        approved it in every other chat: a word may have been given in their name. Raises
        `CarrierUnavailable`.
        """
        others = [
            other
            for other in await self._carrier.colleagues(company.id)
            if other.administrator.id != action.administrator_id
            and Right.APPROVE in GRANTED.get(other.role, frozenset())
        ]
        chats = await self._approvals.telegrams(
            [other.administrator.id for other in others], self.lately, blocked=True
        )
        effects: list[Effect] = []
        for other in others:
            known = chats.get(other.administrator.id, ())
            address = notice_address(other.administrator)
            chats_known = ((Channel.TELEGRAM, str(one)) for one in known)
            ways = [(address.channel, address.to), *chats_known]
            if approver is not None and approver.administrator_id == other.administrator.id:
                ways = [way for way in ways[1:] if way[1] != str(approver.telegram_id)]
            for n, (channel, to) in enumerate(ways):
                effects.append(
                    OutboxMessage(
                        channel=channel,
                        to=to,
                        kind="takeover.announced",
                        expires_at=now + NOTICE_LIFE,
                        parameters={
                            "kind": action.kind.value,
                            "msisdn": action.msisdn.digits,
                            "company": company.name,
                            "administrator": action.administrator,
                        },
                        language=None if channel is Channel.TELEGRAM else FOR_STRANGERS,
                        key=f"{action.id}:announced:{other.administrator.id}:{n}",
                        ahead_of=action.id,
                    )
                )
        return effects

    # --- after ---

    async def belongs_to(self, actor: Actor, kind: ActionKind, msisdn: Msisdn) -> bool:
        """Tell whether what the last change of that kind left on the number is `actor`'s to have.

        A number that nobody logs in with is the company's. An administrator's login number is
        theirs, and of who made that change with the word of a second one: to anybody else it would
        be a way around that word. Raises `CarrierUnavailable`.
        """
        login = await self._carrier.administrator(msisdn)
        if login is None or login.id == actor.administrator_id:
            return True
        return await self._approvals.done_last_by(msisdn, kind) == actor.administrator_id

    async def recent(self, msisdn: Msisdn) -> bool:
        """Tell whether the number was taken over within 72 h, or may be at this moment (S16-5).

        The operator's word counts for its SIM card, ours for all that was done here. Raises
        `CarrierUnavailable`: who cannot be asked is not trusted.
        """
        since = self._clock.now() - DISTRUSTED_FOR
        replaced_at = await self._carrier.sim_replaced_at(msisdn)
        ours = await self._approvals.took_over(msisdn, self._kinds, since)
        return ours or (replaced_at is not None and replaced_at > since)

    async def code_address(
        self, phone: Msisdn, administrator: Administrator | None
    ) -> Address | None:
        """Where the codes of who logs in with that number go; None where they go nowhere.

        Not by SMS while the number is distrusted (S16-5), and for 72 h not to an address that was
        registered here: what was registered before goes on (S03). The same reads are made for a
        number that is nobody's. Raises `CarrierUnavailable`.
        """
        distrusted = await self.recent(phone)
        since = self._clock.now() - DISTRUSTED_FOR
        changes = await self._approvals.email_changes(phone, since)
        if administrator is None:
            return None
        return code_address(trusting(administrator, changes), sms_refused=distrusted)


def trusting(administrator: Administrator, changes: Sequence[tuple[str, str]]) -> Administrator:
    """The administrator with the address that was registered before these changes.

    The register's word counts where it names an address that none of them set.
    """
    present = "" if administrator.email is None else administrator.email.address
    if present.casefold() not in {after.casefold() for _before, after in changes}:
        return administrator
    before = changes[0][0]
    return replace(administrator, email=Email(before) if before else None)
