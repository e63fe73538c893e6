"""Polls and votes, dice, venues, games, and several messages copied or forwarded at once."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.telegram.side import ADMINISTRATOR, BotSide, PeopleSide, buttons

HERE = {"chat_id": ADMINISTRATOR}
BAD = "400 Bad Request: "


async def poll(bot: BotSide, **params: Any) -> Any:
    asked = {"question": "Lunch?", "options": ["Yes", {"text": "No"}], **params}
    return await bot.ok("sendPoll", **HERE, **asked)


async def test_a_poll_is_voted_in_and_stopped(bot: BotSide, people: PeopleSide) -> None:
    sent = await poll(bot, is_anonymous=False, reply_markup=buttons([("A", "a")]))
    assert [option["text"] for option in sent["poll"]["options"]] == ["Yes", "No"]
    assert (sent["poll"]["type"], sent["poll"]["total_voter_count"]) == ("regular", 0)
    message = {"message_id": sent["message_id"]}
    await people.do("POST", "users/700/votes", {**message, "options": [1]})
    state, answer = await bot.updates()
    assert [one["voter_count"] for one in state["poll"]["options"]] == [0, 1]
    assert answer["poll_answer"]["option_ids"] == [1]
    assert answer["poll_answer"]["user"]["id"] == ADMINISTRATOR
    assert answer["poll_answer"]["poll_id"] == sent["poll"]["id"]
    await people.do("POST", "users/700/votes", {**message, "options": []})
    stopped = await bot.ok("stopPoll", **HERE, **message)
    assert (stopped["is_closed"], stopped["total_voter_count"]) == (True, 0)
    assert "reply_markup" not in (await people.chat())["messages"][-1]
    assert await bot.refused("stopPoll", **HERE, **message) == BAD + "poll has already been closed"
    code, said = await people.fails("POST", "users/700/votes", {**message, "options": [0]})
    assert (code, said) == (409, "the poll is closed")


async def test_an_anonymous_poll_tells_nobody(bot: BotSide, people: PeopleSide) -> None:
    sent = await poll(bot, allows_multiple_answers=True)
    both = {"message_id": sent["message_id"], "options": [0, 1]}
    await people.do("POST", "users/700/votes", both)
    [state] = await bot.updates()
    assert state["poll"]["total_voter_count"] == 1
    assert [one["voter_count"] for one in state["poll"]["options"]] == [1, 1]


async def test_a_quiz(bot: BotSide, people: PeopleSide) -> None:
    why = {"explanation": "<b>Noon</b>", "explanation_parse_mode": "HTML"}
    sent = await poll(bot, type="quiz", correct_option_id=0, **why)
    assert sent["poll"]["correct_option_ids"] == [0]
    assert sent["poll"]["explanation"] == "Noon"
    assert sent["poll"]["explanation_entities"][0]["type"] == "bold"
    vote = {"message_id": sent["message_id"], "options": [1]}
    await people.do("POST", "users/700/votes", vote)
    code, _ = await people.fails("POST", "users/700/votes", vote)
    assert code == 409
    said = await bot.refused(
        "sendPoll", **HERE, question="x", options=["a"], type="quiz", correct_option_id=1
    )
    assert said == BAD + "wrong correct option ID specified"


async def test_a_poll_closes_by_time(bot: BotSide, people: PeopleSide) -> None:
    sent = await poll(bot, open_period=60)
    assert sent["poll"]["close_date"] == sent["date"] + 60
    await people.pass_time(61)
    code, _ = await people.fails(
        "POST", "users/700/votes", {"message_id": sent["message_id"], "options": [0]}
    )
    assert code == 409
    [update] = await bot.updates()
    assert update["poll"]["is_closed"] is True


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"question": ""}, "poll question must be non-empty"),
        ({"question": "x" * 301}, "poll question length must not exceed 300"),
        ({"options": []}, "poll must have at least 1 option"),
        ({"options": ["a"] * 13}, "poll can't have more than 12 options"),
        ({"options": ["a", ""]}, "poll options must be non-empty"),
        ({"options": ["x" * 101]}, "poll options length must not exceed 100"),
    ],
)
async def test_bad_polls(
    bot: BotSide, people: PeopleSide, wrong: dict[str, Any], said: str
) -> None:
    asked = {"question": "x", "options": ["a", "b"], **wrong}
    assert await bot.refused("sendPoll", **HERE, **asked) == BAD + said


async def test_what_is_no_poll_is_not_stopped(bot: BotSide, people: PeopleSide) -> None:
    message = await bot.send()
    assert (
        await bot.refused("stopPoll", **HERE, message_id=message) == BAD + "message is not a poll"
    )
    absent = BAD + "message with poll to stop not found"
    assert await bot.refused("stopPoll", **HERE, message_id=9999) == absent


@pytest.mark.parametrize(("emoji", "most"), [("", 6), ("🏀", 5), ("🎰", 64)])
async def test_dice(bot: BotSide, people: PeopleSide, emoji: str, most: int) -> None:
    sent = await bot.ok("sendDice", **HERE, emoji=emoji)
    assert sent["dice"]["emoji"] == (emoji or "🎲")
    assert 1 <= sent["dice"]["value"] <= most


async def test_venues_and_games(bot: BotSide, people: PeopleSide) -> None:
    place = {"latitude": 51.1, "longitude": 71.4}
    sent = await bot.ok("sendVenue", **HERE, **place, title="Office", address="Alatau 1")
    assert sent["venue"] == {"location": place, "title": "Office", "address": "Alatau 1"}
    sent = await bot.ok("sendGame", **HERE, game_short_name="chess")
    assert sent["game"]["title"] == "chess"


async def test_several_at_once(bot: BotSide, people: PeopleSide) -> None:
    first, second = await bot.send("one"), await bot.send("two")
    way = {**HERE, "from_chat_id": ADMINISTRATOR, "message_ids": [first, second]}
    copied = await bot.ok("copyMessages", **way)
    forwarded = await bot.ok("forwardMessages", **{**way, "message_ids": [first, 9999]})
    assert (len(copied), len(forwarded)) == (2, 1)
    messages = (await people.chat())["messages"]
    assert [message["text"] for message in messages[-3:]] == ["one", "two", "one"]
    assert ["forward_origin" in message for message in messages[-3:]] == [False, False, True]
    wrong = {**way, "message_ids": [second, first]}
    assert await bot.refused("copyMessages", **wrong) == (
        BAD + "message identifiers must be in a strictly increasing order"
    )
    absent = {**way, "message_ids": [9998, 9999]}
    assert await bot.refused("forwardMessages", **absent) == (
        BAD + "there are no messages to forward"
    )
