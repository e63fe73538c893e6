"""Polls: sendPoll, stopPoll, what people vote, and closing by time.

A poll with a last moment is closed when somebody looks at it after that moment of the world's time:
a vote, an edit, a stop. The bot is told of every change by a `poll` update, and of who voted by
`poll_answer` when the poll is not anonymous.
"""

from __future__ import annotations

import json
import secrets
from typing import Any

from sandbox.telegram.call import Call
from sandbox.telegram.content import input_media
from sandbox.telegram.entities import Formatted, format_text
from sandbox.telegram.errors import bad_request
from sandbox.telegram.keyboards import inline_only, read_markup
from sandbox.telegram.records import Bot, Json, Message
from sandbox.telegram.sending import Outgoing
from sandbox.telegram.state import TelegramState
from sandbox.telegram.targets import find_message, writable_chat

QUESTION_LIMIT = 300
OPTION_LIMIT = 100
FEWEST, MOST = 1, 12
EXPLANATION_LIMIT = 200
SHORTEST_PERIOD, LONGEST_PERIOD = 5, 2_628_000


class BadVoteError(Exception):
    """A vote that the poll does not take, told in the message."""


def send_poll(telegram: TelegramState, call: Call) -> Json:
    """The method sendPoll."""
    question = _text(call, "question")
    if not question.text:
        raise bad_request("poll question must be non-empty")
    if len(question.text) > QUESTION_LIMIT:
        raise bad_request(f"poll question length must not exceed {QUESTION_LIMIT}")
    options = _options(telegram, call)
    quiz = call.text("type") == "quiz"
    poll: Json = {"id": str(5_400_000_000_000_000_000 + secrets.randbelow(10**17))}
    _only_emoji(question).put_into(poll, "question", "question_entities")
    poll |= {
        "options": options,
        "total_voter_count": 0,
        "is_closed": call.flag("is_closed"),
        "is_anonymous": call.flag("is_anonymous", default=True),
        "type": "quiz" if quiz else "regular",
        "allows_multiple_answers": call.flag("allows_multiple_answers"),
        "allows_revoting": call.flag("allows_revoting", default=not quiz),
        "members_only": call.flag("members_only"),
    }
    if quiz:
        poll |= _solution(telegram, call, len(options))
    if media := call.parsed("media", "media"):
        poll["media"], _ = _media(telegram, call, media)
    poll |= _last_moment(telegram, call)
    outgoing = Outgoing(telegram, call)
    if outgoing.chat.chat_id < 0 and not poll["is_anonymous"]:
        _check_may_be_public(telegram, outgoing.chat.chat_id)
    return outgoing.send({"poll": poll}).body


def _text(call: Call, name: str, longest: int = 0) -> Formatted:
    text = format_text(
        call.text(name), call.text(f"{name}_parse_mode"), call.params.get(f"{name}_entities")
    )
    if longest and len(text.text) > longest:
        raise bad_request(f"poll {name} length must not exceed {longest}")
    return text


def _only_emoji(text: Formatted) -> Formatted:
    """Questions and options keep custom emoji alone."""
    return Formatted(text.text, [one for one in text.entities if one["type"] == "custom_emoji"])


def _options(telegram: TelegramState, call: Call) -> list[Json]:
    given = call.parsed("options", "options")
    if not isinstance(given, list):
        raise bad_request("expected an Array of String as options")
    if len(given) < FEWEST:
        raise bad_request(f"poll must have at least {FEWEST} option")
    if len(given) > MOST:
        raise bad_request(f"poll can't have more than {MOST} options")
    return [_option(telegram, call, n, option) for n, option in enumerate(given)]


def _option(telegram: TelegramState, call: Call, number: int, given: Any) -> Json:
    fields = given if isinstance(given, dict) else {"text": given}
    entities = fields.get("text_entities")
    text = format_text(
        str(fields.get("text") or ""),
        str(fields.get("text_parse_mode") or ""),
        json.dumps(entities) if entities else None,
    )
    if not text.text:
        raise bad_request("poll options must be non-empty")
    if len(text.text) > OPTION_LIMIT:
        raise bad_request(f"poll options length must not exceed {OPTION_LIMIT}")
    option: Json = {"persistent_id": str(number)}
    _only_emoji(text).put_into(option, "text", "text_entities")
    option["voter_count"] = 0
    if fields.get("media"):
        option["media"], _ = _media(telegram, call, fields["media"])
    return option


def _media(telegram: TelegramState, call: Call, given: Any) -> tuple[Json, Formatted]:
    if isinstance(given, dict) and given.get("type") in {"location", "venue"}:
        try:
            place = {name: float(given[name]) for name in ("latitude", "longitude")}
        except (KeyError, TypeError, ValueError):
            raise bad_request("location must be non-empty") from None
        return {"location": place}, Formatted("", [])
    return input_media(telegram, call, given)


