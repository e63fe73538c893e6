"""What belongs to the country stands in its package, and in no second place."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from account.kazakhstan import numbering

ROOT = Path(__file__).parents[2]
FACTS = (r"\bKZT\b", "₸", "Asia/Almaty", "тиын", "теңге", r"ESF-\[")
"""What a source that knows the country by itself would say."""
CATALOGUE = ROOT / "locales/ru/LC_MESSAGES/myaccount.po"
MSGIDS = {str(one.id) for one in read_po(BytesIO(CATALOGUE.read_bytes()), locale="ru")}


def said_in(source: Path) -> Iterator[str]:
    """The strings of a source that are neither texts for people nor documentation."""
    tree = ast.parse(source.read_text("utf-8"))
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        said = node.value if isinstance(node, ast.Constant) else None
        if isinstance(said, str) and id(node) not in told and said not in MSGIDS:
            yield said


@pytest.mark.parametrize("room", ["account", "bot", "carrier", "documents", "storage"])
def test_the_country_stands_in_one_place(room: str) -> None:
    found = {
        (source.relative_to(ROOT).as_posix(), fact)
        for source in (ROOT / room).rglob("*.py")
        if "kazakhstan" not in source.parts
        for said in said_in(source)
        for fact in FACTS
        if re.search(fact, said)
    }
    assert found == set()


@pytest.mark.parametrize(
    ("written", "typed", "registered"),
    [
        ("87010542006", "77010542006", "77010542006"),
        ("7010542006", "77010542006", "77010542006"),
        ("77010542006", "77010542006", "77010542006"),
        ("0077010542006", "77010542006", "77010542006"),
        ("00996555123456", "996555123456", "996555123456"),
        # A person who dials 8 means 7; a register's number with 8 may be another country's.
        ("89161234567", "79161234567", "89161234567"),
        ("996555123456", "996555123456", "996555123456"),
    ],
)
def test_a_number_without_a_plus(written: str, typed: str, registered: str) -> None:
    assert numbering.international(written) == typed
    assert numbering.of_a_register(written) == registered
