"""What the parts of the bot are told of each other when they are put together."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.app.build import build
from bot.ops.clock import SteadyClock
from carrier.profile.loader import parse
from tests import settings

BY_PATCH = '[blocking]\nby = "product_patch"\n'


@pytest.mark.parametrize(("told", "replaced"), [("", False), (BY_PATCH, True)])
async def test_an_operator_that_is_patched_has_lists_replaced(
    tmp_path: Path, told: str, *, replaced: bool
) -> None:
    """Then a block and a ban of one number are not open at once (`ChangeSpec.list_replaced`)."""
    app = await build(
        replace(
            settings.plain(),
            database_url=f"sqlite:///{tmp_path / 'bot.db'}",
            secret_key_file=tmp_path / "key",
            profile=parse(told, "test"),
        ),
        SteadyClock(),
    )
    try:
        specs = app.use_cases.actions._specs
        listed = [spec for spec in specs.values() if spec.listed]
        assert {spec.list_replaced for spec in listed} == {replaced}
    finally:
        await app.close()
