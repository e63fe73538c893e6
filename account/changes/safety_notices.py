"""What an administrator is told about the safety of their own account, by every way there is.

To where their codes go and to each Telegram account known of them lately: whoever has one of these
must not be the only one who hears it. Where it may not have been them, the message has a way to say
so (`account.changes.freezes`): a button in the chat, a link in the SMS and in the letter.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeAlias

from account.credentials.one_time_codes import Address
from account.effects.effect import Channel, Effect, FreezeLink, OutboxMessage, TellAccounts
from account.identity.directory import Administrator
from account.values.identifiers import Msisdn

NOTICE_LIFE = timedelta(hours=24)
LINK_LIFE = timedelta(hours=72)
NOT_ME = "not_me"
"""Parameter of a message: the token with which its reader can freeze the account."""

CodeAddress: TypeAlias = Callable[[Msisdn, Administrator | None], Awaitable[Address | None]]


def freeze_link(
    administrator_id: str, administrator: str, phone: Msisdn, now: datetime
) -> tuple[str, FreezeLink]:
    """A fresh token that freezes this administrator, and the effect that makes it good."""
    token = secrets.token_urlsafe(16)
    link = FreezeLink(link_hash(token), administrator_id, administrator, phone, now + LINK_LIFE)
    return token, link


def link_hash(token: str) -> str:
    """What the store keeps of a token."""
    return hashlib.sha256(f"freeze:{token}".encode(errors="replace")).hexdigest()


class SafetyNotices:
    """Says to an administrator what happens to their own account."""

    def __init__(self, code_address: CodeAddress) -> None:
        self._code_address = code_address

    async def to_owner(
        self,
        administrator: Administrator,
        kind: str,
        now: datetime,
        language: str,
        *,
        told: Mapping[str, str] | None = None,
        key: str | None = None,
        but: int | None = None,
        not_me: bool = False,
        places: Sequence[Address] = (),
    ) -> list[Effect]:
        """The messages; none to the account `but`, and further ones to `places`.

        With `not_me` they let the reader say that it was not them. Raises `CarrierUnavailable`.
        """
        effects: list[Effect] = []
        told = dict(told or {})
        if not_me:
            token, link = freeze_link(
                administrator.id, administrator.name, administrator.phone, now
            )
            told[NOT_ME] = token
            effects.append(link)
        key = key or f"{kind}:{administrator.id}:{now.isoformat()}"
        address = await self._code_address(administrator.phone, administrator)
        usual = address or Address(Channel.SMS, administrator.phone.digits)
        effects += [
            OutboxMessage(
                place.channel,
                place.to,
                kind,
                now + NOTICE_LIFE,
                told,
                language,
                key=f"{key}:{n}",
            )
            for n, place in enumerate(dict.fromkeys((usual, *places)))
        ]
        effects.append(TellAccounts(administrator.id, kind, key, now, now + NOTICE_LIFE, told, but))
        return effects
