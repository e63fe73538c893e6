"""answerCallbackQuery: what the person is shown for a tap.

A query can be answered for a quarter of a minute of the world's time. Telegram says no number
officially; people report between 10 and 60 seconds. Whether a second answer within it is refused is
told nowhere either: libraries answer twice as a matter of course, so the later answer is taken and
shown in place of the first, unless the sandbox was told to be strict.
"""

from __future__ import annotations

from sandbox.telegram.call import INT64, Call
from sandbox.telegram.errors import QUERY_TOO_OLD, bad_request
from sandbox.telegram.records import Json
from sandbox.telegram.state import TelegramState

ANSWER_SECONDS = 15.0
TEXT_LIMIT = 200


def answer_callback_query(telegram: TelegramState, call: Call) -> bool:
    """The method answerCallbackQuery."""
    given = call.text("callback_query_id")
    found = None
    if given.isdecimal() and len(given) <= 19 and int(given) <= INT64:
        found = telegram.store.callback(call.bot.id, int(given))
    if found is None:
        raise bad_request(QUERY_TOO_OLD)
    user_id, chat_id, query, asked, answered = found
    now = telegram.world.clock.timestamp()
    if now - asked > ANSWER_SECONDS or (answered and telegram.one_answer):
        raise bad_request(QUERY_TOO_OLD)
    text = call.text("text")
    if len(text) > TEXT_LIMIT:
        raise bad_request("MESSAGE_TOO_LONG")
    answer: Json = {
        "callback_query_id": given,
        "text": text,
        "show_alert": call.flag("show_alert"),
        "message_id": query.get("message", {}).get("message_id"),
        "times": answered + 1,
    }
    if call.text("url"):
        answer["url"] = call.text("url")
    telegram.store.answer_callback(int(given), answer, now)
    telegram.tell_chat(call.bot.id, chat_id, "answer", answer=answer, user=user_id)
    return True


METHODS = {"answercallbackquery": answer_callback_query}
