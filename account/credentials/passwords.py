"""Passwords: which may be taken (S02-6), and how they are kept (safety.md section 2).

argon2id holds a core for a good part of a second, so it runs in threads of its own: inline it would
stop every conversation, in the shared pool a flood of logins would stop everything else.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import unicodedata
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol, TypeVar, TypeVarTuple

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from account.credentials.password_patterns import (
    closed_up,
    folded,
    is_leaked,
    is_name,
    is_repeated,
    is_run,
    is_word,
    only_letters,
    seen,
)
from account.credentials.password_words import OPERATORS
from account.errors import PasswordFault, PasswordWeak
from account.identity.directory import Company
from account.values.identifiers import Msisdn

Given = TypeVarTuple("Given")
Answer = TypeVar("Answer")

FIRST_PEPPER = 1
SHORTEST = 10
LONGEST = 128
_LITTLE = 4
"""So many letters and figures beside a phone or a BIN make no password of it."""
_PHONE_SHARE, _LOCAL_SHARE = 10, 7
"""The last figures of a phone, without the country and without the operator."""


def normal(password: str) -> str:
    """One form for one password, however the keyboard composed it (NFC)."""
    return unicodedata.normalize("NFC", password)


def check_new_password(
    password: str,
    phone: Msisdn,
    names: Sequence[str] = (),
    bins: Sequence[str] = (),
    operator: Sequence[str] = OPERATORS,
) -> str:
    """The password in its normal form, if it may be taken (S02-6; docs/safety.md section 2).

    10 to 128 code points, of which those that nobody can see count for nothing; no composition
    rules. `names` are the person's and the companies', `operator` its names, `bins` of 12 digits.
    Reads lists from files: see `Passwords.taken`. Raises `PasswordWeak`.
    """
    try:
        password.encode()
    except UnicodeEncodeError:
        raise PasswordWeak(PasswordFault.FORBIDDEN_CHARACTERS) from None
    password = normal(password)
    if any(unicodedata.category(sign) in {"Cc", "Cs"} for sign in password):
        raise PasswordWeak(PasswordFault.FORBIDDEN_CHARACTERS)
    if len(seen(password)) < SHORTEST:
        unseen = len(password) >= SHORTEST
        raise PasswordWeak(PasswordFault.UNSEEN if unseen else PasswordFault.TOO_SHORT)
    if len(password) > LONGEST:
        raise PasswordWeak(PasswordFault.TOO_LONG)
    text = folded(password)
    fault = _of_the_person(text, phone.digits, names, bins) or _of_anybody(text, operator)
    if fault is None and is_leaked(seen(password)):
        fault = PasswordFault.COMMON
    if fault is not None:
        raise PasswordWeak(fault)
    return password


def _of_the_person(
    text: str, phone: str, names: Sequence[str], bins: Sequence[str]
) -> PasswordFault | None:
    """Why somebody who knows the person would guess it."""
    national, local = phone[-_PHONE_SHARE:], phone[-_LOCAL_SHARE:]
    if not only_letters(text) and national in _digits(text):
        return PasswordFault.IS_PHONE
    if _is_little_more(text, national, prefix=3) or _is_little_more(text, local):
        return PasswordFault.NEAR_PHONE
    if any(_is_little_more(text, digits) for digits in bins):
        return PasswordFault.IS_BIN
    if any(is_name(text, name) for name in names):
        return PasswordFault.IS_NAME
    return None


def _of_anybody(text: str, operator: Sequence[str]) -> PasswordFault | None:
    """Why anybody would guess it."""
    close = closed_up(text)
    if is_repeated(text) or is_repeated(close):
        return PasswordFault.REPEATED
    if is_run(text) or is_run(close):
        return PasswordFault.RUN
    if any(is_name(text, name) for name in operator):
        return PasswordFault.IS_OPERATOR
    return PasswordFault.COMMON if is_word(text) else None


def _is_little_more(text: str, digits: str, prefix: int = 0) -> bool:
    """Those figures, however divided, and little else; a country may be written before them."""
    others = sum(sign.isalnum() for sign in text) - len(digits)
    return digits in _digits(text) and others <= _LITTLE + prefix


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isdigit())


class Peppers(Protocol):
    """Peppers by the number of their key. A new hash is made with that of the present one; a hash
    says which it was made with, and is made anew at its person's next login.
    """

    @property
    def number(self) -> int:
        """Of the present key."""

    def pepper(self, number: int) -> bytes | None:
        """The pepper of that number, None when there is none any more."""


class _OnePepper:
    """A pepper that never changes."""

    number = FIRST_PEPPER

    def __init__(self, pepper: bytes) -> None:
        self._pepper = pepper

    def pepper(self, number: int) -> bytes | None:
        return self._pepper if number == FIRST_PEPPER else None


class Passwords:
    """Hashes and verifies with argon2id (t=3, 64 MiB, p=1) and a pepper that no database holds.

    `operator` are its names, `bins` its own: no password is made of them.
    """

    def __init__(
        self,
        pepper: bytes | Peppers,
        *,
        time_cost: int = 3,
        memory_kib: int = 65536,
        threads: int = 2,
        operator: Sequence[str] = (),
        bins: Sequence[str] = (),
    ) -> None:
        self._operator, self._bins = (*OPERATORS, *operator), tuple(bins)
        self._peppers = _OnePepper(pepper) if isinstance(pepper, bytes) else pepper
        self._hasher = PasswordHasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=1)
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="argon2")
        self._dummy = self._hash("nobody's password")

    def close(self) -> None:
        """Let the threads go."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def taken(
        self, password: str, phone: Msisdn, person: str, companies: Sequence[Company] = ()
    ) -> str:
        """The new password in its normal form, if it may be taken. Raises `PasswordWeak`.

        The lists it is looked up in are read from files: beside the conversations, too.
        """
        names = (person, *(company.name for company in companies))
        known = (company.bin for company in companies)
        bins = (*(one.digits for one in known if one is not None), *self._bins)
        return await self._run(check_new_password, password, phone, names, bins, self._operator)

    async def hash(self, password: str) -> str:
        """The argon2id hash of a password, salted."""
        return await self._run(self._hash, password)

    async def verify(self, password_hash: str | None, password: str) -> bool:
        """Compare; without a hash, spend the same time and say no (S01-1)."""
        held = await self._run(self._verify, password_hash or self._dummy, password)
        return held and password_hash is not None

    def outdated(self, password_hash: str) -> bool:
        """Tell whether the hash was made with other parameters, or another key, than today's."""
        number, plain = _numbered(password_hash)
        return number != self._peppers.number or self._hasher.check_needs_rehash(plain)

    def _hash(self, password: str) -> str:
        number = self._peppers.number
        made = self._hasher.hash(_peppered(self._peppers.pepper(number) or b"", password))
        return made if number == FIRST_PEPPER else f"{number}{made}"

    def _verify(self, password_hash: str, password: str) -> bool:
        number, plain = _numbered(password_hash)
        pepper = self._peppers.pepper(number)
        try:
            held = self._hasher.verify(plain, _peppered(pepper or b"", password))
        except (VerificationError, InvalidHashError):
            return False
        return held and pepper is not None

    async def _run(self, work: Callable[[*Given], Answer], *given: *Given) -> Answer:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *given)


def _numbered(password_hash: str) -> tuple[int, str]:
    """The number of the pepper's key, and the hash as argon2 writes it: `2$argon2id$…`.

    Those from before keys had numbers have none.
    """
    number, dollar, rest = password_hash.partition("$")
    return (int(number) if number.isdecimal() else FIRST_PEPPER), dollar + rest


def _peppered(pepper: bytes, password: str) -> bytes:
    return hmac.digest(pepper, normal(password).encode(errors="replace"), hashlib.sha256)
