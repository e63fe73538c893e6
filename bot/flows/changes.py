"""Every kind of change with its words: the one list of them on this side."""

from __future__ import annotations

from account.changes.action import ActionKind
from bot.flows.bans.words import BanWords
from bot.flows.blocking.words import BlockWords, UnblockWords
from bot.flows.confirm.words import ChangeWords
from bot.flows.devices.words import (
    DeregisterWords,
    DuplicateWords,
    RegisterWords,
    ReregisterWords,
)
from bot.flows.forwarding.words import ForwardingOffWords, SetForwardingWords
from bot.flows.profile.words import EmailWords
from bot.flows.secret_codes.words import DeleteCodeWords, SendCodeWords
from bot.flows.services.words import ServiceOffWords, ServiceOnWords
from bot.flows.sim.words import ReplaceWords, RevealWords
from bot.flows.transfers.words import TransferWords

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
        TransferWords(),
        SetForwardingWords(),
        ForwardingOffWords(),
        ServiceOnWords(),
        ServiceOffWords(),
        SendCodeWords(),
        DeleteCodeWords(),
        EmailWords(),
        RevealWords(),
        ReplaceWords(),
    )
}
