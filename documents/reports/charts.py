"""Makers of the charts: what is drawn is added up from the operator's pages as they come."""

from __future__ import annotations

from collections import Counter
from contextlib import aclosing
from functools import partial
from typing import TYPE_CHECKING, Any

from account.chapters.billing.bills import BillsQuery
from account.chapters.usage import UsageQuery
from account.documents.kinds import DocumentKind
from account.documents.orders import MadeFile
from account.documents.parameters.days import NumberDays
from account.documents.parameters.months import LastMonths, OneMonth
from account.values.identifiers import Msisdn
from account.values.money import Money
from account.values.page import Unreadable
from account.values.periods import Month, MonthSpan, today
from documents.context import Report
from documents.layout.header import in_file_name
from documents.render.read_ahead import read_ahead, refuse_parts
from documents.render.spend_charts import months_chart, spend_chart
from documents.render.usage_chart import DailyUsage, usage_chart
from documents.reports.invoices import bills_at, lines_at
from documents.reports.labels import by_centre
from documents.text.marker import N_

if TYPE_CHECKING:
    from account.documents.document import Document
    from account.documents.orders import Progress
    from documents.context import RenderContext


async def usage_picture(
    context: RenderContext, document: Document, progress: Progress
) -> MadeFile | None:
    """Usage by day of one number. Raises as a `Maker`."""
    asked = NumberDays.read(document.order.parameters)
    number, period = asked.msisdn, asked.period
    drawn, done, unreadable = DailyUsage(), 0, Unreadable()
    query = UsageQuery(number, period)
    pages = context.usage.stream(document.order.company_id, query, unreadable)
    async with aclosing(pages):
        async for page in pages:
            drawn.add(page)
            done += len(page)
            await progress(done, 0)
    if not drawn.amounts:
        refuse_parts(unreadable)
        return None
    whose = _whose(context, document, number.shown, unreadable)
    words = _words(context, document)
    chart = usage_chart(drawn, period, today(document.ordered_at), whose, words)
    stem = f"usage_{number.digits}_{in_file_name(period)}"
    return await _picture(context, document, chart, stem, done)


async def spend_picture(
    context: RenderContext, document: Document, progress: Progress
) -> MadeFile | None:
    """The numbers that cost most in one month. Raises as a `Maker`."""
    order = document.order
    month = OneMonth.read(order.parameters).month
    query = BillsQuery(order.company_id, months=MonthSpan(month, month))
    spent: Counter[Msisdn] = Counter()
    apart, done, unreadable = 0, 0, Unreadable()
    async with aclosing(read_ahead(partial(bills_at, context.carrier, query), unreadable)) as found:
        async for bills in found:
            for bill in bills:
                read = partial(lines_at, context.carrier, bill)
                async with aclosing(read_ahead(read, unreadable)) as pages:
                    async for lines in pages:
                        for line in lines:
                            if line.msisdn is None:
                                apart += line.gross.tiyn
                            else:
                                spent[line.msisdn] += line.gross.tiyn
                        done += len(lines)
                        await progress(done, 0)
    if not spent and not apart:
        refuse_parts(unreadable)
        return None
    labels = await context.labels.of(order.company_id, list(spent))
    centres = by_centre([(number.digits, Money(tiyn)) for number, tiyn in spent.items()], labels)
    chart = spend_chart(
        [(number.shown, Money(tiyn)) for number, tiyn in spent.items()],
        Money(apart),
        _whose(context, document, order.company_name, unreadable),
        month.shown,
        _words(context, document),
        order.language,
        centres,
    )
    stem = f"spend_{order.company_bin}_{month}"
    return await _picture(context, document, chart, stem, len(spent))


async def months_picture(
    context: RenderContext, document: Document, progress: Progress
) -> MadeFile | None:
    """What each of the last closed months cost the company. Raises as a `Maker`."""
    order = document.order
    months = LastMonths.read(order.parameters).before(today(document.ordered_at))
    query = BillsQuery(order.company_id, months=months)
    spent: Counter[Month] = Counter()
    billed: dict[Month, set[str]] = {}
    done, unreadable = 0, Unreadable()
    async with aclosing(read_ahead(partial(bills_at, context.carrier, query), unreadable)) as pages:
        async for bills in pages:
            for bill in bills:
                spent[bill.month] += bill.gross.tiyn
                billed.setdefault(bill.month, set()).add(bill.account)
            done += len(bills)
            await progress(done, 0)
    if not spent:
        refuse_parts(unreadable)
        return None
    chart = months_chart(
        [(month, Money(spent[month])) for month in months],
        _whose(context, document, order.company_name, unreadable),
        _words(context, document),
        order.language,
        billed.get(months.last.plus(-1), set()) - billed.get(months.last, set()),
    )
    stem = f"months_{order.company_bin}_{months.first}_{months.last}"
    return await _picture(context, document, chart, stem, done)


def _whose(context: RenderContext, document: Document, whose: str, unreadable: Unreadable) -> str:
    """Whose picture it is, and that it is not drawn from all there is."""
    if not unreadable.rows:
        return whose
    part = context.renderer.say(
        document.order.language, N_("without {n} records that could not be read")
    )
    return f"{whose} · {part.format(n=unreadable.rows)}"


def _words(context: RenderContext, document: Document) -> Any:
    return partial(context.renderer.say, document.order.language)


async def _picture(
    context: RenderContext, document: Document, chart: dict[str, Any], stem: str, rows: int
) -> MadeFile:
    content = await context.renderer.picture(chart, document.order.language)
    return MadeFile(content=content, name=f"{stem}.png", rows=rows)


USAGE_CHART = Report(DocumentKind.USAGE_CHART, usage_picture, N_("Usage chart"))
SPEND_CHART = Report(DocumentKind.SPEND_CHART, spend_picture, N_("Spend by number"))
MONTHS_CHART = Report(DocumentKind.MONTHS_CHART, months_picture, N_("Spend by month"))
