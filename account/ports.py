"""What the core needs from outside, as Protocols: the operator, the clock, and the stores.

Each method of a store is one transaction of its own. Times are aware, UTC.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from account.access.companies import Administrator, Colleague, Company
    from account.access.known_accounts import KnownAccount
    from account.access.login import Credential, Lock
    from account.access.one_time_codes import Code, CodeUse, Judge
    from account.access.secret_codes import SecretCode
    from account.access.sessions import Session
    from account.changes.confirmation import Action, ActionKind, ActionState, Order
    from account.changes.holds import Hold
    from account.changes.spec import Plan
    from account.chapters.allowances import Allowance
    from account.chapters.atlas import Pool, PoolUsage
    from account.chapters.billing.accounts import Account
    from account.chapters.billing.bills import Bill, BillLine, BillsWish
    from account.chapters.devices.registrations import DevicesWish, Registration
    from account.chapters.devices.requests import DeviceRequest, RequestsWish
    from account.chapters.forwarding import Rule
    from account.chapters.history import Entry, HistoryWish
    from account.chapters.notifications import Topic
    from account.chapters.numbers import Number, NumbersWish, Page, Tally
    from account.chapters.payments import Payment, PaymentsWish
    from account.chapters.reminders import Reminder
    from account.chapters.services.offerings import Offering, Service
    from account.chapters.sim import CardStanding, Sim, SimCodes
    from account.chapters.usage import UsageRecord, UsageWish
    from account.documents.orders import Content, Document, DocumentOrder, DocumentState
    from account.effects.effect import Approval, Deed, FreezeLink
    from account.support.quarantine import SetAside
    from account.values.identifiers import Email, Iccid, Imei, Msisdn
    from account.values.periods import Month


class Clock(Protocol):
    """The time, so that tests can set it."""

    def now(self) -> datetime:
        """The present moment, aware, UTC."""


class ElapsedTime(Protocol):
    """Durations over several processes, which no clock that is set can stretch."""

    async def since(self, moment: datetime) -> timedelta:
        """How much time has surely passed since `moment`, a stamp of `Clock.now` of any process.

        Never more than what has passed since a clock was seen to step; zero while nobody can tell.
        Raises `StorageUnavailable` of the database that keeps the processes' time.
        """


class DispatchGuard(Protocol):
    """Looks for the last time whether a call may still leave."""

    async def __call__(self) -> None:
        """Asked with the connection in hand, right before the first byte.

        Raises `CarrierNotReached` when it is too late, and then nothing is sent.
        """


class Carrier(Protocol):
    """The operator's systems.

    Every read raises `CarrierUnavailable` when no answer could be had in time.
    """

    async def administrator(self, phone: Msisdn) -> Administrator | None:
        """The administrator who logs in with this number, or None (TMF632)."""

    async def companies(self, administrator_id: str) -> tuple[Company, ...]:
        """The companies the administrator may act for at this moment, by name (TMF632)."""

    async def colleagues(self, company_id: str) -> tuple[Colleague, ...]:
        """Everybody who may act for the company at this moment (TMF632)."""

    async def sim_replaced_at(self, msisdn: Msisdn) -> datetime | None:
        """When the number's SIM card was replaced last (TMF639), whosever the number is.

        None when it never was, or the number is none of this operator's.
        """

    async def sim(self, company_id: str, msisdn: Msisdn) -> Sim | None:
        """The card of the company's number (TMF639), None for another company's."""

    async def sim_codes(self, company_id: str, msisdn: Msisdn, iccid: Iccid) -> SimCodes | None:
        """The first codes of that card while it is the number's (TMF639)."""

    async def blank_sims(self, company_id: str, *, offset: int, limit: int) -> Page[Iccid]:
        """A page of the company's blank cards, by ICCID (TMF639)."""

    async def card_standing(self, company_id: str, iccid: Iccid) -> CardStanding:
        """Whether the card can be put in use for the company (TMF639)."""

    async def numbers(self, company_id: str, wish: NumbersWish) -> Page[Number]:
        """A page of the company's numbers, in their order, with balances (TMF637, 654, 666)."""

    async def tally(self, company_id: str) -> Tally:
        """How many numbers the company has in each state (TMF637)."""

    async def number(self, company_id: str, msisdn: Msisdn) -> Number | None:
        """One number of that company with balance and debt; None for another company's."""

    async def usage(self, wish: UsageWish, *, offset: int, limit: int) -> Page[UsageRecord]:
        """Usage records of a number and period, newest first (TMF635)."""

    async def services(self, company_id: str, msisdn: Msisdn) -> tuple[Service, ...]:
        """The number's active services, oldest first (TMF637); none of another company's."""

    async def offerings(self) -> Mapping[str, Offering]:
        """Every offering by its id (TMF620), as it was at most a minute ago."""

    async def offering(self, offering_id: str) -> Offering | None:
        """One offering as it is now, None when it is not there (TMF620)."""

    async def allowances(self, company_id: str, msisdn: Msisdn) -> tuple[Allowance, ...]:
        """The number's allowances, expired ones too (TMF677); none of another company's."""

    async def last_imei(self, company_id: str, msisdn: Msisdn) -> Imei | None:
        """The device last seen with the company's number, if any (TMF639)."""

    async def devices(self, company_id: str, wish: DevicesWish) -> Page[Registration]:
        """A page of the company's registered devices, by number, oldest first (TMF639)."""

    async def device_requests(
        self, company_id: str, msisdn: Msisdn | None, *, offset: int, limit: int
    ) -> Page[DeviceRequest]:
        """Orders about devices, of the company or one of its numbers, newest first (TMF622)."""

    async def forwarding(self, company_id: str, msisdn: Msisdn) -> tuple[Rule, ...] | None:
        """The rules of call forwarding of one number of that company; None for another's."""

    async def payments(self, wish: PaymentsWish, *, offset: int, limit: int) -> Page[Payment]:
        """Payments of a company or of one of its numbers, newest first (TMF676)."""

    async def accounts(
        self, company_id: str, numbers: Sequence[str] | None, *, offset: int, limit: int
    ) -> Page[Account]:
        """The company's accounts, or those of `numbers` that are its own, by number (TMF666)."""

    async def bills(self, wish: BillsWish, *, offset: int, limit: int) -> Page[Bill]:
        """Invoices of a company, by account, oldest first (TMF678)."""

    async def bill_lines(self, bill: Bill, *, offset: int, limit: int) -> Page[BillLine]:
        """The lines of an invoice that `bills` answered, by number (TMF678)."""

    async def billed_accounts(
        self, company_id: str, msisdn: Msisdn, month: Month
    ) -> tuple[str, ...]:
        """The company's accounts that billed the number in that month (TMF678)."""

    async def pool(self, company_id: str) -> Pool | None:
        """The company's Atlas Pro package in the present bill cycle, if it has one (TMF677)."""

    async def pool_usage(self, company_id: str, *, offset: int, limit: int) -> Page[PoolUsage]:
        """What each number of the package took of it in the cycle, by number (TMF637, TMF677)."""

    async def place(self, action: Action, guard: DispatchGuard | None = None) -> Order:
        """Order the change at the operator (TMF622), `externalId` being `action.id`.

        Raises `CarrierNotReached` when it surely did not arrive, `CarrierRefused` when it was
        refused, `OutcomeUnknown` for everything else. Never tries twice.
        """

    async def order(self, action: Action) -> Order | None:
        """The operator's order of that change (`externalId` is `action.id`), or None."""


