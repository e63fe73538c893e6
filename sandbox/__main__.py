"""`python -m sandbox`: the outside world as a process of its own."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from sandbox.app import Sandbox
from sandbox.operator.dialects import DIALECTS
from sandbox.world import World, WorldClock


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """The options of the command line."""
    parser = argparse.ArgumentParser(
        prog="sandbox", description="Telegram, an operator and a post office on one port."
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080, help="0 takes a free one")
    parser.add_argument("--data", type=Path, default=Path("var/sandbox"), help="kept between runs")
    parser.add_argument("--numbers", type=int, help="one more company, of so many numbers")
    parser.add_argument(
        "--companies", type=int, choices=range(1, 17), default=1, help="so many share them"
    )
    parser.add_argument("--now", type=_moment, help="start of the world's clock, ISO 8601")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--dialect", choices=sorted(DIALECTS), default="kcell")
    parser.add_argument(
        "--awkward", type=int, metavar="SEED", help="the operator mixes odd rows into its answers"
    )
    parser.add_argument(
        "--people",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="one person of each role is there from the start",
    )
    parser.add_argument(
        "--until-stdin-ends",
        action="store_true",
        help="stop when whoever started it is gone, however it went",
    )
    parser.add_argument("--bot", metavar="TOKEN", help="the bot that the web chat talks to")
    return parser.parse_args(arguments)


def _stop_with_stdin(stop: asyncio.Event) -> None:
    """The other end of the pipe closes with its process, `kill -9` included."""
    loop = asyncio.get_running_loop()
    pipe = sys.stdin.fileno()

    def read() -> None:
        if not os.read(pipe, 4096):
            loop.remove_reader(pipe)
            stop.set()

    loop.add_reader(pipe, read)


async def serve(options: argparse.Namespace) -> None:
    """Run until SIGTERM or SIGINT."""
    world = World(
        data=options.data,
        clock=WorldClock(options.now),
        numbers=options.numbers,
        companies=options.companies,
        seed=options.seed,
        dialect=options.dialect,
        awkward=options.awkward,
        newcomers=options.people,
    )
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    if options.until_stdin_ends:
        _stop_with_stdin(stop)
    sandbox = Sandbox(world, options.bot)
    try:
        address = await sandbox.start(options.host, options.port)
        print(f"Sandbox: {address}", flush=True)  # noqa: T201 - who started us waits for this
        await stop.wait()
    finally:
        await sandbox.close()


def main(arguments: list[str] | None = None) -> int:
    """The command."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    try:
        asyncio.run(serve(parse(arguments)))
    except OSError as error:
        print(f"The sandbox cannot start: {error}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
