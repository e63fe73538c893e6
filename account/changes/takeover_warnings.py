"""Before a number is taken over, whose number it is hears of it (S16-5, safety.md section 2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from account.changes.action import Action
from account.changes.safety_notices import NOT_ME, SafetyNotices, freeze_link
from account.credentials.one_time_codes import Address
from account.effects.effect import Channel, Effect, OutboxMessage, TellAccounts
from account.identity.directory import Directory
from account.values.identifiers import Msisdn
from account.values.languages import FOR_STRANGERS

WARNING_LIFE = timedelta(hours=24)


class TakeoverWarnings:
    """Warns the number itself, who logs in with it, and who is said to have confirmed it."""

    def __init__(self, carrier: Directory, notices: SafetyNotices) -> None:
        self._carrier = carrier
        self._notices = notices

    async def before(self, action: Action, login: Msisdn, now: datetime) -> list[Effect]:
        """What goes out with the confirmation; `login` is the number of who confirmed.

        The number itself gets an SMS. Where an administrator logs in with it, so do all the places
        where they can be told, with a way to stop it. All other accounts of who confirmed hear
        that it was done in their name; a code went to where their codes go before.
        Raises `CarrierUnavailable`.
        """
        told = {
            "kind": action.kind.value,
            "msisdn": action.msisdn.digits,
            "administrator": action.administrator,
        }
        key, number = f"{action.id}:warned", Address(Channel.SMS, action.msisdn.digits)
        owner = await self._carrier.administrator(action.msisdn)
        if owner is not None:
            effects = await self._notices.to_owner(
                owner,
                "takeover.login_number",
                now,
                FOR_STRANGERS,
                told=told,
                key=key,
                but=action.telegram_id,
                not_me=True,
                places=[number],
            )
            own = owner.id == action.administrator_id
            return effects if own else [*effects, *_in_their_name(action, login, told, now)]
        return [
            OutboxMessage(
                number.channel,
                number.to,
                "takeover.number",
                now + WARNING_LIFE,
                told,
                FOR_STRANGERS,
                key=key,
                ahead_of=action.id,
            ),
            *_in_their_name(action, login, told, now),
        ]


def _in_their_name(
    action: Action, login: Msisdn, told: Mapping[str, str], now: datetime
) -> list[Effect]:
    token, link = freeze_link(action.administrator_id, action.administrator, login, now)
    return [
        link,
        TellAccounts(
            action.administrator_id,
            "takeover.yours",
            f"{action.id}:yours",
            now,
            now + WARNING_LIFE,
            {**told, NOT_ME: token},
            action.telegram_id,
        ),
    ]
