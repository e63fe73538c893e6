"""What the chat says of a document that was not made: what happened, and what to do."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from account import errors
from account.documents.document import Document, DocumentOrder, DocumentState
from account.documents.kinds import DocumentFormat, DocumentKind
from bot.flows.documents.texts import document_failed, document_ready
from bot.texts.language import Catalogues
from tests.account.orders import ORDERED


def failed(reason: str) -> Document:
    kind = DocumentKind.CERTIFICATE
    order = DocumentOrder(
        kind=kind,
        format=DocumentFormat.PDF,
        telegram_id=1,
        administrator_id="adm-1",
        administrator="Айгүл",
        company_id="alpha",
        company_name="Alpha LLP",
        company_bin="180140000018",
        language="en",
        parameters=ORDERED[kind],
    )
    at = datetime(2022, 1, 24, 6, tzinfo=UTC)
    return Document("d", "R-1", order, DocumentState.FAILED, at, reason_code=reason)


@pytest.mark.parametrize(
    ("fault", "what", "to_do"),
    [
        (errors.RightMissing, "no longer have access", ""),
        (errors.NumberNotFound, "no longer have access", ""),
        (errors.AccountNotFound, "no longer have access", ""),
        (errors.PackageMissing, "no longer have access", ""),
        (errors.FiguresDisagree, "figures do not add up", "corporate support"),
        (errors.FiguresIncomplete, "missing or cannot be read", "corporate support"),
        (errors.CarrierNotUnderstood, "answer cannot be read", "corporate support"),
        (errors.DocumentNotMade, "fault on our side", "2–3 minutes"),
        (errors.CarrierUnavailable, "operator's system does not answer", "2–3 minutes"),
    ],
)
def test_each_reason_says_what_happened(
    fault: type[errors.MyAccountError], what: str, to_do: str
) -> None:
    with Catalogues().speaking("en"):
        text = document_failed(failed(fault.code))
    assert what in text
    assert to_do in text
    assert "R-1" in text


@pytest.mark.parametrize(("total", "told"), [(0, False), (30, False), (40, True)])
def test_what_no_file_has_room_for_is_told_in_the_chat(total: int, told: bool) -> None:
    ready = replace(failed(""), state=DocumentState.READY, name="a.zip", rows=30, total=total)
    for language, words in (
        ("en", "The rest does not fit"),
        ("ru", "Остальное"),
        ("kk", "Қалғаны"),
    ):
        with Catalogues().speaking(language):
            text = document_ready(ready)
        assert ("⚠️" in text) is told
        assert (words in text) is told