class Post(Protocol):
    """Messages outside of Telegram.

    Both raise `PostRefused` when sending again is in vain and `CarrierUnavailable` when it is not.
    `reference` (printable ASCII, at most 128 signs) names the message: an SMS sent again with the
    same reference and text is delivered once, a letter sent again has the same Message-ID.
    """

    async def sms(self, phone: Msisdn, text: str, reference: str) -> None:
        """Hand over a text message (TMF681)."""

    async def mail(
        self,
        to: Email,
        subject: str,
        text: str,
        reference: str,
        *,
        html: str | None = None,
        attachments: Sequence[tuple[str, bytes]] = (),
    ) -> None:
        """Hand over a letter (SMTP); `attachments` are file names with their content."""


class Sessions(Protocol):
    """What a session may still change about itself."""

    async def choose_company(self, session_id: str, company_id: str) -> None:
        """Make it the session's company and void every pending offer of the session (S04-1)."""

    async def unended(self, administrator_id: str) -> tuple[Session, ...]:
        """The administrator's sessions that nobody ended, latest first; some may be over by time.

        Ask `Session.alive` of each.
        """

    async def last_in(self, telegram_id: int) -> Session | None:
        """The last session that was opened in that chat, over or not; kept for a month."""

    async def login_before(self, administrator_id: str, session_id: str) -> datetime | None:
        """When the administrator logged in last before that session, as far as it is kept."""


