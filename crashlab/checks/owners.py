"""Who was told: what is somebody's, in the chats and telephones of nobody else.

Final words go to the chat that asked. Everything else that names a change or a number stays in the
company; a colleague may be told of a change, somebody of another company may not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from crashlab.checks.message_oracle import REFERENCE, is_final

if TYPE_CHECKING:
    from crashlab.checks.final_state import Change, OrderedDocument
    from crashlab.checks.oracle import OperatorTruth
    from crashlab.world.outside import World

_GAP = "[ ()\u00a0-]{0,2}"
_NUMBER = re.compile(rf"(?<![0-9])\+?7{_GAP}\d{{3}}{_GAP}\d{{3}}{_GAP}\d\d{_GAP}\d\d(?![0-9])")
"""A number in whatever writing."""


def told_to_others(world: World, changes: Sequence[Change]) -> Iterator[str]:
    """Everything that somebody was told and should not have been."""
    books = world.operator.books
    companies = {one.id: one.company_id for one in world.all_people}
    # Who types another company's number into a list reads it back as not in their company.
    typed = {one.id: set(one.strangers) for one in world.set_users}
    by_reference = {change.reference: change for change in changes}
    for chat in world.telegram.chats.values():
        company = companies.get(chat.id)
        for said in chat.said:
            text = said.text.replace("\u00a0", " ")
            for reference in REFERENCE.findall(text):
                change = by_reference.get(reference)
                if change is None:
                    continue
                if companies.get(change.chat_id) != company:
                    yield f"{chat.id} of {company} was told of {reference}"
                elif said.kind == "message" and is_final(text) and change.chat_id != chat.id:
                    yield f"the final word of {reference} came to {chat.id}"
            for number in set(_foreign(books, text, company)) - typed.get(chat.id, set()):
                yield f"{chat.id} of {company} was told of the number {number}"
    for phone, texts in books.sms.items():
        company = company_of(books, phone)
        for text in texts:
            for number in _foreign(books, text, company):
                yield f"a text message of the number {number} came to {phone}"


def given_twice(changes: Sequence[Change], papers: Sequence[OrderedDocument]) -> Iterator[str]:
    """References that stand for two changes, or for two documents."""
    given: dict[str, set[object]] = {}
    for change in changes:
        given.setdefault(change.reference, set()).add(change.id)
    for paper in papers:
        given.setdefault(paper.reference, set()).add((paper.chat_id, paper.kind, paper.ordered_at))
    for reference, meant in given.items():
        if len(meant) > 1:
            yield f"{reference} was given out {len(meant)} times"


def _foreign(books: OperatorTruth, text: str, company: str | None) -> Iterator[str]:
    """Numbers in a text that belong to another company."""
    for found in _NUMBER.findall(text):
        number = re.sub("[^0-9]", "", found)
        if company_of(books, number) not in (None, company):
            yield number


def company_of(books: OperatorTruth, number: str) -> str | None:
    """Whose a number is, or the telephone of an administrator; None for anybody's elsewhere."""
    return books.companies.get(books.phones.get(number, number))
