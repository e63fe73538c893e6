"""What we rely on of the inside of aiogram, aiogram_dialog and pydantic is still as we know it."""

from __future__ import annotations

import subprocess
import sys

EVERY_MODEL = """
import bot
import aiogram
from aiogram import methods, types
from aiogram_dialog.api.entities import update_event
from pydantic import BaseModel

assert not types.Update.__pydantic_complete__, "built at the import"
for module in (types, methods, update_event):
    for name in getattr(module, "__all__", None) or dir(module):
        model = getattr(module, name)
        if isinstance(model, type) and issubclass(model, BaseModel):
            assert model.model_rebuild() is not False, name
            assert model.__pydantic_complete__, name
            assert model.model_json_schema is not None
            built = {field.annotation for field in model.model_fields.values()}
            assert not any(isinstance(part, str) for part in built), name
query = {"id": "1", "from": {"id": 1, "is_bot": False, "first_name": "x"}, "chat_instance": "1"}
update = types.Update.model_validate({"update_id": 1, "callback_query": query})
assert update.callback_query.from_user.id == 1
"""
"""For a process of its own: a model that is built stays built."""

OTHERS = """
import bot
from pydantic import BaseModel

def outer():
    class Late(BaseModel):
        part: "Part"

    class Part(BaseModel):
        number: int

    Late.model_rebuild()
    return Late

assert outer()(part={"number": 1}).part.number == 1
"""


def _runs(program: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]


def test_every_model_of_aiogram_waits_and_can_be_built() -> None:
    _runs(EVERY_MODEL)


def test_models_of_others_are_built_as_ever() -> None:
    _runs(OTHERS)
