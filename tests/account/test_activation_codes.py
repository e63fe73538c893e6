"""The activation code of an eSIM (SGP.22, 4.1): what is one, and that nothing of it gets out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from account.values.identifiers import ActivationCode
from account.values.identifiers.activation_codes import LONGEST

WHOLE = "LPA:1$rsp.example.kz$04386-AGYFT-A74Y8-3F815"


@pytest.mark.parametrize(
    ("told", "shown", "scanned"),
    [
        (WHOLE, WHOLE, "LPA:1$RSP.EXAMPLE.KZ$04386-AGYFT-A74Y8-3F815"),
        (WHOLE.removeprefix("LPA:"), WHOLE, "LPA:1$RSP.EXAMPLE.KZ$04386-AGYFT-A74Y8-3F815"),
        (f"  {WHOLE}\n", WHOLE, "LPA:1$RSP.EXAMPLE.KZ$04386-AGYFT-A74Y8-3F815"),
        ("lpa:1$a.kz$X", "LPA:1$a.kz$X", "LPA:1$A.KZ$X"),
        ("1$a.kz$", "LPA:1$a.kz$", "LPA:1$A.KZ$"),
        ("LPA:1$a.kz$X$1.3.6.1", "LPA:1$a.kz$X$1.3.6.1", "LPA:1$A.KZ$X$1.3.6.1"),
        ("LPA:1$a.kz$X$1.3.6.1$1", "LPA:1$a.kz$X$1.3.6.1$1", "LPA:1$A.KZ$X$1.3.6.1$1"),
        ("LPA:1$a.kz$X$$1", "LPA:1$a.kz$X$$1", "LPA:1$A.KZ$X$$1"),
        ("LPA:1$a.kz$X$$", "LPA:1$a.kz$X", "LPA:1$A.KZ$X"),
        ("LPA:1$a.kz$aB-c", "LPA:1$a.kz$aB-c", "LPA:1$A.KZ$aB-c"),
    ],
)
def test_what_is_a_code(told: str, shown: str, scanned: str) -> None:
    code = ActivationCode.told(told)
    assert (code.shown, code.scanned) == (shown, scanned)
    assert ActivationCode.told(code.shown) == code


@pytest.mark.parametrize(
    ("told", "wanted"),
    [("1$a.kz$X$$1", True), ("1$a.kz$X$1.2$1", True), ("1$a.kz$X$1.2", False), (WHOLE, False)],
)
def test_whether_a_second_code_is_wanted(told: str, wanted: bool) -> None:
    assert ActivationCode.told(told).confirmation is wanted


@pytest.mark.parametrize(
    "told",
    [
        "",
        "LPA:",
        "LPA:1$a.kz",
        "LPA:2$a.kz$X",
        "LPA:$a.kz$X",
        "LPA:1$$X",
        "LPA:1$localhost$X",
        "LPA:1$10.0.0.1$X",
        "LPA:1$-a.kz$X",
        "LPA:1$a-.kz$X",
        "LPA:1$a..kz$X",
        "LPA:1$a_b.kz$X",
        "LPA:1$a.kz.$X",
        "LPA:1$қазақ.kz$X",
        f"LPA:1${'a' * 64}.kz$X",
        "LPA:1$a.kz:443$X",
        "LPA:1$a.kz$X Y",
        "LPA:1$a.kz$X_Y",
        "LPA:1$a.kz$X\n",
        "LPA:1$a.kz$Ж",
        "LPA:1$a.kz$X$1.x",
        "LPA:1$a.kz$X$1..2",
        "LPA:1$a.kz$X$$2",
        "LPA:1$a.kz$X$$1$",
        f"LPA:1$a.kz${'X' * LONGEST}",
    ],
)
def test_what_is_none_is_refused_without_a_word_of_it(told: str) -> None:
    if told.endswith("X\n"):
        told += "Y"
    with pytest.raises(ValueError, match=r"activation code|not in the normal form") as refused:
        ActivationCode.told(told)
    assert not any(part in str(refused.value) for part in told.split("$") if len(part) > 1)


def test_the_longest_there_may_be() -> None:
    room = LONGEST - len("1$a.kz$")
    assert len(ActivationCode.told(f"LPA:1$a.kz${'X' * room}").shown) == LONGEST + len("LPA:")
    with pytest.raises(ValueError, match="too long"):
        ActivationCode.told(f"LPA:1$a.kz${'X' * (room + 1)}")


def test_it_is_in_no_picture_of_the_object() -> None:
    code = ActivationCode.told(WHOLE)
    for said in (repr(code), str(code), f"{code!r}", repr({"code": code})):
        assert "AGYFT" not in said
        assert "example" not in said


@given(st.text(alphabet="LPA:12$.-aZ9 é\n", max_size=40))
def test_whatever_is_told_is_a_code_or_refused(told: str) -> None:
    try:
        code = ActivationCode.told(told)
    except ValueError:
        return
    assert ActivationCode.told(code.shown) == code
    assert code.scanned.casefold() == code.shown.casefold()
