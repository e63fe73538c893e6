"""The Telegram face: intake, windows, delivery, and the commands that start it all."""

from bot.framework.first_import import prepare

prepare()
