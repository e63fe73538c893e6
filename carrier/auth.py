"""What opens the operator's systems, and whether they take it: a token, a key, a client's secret.

It may stand in a file, so that it can be changed under a running bot: the file is read again when
it has changed, and after the operator has refused what was read from it. What a file holds after a
mistake is not taken over: the last token that could be one is kept.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from carrier.oauth2 import ClientCredentials
from carrier.profile.model import AccessProfile

if TYPE_CHECKING:
    from carrier.transport import Transport

log = structlog.get_logger(__name__)

LOOKED_AT_EVERY = 1.0
FORBIDDEN_FOR = 900.0
"""Seconds for which a refusal of one API is told; no token may ever be all right for it again."""
_LARGEST = 16384


class Access:
    """What every request says of itself. Raises ValueError for a token that no header can carry.

    `token` is the token, a file that holds it, or None for an operator that wants none; what it is
    used for, `told` says. `now` counts seconds, monotonic. Tokens by OAuth2 are asked for over
    `transport`.
    """

    def __init__(
        self,
        token: str | Path | None,
        now: Callable[[], float] = time.monotonic,
        *,
        told: AccessProfile | None = None,
        transport: Transport | None = None,
    ) -> None:
        self._now = now
        self._told = told or AccessProfile()
        self._secret = ""
        self._tokens: ClientCredentials | None = None
        if self._told.kind == "oauth2":
            if transport is None:
                raise ValueError("tokens by OAuth2 need connections")
            self._tokens = ClientCredentials(self._told, self._present, transport, now)
        self._file = token if isinstance(token, Path) else None
        self._looked_at = now()
        self._stamp: tuple[int, int, int] | None = None
        self._headers: dict[str, str] = {}
        self._void = False
        self._forbidden: dict[str, float] = {}
        if self._file is not None:
            self._stamp = _stamp(self._file)
            token = _read(self._file)
        self._take(None if token is None else str(token))

    async def headers(self, within: float | None = None) -> Mapping[str, str]:
        """The head of every request, with the present token.

        Raises `CarrierNotReached` when a token is wanted and none can be had `within` so many
        seconds; `CarrierTokenRefused` of it when we are given none.
        """
        self._look()
        if self._tokens is None:
            return self._headers
        return {**self._headers, "Authorization": await self._tokens.authorization(within)}

    def _present(self) -> str:
        self._look()
        return self._secret

    def _look(self) -> None:
        if self._file is not None and self._now() - self._looked_at >= LOOKED_AT_EVERY:
            self._looked_at = self._now()
            if _stamp(self._file) != self._stamp:
                self._read_again()

    @property
    def refused(self) -> bool:
        """Whether the operator refuses us: the token to all, or an API in the last minutes."""
        since = self._now() - FORBIDDEN_FOR
        if self._tokens is not None and self._tokens.refused:
            return True
        return self._void or any(at > since for at in self._forbidden.values())

    def renewed(self, sent: Mapping[str, str]) -> bool:
        """After a 401 to these headers: whether there is another token by now."""
        if self._tokens is not None:
            return self._tokens.forget(sent.get("Authorization"))
        if self._file is not None and sent.get(self._name) == self._shown:
            self._read_again()
        return sent.get(self._name) != self._shown

    def note(self, api: str, status: int) -> None:
        """How the operator answered, whatever it was; a refusal is an alarm, once."""
        if status == 401:
            if not self._void:
                self._void = True
                log.error("operator.refused", alarm="our token is void", api=api, status=status)
        elif status == 403:
            if api not in self._forbidden:
                log.error("operator.refused", alarm="no access to this API", api=api, status=status)
            self._forbidden[api] = self._now()
        elif status < 400 and (self._void or self._forbidden):
            self._void = False
            self._forbidden.pop(api, None)

    @property
    def _name(self) -> str:
        return self._told.header if self._told.kind == "api_key" else "Authorization"

    @property
    def _shown(self) -> str | None:
        return self._headers.get(self._name)

    def _read_again(self) -> None:
        assert self._file is not None
        self._stamp = _stamp(self._file)
        try:
            self._take(_read(self._file))
        except (OSError, ValueError) as error:
            log.error(  # noqa: TRY400 - an error's text may hold what the file holds
                "operator.token_unreadable",
                alarm="the last token that could be read is kept",
                error=type(error).__name__,
            )

    def _take(self, token: str | None) -> None:
        # A client's secret is coded before it goes into a header; anything else is as it stands.
        signs = r"[ -~]+" if self._told.kind == "oauth2" else r"[!-~]+"
        if token is not None and re.fullmatch(signs, token) is None:
            raise ValueError("the operator's token has signs that no header can carry")
        self._headers = {"Accept": "application/json"}
        if self._told.kind == "oauth2":
            if token is None:
                raise ValueError("tokens by OAuth2 need the client's secret")
            self._secret = token
        elif token is not None:
            self._headers[self._name] = token if self._told.kind == "api_key" else f"Bearer {token}"


def _stamp(file: Path) -> tuple[int, int, int] | None:
    """What changes with a file, also when another is put in its place; None for none."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def _read(file: Path) -> str:
    """The file's one line. Raises OSError, and ValueError without quoting what it holds."""
    with file.open("rb") as opened:
        try:
            return opened.read(_LARGEST).decode("ascii").strip()
        except UnicodeDecodeError:
            raise ValueError("not ASCII") from None
