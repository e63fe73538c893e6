"""What an administrator would see, read by the product's own readers: rows, fields and words."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from account.chapters.billing.bills import BillsQuery
from account.chapters.numbers import NumbersQuery
from account.chapters.payments import PaymentsQuery
from account.chapters.usage import UsageQuery
from account.kazakhstan import numbering
from account.values.capabilities import Capability
from account.values.periods import Period, today
from bot.cli.doctor import answers, operator, vocabulary
from bot.ops.clock import SteadyClock
from carrier.apis import Api
from carrier.tmf import number_product
from carrier.tmf.query import query_string

if TYPE_CHECKING:
    from account.values.identifiers import Msisdn
    from bot.cli.doctor.questions import Questions

PAGE = 20


async def everything_of(asking: Questions, phone: Msisdn) -> None:
    """From the login to the chapters of the first number of the first company."""
    person = await asking.read(
        Api.PARTY, "the administrator", lambda: asking.carrier.administrator(phone)
    )
    if person is None:
        asking.note(
            Api.PARTY,
            "the administrator logs in",
            False,
            f"nobody logs in with {phone.masked}: {await _who_is_there(asking, phone)}",
        )
        return
    companies = await asking.read(
        Api.PARTY, "the companies", lambda: asking.carrier.companies(person.id)
    )
    if not companies:
        if companies is not None:
            asking.note(Api.PARTY, "the companies", False, "none: words.role, or the register")
        return
    nameless = sum(one.bin is None for one in companies)
    asking.note(
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
    page = await asking.page(
        Api.PRODUCT_INVENTORY,
        "a page of numbers",
        lambda: asking.carrier.numbers(company, NumbersQuery(limit=PAGE)),
    )
    await asking.read(
        Api.PRODUCT_INVENTORY, "counts by state", lambda: asking.carrier.tally(company)
    )
    if page is None:
        return
    if not page.rows:
        if not page.left_out:
            await _whose_rows(asking, company)
        return
    number = page.rows[0].msisdn
    found = await asking.read(
        Api.PRODUCT_INVENTORY, "a card", lambda: asking.carrier.number(company, number)
    )
    if found is None:
        asking.note(
            Api.PRODUCT_INVENTORY,
            "the card of a listed number",
            False,
            "it is not found: find.number_by or find.phones",
        )
    searched = await asking.page(
        Api.PRODUCT_INVENTORY,
        "a search by four digits",
        lambda: asking.carrier.numbers(company, NumbersQuery(search=number.last4, limit=PAGE)),
    )
    if searched is not None:
        hit = any(one.msisdn == number for one in searched.rows)
        asking.note(
            Api.PRODUCT_INVENTORY,
            "the search finds it",
            hit,
            "as wanted" if hit else "it does not: find.search is to be false",
        )
    await _chapters(asking, company, number)


async def _whose_rows(asking: Questions, company: str) -> None:
    """Why a company has no numbers: rows that name no customer whom we know are nobody's."""
    told = await asking.rows(
        Api.PRODUCT_INVENTORY, query_string(("relatedParty.id", company), ("limit", PAGE))
    )
    rows = told[1] if told else []
    asking.note(
        Api.PRODUCT_INVENTORY,
        "the company's numbers are its own",
        False,
        answers.of_rows(rows, company),
    )


async def _who_is_there(asking: Questions, phone: Msisdn) -> str:
    name = "contactMedium.characteristic.phoneNumber"
    forms = {
        "digits": phone.digits,
        "plus": phone.e164,
        "trunk": numbering.with_trunk(phone.digits),
    }
    for form, written in forms.items():
        told = await asking.rows(Api.PARTY, query_string((name, written), ("limit", 5)))
        rows = [row for row in (told[1] if told else []) if written in json.dumps(row)]
        if rows:
            return answers.of_people(rows, form, asking.http.profile.find.phones)
    return "nobody is found, with a plus, with 8 or without: the register has no such number"


async def _chapters(asking: Questions, company: str, number: Msisdn) -> None:
    carrier, lacks = asking.carrier, asking.settings.profile.lacks
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
            Api.RESOURCE,
            Capability.ESIM,
            "free eSIMs",
            lambda: carrier.free_esims(company, offset=0, limit=PAGE),
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
            await asking.page(api, what, ask)
    product = await asking.read(
        Api.PRODUCT_INVENTORY,
        "the product of a number",
        lambda: number_product.id_of(asking.http, company, number),
        quiet=True,
    )
    if product is not None:
        await _words(asking, vocabulary.Whose(company, product, month))


async def _words(asking: Questions, whose: vocabulary.Whose) -> None:
    """Words that are read all the same, and mean less than the operator says by them."""
    profile, gone = asking.http.profile, operator.not_there(asking.settings)
    for table in vocabulary.TABLES:
        if table.api in gone or table.rests_on in profile.lacks:
            continue
        asked = query_string(*table.asked(whose), ("limit", PAGE))
        told = await asking.rows(table.api, asked, table.resource)
        if told is None or not told[1]:
            continue
        words = table.unknown(told[1], profile, whose)
        if table.key == vocabulary.METHODS:
            names = vocabulary.unnamed(told[1], profile)
            words = f"{words}, among the characteristics {names}" if names else words
        asking.note(
            table.api,
            f"{table.what} are known",
            words is None,
            "as wanted" if words is None else f"{words} ({table.key}): {table.otherwise}",
            tolerated=True,
        )
