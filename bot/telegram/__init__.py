"""Telegram's Bot API as this product calls it."""
