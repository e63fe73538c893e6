"""The lines of `myaccount doctor`, and its exit code."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from account.errors import CarrierUnavailable
from bot.cli.doctor import connections, events, installation, operator
from bot.cli.doctor.verdict import Several, Warn, Wrong
from bot.config.errors import BadSetting
from bot.ops.causes import unreached
from storage.errors import (
    DatabaseNewer,
    DatabaseOlder,
    DatabaseUnsafe,
    DatabaseUrlInvalid,
    SecretMismatch,
    SecretsInvalid,
    StorageUnavailable,
    WitnessDamaged,
)

if TYPE_CHECKING:
    from bot.config.settings import Settings

LEAVE_IT_ALONE = 2

_CHECKS: dict[str, Callable[[Settings], Awaitable[str]]] = {
    "secret": installation.secret,
    "files": installation.files,
    "database": installation.database,
    "witness": installation.witness,
    "Telegram": connections.telegram,
    "webhook": connections.webhook,
    "clock": installation.clock,
    "operator": operator.check,
    "events": events.check,
    "SMS": connections.sms,
    "mail": connections.mail,
    "metrics": installation.metrics,
    "settings": installation.unwise,
    "documents": installation.documents,
}


def _say(line: str) -> None:
    print(line)  # noqa: T201 - the answer of a command


async def doctor(settings: Settings) -> int:
    """Try everything the bot needs, one line each; 1 when something does not work.

    2 when the secret is another database's, the program older than the database, or the database
    older than it was: then nothing else counts.
    """
    code = 0
    for name, check in _CHECKS.items():
        try:
            said = await check(settings)
            _say(f"{'warn ' if isinstance(said, Warn) else 'ok   '} {name}: {said}")
        except SecretMismatch as bad:
            code = LEAVE_IT_ALONE
            _say(f"WRONG {name}: MYACCOUNT_SECRET_KEY_FILE: {bad}")
        except (DatabaseNewer, DatabaseOlder, WitnessDamaged) as bad:
            code = LEAVE_IT_ALONE
            _say(f"WRONG {name}: {bad}")
        except (Wrong, Several) as bad:
            code = code or 1
            for one in bad.faults if isinstance(bad, Several) else [bad]:
                _say(f"WRONG {one.part or name}: {one}")
        except (BadSetting, SecretsInvalid, DatabaseUrlInvalid, DatabaseUnsafe) as bad:
            code = code or 1
            _say(f"WRONG {name}: {bad}")
        except (OSError, ValueError, CarrierUnavailable, StorageUnavailable) as bad:
            code = code or 1
            # The class says what kind of fault it is; the text of a fault may hold the token.
            _say(f"WRONG {name}: {unreached(bad) or type(bad).__name__}")
    return code
