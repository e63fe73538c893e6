"""python-telegram-bot: a ConversationHandler of two states."""

import sys

from telegram import Update
from telegram.ext import Application, ContextTypes, ConversationHandler, MessageHandler, filters

FIRST, SECOND = range(2)


async def to_second(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> int:
    """From the first state."""
    assert update.message is not None
    await update.message.reply_text("second")
    return SECOND


async def to_first(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> int:
    """From the second state."""
    assert update.message is not None
    await update.message.reply_text("first")
    return FIRST


url = sys.argv[1]
application = (
    Application.builder()
    .token("1000001:bench-bot-000000000000000000000000000")
    .base_url(f"{url}/bot")
    .connection_pool_size(256)
    .build()
)
application.add_handler(
    ConversationHandler(
        entry_points=[MessageHandler(filters.TEXT, to_first)],
        states={
            FIRST: [MessageHandler(filters.TEXT, to_second)],
            SECOND: [MessageHandler(filters.TEXT, to_first)],
        },
        fallbacks=[],
    )
)
application.run_polling(stop_signals=None)
