"""`myaccount verify-audit`: the check of the actions history, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.app.build import read_secrets
from bot.ops.clock import SteadyClock
from storage.audit.chain import NO_COMPANY
from storage.audit.verification import ENTRY, REGISTER_CHANGED, SEAL_CHANGED, STRANGE, TAKEN_AWAY
from storage.engine.schema import refuse_newer
from storage.open import open_stores

if TYPE_CHECKING:
    from bot.config.settings import Settings
    from storage.audit.verification import Breach

_SENTENCES = {
    ENTRY: "BROKEN at entry {entry}{whose}: it was changed, removed or moved.",
    TAKEN_AWAY: "BROKEN: the whole history of a company was taken away.",
    STRANGE: "BROKEN: there are entries{whose} that My Account did not write.",
    REGISTER_CHANGED: "BROKEN: the register of the companies' histories was changed.",
    SEAL_CHANGED: "BROKEN: the seal over all was changed, or an older one was put back.",
}


def sentence(breach: Breach) -> str:
    """What is wrong with the history, for who keeps the machine."""
    whose = f" of company {breach.company}" if breach.company else ""
    if breach.chain == NO_COMPANY:
        whose = " of no company"
    return _SENTENCES[breach.why].format(entry=breach.entry, whose=whose)


async def verify_audit(settings: Settings, *, full: bool = False) -> int:
    """Check the history from the last seal on, or all of it; 1 when it is broken."""
    stores = open_stores(settings.database_url, read_secrets(settings))
    try:
        stores.database.make_room()
        await stores.database.read(refuse_newer)
        await stores.secret_keys.prove()
        verdict = await stores.audit.verify(SteadyClock(settings.now).now(), full=full)
    finally:
        await stores.close()
    if verdict.breach is not None:
        print(sentence(verdict.breach))  # noqa: T201 - the answer of a command
        return 1
    print(  # noqa: T201
        f"The chain of {verdict.rows} entries is whole. Last seal: {verdict.seal or 'none'}"
    )
    return 0