def _solution(telegram: TelegramState, call: Call, options: int) -> Json:
    """The right answers of a quiz and why they are right."""
    given = call.parsed("correct_option_ids", "correct option identifiers")
    if given is None and call.text("correct_option_id"):
        given = [call.integer("correct_option_id", -1)]
    if not isinstance(given, list) or not given:
        raise bad_request("correct option must be specified")
    if not all(isinstance(one, int) and 0 <= one < options for one in given):
        raise bad_request("wrong correct option ID specified")
    solution: Json = {"correct_option_ids": given}
    explanation = _text(call, "explanation", EXPLANATION_LIMIT)
    if explanation.text:
        explanation.put_into(solution, "explanation", "explanation_entities")
    if media := call.parsed("explanation_media", "explanation media"):
        solution["explanation_media"], _ = _media(telegram, call, media)
    return solution


def _last_moment(telegram: TelegramState, call: Call) -> Json:
    period, date = call.integer("open_period"), call.integer("close_date")
    if call.flag("is_closed"):
        return {}
    if period:
        period = min(max(period, SHORTEST_PERIOD), LONGEST_PERIOD)
        return {"open_period": period, "close_date": telegram.now() + period}
    return {"close_date": date} if date else {}


def _check_may_be_public(telegram: TelegramState, chat_id: int) -> None:
    if telegram.store.people[chat_id]["type"] == "channel":
        raise bad_request("non-anonymous polls can't be sent to channel chats")


def stop_poll(telegram: TelegramState, call: Call) -> Json:
    """The method stopPoll: the poll as it ended."""
    markup = inline_only(read_markup(call))
    chat = writable_chat(telegram, call)
    absent = "message with poll to stop not found"
    message = find_message(telegram, chat, call.integer("message_id"), absent)
    if "poll" not in message.body:
        raise bad_request("message is not a poll")
    if not message.by_bot:
        raise bad_request("poll can't be stopped")
    close_if_over(telegram, call.bot, message)
    if message.body["poll"]["is_closed"]:
        raise bad_request("poll has already been closed")
    message.body.pop("reply_markup", None)
    if markup:
        message.body["reply_markup"] = markup
    return _closed(telegram, call.bot, message)


def _closed(telegram: TelegramState, bot: Bot, message: Message) -> Json:
    poll: Json = message.body["poll"]
    poll["is_closed"] = True
    _told(telegram, bot, message)
    return poll


def _told(telegram: TelegramState, bot: Bot, message: Message) -> None:
    telegram.change_message(message)
    telegram.push(bot, "poll", message.chat_id, message.body["poll"])


def close_if_over(telegram: TelegramState, bot: Bot, message: Message) -> None:
    """Close the message's poll when its last moment has passed."""
    poll = message.body.get("poll")
    if (
        poll
        and not poll["is_closed"]
        and telegram.now() >= poll.get("close_date", telegram.now() + 1)
    ):
        _closed(telegram, bot, message)


def vote(
    telegram: TelegramState, bot: Bot, message: Message, voter: int, chosen: list[int]
) -> Json:
    """What a person chose, in place of what they chose before; nothing takes the vote back.

    Raises `BadVoteError`.
    """
    close_if_over(telegram, bot, message)
    poll: Json = message.body["poll"]
    chat = telegram.state(bot, message.chat_id)
    votes = chat.state.setdefault("votes", {}).setdefault(str(message.message_id), {})
    _check_vote(poll, chosen, again=str(voter) in votes)
    if chosen:
        votes[str(voter)] = chosen
    else:
        votes.pop(str(voter), None)
    for number, option in enumerate(poll["options"]):
        option["voter_count"] = sum(number in one for one in votes.values())
    poll["total_voter_count"] = len(votes)
    telegram.store.save_chat(chat)
    _told(telegram, bot, message)
    if not poll["is_anonymous"]:
        answer = {
            "poll_id": poll["id"],
            "user": telegram.user(voter),
            "option_ids": chosen,
            "option_persistent_ids": [poll["options"][one]["persistent_id"] for one in chosen],
        }
        telegram.push(bot, "poll_answer", voter, answer)
    return poll


def _check_vote(poll: Json, chosen: list[int], *, again: bool) -> None:
    if poll["is_closed"]:
        raise BadVoteError("the poll is closed")
    if again and not poll["allows_revoting"]:
        raise BadVoteError("a vote in this poll cannot be changed")
    if len(set(chosen)) != len(chosen) or any(
        not 0 <= one < len(poll["options"]) for one in chosen
    ):
        raise BadVoteError(f"the poll's options are 0 to {len(poll['options']) - 1}")
    if len(chosen) > 1 and not poll["allows_multiple_answers"]:
        raise BadVoteError("the poll takes one answer")


METHODS = {"sendpoll": send_poll, "stoppoll": stop_poll}