class Book(Protocol):
    """Plain writes that belong together."""

    async def write(self, deeds: Sequence[Deed]) -> None:
        """Make all of them true, or none."""


class History(Protocol):
    """The append-only, chained history."""

    async def append(self, entry: Entry) -> None:
        """Add one entry."""

    async def page(self, company_id: str, wish: HistoryWish) -> Page[Entry]:
        """Entries of the company, newest first; without logins and other entries of no company."""


class LoginStore(Protocol):
    """Passwords, wrong tries, codes (S01, S02)."""

    async def credential(self, administrator_id: str) -> Credential | None:
        """The password's hash and the Telegram users that have logged in with it before."""

    async def lock(self, keys: Sequence[str], now: datetime) -> Lock | None:
        """The lock in force on any of the keys, or None."""

    async def fail(self, key: str, now: datetime, deeds: Sequence[Deed]) -> Lock | None:
        """Count one wrong try; the lock if this one set it, and then `deeds` are written too."""

    async def enter(
        self,
        keys: Sequence[str],
        deeds: Sequence[Deed],
        *,
        unless_locked: datetime | None = None,
    ) -> bool:
        """Forget the wrong tries of the keys and write the deeds of a login.

        False, and nothing is written, when a lock is in force at `unless_locked`.
        """

    async def code_sends(self, phone: Msisdn, since: datetime) -> Sequence[Code]:
        """Codes of that number since then, whoever asked, oldest first."""

    async def issue(self, code: Code, deeds: Sequence[Deed], judge: Judge) -> None:
        """Keep a code; the previous one of the same phone, person and purpose is void.

        `judge` is shown the codes of the phone and of the person; what it raises comes out and
        nothing is kept. Nobody else's code comes in between.
        """

    async def try_code(
        self,
        phone: Msisdn,
        telegram_id: int,
        purpose: str,
        code_mac: str,
        now: datetime,
        judge: Judge,
        *,
        older: Sequence[str] = (),
    ) -> CodeUse:
        """Compare with the latest code in one step: counts a wrong try, uses up a right one.

        `older` are MACs by keys of before: the code may be older than the key. What `judge` raises
        comes out and nothing is compared; no other try comes in between.
        """

    async def granted(self, phone: Msisdn, telegram_id: int, purpose: str, since: datetime) -> bool:
        """Tell whether `take_grant` would hand out a code now."""

    async def take_grant(
        self, phone: Msisdn, telegram_id: int, purpose: str, since: datetime
    ) -> Code | None:
        """The code verified since then, handed out once; None when there is none."""


