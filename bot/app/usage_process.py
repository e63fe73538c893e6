"""Files of usage details, made in a process of their own (`bot.app.usage_child`).

Here the operator is asked, and bytes are moved; decoding, cleaning and writing a million records
is done beside the conversations. An order is owed until its file is sent: a process that dies has
made nothing, and the next one begins anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import structlog

from account.documents.orders import MadeFile
from account.documents.paper_languages import languages_of
from account.errors import (
    CarrierNotUnderstood,
    CarrierUnavailable,
    DocumentNotMade,
    FiguresIncomplete,
)
from carrier.relay import Relay
from documents.render.pool import Child, RenderPool
from documents.render.temp_file import PIECE, TempFile

if TYPE_CHECKING:
    from account.documents.document import Content, Document
    from account.documents.orders import Progress
    from account.values.clock import Clock
    from bot.texts.language import Catalogues

log = structlog.get_logger(__name__)

PROGRAM = "bot.app.usage_child"
CHILDREN, KEPT = 4, 1
"""At a time, as many as documents are made at once; and one for the next order."""
_HEADERS = ("X-Total-Count", "Content-Range")
"""What readers look at besides the body."""
_IN_MEMORY = 8 * PIECE
"""Bytes of a file; a larger one lies on disk, sealed, until it is stored."""


class UsageProcess:
    """The `usage_files` of a `RenderContext`."""

    def __init__(self, relay: Relay, catalogues: Catalogues, clock: Clock) -> None:
        self._relay = relay
        self._catalogues = catalogues
        self._clock = clock
        self._pool = RenderPool(
            catalogues.say, clock, children=CHILDREN, program=PROGRAM, kept=KEPT
        )

    async def close(self) -> None:
        """End the children; whoever waits for one gets `DocumentNotMade`."""
        await self._pool.close()

    def expect(self) -> None:
        """An order is likely: it takes most of a second to begin a process for it."""
        self._pool.expect()

    async def make(self, document: Document, progress: Progress) -> MadeFile | None:
        """The file, or None when the period has no records (G-16).

        Raises `CarrierUnavailable`, `DocumentNotMade`, and `ClaimLost` out of `progress`.
        """
        async with self._pool.child() as child:
            await child.send(self.told(document))
            faults: list[CarrierUnavailable] = []
            while "made" not in (said := await child.line()):
                await self._heard(child, said, faults, progress)
            told = said["made"]
            content = None if told is None else await _content(child, int(told["bytes"]))
            child.served(int(said["memory"]), worn=bool(said["worn"]))
        if told is None or content is None:
            return None
        return MadeFile(content=content, name=str(told["name"]), rows=int(told["rows"]))

    async def _heard(
        self,
        child: Child,
        said: Mapping[str, Any],
        faults: list[CarrierUnavailable],
        progress: Progress,
    ) -> None:
        """One line that is not the last. Raises as `make`."""
        match said:
            case {"question": dict(question)}:
                try:
                    answer = await self._relay.read(question)
                except CarrierUnavailable as fault:
                    faults.append(fault)
                    await child.send({"fault": len(faults) - 1})
                    return
                told = {name: answer.headers.get(name, "") for name in _HEADERS}
                head = {"status": answer.status, "headers": told, "bytes": len(answer.body)}
                await child.send(head, answer.body)
            case {"progress": [int(done), int(total)]}:
                await progress(done, total)
            case {"left_out": [str(api), str(field)]}:
                self._relay.left_out(api, field)
            case {"not_understood": [str(api), str(field)]}:
                self._relay.not_understood(api, field)
            case {"log": str(level), "event": str(event), "told": dict(told)}:
                (log.error if level == "error" else log.warning)(event, **told)
            case {"raised": int(number)}:
                raise faults[number]
            case {"raised": "CarrierNotUnderstood", "why": str(why), "api": str(api)}:
                raise CarrierNotUnderstood(why, api)
            case {"raised": "FiguresIncomplete", "why": str(why)}:
                raise FiguresIncomplete(why)
            case {"raised": str(), "why": str(why)}:
                raise CarrierUnavailable(why)
            case _:
                raise DocumentNotMade("what the process says is not understood")

    def told(self, document: Document) -> dict[str, Any]:
        """All that a child is told of an order."""
        order = document.order
        languages = {*languages_of(order.parameters, order.language), order.language}
        return {
            "order": {
                "id": document.id,
                "reference": document.reference,
                "ordered_at": document.ordered_at.isoformat(),
                "format": order.format.value,
                "administrator": order.administrator,
                "company_id": order.company_id,
                "company_name": order.company_name,
                "company_bin": order.company_bin,
                "language": order.language,
                "parameters": dict(order.parameters),
            },
            "now": self._clock.now().isoformat(),
            "words": {language: self._catalogues.texts(language) for language in languages},
            "operator": self._relay.told,
        }


async def _content(child: Child, size: int) -> Content:
    """The file as it comes."""
    if size <= _IN_MEMORY:
        return await child.content(size)
    file = TempFile()
    while size:
        piece = await child.content(min(PIECE, size))
        file.write(piece)
        size -= len(piece)
    file.close()
    return file
