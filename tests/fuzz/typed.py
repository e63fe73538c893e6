"""The input catalogue of safety.md section 6: what people, keyboards and attackers send.

The same lists feed the tables of `test_typed_inputs` and the state machine.
"""

from __future__ import annotations

from typing import Any

DIGITS = ("١٢٣٤٥٦٧٨٩٠١", "１２３４５６", "𝟏𝟐𝟑𝟒𝟓𝟔", "²³¹⁴⁵⁶", "一二三", "12３456", "٧٧٠١٠٥٤٠٠٠١")
LINES = ("123456\n", "\n123456", "123456\r\n77010540001", "123\t456", " 123456 ")
INVISIBLE = (
    "7701\u200b0540001",
    "77010540001\u200d",
    "7701\u00ad0540001",
    "\ufeff77010540001",
    "\u202e10004501077",
    "\u20667701\u2069 0540001",
    "7701\u00a0054\u00a000\u00a001",
    "8 (701) 054-00-01",
    "\u2062\u2063\u2064",
    "\u3164",
    "\u180e",
)
MARKUP = (
    "<b>bold",
    "&",
    "&lt;",
    "<a href='x'>",
    "</b></i>",
    "<script>",
    "*_[`",
    "&#0;",
    "<b>&</b>",
)
FORMATS = (
    "{0.__class__}",
    "{}",
    "{text}",
    "%s%n",
    "{{",
    "${jndi:x}",
    "{number.company_id}",
    "{0!r}",
)
QUERIES = ("' OR 1=1 --", "%", "_", "\\", "a%b_c", '"', "77' UNION SELECT 1")
CONTROL = ("\x00", "a\x00b", "\x1d", "a\x1dlanguage:en", "\x1b[2J", "\u0085", "\x07")
LONG = ("x" * 4096, "9" * 4096, "<" * 4096, "&" * 4096, "😀" * 2048, "\u0300" * 4096, "1 " * 2048)
AMOUNTS = ("1e9", "-1", "0", "1,5", "1 000", "NaN", "٫", "Infinity", "1_000", "0x10", "1.005")
DAYS = (
    "24.01.2022",
    "24-01-2022",
    "24/01/2022",
    "2022-01-24",
    "２４.０１.２０２２",
    "24.01.22",
    "24 января 2022 г.",
    "24.01.2022\n",
)
NO_DAYS = (
    "30.02.2022",
    "00.00.0000",
    "24.13.2022",
    "٢٤.٠١.٢٠٢٢",
    "9999-12-31",
    "0001-01-01",
    "24.01",
    "31.12.99999",
    "24.01.-2022",
)
CELLS = ("=HYPERLINK(1)", "+77010540001", "-1", "@SUM(1)", "\t=1", "|cmd")
COMMANDS = ("/", "/ ", "/start", "/start payload", "/START@bot", "/menu", "/numbers", "/profile")
MORE_COMMANDS = ("/help", "/language", "/documents", "/logout", "/nonsense", "//", "/start\x00")

SPOKEN = (
    "77010540001 +996555123456",
    "77010540001/77010540002 и 77010540003",
    "📱 8 701 054 00 01 склад",
    "https://wa.me/77010540001?text=hi",
    "imei 1 356938035643809",
    "5 тыс",
    "вчера",
    "24-26.01.2022",
    "завтра в 8",
    "через 2 часа",
    "24.01.2022-ден 26.01.2022-ға дейін",
)

SURROGATES = ("\ud800", "a\udfffb", "\ud83d", "77010540001\udc00")
"""Half a sign: JSON can carry it, UTF-8 cannot."""

TEXTS: tuple[str, ...] = (
    *DIGITS,
    *LINES,
    *INVISIBLE,
    *MARKUP,
    *FORMATS,
    *QUERIES,
    *CONTROL,
    *LONG,
    *AMOUNTS,
    *DAYS,
    *NO_DAYS,
    *CELLS,
    *COMMANDS,
    *MORE_COMMANDS,
    *SPOKEN,
    *SURROGATES,
)
_PHOTO = [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]
_FILE = {"file_id": "f", "file_unique_id": "u"}
_PLACE = {"latitude": 43.2, "longitude": 76.9}
_OPTION = {"text": "a", "voter_count": 0, "persistent_id": "1"}
_POLL = {
    "id": "1",
    "question": "?",
    "options": [_OPTION],
    "total_voter_count": 0,
    "is_closed": False,
    "is_anonymous": True,
    "type": "regular",
    "allows_multiple_answers": False,
    "allows_revoting": False,
    "members_only": False,
}
_ELSEWHERE = {
    "type": "user",
    "date": 1_643_000_000,
    "sender_user": {"id": 7, "is_bot": False, "first_name": "X"},
}

THINGS: dict[str, dict[str, Any]] = {
    "photo": {"photo": _PHOTO},
    "photo of an album": {"photo": _PHOTO, "media_group_id": "7"},
    "photo with a caption": {"photo": _PHOTO, "caption": "77010540001"},
    "sticker": {
        "sticker": {
            **_FILE,
            "type": "regular",
            "width": 1,
            "height": 1,
            "is_animated": False,
            "is_video": False,
        }
    },
    "voice": {"voice": {**_FILE, "duration": 1}},
    "video note": {"video_note": {**_FILE, "length": 1, "duration": 1}},
    "document": {"document": {**_FILE, "file_name": "../../etc/passwd"}},
    "location": {"location": _PLACE},
    "venue": {"location": _PLACE, "venue": {"location": _PLACE, "title": "<b>", "address": "&"}},
    "poll": {"poll": _POLL},
    "dice": {"dice": {"emoji": "🎲", "value": 6}},
    "somebody's contact": {
        "contact": {"phone_number": "77010540001", "first_name": "X", "user_id": 7}
    },
    "a contact of nobody": {"contact": {"phone_number": "77010540001", "first_name": "X"}},
    "a contact with a bad number": {
        "contact": {"phone_number": "<b>٧٧٠١", "first_name": "{0}", "user_id": 101}
    },
    "forwarded text": {"text": "77010540001", "forward_origin": _ELSEWHERE},
    "pinned": {"new_chat_title": "x"},
    "nothing at all": {},
}