class ActionStore(Protocol):
    """Rows of changes. A write with an old `fence` does nothing."""

    def new_id(self) -> str:
        """A fresh UUID."""

    async def offer(self, action: Action, token_hash: str, lane: str) -> None:
        """Keep an offer; other offers of the same Telegram user become void."""

    async def by_token(self, token_hash: str) -> Action | None:
        """The change of a token."""

    async def read(self, action_id: str) -> Action | None:
        """The change with that id."""

    async def by_reference(self, reference: str) -> Action | None:
        """The change with that reference."""

    async def undecided(self) -> Sequence[Action]:
        """The changes that are unconfirmed or unknown, the oldest first."""

    async def decide(
        self,
        action: Action,
        state: ActionState,
        reason_code: str,
        now: datetime,
        deeds: Sequence[Deed],
    ) -> bool:
        """Settle it whoever has claimed it, if it stands as `action` says; their write is void."""

    async def open_on(self, company_id: str, msisdn: Msisdn, lane: str) -> Action | None:
        """The accepted, sent or unknown change of the lane on that number."""

    async def accept(
        self,
        token_hash: str,
        *,
        session_id: str,
        company_id: str,
        now: datetime,
        deeds: Sequence[Deed],
        until: datetime | None = None,
    ) -> tuple[Action, bool]:
        """Accept if it is still offered, give it its reference, write the deeds.

        With `until` it becomes proposed, and is due for a worker only then. (the action, True), or
        (its present state, False) when another press was first. Entries of the history among
        `deeds` get the reference. Raises `ChangeUnderWay` when the lane of the number is taken,
        `ConfirmExpired` when the session or company is another one.
        """

    async def use_up(self, action_id: str, now: datetime, deeds: Sequence[Deed]) -> bool:
        """Make an offer done and write the deeds; False when it is no longer offered."""

    async def announcing(self, action_id: str) -> bool:
        """Tell whether a message that goes ahead of the change was not handed out yet."""

    async def void(self, action_id: str) -> None:
        """End an offer; anything further stays."""

    async def identify(self, action_id: str, now: datetime) -> None:
        """Note that it is the person who asks (`Practice.identifies`)."""

    async def step_up(self, action_id: str, now: datetime) -> None:
        """Note that the person proved themselves for this offer."""

    async def claim(self, owner: str, now: datetime, lease: timedelta, limit: int) -> list[Action]:
        """Take due changes for a while: each to one owner at a time, `fence` grown."""

    async def postpone(self, action: Action, due: datetime, deeds: Sequence[Deed] = ()) -> None:
        """Let go of the claim until `due`; nothing was tried and nothing was looked at."""

    async def holds(self, action: Action) -> bool:
        """Tell whether the claim that `action` was read under is still the latest one."""

    async def mark_sent(self, action: Action, now: datetime) -> Action | None:
        """Commit accepted → sent, one attempt more. None when the claim was lost, or there is a
        hold on such changes.
        """

    async def unsend(self, action: Action, due: datetime, *, counts: bool) -> None:
        """Back to accepted: it surely did not reach the operator. `counts`: as an attempt."""

    async def park(
        self,
        action: Action,
        state: ActionState,
        due: datetime,
        order_id: str | None = None,
        deeds: Sequence[Deed] = (),
    ) -> None:
        """Let go of the claim until `due`, one check more."""

    async def settle(
        self,
        action: Action,
        state: ActionState,
        reason_code: str | None,
        order_id: str | None,
        now: datetime,
        deeds: Sequence[Deed],
    ) -> None:
        """Write the end of a change together with its trace and its final word."""


class HoldStore(Protocol):
    """Holds on outgoing changes, and their trace."""

    async def place(
        self,
        kind: ActionKind | None,
        company_id: str | None,
        reason: str,
        by: str,
        now: datetime,
        entry: Entry,
    ) -> Hold:
        """Keep a hold that is on, together with its entry."""

    async def read(self, hold_id: int) -> Hold | None:
        """The hold with that number, on or lifted."""

    async def lift(self, hold: Hold, by: str, now: datetime, entry: Entry) -> Hold | None:
        """Lift it and make due what waits under it; None when it was lifted before."""

    async def present(self) -> Sequence[Hold]:
        """The holds that are on, oldest first."""

    async def cover(self, kind: ActionKind, company_id: str) -> bool:
        """Whether one that is on covers such changes of that company."""


