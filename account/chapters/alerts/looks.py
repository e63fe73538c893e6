"""The look at companies that have rules: a page at a time, once for all persons (AL-3 to AL-5).

How far it has come is a row, written with what the page brought: whatever dies and however many
processes look, no page's news are told twice or lost. What is kept by number are only numbers that
something was told of, so that a company of any size costs a page of memory.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from account.chapters.alerts.ports import AlertStore, CompanyNumbers
from account.chapters.alerts.rule import (
    BY_WORDS,
    NEVER,
    Alert,
    AlertRule,
    Judged,
    Look,
    Looked,
    Mark,
    Measure,
    QuietHours,
    Scope,
    climbed,
    judge,
    mark_key,
)
from account.chapters.alerts.rules import AlertHearers
from account.chapters.alerts.single import Reading, SingleReadings, read_all
from account.chapters.labels import LabelStore
from account.effects.effect import Channel, Effect, OutboxMessage
from account.errors import CarrierUnavailable
from account.values.clock import Clock
from account.values.identifiers import Msisdn
from account.values.labels import NO_LABEL, NumberLabel
from account.values.number import Number
from account.values.periods import shown_moment

PAGE = 100
FEW = 20
"""So many single numbers are asked for one by one where no rule is about more."""
EVERY = timedelta(minutes=15)
LEASE = timedelta(seconds=60)
AGAIN = timedelta(minutes=1)
STALE_AFTER = 3 * EVERY
EVERY_SINGLE = timedelta(hours=1)
STALE_SINGLE = 3 * EVERY_SINGLE
STEP = 5
"""Numbers that are read one by one under one claim."""
WORD_LIFE = timedelta(hours=24)
OWN_CHANGE = timedelta(minutes=15)
"""So long before the operator's moment of a state a change through us may have begun."""


