"""A receipt that says that a code did not arrive is told to whoever waits for it."""

from __future__ import annotations

import pytest

from account.credentials.one_time_codes import CODE_LIFE, Code, Purpose
from account.effects.effect import Channel
from account.values.identifiers import Msisdn
from bot.delivery.sms_receipts import KeptReceipts
from storage.open import Stores
from tests.carrier.desk import Day
from tests.storage.builders import NOW, SECOND

PERSON = 4242


def receipts(stores: Stores, clock: Day | None = None) -> KeptReceipts:
    clock = clock or Day(NOW)
    return KeptReceipts(
        stores.sms_parts, clock, lambda _: None, stores.login.awaited, stores.outbox.owe
    )


async def issued(stores: Stores, name: str, purpose: str = "step-up:a-1") -> str:
    """A code that waits to be typed; what its message is called."""
    phone = Msisdn("77010542007")
    await stores.login.issue(Code(name, phone, PERSON, purpose, "mac", NOW), [])
    return f"code:{name}"


async def told(stores: Stores) -> list[tuple[Channel, str, str]]:
    rows = await stores.outbox.claim("test", NOW, SECOND * 30, 10)
    return [(row.channel, row.to, row.kind) for row in rows]


WORD = [(Channel.TELEGRAM, str(PERSON), "code.refused")]


@pytest.mark.parametrize("state", ["UNDELIV", "REJECTD", "EXPIRED", "DELETED"])
async def test_whoever_waits_for_a_code_hears_that_it_did_not_arrive(
    stores: Stores, state: str
) -> None:
    kept = receipts(stores)
    await kept.submitted(await issued(stores, "c1"), ["7", "8"])
    await kept.received("7", "DELIVRD")
    assert await told(stores) == []
    await kept.received("8", state)
    await kept.received("8", state)
    assert await told(stores) == WORD


@pytest.mark.parametrize("state", ["DELIVRD", "ENROUTE", "ACCEPTD", "UNKNOWN", "ODD"])
async def test_what_says_nothing_for_sure_is_no_word(stores: Stores, state: str) -> None:
    kept = receipts(stores)
    await kept.submitted(await issued(stores, "c1"), ["7"])
    await kept.received("7", state)
    assert await told(stores) == []


async def test_a_receipt_that_was_faster_than_the_answer_is_told_too(stores: Stores) -> None:
    kept = receipts(stores)
    reference = await issued(stores, "c1")
    await kept.received("7", "UNDELIV")
    assert await told(stores) == []
    await kept.submitted(reference, ["7"])
    assert await told(stores) == WORD


async def test_of_a_reset_nobody_hears_that_the_number_is_known(stores: Stores) -> None:
    kept = receipts(stores)
    await kept.submitted(await issued(stores, "c1", Purpose.RESET), ["7"])
    await kept.received("7", "UNDELIV")
    assert await told(stores) == []


async def test_nobody_waits_for_a_code_that_was_used_replaced_or_is_over(stores: Stores) -> None:
    kept = receipts(stores)
    await kept.submitted(await issued(stores, "c1"), ["1"])
    await kept.submitted(await issued(stores, "c2"), ["2"])  # instead of the first
    await kept.received("1", "UNDELIV")
    phone = Msisdn("77010542007")
    await stores.login.try_code(phone, PERSON, "step-up:a-1", "mac", NOW)
    await kept.received("2", "UNDELIV")
    await kept.submitted(await issued(stores, "c3", "step-up:a-2"), ["3"])
    await receipts(stores, Day(NOW + CODE_LIFE)).received("3", "EXPIRED")
    assert await told(stores) == []


async def test_texts_that_are_no_codes_have_nobody_waiting(stores: Stores) -> None:
    kept = receipts(stores)
    await kept.submitted("outbox:5", ["1"])
    await kept.received("1", "UNDELIV")
    assert await told(stores) == []
