"""Where rules, looks and alerts are kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from account.chapters.alerts.rule import Alert, AlertRule, Look, Looked, Mark, QuietHours
from account.effects.effect import Effect
from account.values.identifiers import Msisdn
from account.values.number import Number
from account.values.page import Page


class CompanyNumbers(Protocol):
    """The company's list by pages, and one number; raises `CarrierUnavailable`."""

    async def page(self, company_id: str, *, offset: int, limit: int) -> Page[Number]:
        """A page of the whole list, in the order of the numbers."""

    async def number(self, company_id: str, msisdn: Msisdn) -> Number | None:
        """One number of the company's; None for any other."""


class AlertStore(Protocol):
    """Every method raises `StorageUnavailable`."""

    async def add(self, rule: AlertRule, most: int, now: datetime) -> None:
        """Keep the rule and have its company looked at soon. Raises `TooManyAlertRules`."""

    async def rules(self, administrator_id: str, company_id: str) -> Sequence[AlertRule]:
        """The person's own in that company, the oldest first."""

    async def rule(self, rule_id: str) -> AlertRule | None:
        """One of them."""

    async def remove(self, rule_id: str) -> None:
        """Forget it, and what waits to be told of it."""

    async def mute(self, rule_id: str, until: datetime | None) -> None:
        """Tell nothing of it until then."""

    async def mute_number(
        self, administrator_id: str, company_id: str, msisdn: Msisdn, until: datetime | None
    ) -> None:
        """Tell that person nothing of that number until then; None: tell again."""

    async def number_muted_until(
        self, administrator_id: str, company_id: str, msisdn: Msisdn
    ) -> datetime | None:
        """Until when, however long ago that is; None where it never was, or is told again."""

    async def quiet(self, administrator_id: str) -> QuietHours:
        """The person's quiet hours."""

    async def set_quiet(self, administrator_id: str, quiet: QuietHours) -> None:
        """Keep them."""

    async def look(self, of_id: str) -> Look | None:
        """By `look_id`: how fresh the company's readings are; None where it was never looked at."""

    async def wake(self, company_ids: Sequence[str], now: datetime) -> int:
        """Have these looked at now, where a look is not under way; how many that were."""

    # --- the worker's side ---

    async def claim(self, owner: str, now: datetime, lease: timedelta) -> Look | None:
        """The company that is due longest, for one page."""

    async def of_company(self, company_id: str) -> Sequence[AlertRule]:
        """All rules in it."""

    async def marks(
        self, rule_ids: Sequence[str], keys: Sequence[str]
    ) -> Mapping[tuple[str, str], Mark]:
        """What was told last, by rule and key (`mark_key`)."""

    async def muted(
        self, company_id: str, msisdns: Sequence[Msisdn], now: datetime
    ) -> Collection[tuple[str, str]]:
        """Who hears nothing of which of these now, by administrator and digits."""

    async def changed_by(
        self, company_id: str, msisdns: Sequence[Msisdn], since: datetime
    ) -> Mapping[str, frozenset[str]]:
        """Who had which of these blocked or unblocked through us since then, by digits."""

    async def turned(self, look: Look, looked: Looked, cursor: int, now: datetime) -> bool:
        """Keep what a page brought, and go on behind it; False, and nothing, without the claim."""

    async def finished(
        self,
        look: Look,
        looked: Looked,
        now: datetime,
        due: datetime,
        effects: Sequence[Effect],
        rules: Sequence[AlertRule],
    ) -> bool:
        """The same of the last page; the next look is due then.

        Those of the rules that were there when it began have been looked at: what they found is
        summed up in one message each.
        """

    async def failed(
        self, look: Look, now: datetime, due: datetime, effects: Sequence[Effect], *, told: bool
    ) -> bool:
        """It could not be read: try again then. `told`: those with rules are told, by `effects`."""

    async def forget(self, look: Look, now: datetime) -> None:
        """Nobody has a rule there any more that such a look is for; where only a newer program can
        read those that are there, it is looked at again a little later.
        """

    async def tell(self, now: datetime) -> int:
        """Owe what is due to be told, one by one or as one digest; how many messages that were."""

    async def alert(self, alert_id: int) -> Alert | None:
        """One of them."""

    async def batch(self, name: str, limit: int) -> tuple[Sequence[Alert], int]:
        """The first of those that were told together, and how many they are."""
