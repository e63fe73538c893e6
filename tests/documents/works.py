"""The core with real stores, the real renderer, and the sandbox as the operator.

What a file must say is computed by the tests from what the sandbox answers over HTTP, read as plain
JSON with decimals: nothing of the product stands between.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
from openpyxl.worksheet.worksheet import Worksheet

from account.chapters.billing.parties import Supplier
from account.chapters.usage import Usage
from account.documents.catalogue import DocumentCatalogue
from account.documents.document import Document, DocumentState
from account.documents.kinds import SPECS, DocumentFormat, DocumentKind
from account.documents.orders import LEASE, Documents, MadeFile
from account.identity.directory import Company
from account.identity.permissions import Actor
from account.values.identifiers import Bin, Msisdn
from account.values.periods import ALMATY
from carrier.http import OperatorHttp
from carrier.tmf.adapter import TmfAdapter
from documents.context import RenderContext
from documents.registry import renderers
from documents.render.pool import RenderPool
from documents.reports.usage_print import UsageFiles
from documents.text.marker import Words
from sandbox.app import Sandbox
from sandbox.world import World, WorldClock
from storage import Secrets, Stores, open_stores
from tests.documents.reading import rows
from tests.loopback import client
from tests.schema import migrated

NOW = datetime(2026, 11, 22, 7, tzinfo=UTC)
DEMO = Company("org-180140000018", "TOO Demo", Bin("180140000018"))
KAZYNA = Company("org-180140000901", "ЖШС «Қазына Үлгі»", Bin("180140000901"))
QYRAN = Company("org-200340012342", '<Алтын & Қыран> «"Ә" ЖШС»', Bin("200340012342"))
PHONE = Msisdn("77010542007")
SUPPLIER = Supplier("Operator JSC", Bin("980640000003"))
BILLS = "/tmf-api/customerBillManagement/v4/customerBill"
LINES = "/tmf-api/customerBillManagement/v4/appliedCustomerBillingRate"
PAYMENTS = "/tmf-api/payment/v4/payment"
NUMBERS = "/tmf-api/productInventory/v4/product"
ACCOUNTS = "/tmf-api/accountManagement/v4/billingAccount"
XLSX, PDF, PNG = DocumentFormat.XLSX, DocumentFormat.PDF, DocumentFormat.PNG
KIND = DocumentKind
TOTAL = "Total"


@dataclass
class Works:
    """The core with real stores, the real renderer, and the sandbox as the operator."""

    world: World
    control: httpx.AsyncClient
    stores: Stores
    documents: Documents

    def actor(self, company: Company = DEMO) -> Actor:
        known = {one.id: one for one in (DEMO, KAZYNA, QYRAN, company)}
        return Actor(7, "s-1", "adm-1", "Асель Садыкова", PHONE, tuple(known.values()), company.id)

    async def ordered(
        self,
        kind: DocumentKind,
        parameters: Mapping[str, str],
        form: DocumentFormat | None = None,
        company: Company = DEMO,
    ) -> Document:
        return await self.documents.order(
            self.actor(company), kind, form or SPECS[kind].formats[0], parameters, "en"
        )

    async def made(
        self,
        kind: DocumentKind,
        parameters: Mapping[str, str],
        form: DocumentFormat | None = None,
        company: Company = DEMO,
    ) -> MadeFile:
        """Order it, have a worker make it, and take the file."""
        document = await self.ordered(kind, parameters, form, company)
        await self.work()
        ready = await self.read(document)
        assert ready.state is DocumentState.READY, ready.reason_code
        content = await self.stores.documents.content(document.id)
        assert content is not None
        assert ready.name is not None
        return MadeFile(content, ready.name, ready.rows)

    async def work(self) -> None:
        claimed = await self.stores.documents.claim("w", self.world.clock.now(), LEASE)
        assert claimed is not None
        await self.documents.make(claimed)

    async def read(self, document: Document) -> Document:
        found = await self.stores.documents.read(document.id)
        assert found is not None
        return found

    async def empty(
        self, kind: DocumentKind, parameters: Mapping[str, str], company: Company = DEMO
    ) -> bool:
        """Whether a worker finds nothing for it."""
        document = await self.ordered(kind, parameters, company=company)
        await self.work()
        assert await self.stores.documents.content(document.id) is None
        return (await self.read(document)).state is DocumentState.EMPTY

    async def get(self, path: str, **query: str | int) -> list[dict[str, Any]]:
        """The whole list, as the operator answers it."""
        answer = await self.control.get(path, params={"limit": 1000, **query})
        found: list[dict[str, Any]] = json.loads(answer.text, parse_float=Decimal)
        assert answer.headers["X-Total-Count"] == str(len(found))
        return found


@asynccontextmanager
async def opened(
    tmp_path: Path, words: Words, now: datetime = NOW, awkward: int | None = None
) -> AsyncIterator[Works]:
    """The works over a database and a sandbox of their own, in which it is `now`."""
    world = World(tmp_path, clock=WorldClock(now), awkward=awkward)
    url = f"sqlite:///{tmp_path / 'kept.db'}"
    await migrated(url)
    stores = open_stores(url, Secrets.from_master(b"the master secret of these tests" * 2))
    async with Sandbox(world) as sandbox:
        http = OperatorHttp(sandbox.world.http_url, "any")
        carrier = TmfAdapter(http, world.clock)
        usage = Usage(carrier, stores.history, world.clock)
        renderer = RenderPool(words, world.clock, children=1)
        book = UsageFiles(usage, world.clock, renderer)
        context = RenderContext(
            renderer,
            carrier,
            stores.history,
            usage,
            world.clock,
            SUPPLIER,
            book,
            lambda _, e: e.what,
            stores.labels,
        )
        documents = Documents(
            stores.documents,
            DocumentCatalogue(carrier, world.clock),
            renderers(context),
            world.clock,
            stores.effect_store,
        )
        async with client(sandbox.world.http_url) as control:
            yield Works(world, control, stores, documents)
        await renderer.close()
        book.close()
        await http.close()
    await stores.close()


def money(found: Mapping[str, Any], field: str) -> Decimal:
    return Decimal(found[field]["value"])


def day(found: Mapping[str, Any], field: str) -> date:
    return datetime.fromisoformat(found[field]).astimezone(ALMATY).date()


def total_of(sheet: Worksheet, heading: str) -> dict[str, Any]:
    """The totals row below the table."""
    return {name: cell.value for name, cell in rows(sheet, heading)[-1].items()}


def almost(value: Any) -> Decimal:
    return Decimal(str(value)).quantize(Decimal("0.01"))
