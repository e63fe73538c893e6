"""The shape of an update, without what is in it."""

from __future__ import annotations

import json

from bot.updates.outline import MOST_LINES, outline

UPDATE = {
    "update_id": 700123456,
    "message": {
        "message_id": 17,
        "date": 1643018400,
        "from": {"id": 77010542006, "is_bot": False, "first_name": "Айгүл"},
        "chat": {"id": 77010542006, "type": "private"},
        "text": "copper lantern",
        "forward_origin": {"type": "hologram", "depth": 1.5, "note": None},
        "entities": [{"type": "bold", "offset": 0}] * 7,
        "Aigul 77010542006": "x",
    },
}


def test_an_outline_tells_members_lengths_and_last_digits() -> None:
    assert list(outline(json.dumps(UPDATE).encode()))[:11] == [
        "update_id: …3456",
        "message.message_id: 17",
        "message.date: 24.01.2022 16:00",
        "message.from.id: …2006",
        "message.from.is_bot: false",
        "message.from.first_name: 5 characters",
        "message.chat.id: …2006",
        "message.chat.type: private",
        "message.text: 14 characters",
        "message.forward_origin.type: hologram",
        "message.forward_origin.depth: a number",
    ]


def test_an_outline_holds_nothing_of_anybody() -> None:
    told = "\n".join(outline(json.dumps(UPDATE).encode()))
    for secret in ("copper", "Айгүл", "7701054", "Aigul"):
        assert secret not in told
    assert "message.entities: 7 items" in told
    assert "message.?: 1 characters" in told


def test_a_word_of_a_person_is_none_of_telegrams() -> None:
    told = "\n".join(outline(json.dumps({"type": "my secret 123456", "status": ["x"]}).encode()))
    assert told == "type: 16 characters\nstatus: 1 items\nstatus[0]: x"


def test_junk_has_an_outline_too() -> None:
    assert list(outline(b"\xff")) == ["no JSON that can be read, 1 bytes"]
    assert list(outline(b"[" * 100_000)) == ["no JSON that can be read, 100000 bytes"]
    assert list(outline(b"7")) == ["update: 7"]
    wide = json.dumps({f"a{n}": n for n in range(1000)}).encode()
    assert len(list(outline(wide))) == MOST_LINES
