"""One file of usage details, made alone in a process of its own, so that its memory can be told.

    python -m bench.workbook ours|xlsxwriter|lag|chart ROWS

`ours` reads the operator's pages and writes the file as the product does; `xlsxwriter` writes the
same cells and nothing else, in its mode of constant memory (it is no part of the product: run it
with a Python that has it); `lag` watches the event loop while that file is made and passwords are
hashed; `chart` draws pictures (ROWS are not asked for). Prints JSON.
"""

from __future__ import annotations

import asyncio
import gc
import importlib
import json
import sys
import tempfile
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from typing_extensions import override

MSISDN = "77012115526"
COLUMNS = 10
PAGE = 1000
NOW = datetime(2022, 1, 24, 10, tzinfo=UTC)


def _record(n: int) -> dict[str, Any]:
    at = (NOW - timedelta(days=1, seconds=n)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "usageDate": at,
        "usageType": "voice",
        "usageCharacteristic": [
            {"name": "direction", "value": "outgoing"},
            {"name": "destinationNumber", "value": f"7701{n:07}"},
            {"name": "durationSec", "value": n % 3600},
            {"name": "serviceName", "value": "Calls in the network"},
        ],
        "ratedProductUsage": [
            {
                "productRef": {"id": MSISDN},
                "taxIncludedRatingAmount": {"unit": "KZT", "value": (n % 9) * 1.5},
            }
        ],
    }


def ours(rows: int) -> Any:
    """A coroutine that makes the file; the other writer needs none of the imports."""
    import logging
    from urllib.parse import parse_qs, urlsplit

    import structlog

    from account.changes.ports import DispatchGuard
    from account.chapters.usage import Usage
    from account.documents.document import Document, DocumentOrder, DocumentState
    from account.documents.kinds import DocumentFormat, DocumentKind
    from carrier.http import OperatorHttp
    from carrier.tmf.adapter import TmfAdapter
    from carrier.transport import Answer, Transport
    from documents.reports.usage import UsageWorkbook

    # As in the bot: what nobody reads is not written, and the figures stand alone.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))

    page = [_record(n) for n in range(PAGE)]
    whole = json.dumps(page).encode()

    class Operator(Transport):
        """Answers every page with the same records, encoded beforehand."""

        @override
        async def send(
            self,
            method: str,
            url: str,
            headers: Mapping[str, str],
            body: bytes | None,
            *,
            connect: float,
            read: float,
            guard: DispatchGuard | None = None,
        ) -> Answer:
            await asyncio.sleep(0.001)
            asked = parse_qs(urlsplit(url).query)
            left = rows - int(asked["offset"][0])
            text = whole if left >= PAGE else json.dumps(page[: max(0, left)]).encode()
            return Answer(200, {"X-Total-Count": str(rows)}, text)

        async def close(self) -> None:
            """Nothing to hang up."""

    class Clock:
        def now(self) -> datetime:
            return NOW

    order = DocumentOrder(
        kind=DocumentKind.USAGE,
        format=DocumentFormat.XLSX,
        telegram_id=1,
        administrator_id="adm-1",
        administrator="Bench",
        company_id="org-1",
        company_name="Bench LLP",
        company_bin="180140000018",
        language="en",
        parameters={
            "msisdn": MSISDN,
            "first": "2021-12-24",
            "last": "2022-01-24",
            "type": "everything",
        },
    )
    document = Document(
        id="d", reference="R", order=order, state=DocumentState.MAKING, ordered_at=NOW
    )

    async def progress(done: int, total: int) -> None:
        """Nobody watches."""

    async def make() -> None:
        http = OperatorHttp("http://operator", None, transport=Operator())
        carrier = TmfAdapter(http, Clock())
        maker = UsageWorkbook(
            Usage(carrier, cast("Any", None), Clock()), Clock(), lambda _language, text: text
        )
        made = await maker.make(document, progress)
        assert made is not None
        assert made.rows == rows
        # As the store reads it, so that its bytes count wherever they lie.
        for begin in range(0, len(made.content), 1 << 20):
            assert made.content[begin : begin + (1 << 20)]
        maker.close()

    return make()


