"""Formatted text: what a bot wrote becomes plain text and entities, as Telegram makes them."""

from sandbox.telegram.entities.formatted import Formatted, format_text, utf16

__all__ = ["Formatted", "format_text", "utf16"]
