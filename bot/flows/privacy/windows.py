"""One window: the privacy policy, which Telegram leads to from the bot's profile."""

from __future__ import annotations

from aiogram_dialog import Dialog

from bot.context import states
from bot.flows.privacy.getters import get_policy
from bot.widgets.page import page
from bot.widgets.text import Value

privacy_dialog = Dialog(page(states.Privacy.policy, Value("text"), getter=get_policy))
