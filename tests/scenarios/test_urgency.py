"""Who waits for a code does not wait for what may wait (D11b)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from account.effects.effect import Channel, OutboxMessage
from tests.scenarios.conftest import ADMINISTRATOR

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tests.scenarios.conftest import Stage

NOTICES = 1000


async def owe_notices(stage: Stage) -> None:
    """A thousand SMS that nobody waits for."""
    assert stage.app is not None
    outbox = stage.app.stores.outbox
    expires_at = stage.clock.now() + timedelta(hours=24)

    def owe(conn: Connection) -> None:
        for n in range(NOTICES):
            to = f"7701{n:07d}"
            outbox.owe_on(
                conn, OutboxMessage(Channel.SMS, to, "sim.replaced", expires_at, language="en")
            )

    await stage.app.stores.database.write(owe)
    stage.app.signal.ring()


async def test_a_login_code_overtakes_a_thousand_notices(stage: Stage) -> None:
    phone = await stage.phone(ADMINISTRATOR)
    await phone.say("/start")
    await phone.tap("English")
    await phone.tap("Forgot password?")
    await phone.sees("A code will be sent")
    await stage.fault("sms", "delay", seconds=0.3, times=None)
    await owe_notices(stage)
    await phone.say(phone.number)
    await phone.code()
    assert stage.app is not None
    assert await stage.app.stores.outbox.waiting() > NOTICES / 2
    await stage.http.delete("/sandbox/faults")
