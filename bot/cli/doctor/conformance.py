"""`myaccount doctor --operator`: what an operator's systems do with what will be asked of them.

Reads only. Each line is a question, what came, and what that means for people; a key of the
profile is named where it mends it. With an administrator's phone the product's own readers read a
page of everything that administrator could see; without one only what needs no company.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Awaitable, Callable, Sized
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from structlog.testing import capture_logs

from account.chapters.billing.bills import BillsQuery
from account.chapters.numbers import NumbersQuery
from account.chapters.payments import PaymentsQuery
from account.chapters.usage import UsageQuery
from account.errors import CarrierNotUnderstood, CarrierUnavailable
from account.kazakhstan import numbering
from account.values.capabilities import Capability
from account.values.identifiers import Msisdn
from account.values.page import Page
from account.values.periods import Period, today
from bot.cli.doctor import answers, operator, vocabulary
from bot.cli.doctor.operator_transport import operator_over, transport_of
from bot.ops.causes import unreached
from bot.ops.clock import SteadyClock
from carrier.apis import Api
from carrier.http import OperatorHttp
from carrier.httpx_transport import HttpxTransport
from carrier.tmf import number_product
from carrier.tmf.adapter import TmfAdapter
from carrier.tmf.balance_transfer import TRANSFERS
from carrier.tmf.change_outcome import ChangeResource
from carrier.tmf.product_order import ORDERS
from carrier.tmf.query import query
from carrier.transport import Answer, NoAnswerError, NotConnectedError

if TYPE_CHECKING:
    from bot.config.settings import Settings

NOBODYS = "no-such-company-0000"
"""Whose lists are empty, where a filter by company holds."""
_FOUND_AGAIN: tuple[tuple[ChangeResource[Any], Capability | None], ...] = (
    (ORDERS, None),
    (TRANSFERS, Capability.TRANSFERS),
)
"""What is looked for when nobody knows what became of a change."""
FAR = 10_000_000
PAGE = 20
DAYS = 30


class Mark(StrEnum):
    """How an answer is judged."""

    PASS = "pass"  # noqa: S105 - a word
    TOLERATED = "tolerated"
    FAILS = "fails"


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table."""

    api: str
    question: str
    mark: Mark
    meaning: str


