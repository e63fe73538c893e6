"""The dashboard: every query is asked of a real Prometheus that has seen a process once."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientError, ClientSession, web

from tests.deploy.exposition import exposed
from tests.ports import free_port

DASHBOARD = Path(__file__).parents[2] / "deploy/grafana/myaccount.json"
WINDOW = re.compile(r"\[\w+\]")
PATIENCE = 120


def queries() -> Iterator[tuple[str, str]]:
    for panel in json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]:
        for target in panel["targets"]:
            yield panel["title"], target["expr"]


@asynccontextmanager
async def a_process() -> AsyncIterator[int]:
    """Shows the figures of a process, a little more at each look."""
    page = (await exposed()).decode()
    looks = 0

    async def metrics(_request: web.Request) -> web.Response:
        nonlocal looks
        looks += 1
        more = re.sub(
            r"(?m)^(\w+_(?:total|count|sum|bucket)\S* )([0-9.e+-]+)$",
            lambda found: f"{found[1]}{float(found[2]) * looks}",
            page,
        )
        return web.Response(text=more)

    application = web.Application()
    application.router.add_get("/metrics", metrics)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    try:
        await site.start()
        assert site._server is not None
        yield site._server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
    finally:
        await runner.cleanup()


@asynccontextmanager
async def prometheus(folder: Path, target: int) -> AsyncIterator[str]:
    """A server that looks at that port once a second; its address."""
    port = free_port()
    (folder / "prometheus.yml").write_text(
        "global: {scrape_interval: 1s}\n"
        "scrape_configs:\n"
        "  - job_name: myaccount\n"
        f"    static_configs: [{{targets: ['127.0.0.1:{target}']}}]\n"
    )
    server = await asyncio.create_subprocess_exec(
        "prometheus",
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield f"http://127.0.0.1:{port}/api/v1/query"
    finally:
        server.kill()
        await server.wait()


async def asked(client: ClientSession, address: str, query: str) -> list[Any]:
    async with client.get(address, params={"query": query}) as answer:
        said = await answer.json(content_type=None)
    assert said["status"] == "success", (query, said)
    return list(said["data"]["result"])


@pytest.mark.prometheus
@pytest.mark.skipif(shutil.which("prometheus") is None, reason="no Prometheus")
async def test_each_query_of_the_dashboard_has_an_answer(tmp_path: Path) -> None:
    async with (
        a_process() as port,
        prometheus(tmp_path, port) as address,
        ClientSession() as client,
        asyncio.timeout(PATIENCE),
    ):
        while True:
            try:
                if await asked(client, address, "count_over_time(myaccount_database_up[1m]) > 2"):
                    break
            except ClientError:
                pass
            await asyncio.sleep(0.2)
        for title, query in queries():
            # A window that fits the few seconds that this server has seen.
            assert await asked(client, address, WINDOW.sub("[1m]", query)), (title, query)


def test_panels_stand_beside_each_other() -> None:
    panels = json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels]
    assert len(set(places)) == len(places)
    assert len({panel["title"] for panel in panels}) == len(panels)
