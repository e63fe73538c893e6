"""Kills the bot again and again and looks whether its promises hold (docs/reliability.md).

The world outside (Telegram, the operator, people) lives in the lab's own process and survives; the
bot is the real one, a process that is killed without warning. Nothing here looks into the bot: what
it promised is read from chats, from the operator's books, and in the end from its database.
"""
