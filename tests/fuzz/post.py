"""The post of the fuzzed town: SMS and letters of everybody, and what is secret in them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

from account.values.identifiers import Email, Msisdn
from bot.ops.clock import SteadyClock

CODE = re.compile(r"(?<![0-9])([0-9]{6})(?![0-9])")
SECRET = re.compile(r"\b([0-9A-HJKMNP-TV-Z]{5})-([0-9A-HJKMNP-TV-Z]{5})\b")
LINK = re.compile(r"https://t\.me/\w+\?start=(nm-[\w-]+)")
LAST_FOUR = re.compile(r"(?<![0-9])([0-9]{4})(?![0-9])")


@dataclass(frozen=True)
class Sent:
    """A code as it arrived; `about` are the last digits of the number it names."""

    to: str
    code: str
    about: str | None
    at: datetime


@dataclass
class Post:
    """What arrived, by telephone and by letter."""

    clock: SteadyClock
    codes: list[Sent] = field(default_factory=list)
    keys: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    """The newest secret code of each number, and when it came."""
    keys_sent: dict[str, str] = field(default_factory=dict)
    """Each secret code that was ever sent, by the reference of its SMS."""

    links: dict[str, str] = field(default_factory=dict)
    """The newest way of each telephone to say “It was not me”."""

    async def sms(self, phone: Msisdn, text: str, reference: str) -> None:
        """Deliver, and note a code."""
        found = SECRET.search(text)
        if found is not None:
            self.keys[phone.digits] = found.group(), self.clock.now()
            self.keys_sent[reference] = found.group()
            return
        linked = LINK.search(text)
        if linked is not None:
            self.links[phone.digits] = linked.group(1)
        self._note(phone.digits, text)

    async def mail(
        self, to: Email, _subject: str, text: str, *_rest: object, **_more: object
    ) -> None:
        """Deliver, and note a code."""
        self._note(to.address, text)

    def _note(self, to: str, text: str) -> None:
        found = CODE.search(text)
        if found is not None:
            about = LAST_FOUR.search(text.replace(found.group(), ""))
            named = None if about is None else about.group()
            self.codes.append(Sent(to, found.group(), named, self.clock.now()))
