"""People who go on tapping for minutes, each their own way: what `bench.soak` puts on the bot.

A process of its own, as `bench.telegram`, whose Bot API it is:

    python -m bench.walkers PORT

`POST /walk` begins a walk and answers at once; `GET /walked` tells what became of it since it was
last asked.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections import deque
from dataclasses import dataclass
from itertools import count
from typing import Any

from aiohttp import web

from bench.telegram import Person, World, button, percentile, routes

LOST_AFTER = 60.0
"""Seconds without a reaction, after which a person begins anew and the update counts as lost."""


@dataclass
class Walk:
    """`ways` are lists of steps: `say …` or `tap …`; `{number}` is one that nobody else has yet.

    So many of all are there `at_once`; who is through with a way makes room for the next one.
    """

    users: int
    at_once: int
    rate: float
    seconds: float
    ways: list[list[str]]
    numbers: list[str]


@dataclass
class Place:
    """Where a person is: the way, the number it is about, and the next step."""

    way: list[str]
    number: str
    step: int = 0


class Walkers:
    """One walk at a time."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._reacted: list[float] = []
        self._sent = self._lost = self._strayed = 0
        self._walking: asyncio.Task[None] | None = None

    async def walk(self, request: web.Request) -> web.Response:
        """Begin."""
        walk = Walk(**await request.json())
        self._walking = asyncio.get_running_loop().create_task(self._walk(walk), name="walk")
        return web.json_response({})

    async def walked(self, _request: web.Request) -> web.Response:
        """What became of it since the last question."""
        told = {
            "sent": self._sent,
            "lost": self._lost,
            "strayed": self._strayed,
            "reacted": len(self._reacted),
            "p50_ms": percentile(self._reacted, 0.5),
            "p99_ms": percentile(self._reacted, 0.99),
            "walking": self._walking is not None and not self._walking.done(),
        }
        self._reacted = []
        self._sent = self._lost = self._strayed = 0
        return web.json_response(told)

    async def _walk(self, walk: Walk) -> None:
        away = deque(self._world.person(n) for n in range(walk.users))
        here: deque[Person] = deque()
        places: dict[int, Place] = {}
        sent_at: dict[int, float] = {}
        begun = count()

        def reacted(person: Person) -> None:
            if (since := sent_at.pop(person.id, None)) is not None:
                self._reacted.append(time.perf_counter() - since)

        def come() -> None:
            person, n = away.popleft(), next(begun)
            way = walk.ways[n % len(walk.ways)]
            places[person.id] = Place(way, walk.numbers[n % len(walk.numbers)])
            here.append(person)

        for _one in range(walk.at_once):
            come()
        self._world.reacting(reacted)
        began = time.perf_counter()
        for n in count():
            at = n / walk.rate
            if at > walk.seconds:
                break
            if (pause := began + at - time.perf_counter()) > 0:
                await asyncio.sleep(pause)
            person = self._next(here, sent_at)
            if person is None:
                continue
            sent_at[person.id] = time.perf_counter()
            self._sent += 1
            if self._go(person, places[person.id]):
                here.remove(person)
                away.append(person)
                come()

    def _next(self, line: deque[Person], sent_at: dict[int, float]) -> Person | None:
        """Who has their answer; whoever never gets one is not waited for."""
        for _one in range(len(line)):
            person = line[0]
            line.rotate(-1)
            since = sent_at.get(person.id)
            if since is None:
                return person
            if time.perf_counter() - since > LOST_AFTER:
                del sent_at[person.id]
                self._lost += 1
                return person
        return None

    def _go(self, person: Person, place: Place) -> bool:
        """One step, and whether it was the last.

        Where its button is not there, a final word came between: back to the start.
        """
        what, _blank, how = place.way[place.step].partition(" ")
        data = button(person.keyboard, how) if what == "tap" else None
        if what == "tap" and data is None:
            self._strayed += 1
            place.step = 0
            what, _blank, how = place.way[0].partition(" ")
        if data is None:
            self._world.says(person, how.format(number=place.number))
        else:
            self._world.presses(person, data)
        place.step += 1
        return place.step == len(place.way)


def main() -> None:
    """Serve until killed."""
    world = World()
    walkers = Walkers(world)
    app = web.Application(client_max_size=64 << 20)
    more: list[Any] = [web.post("/walk", walkers.walk), web.get("/walked", walkers.walked)]
    app.add_routes([*routes(world), *more])
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None, access_log=None)


if __name__ == "__main__":
    main()
