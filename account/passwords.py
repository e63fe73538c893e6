"""Passwords: which may be taken (S02-6), and how they are kept (safety.md section 2).

argon2id holds a core for a good part of a second, so it runs in threads of its own: inline it would
stop every conversation, in the shared pool a flood of logins would stop everything else.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING, TypeVar, TypeVarTuple

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from account.errors import PasswordFault, PasswordWeak

if TYPE_CHECKING:
    from account.identifiers import Msisdn

Given = TypeVarTuple("Given")
Answer = TypeVar("Answer")

SHORTEST = 10
LONGEST = 128
_PHONE_SHARE = 10
"""So many digits of the phone in a row make the password the phone in another writing."""


@cache
def _common() -> frozenset[str]:
    """About 30,000 passwords that everybody tries first, lower case."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    return frozenset(word.lower() for word in FREQUENCY_LISTS["passwords"])


def normal(password: str) -> str:
    """One form for one password, however the keyboard composed it (NFC)."""
    return unicodedata.normalize("NFC", password)


def check_new_password(password: str, phone: Msisdn, names: tuple[str, ...] = ()) -> str:
    """The password in its normal form, if it may be taken. `names`: person and companies.

    10 to 128 code points, no composition rules, not a common one, not the phone in any writing, not
    a name (S02-6). Raises `PasswordWeak`.
    """
    try:
        password.encode()
    except UnicodeEncodeError:
        raise PasswordWeak(PasswordFault.FORBIDDEN_CHARACTERS) from None
    password = normal(password)
    if any(unicodedata.category(sign) in {"Cc", "Cs"} for sign in password):
        raise PasswordWeak(PasswordFault.FORBIDDEN_CHARACTERS)
    if len(password) < SHORTEST:
        raise PasswordWeak(PasswordFault.TOO_SHORT)
    if len(password) > LONGEST:
        raise PasswordWeak(PasswordFault.TOO_LONG)
    digits = "".join(str(unicodedata.digit(sign)) for sign in password if sign.isdigit())
    wordless = not any(sign.isalpha() for sign in password)
    if wordless and phone.digits[-_PHONE_SHARE:] in digits:
        raise PasswordWeak(PasswordFault.IS_PHONE)
    plain = password.casefold()
    if plain in _common():
        raise PasswordWeak(PasswordFault.COMMON)
    if any(
        plain == name.casefold() or _only_letters(plain) == _only_letters(name) for name in names
    ):
        raise PasswordWeak(PasswordFault.IS_NAME)
    return password


def _only_letters(text: str) -> str:
    letters = "".join(sign for sign in text.casefold() if sign.isalpha())
    return letters or text


class Passwords:
    """Hashes and verifies with argon2id (t=3, 64 MiB, p=1) and a pepper that no database holds."""

    def __init__(
        self, pepper: bytes, *, time_cost: int = 3, memory_kib: int = 65536, threads: int = 2
    ) -> None:
        self._pepper = pepper
        self._hasher = PasswordHasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=1)
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="argon2")
        self._dummy = self._hasher.hash(self._peppered("nobody's password"))

    def close(self) -> None:
        """Let the threads go."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def hash(self, password: str) -> str:
        """The argon2id hash of a password, salted."""
        return await self._run(self._hasher.hash, self._peppered(password))

    async def verify(self, password_hash: str | None, password: str) -> bool:
        """Compare; without a hash, spend the same time and say no (S01-1)."""
        held = await self._run(self._verify, password_hash or self._dummy, password)
        return held and password_hash is not None

    def outdated(self, password_hash: str) -> bool:
        """Tell whether the hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(password_hash)

    def _verify(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, self._peppered(password))
        except (VerificationError, InvalidHashError):
            return False

    def _peppered(self, password: str) -> bytes:
        return hmac.digest(self._pepper, normal(password).encode(errors="replace"), hashlib.sha256)

    async def _run(self, work: Callable[[*Given], Answer], *given: *Given) -> Answer:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *given)
