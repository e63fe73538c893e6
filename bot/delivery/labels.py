"""A company's labels as a file, made when it is sent: by then its reader may have lost them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiogram.types import BufferedInputFile
from aiogram.utils.i18n import gettext as _

from account.chapters.numbers import NumberPages
from account.identity.permissions import GRANTED
from account.lists.label_list import MOST_ROWS
from account.values.labels import NO_LABEL, NumberLabel
from account.values.rights import Right
from bot.delivery.outgoing_message import OutgoingMessage, UntoldError
from bot.widgets.text import said
from documents.lists.label_file import NAME, label_file

if TYPE_CHECKING:
    from account.carrier import Carrier
    from account.chapters.notifications import Notifications
    from storage.open import Stores
    from storage.queue.outbox import OutboxRow

PAGE = 100


class LabelWords:
    """Reads the company's list, and what it calls its numbers."""

    def __init__(self, stores: Stores, carrier: Carrier, notifications: Notifications) -> None:
        self._labels = stores.labels
        self._carrier = carrier
        self._pages = NumberPages(carrier)
        self._notifications = notifications

    async def of(self, row: OutboxRow) -> OutgoingMessage:
        """The file. Raises `UntoldError`; `CarrierUnavailable`: then it is told later."""
        whose, company_id = row.parameters["administrator"], row.parameters["company"]
        why = await self._notifications.barred(int(row.to), whose, company_id)
        every = await self._carrier.companies(whose)
        company = next((one for one in every if one.id == company_id), None)
        if why is not None or company is None or Right.READ_LABELS not in GRANTED[company.role]:
            raise UntoldError("nobody may see it in this chat")
        rows, total = await self._rows(company_id)
        text = said(
            _("{company}: labels and cost centres. Change the file and send it back."),
            company=company.name,
        )
        if total > len(rows):
            text = said(
                _("{company}: labels and cost centres of the first {n} numbers."),
                company=company.name,
                n=len(rows),
            )
        return OutgoingMessage(text, file=BufferedInputFile(label_file(rows), NAME))

    async def _rows(self, company_id: str) -> tuple[list[tuple[str, NumberLabel]], int]:
        rows: list[tuple[str, NumberLabel]] = []
        offset = 0
        while True:
            page = await self._pages.page(company_id, offset=offset, limit=PAGE)
            own = await self._labels.of(company_id, [one.msisdn for one in page.rows])
            rows += ((one.msisdn.digits, own.get(one.msisdn.digits, NO_LABEL)) for one in page.rows)
            before, offset = offset, page.end
            if offset >= page.total or offset <= before or len(rows) >= MOST_ROWS:
                return rows[:MOST_ROWS], page.total
