"""The outside world in one place: Telegram, the operator and the people, on one loopback port.

Each process of the bot is given an address of its own (`/p/<name>/…`): the world knows who calls.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

import aiohttp
from aiohttp import web

from crashlab.actors.administrators import Person
from crashlab.actors.approvers import decide
from crashlab.actors.document_users import ORDER_PATHS, Reader
from crashlab.actors.planners import NUMBERS, Planner
from crashlab.actors.set_users import SetUser
from crashlab.actors.subscribers import PAPER, Subscriber, subscriber
from crashlab.actors.watchers import Watcher, watcher
from crashlab.checks.final_state import Change
from crashlab.rng import stream
from crashlab.workload import CODES_EACH, KindRotation
from crashlab.world.dialects import DIALECTS
from crashlab.world.dialects.dialect import CLIENT_SECRET
from crashlab.world.mail import MailServer
from crashlab.world.operator import Operator
from crashlab.world.operator_resources import SimCard, iccids, imeis
from crashlab.world.telegram import Telegram
from crashlab.world.webhook import Webhook

TOKEN = "1000001:crash-lab-bot-00000000000000000000000"  # noqa: S105 - no secret of anybody
SECRET = "crash-lab-webhook-secret"  # noqa: S105 - the same
FIRST_USER, FIRST_PHONE, FIRST_NUMBER = 5_000_001, 77010000001, 77011000001
FIRST_PURSE, PURSES, IN_A_PURSE = 77012000001, 2, 20_000_00
FIRST_READER, FIRST_READ, READ = 77014000001, 77015000001, 3
FIRST_BIN, TEAM = 180140000018, 3
"""So many administrators has every company."""
FIRST_SET_USER, FIRST_IN_SETS, IN_SETS = 77018000001, 77019000001, 40
FIRST_PLANNER, FIRST_PLANNED = 77022000001, 77023000001
FIRST_GUARDED, BLANKS, FIRST_SHARED = 77013000001, 8, 77017000001
Someone: TypeAlias = Person | Reader | SetUser | Planner | Watcher | Subscriber
POST_TIMEOUT = aiohttp.ClientTimeout(total=5, connect=1)


class World:
    """Truth that survives the bot."""

    def __init__(
        self,
        seed: int,
        people: int,
        numbers: int,
        kinds: tuple[str, ...] = (),
        readers: int = 0,
        *,
        set_companies: int = 0,
        set_most: int = 12,
        planners: int = 0,
        watchers: int = 0,
        subscribers: int = 0,
        dialect: str = "kcell",
        blocks: float = 0.0,
        accounts: bool = False,
    ) -> None:
        self.telegram = Telegram(stream(seed, "telegram"))
        self.operator = Operator(stream(seed, "operator"), DIALECTS[dialect])
        self._told_of_operator: dict[str, str] = {}
        self.mail = MailServer(stream(seed, "mail"))
        self.rotation = KindRotation(stream(seed, "deck"), kinds)
        self.iccids, self.imeis = iccids(), imeis()
        self.people = [self._person(seed, n, numbers) for n in range(people)]
        for one in self.people:
            one.blocks = blocks
        if accounts:
            self._share_accounts(seed, numbers)
        self.readers = [self._reader(seed, n) for n in range(readers)]
        self.set_users = [
            user for n in range(set_companies) for user in self._set_company(seed, n, set_most)
        ]
        self.planners = [self._planner(n) for n in range(planners)]
        # Not where there are no bills.
        bills = PAPER not in self.operator.dialect.lacks
        self.subscribers = [
            subscriber(n, self.telegram, self.operator.books)
            for n in range(subscribers if bills else 0)
        ]
        self.operator.records.billed.update(
            one.company_id for one in self.subscribers if one.billed
        )
        self.watchers = [watcher(n, self.telegram, self.operator.books) for n in range(watchers)]
        self.paid = sum(self.operator.books.purses.values())
        """Tiyn of all prepaid numbers, in the beginning and for ever."""
        self.closing = asyncio.Event()
        self.url = ""
        self._luck = stream(seed, "webhook")
        self._seen: dict[str, asyncio.Event] = {}
        self._runner: web.AppRunner | None = None
        self._tasks: list[asyncio.Task[Any]] = []
        self._session: aiohttp.ClientSession | None = None
        self._living: list[asyncio.Task[None]] = []

    def _person(self, seed: int, n: int, numbers: int) -> Person:
        phone = str(FIRST_PHONE + n)
        own = [str(FIRST_NUMBER + n * numbers + k) for k in range(numbers)]
        books = self.operator.books
        books.phones[phone] = f"adm-{n}"
        company = f"org-{FIRST_BIN + n // TEAM}"
        purses = [str(FIRST_PURSE + n * PURSES + k) for k in range(PURSES)]
        books.purses.update(dict.fromkeys(purses, IN_A_PURSE))
        # A colleague who is in no chat; whoever replaces the card they log in with is asked twice.
        guarded = str(FIRST_GUARDED + n)
        books.phones[guarded] = f"away-{n}"
        books.companies[f"away-{n}"] = company
        books.companies.update(dict.fromkeys([f"adm-{n}", *own, *purses, guarded], company))
        for number in [*own, *purses, guarded]:
            books.blocked[number] = False
            card = SimCard(next(self.iccids), company, number)
            books.cards[card.iccid] = card
            books.seen[number] = next(self.imeis)
        blanks = [next(self.iccids) for _ in range(BLANKS)]
        books.cards.update({iccid: SimCard(iccid, company) for iccid in blanks})
        rng = stream(seed, f"person {n}")
        return Person(
            FIRST_USER + n,
            phone,
            own,
            self.telegram,
            self.operator,
            self.mail,
            rng,
            self.rotation,
            f"adm-{n}",
            company,
            self.imeis,
            purses,
            blanks,
            [guarded],
        )

    def _share_accounts(self, seed: int, numbers: int) -> None:
        """In every company one administrator has a second account, and another one's account was
        the first one's before.
        """
        first_of_teams = self.people[::TEAM]
        for n, one in enumerate(first_of_teams):
            own = [str(FIRST_SHARED + n * numbers + k) for k in range(numbers)]
            self.operator.books.companies.update(dict.fromkeys(own, one.company_id))
            for number in own:
                self.operator.books.blocked[number] = False
                card = SimCard(next(self.iccids), one.company_id, number)
                self.operator.books.cards[card.iccid] = card
                self.operator.books.seen[number] = next(self.imeis)
            second = replace(
                one,
                id=FIRST_USER + 200_000 + n,
                numbers=own,
                rng=stream(seed, f"second account {n}"),
                # Codes go to the one telephone, where they could not be told apart.
                codes=CODES_EACH,
                purses=[],
                blanks=[],
                guarded=[],
                own=[],
                was=[],
                words=[],
                intents=[],
                coded=set(),
                sent={},
                extra=set(),
            )
            self.people.append(second)
        for one in first_of_teams:
            team = [other for other in self.people if other.company_id == one.company_id]
            if len(team) > TEAM:
                team[TEAM - 1].was.append(one.administrator_id)

    def _reader(self, seed: int, n: int) -> Reader:
        """Somebody who orders documents, in a company where nothing changes."""
        books = self.operator.books
        phone, name = str(FIRST_READER + n), f"adm-reader-{n}"
        own = [str(FIRST_READ + n * READ + k) for k in range(READ)]
        company = f"org-{FIRST_BIN + 1000 + n // TEAM}"
        books.phones[phone] = name
        books.blocked.update(dict.fromkeys(own, False))
        books.companies.update(dict.fromkeys([name, *own], company))
        self.operator.records.companies.add(company)
        rng = stream(seed, f"reader {n}")
        user = FIRST_USER + 100_000 + n
        ways = tuple(way for way in ORDER_PATHS if way.kind not in self.operator.dialect.lacks)
        return Reader(user, phone, name, company, own[0], self.telegram, rng, ways)

    def _set_company(self, seed: int, n: int, most: int) -> list[SetUser]:
        """Two administrators: one who does many numbers at once, and one who approves."""
        books, company = self.operator.books, f"org-{FIRST_BIN + 2000 + n}"
        first = FIRST_IN_SETS + n * IN_SETS
        guarded, *own = [str(first + k) for k in range(IN_SETS)]
        books.phones[guarded] = f"away-set-{n}"
        books.companies.update(dict.fromkeys([f"away-set-{n}", guarded, *own], company))
        books.blocked.update(dict.fromkeys([guarded, *own], False))
        # Somebody else's number, and one that nobody has: neither may be told from the other.
        strangers = [str(FIRST_READ), str(FIRST_IN_SETS + 900_000 + n)]
        users = []
        for k, numbers in enumerate((own, [])):
            phone, name = str(FIRST_SET_USER + 2 * n + k), f"adm-set-{n}-{k}"
            books.phones[phone] = name
            books.companies[name] = company
            users.append(
                SetUser(
                    FIRST_USER + 300_000 + 2 * n + k,
                    phone,
                    name,
                    company,
                    list(numbers),
                    guarded,
                    strangers,
                    self.telegram,
                    self.operator,
                    stream(seed, f"set user {n} {k}"),
                    most=most,
                )
            )
        return users

    def _planner(self, n: int) -> Planner:
        """Somebody whose changes were confirmed for later, in a company of their own."""
        books, company = self.operator.books, f"org-{FIRST_BIN + 3000 + n}"
        phone, name = str(FIRST_PLANNER + n), f"adm-planner-{n}"
        own = [str(FIRST_PLANNED + n * NUMBERS + k) for k in range(NUMBERS)]
        books.phones[phone] = name
        books.blocked.update(dict.fromkeys(own, False))
        books.companies.update(dict.fromkeys([name, *own], company))
        return Planner(FIRST_USER + 400_000 + n, phone, name, company, own, self.telegram)

    @property
    def listed(self) -> set[str]:
        """The numbers of the companies in which many are done at once, or planned."""
        companies = {one.company_id for one in self.set_users}
        companies |= {one.company_id for one in self.planners}
        known = self.operator.books
        return {number for number in known.blocked if known.companies[number] in companies}

    @property
    def all_people(self) -> list[Someone]:
        """Everybody who has a session."""
        people: list[Someone] = [*self.people, *self.readers, *self.set_users]
        return [*people, *self.planners, *self.watchers, *self.subscribers]

    async def open(self) -> None:
        """Serve on a free port."""
        app = web.Application(client_max_size=1 << 22)
        base = self.operator.dialect.base
        app.add_routes(
            [
                web.route("*", "/p/{process}/bot{token}/{method}", self._telegram),
                web.route("*", f"/p/{{process}}/{base}/{{resource}}", self._operator),
                web.patch(f"/p/{{process}}/{base}/{{resource}}/{{id}}", self._operator),
                web.post("/oauth2/token", self.operator.dialect.grant),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0, backlog=1024)
        await site.start()
        await self.mail.open()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def close(self) -> None:
        """End it."""
        for task in [*self._tasks, *self._living]:
            task.cancel()
        await asyncio.gather(*self._tasks, *self._living, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
        await self.mail.close()
        if self._runner is not None:
            await self._runner.cleanup()

    def tell_of_operator(self, folder: Path) -> None:
        """Write down what the bot is told of an operator that is not the default one."""
        profile = self.operator.dialect.profile(self.url)
        if not profile:
            return
        told = {
            "MYACCOUNT_OPERATOR_PROFILE": (folder / "operator.toml", profile),
            "MYACCOUNT_CARRIER_TOKEN_FILE": (folder / "secret", CLIENT_SECRET),
        }
        for name, (path, text) in told.items():
            path.write_text(text, encoding="utf-8")
            path.chmod(0o600)
            self._told_of_operator[name] = str(path)

    def environment(self, name: str) -> dict[str, str]:
        """Where the process of that name finds the world."""
        address = f"{self.url}/p/{name}"
        return {
            "MYACCOUNT_BOT_TOKEN": TOKEN,
            "MYACCOUNT_TELEGRAM_URL": address,
            "MYACCOUNT_CARRIER_URL": address,
            "MYACCOUNT_SMTP_URL": self.mail.url,
            **self._told_of_operator,
        }

    def seen(self, name: str) -> asyncio.Event:
        """Set once the process of that name has called."""
        return self._seen.setdefault(name, asyncio.Event())

    def push_to(self, addresses: Mapping[str, str]) -> None:
        """Have Telegram push updates to one of these addresses, whichever takes them."""
        self._session = aiohttp.ClientSession(timeout=POST_TIMEOUT)
        ways = list(addresses.values())

        async def post(update: dict[str, Any]) -> bool:
            assert self._session is not None
            headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
            way = self._luck.choice(ways)
            with suppress(aiohttp.ClientError, TimeoutError):
                async with self._session.post(way, json=update, headers=headers) as answer:
                    return answer.status == 200
            return False

        self._tasks.append(asyncio.create_task(Webhook(self.telegram, post).run()))

    def live(self) -> None:
        """People begin; they decide about what others ask for until the very end."""
        self._tasks += [asyncio.create_task(decide(one)) for one in self.people]
        self._living = [asyncio.create_task(one.live(self.closing)) for one in self.people]
        self._living += [asyncio.create_task(one.live(self.closing)) for one in self.readers]
        self._tasks += [asyncio.create_task(one.decide()) for one in self.set_users[1::2]]
        self._living += [asyncio.create_task(one.live(self.closing)) for one in self.set_users]

    async def last_changes(self, seconds: float) -> None:
        """Nobody begins anything new; wait until everybody has heard of what they began."""
        self.closing.set()
        if self._living:
            await asyncio.wait(self._living, timeout=seconds)
        for task in self._living:
            if task.done():
                task.result()

    def named(self, change: Change) -> str:
        """The kind of a change as `crashlab.workload.WANTED_CHANGES` names it."""
        second = change.number in self.operator.books.phones and change.kind != "profile.email"
        return f"{change.kind}, approved" if second else change.kind

    @property
    def fault_count(self) -> int:
        """How many calls went wrong by intention."""
        places = (self.telegram.faulted, self.operator.faulted, self.mail.faulted)
        return sum(sum(faulted.values()) for faulted in places)

    def heal(self) -> None:
        """No faults from here on."""
        self.operator.heal()
        self.telegram.faults.clear()
        for chat_id in list(self.telegram.blocked):
            self.telegram.block(chat_id, blocked=False)
        self.mail.faults.clear()

    async def _telegram(self, request: web.Request) -> web.StreamResponse:
        self.seen(request.match_info["process"]).set()
        return await self.telegram.call(request)

    async def _operator(self, request: web.Request) -> web.StreamResponse:
        self.seen(request.match_info["process"]).set()
        return await self.operator.serve(request)
