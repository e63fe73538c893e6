"""Parts of texts and their receipts, however a centre writes names and in whatever order."""

from __future__ import annotations

import pytest

from storage import Stores
from storage.retention import KeptFor
from tests.storage.builders import NOW, SECOND


@pytest.mark.parametrize(
    ("answered", "told"),
    [("4097", "4097"), ("1001", "4097"), ("4097", "1001"), ("AF7", "af7"), ("0AF7", "2807")],
)
async def test_a_receipt_finds_its_message(stores: Stores, answered: str, told: str) -> None:
    """The answer may write in hexadecimal what the receipt writes in decimal, or the reverse."""
    await stores.sms_parts.submitted("otp:1", [answered], NOW)
    assert await stores.sms_parts.received(told, "DELIVRD", NOW) == "otp:1"
    assert await stores.sms_parts.states("otp:1") == ["DELIVRD"]


async def test_the_name_as_it_is_comes_before_the_other_ways_to_write_it(stores: Stores) -> None:
    await stores.sms_parts.submitted("otp:1", ["16"], NOW)
    await stores.sms_parts.submitted("otp:2", ["10"], NOW)
    assert await stores.sms_parts.received("16", "DELIVRD", NOW) == "otp:1"


async def test_a_receipt_before_the_answer_is_kept_for_it(stores: Stores, others: Stores) -> None:
    assert await others.sms_parts.received("77", "DELIVRD", NOW) is None
    await stores.sms_parts.submitted("otp:1", ["76", "77"], NOW + SECOND)
    assert sorted(map(str, await stores.sms_parts.states("otp:1"))) == ["DELIVRD", "None"]


async def test_a_centre_that_counts_anew_is_told_by_the_latest(stores: Stores) -> None:
    await stores.sms_parts.submitted("otp:1", ["1"], NOW)
    await stores.sms_parts.submitted("otp:2", ["1"], NOW + SECOND)
    assert await stores.sms_parts.received("1", "UNDELIV", NOW) == "otp:2"
    assert await stores.sms_parts.states("otp:1") == [None]


async def test_a_text_that_the_centre_does_not_name_has_no_receipt(stores: Stores) -> None:
    await stores.sms_parts.submitted("otp:1", [""], NOW)
    assert await stores.sms_parts.states("otp:1") == [None]


async def test_receipts_are_forgotten_with_their_messages(stores: Stores) -> None:
    await stores.sms_parts.submitted("otp:1", ["1"], NOW)
    await stores.purge(NOW + KeptFor().outbox + SECOND)
    assert await stores.sms_parts.states("otp:1") == []
