"""One-time codes: made, sent as a message owed, compared, and how often all of that (S02).

Whoever asks learns nothing: a code is kept for an unknown number as well, and sent to nobody.

What is bounded are codes that were not rightly used: honest work never meets the bound, and a code
that was typed right gives its place back. An account that is trusted with a number has a budget of
its own for it, so that strangers, who share one per number, cannot use up the owner's; a Telegram
account has one over all numbers. Wrong tries count per account and number; a new code forgets none
of them. The store shows the codes to a judge in the transaction that keeps the new one.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Protocol, TypeAlias

from account.credentials.keys import Keys, keys_of
from account.effects.effect import AddToDailyTotal, Bound, Channel, Effect, OutboxMessage
from account.errors import (
    CodeAttemptsExceeded,
    CodeExpired,
    CodeInvalid,
    CodeMalformed,
    CodeOwnerUnproven,
    CodeSendsExceeded,
    CodeSmsExceeded,
    CodeTooEarly,
    LoginRefused,
)
from account.identity.directory import Administrator
from account.values.clock import Clock
from account.values.identifiers import Msisdn
from account.values.identifiers.plain_text import fold

CODE_LIFE = timedelta(minutes=3)
SPENT_FOR = timedelta(minutes=10)
"""So long after it was sent a code that was used is known when it is typed once more."""
CODE_TRIES = 3
RESEND_AFTER = timedelta(seconds=60)
SENDS_AN_HOUR = 5
SENDS_A_DAY = 10
SENDS_TO_STRANGERS = 2
"""A day and number, for all accounts together that are not trusted with it."""
SENDS_TO_ONE_ACCOUNT = 10
"""A day, over all numbers."""
WRONG_CODES_A_DAY = 10
COMPANY_SMS_A_DAY = 500
COUNTED_FOR = timedelta(days=1) + CODE_LIFE
"""Wrong tries count by the moment their code was sent; one may be made at the end of its life."""


_KEY = "code:"


class Purpose(StrEnum):
    """What a code is good for. A step-up code's purpose names the action: `step-up:<id>`."""

    RESET = "reset"


@dataclass(frozen=True, slots=True)
class Code:
    """A one-time code as kept: its HMAC, never itself. `purpose` as in `Purpose`.

    Kept for an unknown number too, with a code that nobody was sent. `used`: it was typed right.
    """

    id: str
    phone: Msisdn
    telegram_id: int
    purpose: str
    code_mac: str
    sent_at: datetime
    wrong: int = 0
    used: bool = False

    @property
    def expires_at(self) -> datetime:
        """When it stops being good."""
        return self.sent_at + CODE_LIFE


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks for a code of a number, or types one.

    Trusted are an account in a session, one that the administrator has logged in with before
    (`known_to` are all of those), and one that shared the number as its own.
    """

    telegram_id: int
    trusted: bool = False
    known_to: frozenset[int] = frozenset()


SendLimits: TypeAlias = Callable[[Sequence[Code]], None]
"""Shown the codes of a number, and of an account where it is asked about both, of the last
`COUNTED_FOR`, oldest first; raises what it refuses."""


def no_limits(_codes: Sequence[Code]) -> None:
    """A judge that refuses nothing."""


class CodeOutcome(StrEnum):
    """What became of a try."""

    RIGHT = "right"
    WRONG = "wrong"
    EXPIRED = "expired"
    EXHAUSTED = "exhausted"


@dataclass(frozen=True, slots=True)
class CodeUse:
    """The outcome of a try, and how many are left."""

    outcome: CodeOutcome
    left: int = 0

    def check(self) -> None:
        """Raises `CodeInvalid`, `CodeExpired`, `CodeAttemptsExceeded` unless it was right."""
        if self.outcome is not CodeOutcome.RIGHT:
            raise self.refusal()

    def refusal(self) -> LoginRefused:
        """What is said of a code that was not right."""
        if self.outcome is CodeOutcome.WRONG:
            return CodeInvalid(self.left)
        return CodeExpired() if self.outcome is CodeOutcome.EXPIRED else CodeAttemptsExceeded()


@dataclass(frozen=True, slots=True)
class CodeTry:
    """A code that somebody typed, as a store compares it: what it was typed for, and its MACs.

    The first is by the present key, the others by keys of before. `judge` as in
    `CodeStore.try_code`.
    """

    phone: Msisdn
    telegram_id: int
    purpose: str
    macs: tuple[str, ...]
    judge: SendLimits = no_limits


@dataclass(frozen=True, slots=True)
class Address:
    """An MSISDN or an e-mail address, with the channel that reaches it."""

    channel: Channel
    to: str


@dataclass(frozen=True, slots=True)
class CodeAsked:
    """A code was asked for; the same whether or not the number is registered (S02-8)."""

    phone: Msisdn
    resend_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class CodeMessage:
    """The message that will carry a code: where it goes and what it says besides."""

    address: Address
    kind: str
    language: str
    parameters: Mapping[str, str] = field(default_factory=dict)

    def owed(self, code: Code, figures: str) -> OutboxMessage:
        """The message as an effect; it is not worth delivering after the code has expired."""
        return OutboxMessage(
            channel=self.address.channel,
            to=self.address.to,
            kind=self.kind,
            expires_at=code.expires_at,
            parameters={**self.parameters, "code": figures},
            language=self.language,
            key=_KEY + code.id,
        )


def code_named(key: str) -> str | None:
    """The id of the code that the message owed under that key carries; None for another's."""
    return key.removeprefix(_KEY) if key.startswith(_KEY) else None


