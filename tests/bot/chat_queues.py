from __future__ import annotations

from bot.updates.chat_queue import ChatQueue, More, Receive, _no_more


def a_chat_queue(receive: Receive, more: More = _no_more) -> ChatQueue:
    """One that is served from the first."""
    chat_queue = ChatQueue(more)
    chat_queue.serve(receive)
    return chat_queue
