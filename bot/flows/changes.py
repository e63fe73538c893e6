"""Every kind of change with its words: the one list of them on this side."""

from __future__ import annotations

from account.actions import ActionKind
from bot.flows.bans.words import BanWords
from bot.flows.blocking.words import BlockWords, UnblockWords
from bot.flows.confirm.words import ChangeWords

WORDS: dict[ActionKind, ChangeWords] = {
    words.kind: words
    for words in (
        BlockWords(),
        UnblockWords(),
        BanWords(),
    )
}
