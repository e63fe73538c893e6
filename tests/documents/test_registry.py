"""Every kind of document is declared once on either side: rules here, maker and names there."""

from __future__ import annotations

from account.documents.kinds import SPECS, DocumentKind
from documents.registry import REPORTS, declared


def test_each_kind_has_one_maker_and_one_row_of_rules() -> None:
    assert sorted(report.kind for report in declared()) == sorted(DocumentKind)
    assert set(SPECS) == set(DocumentKind)


def test_what_is_on_the_menu_is_numbered_as_it_stands() -> None:
    """S27-1: the nine of the guide, in its order."""
    short = [REPORTS[kind].short for kind in SPECS if REPORTS[kind].short]
    assert [one.split(" · ")[0] for one in short] == [str(n) for n in range(1, 10)]
