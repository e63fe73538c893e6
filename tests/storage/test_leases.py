"""One poller at a time."""

from __future__ import annotations

import asyncio

from storage import Stores
from tests.storage.builders import LEASE, NOW, SECOND


async def test_one_of_many_gets_the_lease(stores: Stores, others: Stores) -> None:
    fences = await asyncio.gather(
        *(
            side.leases.take("poller", f"owner-{n}", NOW, LEASE)
            for n, side in enumerate((stores, others) * 4)
        )
    )
    assert sorted(fence for fence in fences if fence is not None) == [1]


async def test_a_lease_is_held_renewed_and_given_back(stores: Stores) -> None:
    fence = await stores.leases.take("poller", "a", NOW, LEASE)
    assert fence == 1
    assert await stores.leases.holder("poller", NOW) == "a"
    assert await stores.leases.take("poller", "b", NOW + LEASE - SECOND, LEASE) is None
    assert await stores.leases.renew("poller", "a", fence, NOW + SECOND, LEASE)
    assert await stores.leases.take("poller", "b", NOW + LEASE, LEASE) is None
    assert await stores.leases.take("other", "b", NOW, LEASE) == 1
    await stores.leases.release("poller", "a", fence)
    assert await stores.leases.holder("poller", NOW) is None
    assert await stores.leases.take("poller", "b", NOW, LEASE) == 2


async def test_who_lost_the_lease_cannot_renew_it(stores: Stores) -> None:
    old = await stores.leases.take("poller", "a", NOW, LEASE)
    assert old is not None
    assert await stores.leases.take("poller", "b", NOW + LEASE, LEASE) == 2
    assert not await stores.leases.renew("poller", "a", old, NOW + LEASE, LEASE)
    await stores.leases.release("poller", "a", old)
    assert await stores.leases.holder("poller", NOW + LEASE) == "b"


async def test_the_same_owner_after_a_restart_gets_a_new_fence(stores: Stores) -> None:
    first = await stores.leases.take("poller", "a", NOW, LEASE)
    assert first is not None
    assert await stores.leases.take("poller", "a", NOW, LEASE) == first + 1
    assert not await stores.leases.renew("poller", "a", first, NOW, LEASE)
