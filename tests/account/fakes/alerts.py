"""Rules of alerts and monthly papers in memory, as far as people come to them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from account.chapters.alerts.rule import USUAL_QUIET, AlertRule, Look, QuietHours
from account.documents.subscriptions import Subscription
from account.values.identifiers import Msisdn


class MemoryAlerts:
    """What `AlertRules` asks of an `AlertStore`."""

    def __init__(self) -> None:
        self.rows: dict[str, AlertRule] = {}
        self.hours: dict[str, QuietHours] = {}
        self.muted: dict[tuple[str, str, str], datetime] = {}

    async def add(self, rule: AlertRule, _most: int, _now: datetime) -> None:
        self.rows[rule.id] = rule

    async def rules(self, administrator_id: str, company_id: str) -> Sequence[AlertRule]:
        whose = (administrator_id, company_id)
        return [
            one for one in self.rows.values() if (one.administrator_id, one.company_id) == whose
        ]

    async def mute_number(
        self, administrator_id: str, company_id: str, msisdn: Msisdn, until: datetime | None
    ) -> None:
        whose = (administrator_id, company_id, msisdn.digits)
        if until is None:
            self.muted.pop(whose, None)
        else:
            self.muted[whose] = until

    async def number_muted_until(
        self, administrator_id: str, company_id: str, msisdn: Msisdn
    ) -> datetime | None:
        return self.muted.get((administrator_id, company_id, msisdn.digits))

    async def look(self, _company_id: str) -> Look | None:
        return None

    async def quiet(self, administrator_id: str) -> QuietHours:
        return self.hours.get(administrator_id, USUAL_QUIET)

    async def set_quiet(self, administrator_id: str, quiet: QuietHours) -> None:
        self.hours[administrator_id] = quiet


class MemorySubscriptions:
    """What `Subscriptions` asks of a `SubscriptionStore`."""

    def __init__(self) -> None:
        self.rows: list[Subscription] = []

    async def add(self, subscription: Subscription, _most: int) -> Subscription:
        self.rows.append(subscription)
        return subscription

    async def of_person(self, administrator_id: str, company_id: str) -> Sequence[Subscription]:
        whose = (administrator_id, company_id)
        return [one for one in self.rows if (one.administrator_id, one.company_id) == whose]
