"""Who a document is for, who asked for it and when; and how days, moments and names are written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from account.documents.paper_languages import languages_of
from account.values.periods import ALMATY, Period, shown_day, shown_moment

if TYPE_CHECKING:
    from account.documents.document import Document


@dataclass(frozen=True, slots=True)
class DocumentHeader:
    """For whom a document is made. `made_at` is aware, UTC; `language` one of kk, ru, en.

    A paper in several languages has the others `beside` the first one.
    """

    company: str
    bin: str
    made_at: datetime
    requested_by: str
    reference: str
    language: str
    beside: tuple[str, ...] = ()

    @classmethod
    def of(cls, document: Document, now: datetime) -> DocumentHeader:
        """As the order says; `now` is when the file is made."""
        order = document.order
        language, *beside = languages_of(order.parameters, order.language)
        return cls(
            company=order.company_name,
            bin=order.company_bin,
            made_at=now,
            requested_by=order.administrator,
            reference=document.reference,
            language=language,
            beside=tuple(beside),
        )


def shown_days(period: Period) -> str:
    """`24.12.2021 – 24.01.2022`."""
    return f"{shown_day(period.first)} – {shown_day(period.last)}"


def shown_with_zone(at: datetime) -> str:
    """`24.01.2022 12:00 (Asia/Almaty, UTC+06:00)`."""
    offset = at.astimezone(ALMATY).strftime("%z")
    return f"{shown_moment(at)} ({ALMATY.key}, UTC{offset[:3]}:{offset[3:]})"


def in_latin(stem: str) -> str:
    """A file's name in letters and digits that every unpacker reads."""
    return re.sub(r"[^A-Za-z0-9_.-]", "-", stem)


def in_file_name(period: Period) -> str:
    """`2021-12-24_2022-01-24`."""
    return f"{period.first.isoformat()}_{period.last.isoformat()}"
