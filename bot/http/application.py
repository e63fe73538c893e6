"""The few pages this process serves, shut to everything else.

Every path is answered by a route of ours: the framework's own answer to a strange `Expect` header
repeats it, and fails on bytes that are no text.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

Page = Callable[[web.Request], Awaitable[web.Response]]


def application(pages: Mapping[tuple[str, str], Page], largest_body: int) -> web.Application:
    """An application of pages by method and path; everything else is 404."""
    served = web.Application(client_max_size=largest_body)
    for (method, path), page in pages.items():
        served.router.add_route(method, path, page, expect_handler=_expected)
    served.router.add_route("*", "/{rest:.*}", _not_here, expect_handler=_expected)
    return served


async def _not_here(_request: web.Request) -> web.Response:
    return web.Response(status=404)


async def _expected(request: web.Request) -> web.Response | None:
    if request.headers.get("Expect", "").lower() != "100-continue":
        return web.Response(status=417)
    assert request.transport is not None
    request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    return None
