"""`myaccount profile check FILE`: whether an operator profile can be used, before it is."""

from __future__ import annotations

from bot.config.errors import BadSetting
from carrier.profile.loader import ProfileInvalid, load


def check(chosen: str) -> int:
    """Read it and say so. Raises `BadSetting` with a sentence for each mistake."""
    try:
        profile = load(chosen)
    except ProfileInvalid as error:
        raise BadSetting("\n".join(error.sentences)) from None
    lacks = ", ".join(sorted(profile.lacks)) or "nothing"
    apis = ", ".join(sorted(profile.apis)) or "none, the standard's paths"
    print(f"{profile.names.operator}: the profile can be used.")  # noqa: T201
    print(f"APIs of their own: {apis}. Not there: {lacks}.")  # noqa: T201
    return 0
