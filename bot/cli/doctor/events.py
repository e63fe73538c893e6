"""The doctor's look at the operator's events: what its hubs said, whether the way to us is open.

Nothing is subscribed to and nothing is ended by it; the bot does both. An installation that gets no
events works, so nothing here is WRONG.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.app.build import read_secrets
from bot.cli.doctor.verdict import Warn
from bot.ops.causes import unreached, where
from carrier.transport import NoAnswerError, NotConnectedError, PooledTransport
from storage.engine.schema import current, newest
from storage.open import open_stores

if TYPE_CHECKING:
    from bot.config.settings import Settings
    from storage.stores.event_subscriptions import EventSubscription

_SECONDS = 5
_POLLED = "changes are asked about as without it"


async def check(settings: Settings) -> str:
    """What is known of each subscription, and what answers at our own address."""
    if await current(settings.database_url) != newest():
        return "nothing is subscribed to yet"
    stores = open_stores(settings.database_url, read_secrets(settings))
    try:
        await stores.secret_keys.prove()
        kept = await stores.event_subscriptions.all()
        [path, *_] = stores.keys.event_paths()
    finally:
        await stores.close()
    if settings.events_url is None:
        if kept:
            return Warn("none are wanted, and a subscription is left: the bot ends it at its start")
        return "none: changes are asked about"
    apis = settings.profile.events.apis
    told = {api: _of_hub(api, kept.get(api)) for api in apis}
    faults = [said for said in told.values() if isinstance(said, Warn)]
    if apis:
        faults += await _the_way(settings.events_url, f"{path}/{apis[0]}")
    else:
        faults.append(Warn("the profile names no hub (events.apis): MYACCOUNT_EVENTS_URL is idle"))
    return Warn("; ".join(faults)) if faults else "; ".join(told.values())


def _of_hub(api: str, kept: EventSubscription | None) -> str:
    if kept is None:
        return f"{api}: not subscribed to; the bot does so when it starts"
    since = f"{kept.since:%Y-%m-%d %H:%M} UTC"
    if kept.refused is not None:
        return Warn(
            f"{api}: its hub said {kept.refused} at {since}: {_POLLED}; have the operator allow "
            "it, or take it out of events.apis in the profile"
        )
    if kept.hub_id is None:
        return Warn(f"{api}: its hub was asked at {since} and has not answered: {_POLLED}")
    heard = "none came yet" if kept.heard_at is None else f"the last {kept.heard_at:%Y-%m-%d %H:%M}"
    return f"{api}: subscribed to since {since}, {heard}"


async def _the_way(url: str, path: str) -> list[Warn]:
    """Send what is no event to our own address, as the operator would."""
    transport = PooledTransport(_SECONDS)
    address = f"MYACCOUNT_EVENTS_URL: {where(url)}"
    try:
        answer = await transport.send(
            "POST", f"{url}/{path}", {}, b"", connect=_SECONDS, read=_SECONDS
        )
    except (NotConnectedError, NoAnswerError) as error:
        cause = unreached(error) or "no answer"
        return [Warn(f"{address}: {cause}; so it is while the bot does not run")]
    finally:
        await transport.close()
    if answer.status == 204:
        return []
    return [
        Warn(
            f"{address}: status {answer.status}: something else answers there, or the proxy does "
            "not pass the whole path on to the bot"
        )
    ]