def undelivered(code: Code, now: datetime) -> OutboxMessage | None:
    """The word to whoever waits for a code in their chat that the network could not deliver.

    None when nobody waits any more, and of a reset: whether it was sent tells who asked that the
    number is known (S02-8).
    """
    if code.used or code.purpose == Purpose.RESET or now >= code.expires_at:
        return None
    return OutboxMessage(
        channel=Channel.TELEGRAM,
        to=str(code.telegram_id),
        kind="code.refused",
        expires_at=code.expires_at,
        key=f"refused:{_KEY}{code.id}",
    )


def code_address(administrator: Administrator, *, sms_refused: bool = False) -> Address | None:
    """Where one-time codes go: the operator's word, else abroad by e-mail (S02-1).

    None when they would go by e-mail, as they do while SMS is refused, and no address is registered
    (S02-2).
    """
    by_email = administrator.code_by_email
    if by_email is None:
        by_email = administrator.phone.abroad
    if not (by_email or sms_refused):
        return Address(Channel.SMS, administrator.phone.digits)
    if administrator.email is None:
        return None
    return Address(Channel.MAIL, administrator.email.address)


def notice_address(administrator: Administrator) -> Address:
    """Where a notice goes that no chat is sure to show: where codes go, else by SMS."""
    return code_address(administrator) or Address(Channel.SMS, administrator.phone.digits)


class CodeStore(Protocol):
    """One-time codes, each compared and used up in one step (S02)."""

    async def code_sends(self, phone: Msisdn, since: datetime) -> Sequence[Code]:
        """Codes of that number since then, whoever asked, oldest first."""

    async def issue(self, code: Code, effects: Sequence[Effect], judge: SendLimits) -> None:
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
        judge: SendLimits,
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


class Codes:
    """One-time codes: issue, compare, limits (S02-3 to S02-5)."""

    def __init__(self, store: CodeStore, clock: Clock, key: bytes | Keys) -> None:
        self._store = store
        self._clock = clock
        self._keys = keys_of(key)

    async def issue(
        self,
        phone: Msisdn,
        asker: Asker,
        purpose: str,
        message: CodeMessage | None,
        counted: Sequence[Effect] = (),
    ) -> CodeAsked:
        """Make a code and owe `message` with it; without one, the code reaches nobody.

        `counted` becomes true along with it, or refuses it. Raises `CodeTooEarly`,
        `CodeSendsExceeded`, `CodeOwnerUnproven`, `CodeAttemptsExceeded`.
        """
        now = self._clock.now()
        figures = f"{secrets.randbelow(10**6):06d}"
        code = Code(
            id=secrets.token_hex(16),
            phone=phone,
            telegram_id=asker.telegram_id,
            purpose=purpose,
            code_mac=self._macs(phone, asker.telegram_id, purpose, figures)[0],
            sent_at=now,
        )
        effects = [] if message is None else [*counted, message.owed(code, figures)]
        await self._store.issue(code, effects, partial(_check_sends, code=code, asker=asker))
        return CodeAsked(phone, now + RESEND_AFTER, code.expires_at)

    async def check_budget(self, phone: Msisdn, telegram_id: int) -> None:
        """Tell somebody who is trusted with the number before they begin what needs a code.

        Raises `CodeSendsExceeded`, `CodeAttemptsExceeded`. `issue` judges again, also by what the
        account has asked for other numbers.
        """
        now = self._clock.now()
        codes = await self._store.code_sends(phone, now - COUNTED_FOR)
        _check_wrong(codes, telegram_id=telegram_id)
        _check_trusted([one for one in codes if one.telegram_id == telegram_id], now)

    def typed(self, phone: Msisdn, telegram_id: int, purpose: str, text: str) -> CodeTry:
        """The code in what was typed, written with or without gaps, for a store to compare.

        Raises `CodeMalformed`, which costs no try.
        """
        figures = _figures(text)
        if figures is None:
            raise CodeMalformed
        macs = tuple(self._macs(phone, telegram_id, purpose, figures))
        judge = partial(_check_wrong, telegram_id=telegram_id)
        return CodeTry(phone, telegram_id, purpose, macs, judge)

    async def check(self, phone: Msisdn, telegram_id: int, purpose: str, typed: str) -> None:
        """Use up the code. Raises as `typed`, `CodeInvalid`, `CodeExpired` and
        `CodeAttemptsExceeded`.
        """
        one = self.typed(phone, telegram_id, purpose, typed)
        mac, *older = one.macs
        now = self._clock.now()
        use = await self._store.try_code(
            phone, telegram_id, purpose, mac, now, one.judge, older=older
        )
        use.check()

    async def spent(self, phone: Msisdn, telegram_id: int, text: str) -> bool:
        """Tell whether it is a code of this person's that was typed right a moment ago.

        Nothing is told of codes that are still good, so nobody can try them out this way.
        """
        figures = _figures(text)
        if figures is None:
            return False
        sent = await self._store.code_sends(phone, self._clock.now() - SPENT_FOR)
        return any(
            hmac.compare_digest(code.code_mac, mac)
            for code in sent
            if code.used and code.telegram_id == telegram_id
            for mac in self._macs(phone, telegram_id, code.purpose, figures)
        )

    def _macs(self, phone: Msisdn, telegram_id: int, purpose: str, figures: str) -> list[str]:
        """By the present key, then by those of before: a code may be older than the key."""
        bound = "|".join((phone.digits, str(telegram_id), purpose, figures))
        text = bound.encode(errors="replace")
        return [hmac.new(key, text, hashlib.sha256).hexdigest() for key in self._keys()]


