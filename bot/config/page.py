"""docs/configuration.md: every variable, as it is declared.

`python -m bot.config.page` writes it anew (`make configuration`).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from account.values.money import Money
from bot.config.sentences import is_secret, wanted
from bot.config.variables import SECTIONS, Section

PAGE = Path(__file__).parents[2] / "docs" / "configuration.md"
_HEAD = """\
# Configuration

All configuration is in the environment. A variable that is set and empty is not set. What cannot
work is one sentence for each fault, which names its variable and never says a secret, and exit code
2; `.venv/bin/myaccount doctor` then tries what was set. A name that begins with `MYACCOUNT_` and is
not on this page is told at every start, with the likeliest right one. What goes over a network in
clear: [deploy.md](deploy.md#what-goes-in-clear).

This page is made of `bot/config/variables.py` by `make configuration`.
"""


def page() -> str:
    """The whole page."""
    return "\n".join([_HEAD, *(line for section in SECTIONS for line in _section(section))])


def _section(section: type[Section]) -> Iterator[str]:
    yield f"## {(section.__doc__ or '').splitlines()[0]}"
    yield ""
    yield "| Variable | What it is | Value | Default | Example |"
    yield "|---|---|---|---|---|"
    for variable in section.model_fields.values():
        kind = wanted(variable).replace("<", "&lt;") + ("; secret" if is_secret(variable) else "")
        examples = ", ".join(f"`{example}`" for example in variable.examples or ())
        cells = (f"`{variable.alias}`", variable.description, kind, default(variable), examples)
        yield "| " + " | ".join(cell or " " for cell in cells) + " |"
    yield ""


def default(variable: FieldInfo) -> str:
    """What holds without it, as it would be set; empty where nothing stands in."""
    if variable.is_required():
        return "must be set"
    value: Any = variable.default
    if value is None:
        return ""
    if isinstance(value, bool):
        value = "yes" if value else "no"
    elif isinstance(value, Money):
        value = f"{value.decimal.normalize():f}"
    elif isinstance(value, SecretStr):
        value = value.get_secret_value()
    return f"`{value}`"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
