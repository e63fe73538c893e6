"""The dry run: what would become of each number, read and not changed.

Over twenty numbers it reads the company's pages, where that takes fewer calls than one for each
number. A number of another company and one that does not exist are the same to it: neither is on
the company's pages, and neither is asked for otherwise.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from account.changes.action import ActionKind, ChangeRequest
from account.changes.sensitive_numbers import SensitiveNumbers, TakeoverSource
from account.changes.sets.change_set import (
    LOGIN_NUMBER,
    ChangeSet,
    Fate,
    SetNumber,
    digest_of,
)
from account.changes.sets.ports import ChangeSetStore, CompanyPages
from account.changes.spec import ChangeSpec, NumberChangeSpec
from account.errors import (
    AlreadySo,
    CarrierUnavailable,
    ChangeRefused,
    ChangeUnderWay,
    NobodyToApprove,
    NoSecretCode,
    NumberNotFound,
    OneByOne,
    ServiceAlreadySo,
)
from account.values.clock import Clock
from account.values.identifiers import Msisdn
from account.values.number import Number

ONE_BY_ONE = 20
"""Numbers that are asked for one by one, however many the company has."""
PAGE = 100
SPARE_PAGES = 5
AT_ONCE = 4
"""Numbers asked for at the same time."""
STRETCH = 100
"""Numbers whose fates are written together."""
LEASE = timedelta(seconds=60)
ALL = 1_000_000

Read = tuple[Fate, str, str | None]
_ABSENT: Read = (Fate.ABSENT, "", NumberNotFound.code)
_UNREADABLE: Read = (Fate.UNREADABLE, "", CarrierUnavailable.code)


class DryRun:
    """Finds the fate of every number of a set."""

    def __init__(
        self,
        carrier: TakeoverSource,
        pages: CompanyPages,
        store: ChangeSetStore,
        specs: Mapping[ActionKind, ChangeSpec[Any, Any]],
        clock: Clock,
        sensitive_numbers: SensitiveNumbers,
    ) -> None:
        self._carrier = carrier
        self._pages = pages
        self._store = store
        self._specs = specs
        self._clock = clock
        self._sensitive_numbers = sensitive_numbers

    async def make(self, change_set: ChangeSet) -> None:
        """Read and write the fates that are missing, then offer the set."""
        spec = self._specs[change_set.kind]
        numbers = await self._store.numbers(change_set.id, limit=ALL)
        left = [number for number in numbers if number.fate is None]
        if left and not await self._read_all(change_set, spec, left):
            return
        ready = await self._store.numbers(change_set.id, limit=ALL, fate=Fate.READY)
        digest = digest_of(
            change_set.kind,
            change_set.parameters,
            ((number.msisdn, number.shown) for number in ready),
        )
        await self._store.offer(change_set, digest, self._clock.now())

    async def _read_all(
        self, change_set: ChangeSet, spec: ChangeSpec[Any, Any], left: Sequence[SetNumber]
    ) -> bool:
        """Whether the claim is still held at the end."""
        lock_key = spec.lock_key_of(change_set.parameters)
        open_ones = await self._store.under_way(change_set.company_id, lock_key)
        logins = await self._login_numbers(change_set)
        approvable = bool(logins) and await self._has_second(change_set)
        known: Mapping[Msisdn, Number] | None = None
        if isinstance(spec, NumberChangeSpec) and len(left) > ONE_BY_ONE:
            known = await self._from_pages(change_set.company_id, len(left))
        limit = asyncio.Semaphore(AT_ONCE)

        async def fate_of(number: SetNumber) -> tuple[int, Read]:
            async with limit:
                read = await self._fate(change_set, spec, number.msisdn, known)
            if read[0] is Fate.READY and number.msisdn in open_ones:
                read = (Fate.REFUSED, read[1], ChangeUnderWay.code)
            elif read[0] is Fate.READY and number.msisdn in logins:
                # With nobody to approve the block of one, it stays out.
                login = (Fate.READY, LOGIN_NUMBER) if approvable else (Fate.REFUSED, OneByOne.code)
                read = (login[0], read[1], login[1])
            return number.place, read

        for start in range(0, len(left), STRETCH):
            part = left[start : start + STRETCH]
            fates = dict(await asyncio.gather(*map(fate_of, part)))
            until = self._clock.now() + LEASE
            if not await self._store.checked(change_set, fates, until):
                return False
        return True

    async def _login_numbers(self, change_set: ChangeSet) -> frozenset[Msisdn]:
        """Numbers that administrators log in with, where a block would shut them out."""
        if change_set.kind is not ActionKind.BLOCK:
            return frozenset()
        colleagues = await self._carrier.colleagues(change_set.company_id)
        return frozenset(colleague.administrator.phone for colleague in colleagues)

    async def _has_second(self, change_set: ChangeSet) -> bool:
        """Whether somebody can be asked to approve it."""
        try:
            await self._sensitive_numbers.approvers(
                change_set.company_id, change_set.administrator_id, change_set.telegram_id
            )
        except NobodyToApprove:
            return False
        return True

    async def _from_pages(self, company_id: str, count: int) -> Mapping[Msisdn, Number] | None:
        """The company's numbers; None where that takes more calls, or a row could not be read."""
        found: dict[Msisdn, Number] = {}
        offset = 0
        while True:
            page = await self._pages.page(company_id, offset=offset, limit=PAGE)
            if page.left_out or page.total / PAGE + SPARE_PAGES > count:
                return None
            found.update((number.msisdn, number) for number in page.rows)
            before, offset = offset, page.end
            if offset >= page.total or offset <= before:
                return found

    async def _fate(
        self,
        change_set: ChangeSet,
        spec: ChangeSpec[Any, Any],
        msisdn: Msisdn,
        known: Mapping[Msisdn, Number] | None,
    ) -> Read:
        plan = ChangeRequest(change_set.company_id, msisdn, change_set.parameters)
        try:
            subject = await spec.read(plan) if known is None else known.get(msisdn)
        except NumberNotFound:
            return _ABSENT
        except CarrierUnavailable:
            return _UNREADABLE
        if subject is None:
            return _ABSENT
        return verdict(spec, subject, change_set.parameters)


def verdict(spec: ChangeSpec[Any, Any], subject: Any, parameters: Any) -> Read:
    """What a single tap would get now for what was read."""
    shown = spec.fingerprint(subject, parameters)
    try:
        spec.check(subject, parameters)
    except (AlreadySo, NoSecretCode, ServiceAlreadySo):
        return Fate.ALREADY, shown, None
    except ChangeRefused as refused:
        return Fate.REFUSED, shown, refused.code
    already = spec.is_applied(subject, parameters)
    return Fate.ALREADY if already else Fate.READY, shown, None
