"""How a text is cut, held against smpplib, which neither side of the wire is made of."""

from __future__ import annotations

import pytest
import smpplib.gsm
from hypothesis import given
from hypothesis import strategies as st

from carrier.sms.smpp.parts import Coding, parts

KAZAKH = "Ә Ғ Қ Ң Ө Ұ Ү Һ І ә ғ қ ң ө ұ ү һ і ₸"


@pytest.mark.parametrize(
    ("text", "coding", "sizes"),
    [
        ("a" * 160, Coding.GSM, [160]),
        ("a" * 161, Coding.GSM, [159, 14]),
        ("€" * 80, Coding.GSM, [160]),
        ("a" * 152 + "€" * 5, Coding.GSM, [158, 16]),  # 152: a pair is not cut
        ("ә" * 70, Coding.UCS2, [140]),
        ("ә" * 71, Coding.UCS2, [140, 14]),
        ("ә" * 66 + "😀" * 3, Coding.UCS2, [138, 18]),  # nor one of surrogates
        ("и" * 66 + "и\u0306" * 3, Coding.UCS2, [138, 18]),  # nor a letter from its mark
        (KAZAKH, Coding.UCS2, [len(KAZAKH) * 2]),
    ],
)
def test_a_text_is_cut_between_letters(text: str, coding: Coding, sizes: list[int]) -> None:
    pieces = parts(text, 7)
    assert {piece.coding for piece in pieces} == {coding}
    assert [len(piece.content) for piece in pieces] == sizes


def test_the_head_joins_the_parts() -> None:
    pieces = parts("ә" * 140, 0xAB)
    assert [piece.content[:6].hex() for piece in pieces] == [
        "050003ab0301",
        "050003ab0302",
        "050003ab0303",
    ]


def whole(text: str) -> bytes:
    """The text's octets without the heads of its parts."""
    return b"".join(piece.content[6 if piece.joined else 0 :] for piece in parts(text, 1))


@given(st.text(alphabet=KAZAKH + "abc", min_size=1, max_size=400))
def test_every_letter_arrives(text: str) -> None:
    in_ucs2 = any(letter in KAZAKH.replace(" ", "") for letter in text)
    coding = "utf-16-be" if in_ucs2 else "ascii"
    assert whole(text).decode(coding) == text


@given(st.text(alphabet="abc @$_àΔ\n{}[]~|^\\€", min_size=1, max_size=400))
def test_septets_are_those_of_smpplib(text: str) -> None:
    assert whole(text) == smpplib.gsm.gsm_encode(text)
