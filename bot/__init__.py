"""The Telegram face: intake, windows, delivery, and the commands that start it all."""

from bot.framework.models import build_at_first_use

build_at_first_use()
