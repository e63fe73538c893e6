"""Formatted text: entities in UTF-16 units, trimmed, with what Telegram recognises itself."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.telegram.entities import format_text, utf16
from sandbox.telegram.errors import ApiError


def shown(text: str, mode: str = "HTML") -> tuple[str, list[tuple[Any, ...]]]:
    made = format_text(text, mode, None)
    return made.text, [(e["type"], e["offset"], e["length"]) for e in made.entities]


def test_offsets_count_utf16_units() -> None:
    assert shown("🟢 <b>Әсел</b> 🟢<i>x</i>") == (
        "🟢 Әсел 🟢x",
        [("bold", 3, 4), ("italic", 10, 1)],
    )


def test_html_tags_nest_and_characters_are_named() -> None:
    text, entities = shown("<b>a <u>b</u></b> &lt;c&gt; &amp;&#x20B8; &nbsp;")
    assert text == "a b <c> &₸ &nbsp;"
    assert entities == [("bold", 0, 3), ("underline", 2, 1)]


def test_html_links_code_and_quotes() -> None:
    made = format_text(
        '<a href="https://x.kz/?a=1&amp;b=2">l</a> <pre><code class="language-sql">q</code></pre>'
        "<blockquote expandable>z</blockquote>",
        "html",
        None,
    )
    assert made.entities == [
        {"type": "text_link", "offset": 0, "length": 1, "url": "https://x.kz/?a=1&b=2"},
        {"type": "pre", "offset": 2, "length": 1, "language": "sql"},
        {"type": "expandable_blockquote", "offset": 3, "length": 1},
    ]


def test_text_is_trimmed_with_its_entities() -> None:
    assert shown("\n  <b> a </b>  \n") == ("a", [("bold", 0, 1)])


def test_neighbours_of_one_kind_are_one() -> None:
    assert shown("<b>a</b><b>b</b>") == ("ab", [("bold", 0, 2)])


def test_markdown_v2() -> None:
    text, entities = shown(r"*b _i_ __u__* ~s~ ||p|| `c` [l](https://x.kz) \.", "MarkdownV2")
    assert text == "b i u s p c l ."
    assert entities == [
        ("bold", 0, 5),
        ("italic", 2, 1),
        ("underline", 4, 1),
        ("strikethrough", 6, 1),
        ("spoiler", 8, 1),
        ("code", 10, 1),
        ("text_link", 12, 1),
    ]


def test_markdown_v2_quotes_and_code_blocks() -> None:
    assert shown(">a\n>b\nc", "MarkdownV2") == ("a\nb\nc", [("blockquote", 0, 3)])
    assert format_text("```py\nx.y\n```", "MarkdownV2", None).entities == [
        {"type": "pre", "offset": 0, "length": 3, "language": "py"}
    ]


def test_old_markdown() -> None:
    text, entities = shown("*b* _i_ `c` [l](https://x.kz/) 1.5 \\*", "Markdown")
    assert text == "b i c l 1.5 *"
    assert [kind for kind, _, _ in entities] == ["bold", "italic", "code", "text_link"]


@pytest.mark.parametrize(
    ("text", "kind", "piece"),
    [
        ("see /help now", "bot_command", "/help"),
        ("/start abc", "bot_command", "/start"),
        ("/menu@my_account_42_bot", "bot_command", "/menu@my_account_42_bot"),
        ("open https://x.kz/a?b=1, please", "url", "https://x.kz/a?b=1"),
        ("www.example.com.", "url", "www.example.com"),
        ("ask @support_kz", "mention", "@support_kz"),
        ("to buh@kazyna.example now", "email", "buh@kazyna.example"),
        ("call +77010542007", "phone_number", "+77010542007"),
        ("call +7 701 054 20 07!", "phone_number", "+7 701 054 20 07"),
        ("#отчёт", "hashtag", "#отчёт"),
        ("$USD", "cashtag", "$USD"),
    ],
)
def test_recognised(text: str, kind: str, piece: str) -> None:
    made = format_text(text, "", None)
    assert [
        (e["type"], made.text[e["offset"] : e["offset"] + e["length"]]) for e in made.entities
    ] == [(kind, piece)]


@pytest.mark.parametrize("text", ["24.01.2022", "1/2/3", "a/b", "77010542007", "12 500.50"])
def test_not_recognised(text: str) -> None:
    assert format_text(text, "", None).entities == []


def test_nothing_is_recognised_in_code() -> None:
    assert shown("<code>+77010542007 /help</code>") == (
        "+77010542007 /help",
        [("code", 0, 18)],
    )


def test_given_entities_are_cut_to_the_text() -> None:
    raw = '[{"type":"bold","offset":0,"length":99},{"type":"nonsense","offset":0,"length":1}]'
    made = format_text("abc", "", raw)
    assert made.entities == [{"type": "bold", "offset": 0, "length": 3}]


MARKUP = st.text(alphabet="ab <>/=\"'&;#*_`~|[]()!\\.\n\r\t🟢я>", max_size=40)


@given(MARKUP, st.sampled_from(["", "HTML", "Markdown", "MarkdownV2"]))
def test_any_text_is_parsed_or_refused(text: str, mode: str) -> None:
    try:
        made = format_text(text, mode, None)
    except ApiError:
        return
    whole = utf16(made.text)
    for entity in made.entities:
        assert entity["length"] > 0
        assert entity["offset"] >= 0
        assert entity["offset"] + entity["length"] <= whole
