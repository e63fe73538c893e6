"""python-telegram-bot: polls and echoes."""

import sys

from telegram import Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters


async def echo(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    """Say it again."""
    assert update.message is not None
    await update.message.reply_text(update.message.text or "")


url = sys.argv[1]
application = (
    Application.builder()
    .token("1000001:bench-bot-000000000000000000000000000")
    .base_url(f"{url}/bot")
    .concurrent_updates(True)
    .connection_pool_size(256)
    .build()
)
application.add_handler(MessageHandler(filters.TEXT, echo))
application.run_polling(stop_signals=None)
