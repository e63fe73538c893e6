"""Telegram on one machine: the Bot API, the people who use it, and a web chat to be them."""

from sandbox.telegram.routes import open_telegram

__all__ = ["open_telegram"]
