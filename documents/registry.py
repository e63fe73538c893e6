"""Which documents there are: what the modules of `documents.reports` say they make."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from pkgutil import iter_modules

from account.documents.kinds import DocumentKind
from account.documents.orders import Maker
from documents import reports
from documents.context import RenderContext, Report, ReportMaker


def declared() -> Iterator[Report]:
    """All of them, module by module."""
    for found in iter_modules(reports.__path__, f"{reports.__name__}."):
        for value in vars(import_module(found.name)).values():
            if isinstance(value, Report):
                yield value


REPORTS: Mapping[DocumentKind, Report] = {report.kind: report for report in declared()}


def renderers(context: RenderContext) -> Mapping[DocumentKind, Maker]:
    """The maker of every kind."""
    return {kind: ReportMaker(context, report) for kind, report in REPORTS.items()}
