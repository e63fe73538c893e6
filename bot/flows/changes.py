"""Every kind of change with its words: the one list of them on this side."""

from __future__ import annotations

from account.changes.action import ActionKind
from bot.flows.bans.texts import BanWords
from bot.flows.blocking.texts import BlockWords, UnblockWords
from bot.flows.confirm.texts import ChangeWords
from bot.flows.devices.texts import DeregisterWords, DuplicateWords, RegisterWords, ReregisterWords
from bot.flows.forwarding.texts import ForwardingOffWords, SetForwardingWords
from bot.flows.profile.texts import EmailWords
from bot.flows.secret_codes.texts import DeleteCodeWords, SendCodeWords
from bot.flows.services.texts import ServiceOffWords, ServiceOnWords
from bot.flows.sim.texts import ReplaceWords, RevealWords
from bot.flows.transfers.texts import TransferWords

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
