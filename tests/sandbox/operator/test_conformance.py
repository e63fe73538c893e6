from __future__ import annotations

from typing import Any

from tests.sandbox.operator.conftest import Client

SERVED = {"TMF632", "TMF637", "TMF622", "TMF654", "TMF666", "TMF681", "TMF635"}


async def test_every_list_conforms_strictly_and_counts_itself(
    operator: Client, contracts: Any
) -> None:
    for api, path, definition in contracts.READS:
        if api not in SERVED:
            continue
        answer = await operator.get(path, params={"offset": "0", "limit": "100"})
        assert answer.status == 200, path
        items = await answer.json()
        wrong = [error for item in items for error in contracts.errors(api, definition, item)]
        assert wrong == [], path
        assert answer.headers["X-Result-Count"] == str(len(items))
        assert int(answer.headers["X-Total-Count"]) >= len(items)
        past = await operator.get(path, params={"offset": "1000000"})
        assert (past.status, await past.json()) == (200, [])
