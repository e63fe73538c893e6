"""What the rows of changes say of devices, also after a restart."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from account.changes.action import ActionKind, ActionState, ChangeRequest
from account.chapters.devices.registrations import (
    IMEI,
    OWNER_MISMATCH,
    DeviceParameters,
    lock_key_of,
)
from account.chapters.devices.requests import DeviceRequestsQuery, Stage
from account.values.identifiers import Imei
from storage import Stores
from tests.storage.builders import (
    LEASE,
    MINUTE,
    NOW,
    OTHER_PHONE,
    PHONE,
    accepted,
    offered,
)

IMEI_A, IMEI_B = Imei("35367807651154"), Imei("86978202212128")
HERE = ChangeRequest("company-1", PHONE, DeviceParameters(IMEI_A))
REREGISTER = ActionKind.REREGISTER_DEVICE


def about(imei: Imei, kind: ActionKind = REREGISTER, **changes: Any) -> dict[str, Any]:
    return {"kind": kind, "parameters": {IMEI: imei.key}, **changes}


async def confirmed(stores: Stores, token: str, imei: Imei, **changes: Any) -> str:
    """A confirmed change of a device, under its lock key; its id."""
    return (await accepted(stores, token, lock_key_of(imei), **about(imei, **changes))).id


async def settled(
    stores: Stores, why: str | None, order: str | None = None, state: Any = ActionState.REJECTED
) -> None:
    """Whatever is due ends that way."""
    for action in await stores.actions.claim("w", NOW + MINUTE, LEASE, 10):
        await stores.actions.settle(action, state, why, order, NOW + MINUTE, [])


async def test_wrong_owners_are_counted_whoever_told_them(stores: Stores) -> None:
    await confirmed(stores, "t1", IMEI_A)
    await settled(stores, OWNER_MISMATCH, "po-1")
    await confirmed(stores, "t2", IMEI_A, company_id="company-2", msisdn=OTHER_PHONE)
    await settled(stores, OWNER_MISMATCH)
    await confirmed(stores, "t3", IMEI_A)
    await settled(stores, "IMEI.BLACKLISTED")
    await confirmed(stores, "t4", IMEI_B)
    await settled(stores, OWNER_MISMATCH)
    assert await stores.devices.owner_tries(IMEI_A, NOW, HERE) == 2
    assert await stores.devices.owner_tries(IMEI_A, NOW + MINUTE, HERE) == 0
    assert await stores.devices.owner_tries(IMEI_B, NOW, HERE) == 1


async def test_what_is_not_decided_counts_but_for_the_one_that_asks(stores: Stores) -> None:
    await confirmed(stores, "t1", IMEI_A)
    assert await stores.devices.owner_tries(IMEI_A, NOW, HERE) == 0
    other = ChangeRequest("company-1", OTHER_PHONE, DeviceParameters(IMEI_A))
    assert await stores.devices.owner_tries(IMEI_A, NOW, other) == 1
    await settled(stores, None, "po-1", ActionState.DONE)
    assert await stores.devices.owner_tries(IMEI_A, NOW, other) == 0


async def test_offers_and_other_changes_count_nowhere(stores: Stores) -> None:
    await offered(stores, "t1", lock_key_of(IMEI_A), **about(IMEI_A))
    await confirmed(stores, "t2", IMEI_A, kind=ActionKind.DUPLICATE_DEVICE)
    await settled(stores, OWNER_MISMATCH)
    await accepted(stores, "t3")
    assert await stores.devices.owner_tries(IMEI_A, NOW, HERE) == 0
    [row] = await stores.devices.without_order("company-1", DeviceRequestsQuery(), 10)
    assert row.kind is ActionKind.DUPLICATE_DEVICE


async def test_requests_without_an_order_newest_first(stores: Stores) -> None:
    first = await confirmed(stores, "t1", IMEI_A)
    await settled(stores, "IMEI.INVALID")
    await confirmed(stores, "t2", IMEI_A)
    await settled(stores, None, "po-2", ActionState.DONE)
    second = await confirmed(stores, "t3", IMEI_B)
    third = await confirmed(stores, "t4", IMEI_A, msisdn=OTHER_PHONE)
    await confirmed(stores, "t5", IMEI_A, company_id="company-2")

    async def ids(**query: Any) -> set[str | None]:
        rows = await stores.devices.without_order("company-1", DeviceRequestsQuery(**query), 10)
        return {row.id for row in rows}

    assert await ids() == {first, second, third}
    assert await ids(msisdn=PHONE) == {first, second}
    assert await ids(imei=IMEI_A) == {first, third}
    assert await ids(imei=IMEI_B, msisdn=OTHER_PHONE) == set()
    rows = await stores.devices.without_order("company-1", DeviceRequestsQuery(), 2)
    assert len(rows) == 2
    rows = await stores.devices.without_order("company-1", DeviceRequestsQuery(), 10)
    stages = {row.id: (row.stage, row.reason_code) for row in rows}
    assert stages == {
        first: (Stage.FAILED, "IMEI.INVALID"),
        second: (Stage.ACCEPTED, None),
        third: (Stage.ACCEPTED, None),
    }


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)  # PostgreSQL plans by the size
async def test_no_question_reads_all_changes(stores: Stores) -> None:
    await offered(stores, "t1")

    def plans(conn: Any) -> list[str]:
        asked = (
            "SELECT * FROM actions WHERE company_id = 'c' AND {0} ORDER BY accepted_at DESC",
            "SELECT count(*) FROM actions WHERE {0} AND lane = 'device:1' AND accepted_at >= 1",
        )
        of_devices = (
            "kind IN ('device.deregister', 'device.duplicate', 'device.register',"
            " 'device.reregister')"
        )
        return [
            str(row)
            for one in asked
            for row in conn.execute(text(f"EXPLAIN QUERY PLAN {one.format(of_devices)}"))
        ]

    shown = await stores.database.read(plans)
    assert not any("SCAN" in plan for plan in shown), shown
