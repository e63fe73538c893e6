"""The language of a paper that goes into the books is chosen apart from the chat's."""

from __future__ import annotations

import pytest

from account.chapters.billing.accounts import Account
from account.documents.kinds import SPECS, DocumentFormat, DocumentKind
from account.documents.paper_languages import (
    BOTH,
    CHOICES,
    PAPER,
    is_translation,
    languages_of,
    shown,
)
from tests.account.orders import ACCOUNT, ORDERED
from tests.account.world import World

BOOKS = [kind for kind, spec in SPECS.items() if spec.of_books]


def test_both_languages_of_the_books_can_be_had_side_by_side() -> None:
    assert CHOICES == ("kk", "ru", "kk+ru", "en")
    assert languages_of({PAPER: BOTH}, "en") == ("kk", "ru")
    assert languages_of({PAPER: "ru"}, "kk") == ("ru",)
    assert languages_of({}, "kk") == ("kk",)
    assert shown(BOTH) == "Қазақша / Русский"


def test_what_is_in_neither_language_of_the_books_is_a_translation() -> None:
    assert is_translation(("en",))
    assert not is_translation(("kk", "ru"))
    assert not is_translation(("ru",))


@pytest.mark.parametrize("kind", BOOKS)
async def test_the_choice_is_kept_with_the_order(world: World, kind: DocumentKind) -> None:
    world.carrier.cabinet.accounts[world.alpha.id] = [Account(ACCOUNT)]
    chosen = await world.reports.check(
        world.actor(), kind, SPECS[kind].formats[0], {**ORDERED[kind], PAPER: BOTH}
    )
    assert chosen[PAPER] == BOTH


@pytest.mark.parametrize("paper", ["fr", "ru+kk", "", "kk+ru+en"])
async def test_what_no_window_offers_is_refused(world: World, paper: str) -> None:
    with pytest.raises(ValueError, match=PAPER):
        await world.reports.check(
            world.actor(),
            DocumentKind.REGISTER,
            DocumentFormat.PDF,
            {**ORDERED[DocumentKind.REGISTER], PAPER: paper},
        )


async def test_other_documents_are_in_the_language_of_the_chat(world: World) -> None:
    chosen = await world.reports.check(
        world.actor(),
        DocumentKind.NUMBERS,
        DocumentFormat.XLSX,
        {**ORDERED[DocumentKind.NUMBERS], PAPER: BOTH},
    )
    assert PAPER not in chosen
