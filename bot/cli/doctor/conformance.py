"""`myaccount doctor --operator`: what an operator's systems do with what will be asked of them.

Reads only. Each line is a question, what came, and what that means for people; a key of the
profile is named where it mends it. With an administrator's phone the product's own readers read a
page of everything that administrator could see; without one only what needs no company.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.cli.doctor import administrator, operator, protocol
from bot.cli.doctor.operator_transport import operator_over, transport_of
from bot.cli.doctor.questions import Mark, Questions
from carrier.apis import Api

if TYPE_CHECKING:
    from account.values.identifiers import Msisdn
    from bot.config.settings import Settings


async def conformance(settings: Settings, phone: Msisdn | None) -> int:
    """Print the table; 1 when something fails."""
    transport = transport_of(settings)
    http = operator_over(transport, settings)
    asking = Questions(settings, transport, http)
    try:
        await _ask(asking, phone)
    finally:
        await http.close()
    wide = max(len(line.question) for line in asking.lines)
    for line in asking.lines:
        print(  # noqa: T201 - the answer of a command
            f"{line.mark:9} {line.api} {line.question:{wide}}  {line.meaning}"
        )
    counts = {mark: sum(line.mark is mark for line in asking.lines) for mark in Mark}
    print(", ".join(f"{count} {mark}" for mark, count in counts.items()))  # noqa: T201
    return 1 if counts[Mark.FAILS] else 0


async def _ask(asking: Questions, phone: Msisdn | None) -> None:
    """Everything, one after the other; a fault of one question stops no other."""
    settings = asking.settings
    there: set[Api] = set()
    for api in Api:
        if api not in operator.not_there(settings):
            said = await operator.fault(asking.http, asking.transport, api, settings)
            meaning = said.of(api) if said else "as wanted"
            asking.note(api, "is there, lets us in", said is None, meaning)
            if said is None:
                there.add(api)
                await protocol.form(asking, api)
    # What is not there answers nothing that could be judged.
    if Api.PRODUCT_INVENTORY in there:
        await protocol.filters(asking)
        await protocol.edges(asking)
    for resource, rests_on in protocol.FOUND_AGAIN:
        if resource.api in there and rests_on not in settings.profile.lacks:
            await protocol.found_again(asking, resource)
    if phone is not None:
        await administrator.everything_of(asking, phone)
