"""What a person ordered: theirs alone, had again for a day, and addresses that are confirmed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from account.documents.document import Document, DocumentState
from account.documents.kinds import DocumentFormat, DocumentKind
from account.errors import CompanyNotAccessible, EmailOutside, RequestNotFound
from account.values.identifiers import Email
from tests.account.world import AIGUL, STRANGER, World


async def ordered(world: World, **more: object) -> Document:
    actor = world.actor(**more) if more else world.actor()
    return await world.documents.order(actor, DocumentKind.NUMBERS, DocumentFormat.XLSX, {}, "ru")


async def sent(world: World) -> Document:
    document = await ordered(world)
    await world.document_store.sent(document, "file-1")
    return document


async def test_requests_are_listed_newest_first_and_for_a_week(world: World) -> None:
    first = await ordered(world)
    world.wait(minutes=2)
    second = await ordered(world)

    page = await world.documents.requests(world.actor())
    assert [one.id for one in page.rows] == [second.id, first.id]
    world.wait(days=7, minutes=-1)
    assert [one.id for one in (await world.documents.requests(world.actor())).rows] == [second.id]


async def test_a_request_is_its_persons_alone(world: World) -> None:
    document = await sent(world)
    stranger = world.actor(telegram_id=STRANGER)

    assert (await world.documents.requests(stranger)).total == 0
    for reading in (world.documents.request, world.documents.send_again):
        with pytest.raises(RequestNotFound):
            await reading(stranger, document.id)
        with pytest.raises(RequestNotFound):
            await reading(world.actor(), "nothing")


async def test_a_sent_file_is_had_again_for_a_day_and_once_per_query(world: World) -> None:
    document = await sent(world)
    for _ in range(3):
        await world.documents.send_again(world.actor(), document.id)
    assert world.words("document.again") == ["document.again"]
    [again] = [owed for owed in world.ledger.owed if owed.kind == "document.again"]
    assert again.to == str(AIGUL)

    world.wait(hours=24)
    with pytest.raises(RequestNotFound):
        await world.documents.send_again(world.actor(), document.id)


async def test_a_file_that_was_not_handed_over_is_had_for_the_first_time(world: World) -> None:
    document = await sent(world)
    kept = world.ledger.documents[document.id]
    kept.document = replace(kept.document, state=DocumentState.READY, file_id=None)
    await world.documents.send_again(world.actor(), document.id)
    assert world.words("document.again") == ["document.again"]


async def test_a_file_is_not_had_again_by_one_who_may_see_it_no_more(world: World) -> None:
    document = await sent(world)
    actor = world.actor()
    world.carrier.granted["adm-1"] = ()

    with pytest.raises(CompanyNotAccessible):
        await world.documents.send_again(actor, document.id)
    assert world.words("document.again") == []


async def test_an_address_outside_of_the_company_is_confirmed_first(world: World) -> None:
    world.carrier.granted["adm-1"] = (replace(world.alpha, domains=("alpha.kz",)),)
    kind, form = DocumentKind.NUMBERS, DocumentFormat.XLSX

    async def order(address: str, *, outside: bool = False) -> Document:
        return await world.documents.order(
            world.actor(), kind, form, {}, "ru", Email(address), outside=outside
        )

    assert (await order("books@alpha.kz")).order.email == Email("books@alpha.kz")
    world.wait(minutes=2)
    for address in ("books@beta.kz", "books@alpha.kz.evil.kz", "alpha.kz@gmail.com"):
        with pytest.raises(EmailOutside):
            await order(address)
    assert (await order("books@beta.kz", outside=True)).order.email == Email("books@beta.kz")
    assert "b***@b***.kz" in repr(world.ledger.entries[-1].parameters)
