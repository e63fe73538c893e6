"""Every kind of change with its words, by chapter: the one list of them on this side.

A new kind stands in the `WORDS` of its chapter's texts; only a new chapter has a line here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from account.changes.action import ActionKind
from bot.flows.bans import texts as bans
from bot.flows.blocking import texts as blocking
from bot.flows.confirm.texts import ChangeWords
from bot.flows.devices import texts as devices
from bot.flows.esim import texts as esim
from bot.flows.forwarding import texts as forwarding
from bot.flows.profile import texts as profile
from bot.flows.secret_codes import texts as secret_codes
from bot.flows.services import texts as services
from bot.flows.sim import texts as sim
from bot.flows.transfers import texts as transfers

WORDS: Mapping[ActionKind, ChangeWords[Any]] = {
    words.kind: words
    for chapter in (
        *(blocking, bans, devices, transfers, forwarding),
        *(services, secret_codes, profile, sim, esim),
    )
    for words in chapter.WORDS
}