def _figures(text: str) -> str | None:
    """The six digits of a code, with or without gaps, or the only six together in a text: people
    paste the whole SMS. None for anything else.
    """
    plain = fold(text)
    figures = re.sub(r"[ .\-]", "", plain.strip())
    if re.fullmatch(r"[0-9]{6}", figures):
        return figures
    found = set(re.findall(r"(?<!\w)[0-9]{6}(?!\w)", plain))
    return found.pop() if len(found) == 1 else None


def sms_of_day(company_id: str, now: datetime, most: int) -> AddToDailyTotal:
    """One more SMS with a code that a company's session has asked for, among `most` a day.

    Resets of a password are not among them: strangers ask for those, and they are the way back in.
    """
    return AddToDailyTotal(
        f"code.sms:{company_id}", now, 1, (Bound(most, lambda _left: CodeSmsExceeded()),)
    )


def _check_sends(codes: Sequence[Code], *, code: Code, asker: Asker) -> None:
    """How often codes may be sent (S02-4, S02-5): `codes` are the number's and the account's.

    A code for one purpose keeps nobody waiting who asks for another; the sums are the budget's.
    """
    now, of_number = code.sent_at, [one for one in codes if one.phone == code.phone]
    _check_wrong(of_number, telegram_id=asker.telegram_id)
    if asker.trusted:
        budget = [one for one in of_number if one.telegram_id == asker.telegram_id]
    else:
        budget = [one for one in of_number if one.telegram_id not in asker.known_to]
    sent = [one.sent_at for one in budget if one.purpose == code.purpose]
    if sent and now < sent[-1] + RESEND_AFTER:
        left = (sent[-1] + RESEND_AFTER - now).total_seconds()
        raise CodeTooEarly(max(1, -int(-left // 1)))
    if asker.trusted:
        _check_trusted(budget, now)
    else:
        # Longer than a day, or the tries of a third code could be made within one.
        _check_sum(budget, now, SENDS_TO_STRANGERS, COUNTED_FOR, CodeOwnerUnproven)
    own = [one for one in codes if one.telegram_id == asker.telegram_id]
    _check_sum(own, now, SENDS_TO_ONE_ACCOUNT, timedelta(days=1), CodeSendsExceeded)


def _check_trusted(codes: Sequence[Code], now: datetime) -> None:
    _check_sum(codes, now, SENDS_A_DAY, timedelta(days=1), CodeSendsExceeded)
    _check_sum(codes, now, SENDS_AN_HOUR, timedelta(hours=1), CodeSendsExceeded)


def _check_sum(
    codes: Sequence[Code],
    now: datetime,
    most: int,
    within: timedelta,
    refusal: Callable[[datetime], CodeSendsExceeded],
) -> None:
    """Refuse what would be more than `most` codes that were not typed right, `within` that time."""
    sends = [one.sent_at for one in codes if not one.used and one.sent_at > now - within]
    if len(sends) >= most:
        raise refusal(sends[-most] + within)


def _check_wrong(codes: Sequence[Code], *, telegram_id: int) -> None:
    """A new code never forgets the wrong tries of the day's others (S02-5).

    They are the account's own: all strangers together have few codes to try on a number.
    """
    if sum(one.wrong for one in codes if one.telegram_id == telegram_id) >= WRONG_CODES_A_DAY:
        raise CodeAttemptsExceeded
