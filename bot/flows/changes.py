"""Every kind of change with its words: the one list of them on this side."""

from __future__ import annotations

from account.actions import ActionKind
from bot.flows.bans.words import BanWords
from bot.flows.blocking.words import BlockWords, UnblockWords
from bot.flows.confirm.words import ChangeWords
from bot.flows.devices.words import (
    DeregisterWords,
    DuplicateWords,
    RegisterWords,
    ReregisterWords,
)

WORDS: dict[ActionKind, ChangeWords] = {
    words.kind: words
    for words in (
        BlockWords(),
        UnblockWords(),
        BanWords(),
        RegisterWords(),
        DeregisterWords(),
        ReregisterWords(),
        DuplicateWords(),
    )
}