class Conformance:
    """Asks and judges; `lines` are what it found, in their order."""

    def __init__(self, settings: Settings, transport: HttpxTransport, http: OperatorHttp) -> None:
        self._settings = settings
        self._transport = transport
        self._http = http
        self._carrier = TmfAdapter(http, SteadyClock())
        self._fields: dict[str, int] = {}
        self.lines: list[Line] = []

    async def run(self, phone: Msisdn | None) -> None:
        """Everything, one after the other; a fault of one question stops no other."""
        there: set[Api] = set()
        for api in Api:
            if api not in operator.not_there(self._settings):
                said = await operator.fault(self._http, self._transport, api, self._settings)
                self._note(
                    api, "is there, lets us in", said is None, said.of(api) if said else "as wanted"
                )
                if said is None:
                    there.add(api)
                    await self._form(api)
        # What is not there answers nothing that could be judged.
        if Api.PRODUCT_INVENTORY in there:
            await self._filters()
            await self._edges()
        for resource, rests_on in _FOUND_AGAIN:
            if resource.api in there and rests_on not in self._settings.profile.lacks:
                await self._found_again(resource)
        if phone is not None:
            await self._everything_of(phone)

    # --- what needs nobody ---

    async def _form(self, api: Api) -> None:
        """Whether rows are in the form of the version that the profile says."""
        if api in operator.POSTED:
            return
        told = await self._rows(api, "limit=5", operator.RESOURCES[api])
        spoken = answers.version_of(told[1]) if told is not None else None
        if spoken is None:
            return
        said = self._http.profile.api(api).version
        wrong = f"its rows are in the form of {spoken}: apis.{api}.version is to be {spoken}"
        well = spoken == said
        self._note(api, f"it speaks {said}", well, "as wanted" if well else wrong)

    async def _filters(self) -> None:
        find = self._http.profile.find
        told = await self._rows(
            Api.PRODUCT_INVENTORY, query(("relatedParty.id", NOBODYS), ("limit", 5))
        )
        if told is None:
            return
        answer, rows = told
        holds = not rows
        self._note(
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
        self._note(
            Api.PRODUCT_INVENTORY,
            "X-Total-Count",
            key == find.totals,
            f"{counted}: find.totals is to be {key}",
        )

    async def _edges(self) -> None:
        product = Api.PRODUCT_INVENTORY
        totals_hold = self._http.profile.find.totals == "filtered"
        if told := await self._rows(product, "limit=0"):
            self._note(
                product,
                "limit=0 counts and gives no row",
                not told[1],
                "as wanted" if not told[1] else "rows come: states are counted from the rows",
                tolerated=not totals_hold,
            )
        past = await self._ask(product, f"offset={FAR}&limit=1")
        if past is not None:
            empty = past.status in (200, 206) and past.body.strip() == b"[]"
            self._note(
                product,
                "past the end the list is empty",
                empty,
                "as wanted" if empty else f"status {past.status}: the last page may not be shown",
                tolerated=past.status == 404,
            )
        if told := await self._rows(product, "sort=productSerialNumber&limit=20"):
            serials = [str(row.get("productSerialNumber", "")) for row in told[1]]
            ordered = serials == sorted(serials)
            self._note(
                product,
                "sort holds",
                ordered,
                "as wanted" if ordered else "numbers come unsorted: find.sorting is to be false",
                tolerated=not self._http.profile.find.sorting,
            )
        refused = await self._ask(product, "limit=nothing")
        if refused is not None:
            form = answers.error_form(refused)
            self._note(
                product,
                "a mistake is refused in TMF630's form",
                form == "TMF630",
                f"status {refused.status}, {form}",
                tolerated=True,
            )

    async def _found_again(self, resource: ChangeResource[Any]) -> None:
        """Whether what we sent can be looked for: asked as the product asks, for nobody's."""
        reference = str(uuid.uuid4())
        for conditions in resource.questions(self._http.profile, reference):
            filtered = query(*conditions, ("limit", 5))
            answer = await self._ask(resource.api, filtered, resource.name)
            if answer is not None:
                meaning = answers.of_nothing(answer)
                self._note(
                    resource.api,
                    f"{resource.name} is found by {conditions[0][0]}, our reference",
                    meaning is None,
                    meaning or "as wanted",
                )

    # --- what an administrator sees ---

    async def _everything_of(self, phone: Msisdn) -> None:
        person = await self._read(
            Api.PARTY, "the administrator", lambda: self._carrier.administrator(phone)
        )
        if person is None:
            self._note(
                Api.PARTY,
                "the administrator logs in",
                False,
                f"nobody logs in with {phone.masked}: {await self._who_is_there(phone)}",
            )
            return
        companies = await self._read(
            Api.PARTY, "the companies", lambda: self._carrier.companies(person.id)
        )
        if not companies:
            if companies is not None:
                self._note(Api.PARTY, "the companies", False, "none: words.role, or the register")
            return
        nameless = sum(one.bin is None for one in companies)
        self._note(
            Api.PARTY,
            "each company has its BIN",
            not nameless,
            f"organizationIdentification ({nameless}: words.identification): no certificate, "
            "register or statement without it"
            if nameless
            else "as wanted",
            tolerated=nameless < len(companies),
        )
        company = companies[0].id
        page = await self._page(
            Api.PRODUCT_INVENTORY,
            "a page of numbers",
            lambda: self._carrier.numbers(company, NumbersQuery(limit=PAGE)),
        )
        await self._read(
            Api.PRODUCT_INVENTORY, "counts by state", lambda: self._carrier.tally(company)
        )
        if page is None:
            return
        if not page.rows:
            if not page.left_out:
                await self._whose_rows(company)
            return
        number = page.rows[0].msisdn
        found = await self._read(
            Api.PRODUCT_INVENTORY, "a card", lambda: self._carrier.number(company, number)
        )
        if found is None:
            self._note(
                Api.PRODUCT_INVENTORY,
                "the card of a listed number",
                False,
                "it is not found: find.number_by or find.phones",
            )
        searched = await self._page(
            Api.PRODUCT_INVENTORY,
            "a search by four digits",
            lambda: self._carrier.numbers(company, NumbersQuery(search=number.last4, limit=PAGE)),
        )
        if searched is not None:
            hit = any(one.msisdn == number for one in searched.rows)
            self._note(
                Api.PRODUCT_INVENTORY,
                "the search finds it",
                hit,
                "as wanted" if hit else "it does not: find.search is to be false",
            )
        await self._chapters(company, number)

    async def _whose_rows(self, company: str) -> None:
        """Why a company has no numbers: rows that name no customer whom we know are nobody's."""
        told = await self._rows(
            Api.PRODUCT_INVENTORY, query(("relatedParty.id", company), ("limit", PAGE))
        )
        rows = told[1] if told else []
        self._note(
            Api.PRODUCT_INVENTORY,
            "the company's numbers are its own",
            False,
            answers.of_rows(rows, company),
        )

    async def _who_is_there(self, phone: Msisdn) -> str:
        name = "contactMedium.characteristic.phoneNumber"
        forms = {
            "digits": phone.digits,
            "plus": phone.e164,
            "trunk": numbering.with_trunk(phone.digits),
        }
        for form, written in forms.items():
            told = await self._rows(Api.PARTY, query((name, written), ("limit", 5)))
            rows = [row for row in (told[1] if told else []) if written in json.dumps(row)]
            if rows:
                return answers.of_people(rows, form, self._http.profile.find.phones)
        return "nobody is found, with a plus, with 8 or without: the register has no such number"

    async def _chapters(self, company: str, number: Msisdn) -> None:
        carrier, lacks = self._carrier, self._settings.profile.lacks
        last = today(SteadyClock().now())
        month = Period(last.replace(day=1), last)
        asked: list[tuple[Api, Capability | None, str, Callable[[], Awaitable[Any]]]] = [
            (
                Api.ACCOUNT,
                None,
                "a page of accounts",
                lambda: carrier.accounts(company, None, offset=0, limit=PAGE),
            ),
            (
                Api.PRODUCT_INVENTORY,
                Capability.SERVICES,
                "services",
                lambda: carrier.services(company, number),
            ),
            (Api.PRODUCT_CATALOG, Capability.SERVICES, "the catalogue", carrier.offerings),
            (
                Api.USAGE_CONSUMPTION,
                Capability.ALLOWANCES,
                "allowances",
                lambda: carrier.allowances(company, number),
            ),
            (
                Api.RESOURCE,
                Capability.SIM_REPLACEMENT,
                "the SIM card",
                lambda: carrier.sim(company, number),
            ),
            (
                Api.USAGE,
                Capability.USAGE,
                "usage of this month",
                lambda: carrier.usage(company, UsageQuery(number, month), offset=0, limit=PAGE),
            ),
            (
                Api.PAYMENT,
                Capability.PAYMENTS,
                "payments of this month",
                lambda: carrier.payments(PaymentsQuery(company, month), offset=0, limit=PAGE),
            ),
            (
                Api.CUSTOMER_BILL,
                Capability.BILLS,
                "a page of bills",
                lambda: carrier.bills(BillsQuery(company), offset=0, limit=PAGE),
            ),
        ]
        for api, rests_on, what, ask in asked:
            if rests_on not in lacks:
                await self._page(api, what, ask)
        product = await self._read(
            Api.PRODUCT_INVENTORY,
            "the product of a number",
            lambda: number_product.id_of(self._http, company, number),
            quiet=True,
        )
        if product is not None:
            await self._words(vocabulary.Whose(company, product, month))

    async def _words(self, whose: vocabulary.Whose) -> None:
        """Words that are read all the same, and mean less than the operator says by them."""
        profile, gone = self._http.profile, operator.not_there(self._settings)
        for table in vocabulary.TABLES:
            if table.api in gone or table.rests_on in profile.lacks:
                continue
            asked = query(*table.asked(whose), ("limit", PAGE))
            told = await self._rows(table.api, asked, table.resource)
            if told is None or not told[1]:
                continue
            words = table.unknown(told[1], profile, whose)
            if table.key == vocabulary.METHODS:
                names = vocabulary.unnamed(told[1], profile)
                words = f"{words}, among the characteristics {names}" if names else words
            self._note(
                table.api,
                f"{table.what} are known",
                words is None,
                "as wanted" if words is None else f"{words} ({table.key}): {table.otherwise}",
                tolerated=True,
            )

    # --- asking ---

    async def _page(self, api: Api, what: str, ask: Callable[[], Awaitable[Any]]) -> Any:
        """One page by the product's reader; rows that cannot be read are told."""
        found = await self._read(api, what, ask, quiet=True)
        if found is None:
            return None
        left_out = found.left_out if isinstance(found, Page) else 0
        rows = found.rows if isinstance(found, Page) else found
        count = len(rows) if isinstance(rows, Sized) else 1
        self._note(
            api,
            what,
            not left_out,
            f"{count} rows read"
            + (f", {left_out} left out for {answers.named(self._fields)}" if left_out else ""),
            tolerated=bool(count),
        )
        return found

    async def _read(
        self, api: Api, what: str, ask: Callable[[], Awaitable[Any]], *, quiet: bool = False
    ) -> Any:
        try:
            with capture_logs() as logs:
                try:
                    found = await ask()
                finally:
                    self._fields = answers.fields_in(logs)
        except CarrierNotUnderstood as error:
            self._note(api, what, False, f"not understood: {answers.named(self._fields) or error}")
        except CarrierUnavailable as error:
            said = unreached(error) or str(error)
            if said.endswith("status 404"):
                said += (
                    ": where a list in which nothing fits is answered so, "
                    f"apis.{api}.empty_is_missing is to be true"
                )
            self._note(api, what, False, said)
        else:
            if not quiet and found is not None:
                self._note(api, what, True, "read")
            return found
        return None

    async def _ask(self, api: Api, asked: str, resource: str | None = None) -> Answer | None:
        try:
            return await operator.asked(self._http, self._transport, api, asked, resource)
        except (NotConnectedError, NoAnswerError, CarrierUnavailable):
            return None  # told by the first question already

    async def _rows(
        self, api: Api, asked: str, resource: str | None = None
    ) -> tuple[Answer, list[dict[str, Any]]] | None:
        """The rows of an answer that is a list; anything else is told by the first question."""
        answer = await self._ask(api, asked, resource)
        if answer is None or answer.status not in (200, 206):
            return None
        try:
            rows = json.loads(answer.body)
        except (ValueError, RecursionError):
            return None
        if not isinstance(rows, list):
            return None
        return answer, [row for row in rows if isinstance(row, dict)]

    def _note(
        self, api: Api, question: str, well: bool, meaning: str, *, tolerated: bool = False
    ) -> None:
        mark = Mark.PASS if well else Mark.TOLERATED if tolerated else Mark.FAILS
        self.lines.append(Line(api.value, question, mark, meaning))


async def conformance(settings: Settings, phone: Msisdn | None) -> int:
    """Print the table; 1 when something fails."""
    transport = transport_of(settings)
    http = operator_over(transport, settings)
    run = Conformance(settings, transport, http)
    try:
        await run.run(phone)
    finally:
        await http.close()
    wide = max(len(line.question) for line in run.lines)
    for line in run.lines:
        print(  # noqa: T201 - the answer of a command
            f"{line.mark:9} {line.api} {line.question:{wide}}  {line.meaning}"
        )
    counts = {mark: sum(line.mark is mark for line in run.lines) for mark in Mark}
    print(", ".join(f"{count} {mark}" for mark, count in counts.items()))  # noqa: T201
    return 1 if counts[Mark.FAILS] else 0
