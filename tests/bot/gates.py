from __future__ import annotations

from bot.updates.chat_queue import Gate, More, Receive, _no_more


def a_gate(receive: Receive, more: More = _no_more) -> Gate:
    """One that is served from the first."""
    gate = Gate(more)
    gate.serve(receive)
    return gate
