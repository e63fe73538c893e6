"""`SecretCodeStore` over the ledger of `tests.account.fakes.ledger`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from account.access.secret_codes import SecretCode
from account.effects.effect import Channel, EndSecretCode, OutboxMessage, TellEmployee

if TYPE_CHECKING:
    from account.effects.effect import Effect
    from account.values.identifiers import Msisdn
    from tests.account.fakes.ledger import Ledger


class MemorySecretCodes:
    """Secret codes in memory; the codes live in the ledger, for other effects end them too."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.arrived: bool | None = True
        """What becomes of every message with a code."""

    async def of_number(
        self, company_id: str, msisdn: Msisdn, since: datetime
    ) -> tuple[SecretCode | None, Sequence[datetime]]:
        of_it = [
            code
            for code in self._ledger.secret_codes.values()
            if (code.company_id, code.msisdn) == (company_id, msisdn)
        ]
        alive = [code for code in of_it if code.ended_at is None]
        return (alive[-1] if alive else None), [c.sent_at for c in of_it if c.sent_at > since]

    async def live(self, msisdn: Msisdn, now: datetime) -> SecretCode | None:
        for code in self._ledger.secret_codes.values():
            if code.msisdn == msisdn and code.alive(now):
                return code
        return None

    async def of_person(self, telegram_id: int) -> SecretCode | None:
        for code in self._ledger.secret_codes.values():
            if code.telegram_id == telegram_id and code.ended_at is None:
                return code
        return None

    async def read(self, code_id: str) -> SecretCode | None:
        return self._ledger.secret_codes.get(code_id)

    async def send(self, code: SecretCode, effects: Sequence[Effect]) -> None:
        if code.id in self._ledger.secret_codes:
            return
        end_codes(self._ledger, code.company_id, code.msisdn, code.sent_at)
        self._ledger.secret_codes[code.id] = code
        self._ledger.carry_out(effects)

    async def handed_over(self, key: str) -> bool | None:
        assert any(owed.key == key for owed in self._ledger.owed)
        return self.arrived

    async def bind(self, code_id: str, telegram_id: int, now: datetime) -> bool:
        code = self._ledger.secret_codes[code_id]
        if code.ended_at is not None or code.telegram_id not in (None, telegram_id):
            return False
        bound = replace(code, telegram_id=telegram_id, used_at=now)
        self._ledger.secret_codes[code_id] = bound
        return True

    async def end(self, company_id: str, msisdn: Msisdn, now: datetime) -> None:
        end_codes(self._ledger, company_id, msisdn, now)


def end_codes(ledger: Ledger, company_id: str, msisdn: Msisdn, now: datetime) -> None:
    for code in list(ledger.secret_codes.values()):
        if (code.company_id, code.msisdn) == (company_id, msisdn) and code.ended_at is None:
            ledger.secret_codes[code.id] = replace(code, ended_at=now)
            tell_user(ledger, code, "employee.ended", now)


def tell_user(ledger: Ledger, code: SecretCode, kind: str, now: datetime) -> None:
    if code.telegram_id is not None:
        ledger.owed.append(
            OutboxMessage(
                Channel.TELEGRAM,
                str(code.telegram_id),
                kind,
                now + timedelta(hours=24),
                {"number": code.msisdn.digits},
            )
        )


def about_codes(ledger: Ledger, effect: EndSecretCode | TellEmployee) -> None:
    if isinstance(effect, EndSecretCode):
        end_codes(ledger, effect.company_id, effect.msisdn, effect.at)
        return
    for code in list(ledger.secret_codes.values()):
        if (code.company_id, code.msisdn) == (effect.company_id, effect.msisdn):
            tell_user(ledger, code, effect.kind, effect.at)
