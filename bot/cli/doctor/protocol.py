"""What an operator's APIs do with versions, filters, totals, pages and our own references.

Needs nobody: asked for a company and for changes that do not exist.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from account.values.capabilities import Capability
from bot.cli.doctor import answers, operator
from carrier.apis import Api
from carrier.tmf.balance_transfer import TRANSFERS
from carrier.tmf.change_outcome import ChangeResource
from carrier.tmf.product_order import ORDERS
from carrier.tmf.query import query_string

if TYPE_CHECKING:
    from bot.cli.doctor.questions import Questions

NOBODYS = "no-such-company-0000"
"""Whose lists are empty, where a filter by company holds."""
FOUND_AGAIN: tuple[tuple[ChangeResource[Any], Capability | None], ...] = (
    (ORDERS, None),
    (TRANSFERS, Capability.TRANSFERS),
)
"""What is looked for when nobody knows what became of a change."""
FAR = 10_000_000


async def form(asking: Questions, api: Api) -> None:
    """Whether rows are in the form of the version that the profile says."""
    if api in operator.POSTED:
        return
    told = await asking.rows(api, "limit=5", operator.RESOURCES[api])
    spoken = answers.version_of(told[1]) if told is not None else None
    if spoken is None:
        return
    said = asking.http.profile.api(api).version
    wrong = f"its rows are in the form of {spoken}: apis.{api}.version is to be {spoken}"
    well = spoken == said
    asking.note(api, f"it speaks {said}", well, "as wanted" if well else wrong)


async def filters(asking: Questions) -> None:
    """Whether a list is filtered by company, and what its total counts."""
    find = asking.http.profile.find
    told = await asking.rows(
        Api.PRODUCT_INVENTORY, query_string(("relatedParty.id", NOBODYS), ("limit", 5))
    )
    if told is None:
        return
    answer, rows = told
    holds = not rows
    asking.note(
        Api.PRODUCT_INVENTORY,
        "a filter by company holds",
        holds,
        "as wanted"
        if holds
        else "it is ignored: all rows come, ours are picked out of them, "
        "and each list is read whole; slow, and find.totals must not be filtered",
        tolerated=find.totals != "filtered",
    )
    total = answer.headers.get("X-Total-Count")
    if total is None:
        counted, key = "it is not told", "none"
    elif total == "0":
        counted, key = "what the filter leaves", "filtered"
    else:
        counted, key = "more than the filter leaves", "collection"
    asking.note(
        Api.PRODUCT_INVENTORY,
        "X-Total-Count",
        key == find.totals,
        f"{counted}: find.totals is to be {key}",
    )


async def edges(asking: Questions) -> None:
    """Pages of nothing and past the end, order of rows, form of a refusal."""
    product = Api.PRODUCT_INVENTORY
    totals_hold = asking.http.profile.find.totals == "filtered"
    if told := await asking.rows(product, "limit=0"):
        asking.note(
            product,
            "limit=0 counts and gives no row",
            not told[1],
            "as wanted" if not told[1] else "rows come: states are counted from the rows",
            tolerated=not totals_hold,
        )
    past = await asking.ask(product, f"offset={FAR}&limit=1")
    if past is not None:
        empty = past.status in (200, 206) and past.body.strip() == b"[]"
        asking.note(
            product,
            "past the end the list is empty",
            empty,
            "as wanted" if empty else f"status {past.status}: the last page may not be shown",
            tolerated=past.status == 404,
        )
    if told := await asking.rows(product, "sort=productSerialNumber&limit=20"):
        serials = [str(row.get("productSerialNumber", "")) for row in told[1]]
        ordered = serials == sorted(serials)
        asking.note(
            product,
            "sort holds",
            ordered,
            "as wanted" if ordered else "numbers come unsorted: find.sorting is to be false",
            tolerated=not asking.http.profile.find.sorting,
        )
    refused = await asking.ask(product, "limit=nothing")
    if refused is not None:
        form = answers.error_form(refused)
        asking.note(
            product,
            "a mistake is refused in TMF630's form",
            form == "TMF630",
            f"status {refused.status}, {form}",
            tolerated=True,
        )


async def found_again(asking: Questions, resource: ChangeResource[Any]) -> None:
    """Whether what we sent can be looked for: asked as the product asks, for nobody's."""
    reference = str(uuid.uuid4())
    for conditions in resource.questions(asking.http.profile, reference):
        filtered = query_string(*conditions, ("limit", 5))
        answer = await asking.ask(resource.api, filtered, resource.name)
        if answer is not None:
            meaning = answers.of_nothing(answer)
            asking.note(
                resource.api,
                f"{resource.name} is found by {conditions[0][0]}, our reference",
                meaning is None,
                meaning or "as wanted",
            )