class QuarantineStore(Protocol):
    """Updates that were set aside."""

    async def waiting(self, limit: int) -> Sequence[SetAside]:
        """What is in quarantine, oldest first."""

    async def read(self, update_id: int) -> SetAside | None:
        """What is in quarantine under that id, or was put back from there."""

    async def replay(self, update_id: int, now: datetime, entry: Entry) -> bool:
        """Put it back into the inbox, together with its entry.

        False when a handler may have begun with it, or it was put back before.
        """


class DayTotals(Protocol):
    """Sums of a day of Almaty that `Take` counts."""

    async def taken(self, name: str, now: datetime) -> int:
        """How much was counted under that name on the day of `now`."""


class SecretCodeStore(Protocol):
    """Secret codes. A number has one that is alive at most."""

    async def of_number(
        self, company_id: str, msisdn: Msisdn, since: datetime
    ) -> tuple[SecretCode | None, Sequence[datetime]]:
        """The newest code that has not ended, and when codes were sent since then, oldest first."""

    async def live(self, msisdn: Msisdn, now: datetime) -> SecretCode | None:
        """The code of that number that is alive, whichever company sent it."""

    async def of_person(self, telegram_id: int) -> SecretCode | None:
        """The code that lets this Telegram user in."""

    async def read(self, code_id: str) -> SecretCode | None:
        """The code with that id."""

    async def send(self, code: SecretCode, deeds: Sequence[Deed]) -> None:
        """Keep a code and write the deeds; earlier codes of the number end. Once for its id."""

    async def handed_over(self, key: str) -> bool | None:
        """Whether the message owed under that key was delivered; None while it is still owed."""

    async def bind(self, code_id: str, telegram_id: int, now: datetime) -> bool:
        """Bind a code to its first user; False when it ended or is somebody else's."""

    async def end(self, company_id: str, msisdn: Msisdn, now: datetime) -> None:
        """End the codes of the company's number; whoever they let in is owed a word."""


class ApprovalStore(Protocol):
    """Second administrators: who can be asked, what they were asked, and what they said."""

    async def telegrams(
        self, administrator_ids: Sequence[str], since: datetime, *, blocked: bool = False
    ) -> Mapping[str, tuple[int, ...]]:
        """The Telegram accounts each of them logged in with since then, the latest first.

        Of who has logged in before that only, the latest one. Without those accounts that have
        blocked the bot, unless `blocked`: for what is worth hearing when they come back. Without
        those administrators who are left with none.
        """

    async def ever_logged_in(self, administrator_id: str) -> frozenset[int]:
        """Every Telegram account that has ever logged in as that administrator.

        It is what four eyes are judged by: kept for good, whatever Profile or a reset forgets.
        """

    async def by_token(self, token_hash: str) -> Approval | None:
        """What the button with that token decides about."""

    async def of_action(self, action_id: str) -> tuple[Approval, ...]:
        """Whoever was asked about that change."""

    async def decide(
        self,
        action_id: str,
        state: ActionState,
        reason_code: str | None,
        now: datetime,
        deeds: Sequence[Deed],
    ) -> tuple[Action, bool]:
        """Make a proposed change accepted or rejected before its time is over; write the deeds.

        (the action, True), or (its present state, False) when it was decided or over before. A
        worker that has claimed it loses its claim.
        """

    async def email_changes(self, msisdn: Msisdn, since: datetime) -> Sequence[tuple[str, str]]:
        """Addresses before and after each confirmed change of the e-mail of who logs in with it.

        Those settled since then or not yet, and those settled within 72 h before a freeze, the
        oldest first. One that was settled as not done is among them: it may have been done all the
        same.
        """

    async def took_over(self, msisdn: Msisdn, kinds: Sequence[ActionKind], since: datetime) -> bool:
        """Tell whether a change of these kinds was done on the number since then, or may be now."""


