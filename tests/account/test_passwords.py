"""Which passwords may be taken, and how they are kept and compared."""

from __future__ import annotations

import asyncio
import threading
import unicodedata
from collections.abc import Iterator

import pytest

from account.errors import PasswordFault, PasswordWeak
from account.identifiers import Msisdn
from account.passwords import Passwords, _common, check_new_password, normal

PHONE = Msisdn("77010542005")
NAMES = ("Айгүл Серікова", "Alpha Trade LLP", "Қазына")
GOOD = "тоғыз ат 9"


def refusal(password: str) -> PasswordFault | None:
    try:
        check_new_password(password, PHONE, NAMES)
    except PasswordWeak as weak:
        return weak.reason
    return None


def test_a_refusal_does_not_repeat_the_password() -> None:
    with pytest.raises(PasswordWeak) as weak:
        check_new_password("short one", PHONE, NAMES)

    assert "short one" not in f"{weak.value!r} {weak.value} {weak.value.args}"


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        # The length is counted in code points of the composed form.
        ("q7w2k9z4p", PasswordFault.TOO_SHORT),
        ("q7w2k9z4p5", None),
        ("", PasswordFault.TOO_SHORT),
        ("é" * 9, PasswordFault.TOO_SHORT),
        (unicodedata.normalize("NFD", "é" * 9), PasswordFault.TOO_SHORT),
        (unicodedata.normalize("NFD", "éàü" * 3 + "ö"), None),
        ("x y " * 32, None),
        ("x y " * 32 + "z", PasswordFault.TOO_LONG),
        (unicodedata.normalize("NFD", "йё" * 64), None),
        # No composition rules.
        ("correct horse battery staple", None),
        (GOOD, None),
        ("😀😃😄😁😆😅😂🙂🙃😉", None),
        ("          ", None),
        # Not what everybody tries first, whatever the letters' size.
        ("1234567890", PasswordFault.COMMON),
        ("Password123", PasswordFault.COMMON),
        ("QWERTYUIOP", PasswordFault.COMMON),
        # Not the phone in any writing.
        ("77010542005", PasswordFault.IS_PHONE),
        ("+77010542005", PasswordFault.IS_PHONE),
        ("87010542005", PasswordFault.IS_PHONE),
        ("7010542005", PasswordFault.IS_PHONE),
        ("+7 701 054 20 05", PasswordFault.IS_PHONE),
        ("8 (701) 054-20-05", PasswordFault.IS_PHONE),
        ("0077010542005", PasswordFault.IS_PHONE),
        ("+7\u00a0701\u00a0054\u00a020\u00a005", PasswordFault.IS_PHONE),
        ("+7 701 054‑20‑05", PasswordFault.IS_PHONE),
        ("8/701/054_20_05", PasswordFault.IS_PHONE),
        ("８７０１０５４２００５", PasswordFault.IS_PHONE),
        ("77010542006", None),
        # Not a name, with or without a year.
        ("айгүл серікова", PasswordFault.IS_NAME),
        ("Айгүл Серікова", PasswordFault.IS_NAME),
        ("АйгүлСерікова2022", PasswordFault.IS_NAME),
        ("alphatradellp", PasswordFault.IS_NAME),
        ("Alpha-Trade-LLP-2022!", PasswordFault.IS_NAME),
        ("қазына2022!", PasswordFault.IS_NAME),
        ("Alpha Trade LLP is my firm", None),
        # What no keyboard types or no database keeps.
        ("tab\tin between", PasswordFault.FORBIDDEN_CHARACTERS),
        ("two\nlines here", PasswordFault.FORBIDDEN_CHARACTERS),
        ("nul\x00nul\x00nul", PasswordFault.FORBIDDEN_CHARACTERS),
        ("half a pair \ud83d", PasswordFault.FORBIDDEN_CHARACTERS),
    ],
)
def test_which_passwords_are_taken(password: str, reason: PasswordFault | None) -> None:
    assert refusal(password) is reason


def test_the_password_is_kept_in_its_composed_form() -> None:
    decomposed = unicodedata.normalize("NFD", "Әлемдегі ёлка")

    assert check_new_password(decomposed, PHONE) == normal(decomposed) != decomposed


def test_the_list_of_common_passwords_is_a_long_one() -> None:
    assert len(_common()) >= 20_000


# --- Keeping and comparing -------------------------------------------------------------------


@pytest.fixture
def passwords() -> Iterator[Passwords]:
    made = Passwords(b"pepper", time_cost=1, memory_kib=8, threads=1)
    yield made
    made.close()


async def test_a_password_is_known_again(passwords: Passwords) -> None:
    kept = await passwords.hash(GOOD)

    assert await passwords.verify(kept, GOOD)
    assert not await passwords.verify(kept, GOOD + " ")
    assert kept.startswith("$argon2id$")
    assert GOOD not in kept


async def test_it_does_not_matter_how_the_keyboard_composed_it(passwords: Passwords) -> None:
    kept = await passwords.hash(unicodedata.normalize("NFC", "ёлка и ёж"))

    assert await passwords.verify(kept, unicodedata.normalize("NFD", "ёлка и ёж"))


async def test_two_hashes_of_one_password_differ(passwords: Passwords) -> None:
    assert await passwords.hash(GOOD) != await passwords.hash(GOOD)


async def test_a_stolen_database_is_worth_nothing_without_the_pepper(
    passwords: Passwords,
) -> None:
    other = Passwords(b"another pepper", time_cost=1, memory_kib=8, threads=1)
    kept = await passwords.hash(GOOD)

    assert not await other.verify(kept, GOOD)
    other.close()


@pytest.mark.parametrize("typed", ["nobody's password", GOOD, "", "\ud83d", "\x00"])
async def test_without_a_hash_nothing_is_right(passwords: Passwords, typed: str) -> None:
    assert not await passwords.verify(None, typed)


@pytest.mark.parametrize("broken", ["x", "$argon2id$", "$2b$12$abc", "\x00"])
async def test_a_broken_hash_lets_nobody_in(passwords: Passwords, broken: str) -> None:
    assert not await passwords.verify(broken, GOOD)


async def test_hashes_of_other_parameters_are_noticed(passwords: Passwords) -> None:
    stronger = Passwords(b"pepper", time_cost=2, memory_kib=8, threads=1)
    old = await passwords.hash(GOOD)

    assert stronger.outdated(old)
    assert not passwords.outdated(old)
    assert await stronger.verify(old, GOOD)
    stronger.close()


async def test_hashing_goes_on_beside_the_conversations() -> None:
    loop_is_free = threading.Event()

    class Watched(Passwords):
        def _verify(self, password_hash: str, password: str) -> bool:
            # Compared in the event loop, this would wait for the event loop for ever.
            return loop_is_free.wait(timeout=10) and super()._verify(password_hash, password)

    async def another_conversation() -> None:
        loop_is_free.set()

    watched = Watched(b"pepper", time_cost=1, memory_kib=8, threads=1)
    kept = await watched.hash(GOOD)
    right, _ = await asyncio.gather(watched.verify(kept, GOOD), another_conversation())
    watched.close()

    assert right


def test_by_default_a_hash_costs_what_the_house_rule_says() -> None:
    house = Passwords(b"pepper")
    kept = house._dummy
    house.close()

    assert "$m=65536,t=3,p=1$" in kept