def xlsxwriter(rows: int) -> None:
    """The same cells by XlsxWriter."""
    writer = importlib.import_module("xlsxwriter")

    with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
        book = writer.Workbook(file.name, {"constant_memory": True})
        sheet = book.add_worksheet("usage")
        looks = [
            book.add_format({"num_format": look})
            for look in ("dd.mm.yyyy hh:mm:ss", "@", "[h]:mm:ss", "#,##0.00")
        ]
        at = datetime(2022, 1, 24, 10)  # noqa: DTZ001 - Excel knows no zones
        for n in range(rows):
            sheet.write_datetime(n, 0, at, looks[0])
            sheet.write_string(n, 1, "Calls", looks[1])
            sheet.write_string(n, 2, "Outgoing", looks[1])
            sheet.write_string(n, 3, f"7701{n % PAGE:07}", looks[1])
            sheet.write_number(n, 4, n % 3600 / 86400, looks[2])
            for blank in (5, 6, 8):
                sheet.write_blank(n, blank, None, looks[3])
            sheet.write_number(n, 7, (n % 9) * 1.5, looks[3])
            sheet.write_string(n, 9, "Calls in the network", looks[1])
        book.close()


async def lag(rows: int) -> list[float]:
    """Milliseconds by which a sleep of 5 ms was late, while a file and passwords are worked on."""
    from account.credentials.passwords import Passwords

    late: list[float] = []
    passwords = Passwords(b"p" * 32)

    async def watch() -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(0.005)
            late.append((time.perf_counter() - began - 0.005) * 1000)

    async def hash_on() -> None:
        while True:
            await passwords.hash("correct horse battery staple")

    making = ours(rows)
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    others = [asyncio.ensure_future(watch()), asyncio.ensure_future(hash_on())]
    await making
    for other in others:
        other.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    passwords.close()
    return sorted(late)


async def chart() -> float:
    """Seconds for one picture of a month's usage, the child being there already."""
    from account.values.money import Money
    from account.values.periods import Month
    from bot.ops.clock import SteadyClock
    from documents.render.pool import RenderPool
    from documents.render.spend_charts import months_chart

    def english(_language: str, text: str) -> str:
        return text

    months = [(Month(2021, n), Money(n * 1_000_000)) for n in range(1, 13)]
    described = months_chart(months, "TOO Demo", lambda text: text, "en")
    renderer = RenderPool(english, SteadyClock())
    await renderer.picture(described, "en")
    began = time.perf_counter()
    await renderer.picture(described, "en")
    seconds = time.perf_counter() - began
    await renderer.close()
    return seconds


def _peak_mib() -> float:
    """The most memory this program has had; `ru_maxrss` would begin with its parent's."""
    lines = Path("/proc/self/status").read_text().splitlines()
    (peak,) = (line.split()[1] for line in lines if line.startswith("VmHWM"))
    return int(peak) / 1024


def main() -> None:
    """Run one of them."""
    kind, rows = sys.argv[1], int(sys.argv[2])
    began, cpu = time.perf_counter(), time.process_time()
    told: dict[str, float] = {}
    if kind != "xlsxwriter":
        # As the product sets them: by themselves they go where the figures go, debug ones too.
        importlib.import_module("bot.ops.logs").set_up("INFO")
    if kind == "ours":
        asyncio.run(ours(rows))
    elif kind == "chart":
        told = {"picture": asyncio.run(chart())}
    elif kind == "lag":
        late = asyncio.run(lag(rows))
        told = {"p50_ms": late[len(late) // 2], "p99_ms": late[int(len(late) * 0.99)]}
    else:
        xlsxwriter(rows)
    told |= {
        "seconds": time.perf_counter() - began,
        "cpu": time.process_time() - cpu,
        "peak_mib": _peak_mib(),
    }
    print(json.dumps(told))  # noqa: T201


if __name__ == "__main__":
    main()
