"""Flood limits: off unless asked for, then about what Telegram's FAQ says.

A call over the limit is refused with 429 and counts for nothing.
"""

from __future__ import annotations

import math
from collections import deque
from typing import Any

from sandbox.telegram.call import Call
from sandbox.telegram.errors import too_many
from sandbox.telegram.state import TelegramState

_LIMITED = ("send", "copy", "forward", "edit")
FAQ = {"chat_per_second": 1.0, "chat_burst": 3, "bot_per_second": 30, "group_per_minute": 20}


class Floods:
    """How fast each bot writes."""

    def __init__(self, telegram: TelegramState) -> None:
        self._telegram = telegram
        self.limits: dict[str, float] = {}
        self._sent: dict[tuple[int, str], deque[float]] = {}

    def set(self, body: dict[str, Any]) -> dict[str, float]:
        """Turn the limits on (`{"on": true}` or single numbers) or off (`{"on": false}`)."""
        if body.get("on") is False:
            self.limits = {}
        else:
            given = {name: float(body[name]) for name in FAQ if name in body}
            self.limits = {**FAQ, **given}
        self._sent.clear()
        return self.limits

    def check(self, call: Call) -> None:
        """Raises 429 when the call comes too soon."""
        if not self.limits or not call.method.startswith(_LIMITED):
            return
        chat = call.text("chat_id")
        rules = [(chat, self.limits["chat_burst"], self.limits["chat_burst"] / self._rate())]
        rules.append(("", self.limits["bot_per_second"], 1.0))
        if chat.startswith("-"):
            rules.append((chat + "/minute", self.limits["group_per_minute"], 60.0))
        now = self._telegram.world.clock.timestamp()
        lines = [
            (self._recent((call.bot.id, key), now - span), most, span) for key, most, span in rules
        ]
        for line, most, span in lines:
            if len(line) >= most:
                raise too_many(max(1, math.ceil(line[0] + span - now)))
        for line, _, _ in lines:
            line.append(now)

    def _rate(self) -> float:
        return max(self.limits["chat_per_second"], 0.001)

    def _recent(self, key: tuple[int, str], since: float) -> deque[float]:
        line = self._sent.setdefault(key, deque())
        while line and line[0] <= since:
            line.popleft()
        return line