class AlertLooks:
    """The worker's side. `owner` is the process."""

    def __init__(
        self,
        numbers: CompanyNumbers,
        labels: LabelStore,
        hearers: AlertHearers,
        store: AlertStore,
        clock: Clock,
        owner: str,
        readings: SingleReadings,
    ) -> None:
        self._readings = readings
        self._numbers = numbers
        self._labels = labels
        self._hearers = hearers
        self._store = store
        self._clock = clock
        self._owner = owner

    async def step(self) -> bool:
        """Look at one page of the company that is due longest; False where there is nothing to do
        now.
        """
        look = await self._store.claim(self._owner, self._clock.now(), LEASE)
        if look is None:
            return False
        look = look.begun(self._clock.now())
        every = [
            one
            for one in await self._store.of_company(look.company_id)
            if one.single is look.single
        ]
        if not every:
            await self._store.forget(look, self._clock.now())
            return True
        rules = [
            one
            for one in every
            if await self._hearers.may_hear(one.telegram_id, one.administrator_id, look.company_id)
        ]
        try:
            if look.single:
                looked, read, ended = await self._read_single(look, rules)
            else:
                rows, read, ended = await self._read(look, rules)
                looked = await self._judged(look, rules, rows)
        except CarrierUnavailable:
            await self._failed(look, rules)
            return False
        now = self._clock.now()
        if not ended:
            return await self._store.turned(look, looked, look.cursor + read, now)
        words = self._words("fresh", look, rules, now) if look.stale_told else ()
        began = look.began_at or now
        due = max(now, began + (EVERY_SINGLE if look.single else EVERY))
        return await self._store.finished(look, looked, now, due, words, rules)

    async def tell(self) -> int:
        """Owe what is due to be told; how many messages that were."""
        return await self._store.tell(self._clock.now())

    async def _read(
        self, look: Look, rules: Sequence[AlertRule]
    ) -> tuple[Sequence[Number], int, bool]:
        """The next rows, how far that went, and whether it was the end. Of no rules none."""
        if not rules:
            return (), 0, True
        single = sorted({one.target for one in rules if one.scope is Scope.NUMBER})
        if len(single) <= FEW and all(one.scope is Scope.NUMBER for one in rules):
            read = [await self._numbers.number(look.company_id, Msisdn(one)) for one in single]
            return [one for one in read if one is not None], len(single), True
        page = await self._numbers.page(look.company_id, offset=look.cursor, limit=PAGE)
        end = look.cursor + PAGE
        return page.rows, PAGE, end >= page.total

    async def _read_single(
        self, look: Look, rules: Sequence[AlertRule]
    ) -> tuple[Looked, int, bool]:
        """The next few numbers, one by one."""
        every = await self._readings.numbers_of(look.company_id, rules)
        msisdns = every[look.cursor : look.cursor + STEP]
        own = await self._own_words(look.company_id, rules, msisdns)
        now = self._clock.now()
        asked: list[tuple[Number, list[AlertRule]]] = []
        for msisdn in msisdns:
            number = await self._numbers.number(look.company_id, msisdn)
            if number is not None:
                words = own.get(msisdn.digits, NO_LABEL)
                asked.append((number, [one for one in rules if one.covers(number, words)]))
        whose = [(number.msisdn, of_number) for number, of_number in asked]
        read = await read_all(self._readings, look.company_id, whose, now)
        found = [
            (rule, number, one)
            for (number, of_number), by_rule in zip(asked, read, strict=True)
            for rule in of_number
            for one in by_rule.get(rule.id, ())
        ]
        keys = sorted({mark_key(number.msisdn, one.subject) for _rule, number, one in found})
        marks = await self._store.marks([one.id for one in rules], keys)
        judged = [(rule, number, _judge(one, marks, rule, number)) for rule, number, one in found]
        looked = await self._looked(look, judged, marks)
        return looked, len(msisdns), look.cursor + STEP >= len(every)

    async def _judged(
        self, look: Look, rules: Sequence[AlertRule], rows: Sequence[Number]
    ) -> Looked:
        msisdns = [one.msisdn for one in rows]
        marks = await self._store.marks([one.id for one in rules], [one.digits for one in msisdns])
        own = await self._own_words(look.company_id, rules, msisdns)
        judged = [
            (rule, number, found)
            for rule in rules
            for number in rows
            if rule.covers(number, own.get(number.msisdn.digits, NO_LABEL))
            and (found := judge(rule, number, _before(marks, rule, number))) is not None
        ]
        return await self._looked(look, judged, marks)

    async def _looked(
        self,
        look: Look,
        judged: Sequence[tuple[AlertRule, Number, Judged]],
        marks: Mapping[tuple[str, str], Mark],
    ) -> Looked:
        """Marks to keep and alerts to tell, but of what is muted."""
        now = self._clock.now()
        msisdns = [number.msisdn for _rule, number, _found in judged]
        muted = await self._store.muted(look.company_id, msisdns, now)
        kept: list[tuple[str, str, Mark]] = []
        news: list[tuple[AlertRule, Number, Judged]] = []
        for rule, number, found in judged:
            before = _before(marks, rule, number, found.subject)
            if found.mark != before or (before != NEVER and before.stale(now)):
                key = mark_key(number.msisdn, found.subject)
                kept.append((rule.id, key, replace(found.mark, seen_at=now)))
            silent = rule.muted(now) or (rule.administrator_id, number.msisdn.digits) in muted
            if found.news and not silent:
                news.append((rule, number, found))
        return Looked(kept, await self._alerts(look, news, now))

    async def _alerts(
        self, look: Look, news: Sequence[tuple[AlertRule, Number, Judged]], now: datetime
    ) -> Sequence[Alert]:
        quiet: dict[str, QuietHours] = {}
        for rule, _number, _judged in news:
            if rule.administrator_id not in quiet:
                quiet[rule.administrator_id] = await self._store.quiet(rule.administrator_id)
        own = await self._own_changes(look, news)
        return [
            Alert.of(rule, number, judged, now, quiet[rule.administrator_id])
            for rule, number, judged in news
            if rule.measure is not Measure.STATE
            or rule.administrator_id not in own.get(number.msisdn.digits, frozenset())
        ]

    async def _own_changes(
        self, look: Look, news: Sequence[tuple[AlertRule, Number, Judged]]
    ) -> Mapping[str, frozenset[str]]:
        changed = [one for rule, one, _judged in news if rule.measure is Measure.STATE]
        since = [one.state_since for one in changed if one.state_since is not None]
        if not since:
            return {}
        msisdns = [one.msisdn for one in changed]
        return await self._store.changed_by(look.company_id, msisdns, min(since) - OWN_CHANGE)

    async def _own_words(
        self, company_id: str, rules: Sequence[AlertRule], msisdns: Sequence[Msisdn]
    ) -> Mapping[str, NumberLabel]:
        if not any(one.scope in BY_WORDS for one in rules):
            return {}
        found = await self._labels.of(company_id, msisdns)
        return {digits: one for digits, one in found.items() if not one.gone}

    async def _failed(self, look: Look, rules: Sequence[AlertRule]) -> None:
        now = self._clock.now()
        since = look.finished_at or look.failing_since or now
        told = not look.stale_told and now - since >= (STALE_SINGLE if look.single else STALE_AFTER)
        words = self._words("stale", look, rules, now) if told else ()
        await self._store.failed(look, now, now + AGAIN, words, told=told)

    def _words(
        self, which: str, look: Look, rules: Sequence[AlertRule], now: datetime
    ) -> Sequence[Effect]:
        """One for each person; the moment since when nothing could be read names the outage."""
        since = look.finished_at or look.failing_since or now
        people = {(one.administrator_id, one.telegram_id) for one in rules}
        return [
            OutboxMessage(
                channel=Channel.TELEGRAM,
                to=str(telegram_id),
                kind=f"alert.{which}",
                expires_at=now + WORD_LIFE,
                parameters={
                    "administrator": administrator_id,
                    "company": look.company_id,
                    "since": shown_moment(since),
                },
                key=f"alert.{which}:{look.id}:{since.isoformat()}:{telegram_id}",
            )
            for administrator_id, telegram_id in sorted(people)
        ]


def _before(
    marks: Mapping[tuple[str, str], Mark], rule: AlertRule, number: Number, subject: str = ""
) -> Mark:
    return marks.get((rule.id, mark_key(number.msisdn, subject)), NEVER)


def _judge(
    one: Reading, marks: Mapping[tuple[str, str], Mark], rule: AlertRule, number: Number
) -> Judged:
    before = _before(marks, rule, number, one.subject)
    found = climbed(before, one.reached, one.held, one.value)
    return replace(found, detail=one.detail, subject=one.subject, threshold=one.threshold)
