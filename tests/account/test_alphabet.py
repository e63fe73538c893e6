"""Names in the order of the Kazakh alphabet."""

from __future__ import annotations

import random

import pytest

from account.values.alphabet import ALPHABET, name_order

LETTERS = "А Ә Б В Г Ғ Д Е Ё Ж З И Й К Қ Л М Н Ң О Ө П Р С Т У Ұ Ү Ф Х Һ Ц Ч Ш Щ Ъ Ы І Ь Э Ю Я"


def shuffled(names: list[str]) -> list[str]:
    return random.Random(7).sample(names, len(names))


def test_the_alphabet_has_its_42_letters_in_their_order() -> None:
    letters = LETTERS.split()
    assert len(letters) == len(set(letters)) == len(ALPHABET) == 42
    assert sorted(shuffled(letters), key=name_order) == letters
    small = [letter.lower() for letter in letters]
    assert sorted(shuffled(small), key=name_order) == small


@pytest.mark.parametrize(
    "names",
    [
        [
            *("Алма", "Әлем Трейд", "Ель", "Ёлка", "Көктем", "Қазына", "Урал", "Ұлар", "Үміт"),
            *("Ырыс", "Іле", "Яссы"),
        ],
        ["1С Сервис", "2ГИС", "Alma", "Zeta", "Алма", "Яссы", "Ґрунт"],
        ["«Алма»", "Алма 2", "ЖШС Алма", "ЖШС «Әлем»", "ТОО «Алма»", "ТОО Алма-Ата"],
        ["Ал", "Алма", "Алмас"],
        ["Алма Ата", "Алмабек"],
    ],
)
def test_names_stand_as_a_reader_looks_for_them(names: list[str]) -> None:
    assert sorted(shuffled(names), key=name_order) == names


def test_case_quotes_and_composed_letters_make_no_other_place() -> None:
    alike = ["«алма»", "АЛМА", "Алма", "алма"]
    assert {tuple(map(tuple, name_order(name)[0])) for name in alike} == {
        tuple(map(tuple, name_order("алма")[0]))
    }
    assert name_order("И\u0306од")[0] == name_order("Йод")[0]
    assert sorted(shuffled(alike), key=name_order) == sorted(alike)