class AccountStore(Protocol):
    """The Telegram accounts in which administrators have logged in."""

    async def known(self, administrator_id: str) -> Sequence[KnownAccount]:
        """Those that nobody has removed or forgotten, the latest login first."""


class FreezeStore(Protocol):
    """Administrators whose changes are stopped, and the links that do it."""

    async def link(self, token_hash: str) -> tuple[FreezeLink, bool] | None:
        """The link of that token, and whether it was used."""

    async def use(self, token_hash: str, now: datetime, deeds: Sequence[Deed]) -> bool:
        """Use a link that is unused and in its time, and write the deeds; else False."""

    async def frozen_at(self, administrator_id: str) -> datetime | None:
        """Since when the administrator is frozen; None while they are not."""

    async def stops(self, administrator_id: str, msisdn: Msisdn | None, begun_at: datetime) -> bool:
        """Whether the administrator is frozen, or since that moment who logs in with the number."""


class NotificationStore(Protocol):
    """What administrators have switched off."""

    async def muted(self, administrator_id: str) -> frozenset[Topic]:
        """The topics that are off."""

    async def mute(self, administrator_id: str, topic: Topic, *, off: bool) -> None:
        """Switch a topic off or on."""


class ReminderStore(NotificationStore, Protocol):
    """Who was told what of a month."""

    async def untold(
        self, reminder: Reminder, month: Month, after: str, limit: int
    ) -> Sequence[str]:
        """Administrators with a Telegram account who were not told yet, by id, behind `after`."""

    async def told(
        self, administrator_id: str, reminder: Reminder, month: Month, deeds: Sequence[Deed]
    ) -> bool:
        """Note that they were, and write the deeds; False, and nothing, when it is noted."""


class DeviceStore(Protocol):
    """What our own rows of changes say of devices."""

    async def without_order(
        self, company_id: str, wish: RequestsWish, limit: int
    ) -> Sequence[DeviceRequest]:
        """Confirmed changes of the company that no order is known of, newest first."""

    async def owner_tries(self, imei: Imei, since: datetime, but: Plan) -> int:
        """Re-registrations of the IMEI by anybody, confirmed since then, whose previous owner was
        another, or that are still open; of the number in `but` the open ones do not count.
        """


class DocumentStore(Protocol):
    """Orders of documents and the files made of them. A write with an old `fence` does nothing."""

    async def order(self, wish: DocumentOrder, now: datetime, deeds: Sequence[Deed]) -> Document:
        """Keep an order with its human number; the same one asked within a minute is that one."""

    async def read(self, document_id: str) -> Document | None:
        """The document with that id."""

    async def claim(self, owner: str, now: datetime, lease: timedelta) -> Document | None:
        """Take one queued document, or one whose maker died."""

    async def progress(self, document: Document, done: int, total: int, until: datetime) -> bool:
        """Note how far it is and keep the claim until then; False when the claim was lost."""

    async def retry(self, document: Document, due: datetime) -> None:
        """Let go of the claim; it is queued again from `due`."""

    async def made(
        self,
        document: Document,
        content: Content,
        name: str,
        rows: int,
        deeds: Sequence[Deed],
    ) -> bool:
        """Keep the file, encrypted; False when the claim was lost."""

    async def settle(
        self,
        document: Document,
        state: DocumentState,
        reason_code: str | None,
        deeds: Sequence[Deed],
    ) -> None:
        """Write that it is empty, sent or failed."""

    async def of_person(
        self, telegram_id: int, company_id: str, since: datetime, *, offset: int, limit: int
    ) -> Page[Document]:
        """What the Telegram user ordered for that company since then, newest first."""

    async def content(self, document_id: str) -> bytes | None:
        """The file, decrypted; None after it was forgotten."""
