"""Names that outlive the program: they stand in databases, in people's chats, and at operators.

Collected from the program as it runs and, where a name is only ever written, from its source.
`python -m tests.kept.names` adds what is new to `names.json`; taking out is by hand, with a reason.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterator
from enum import Enum
from pathlib import Path
from typing import Any

from aiogram.fsm.state import State, StatesGroup
from aiogram_dialog.api.internal import Widget
from babel.messages.pofile import read_po

from account.changes.action import ActionKind, ActionState
from account.chapters.kinds import KIND_OF
from account.documents.document import DocumentState
from account.documents.kinds import DocumentKind
from account.effects.history import HistoryEvent
from account.values.number import Ban
from bot.__main__ import BAD_CONFIGURATION
from bot.app import failpoints
from bot.config.variables import Variables
from bot.context import states
from bot.delivery.changes import WORDS_MEANWHILE
from bot.delivery.letter_texts import LETTERS
from bot.delivery.schedules import OF_ALL, UNDONE
from bot.flows.approvals.texts import APPROVE, REJECT
from bot.flows.documents.texts import DOCUMENT_WORDS
from bot.flows.freezes.texts import LINKED, PRESSED
from bot.ops.metrics import Metrics
from bot.updates.dispatcher import DIALOGS
from bot.widgets import deep_links
from crashlab.faults.kills import POINTS
from sandbox.app import Sandbox
from sandbox.world import World
from storage.tables import metadata

ROOT = Path(__file__).parents[2]
GOLDEN = Path(__file__).with_name("names.json")
ROOMS = ("account", "carrier", "storage", "documents", "bot")
_LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}
_TMF = re.compile(r"/tmf-api/\w+/v\d")


async def names(folder: Path) -> dict[str, list[str]]:
    """Every kept name by its sort; `folder` is for a sandbox that is started and stopped."""
    trees = [ast.parse(path.read_text("utf-8")) for path in sources(*ROOMS)]
    found: dict[str, set[str]] = {
        "ActionKind": values(ActionKind),
        "ActionState": values(ActionState),
        "Ban": values(Ban),
        "What": {*values(HistoryEvent), *KIND_OF},
        "DocumentKind": values(DocumentKind),
        "DocumentState": values(DocumentState),
        "messages": {
            *LETTERS,
            *DOCUMENT_WORDS,
            *WORDS_MEANWHILE,
            *OF_ALL,
            *UNDONE,
            *(kind for tree in trees for kind in message_kinds(tree)),
        },
        "windows": set(windows()),
        "widgets": set(widgets()),
        "buttons": {
            *(value for value in vars(deep_links).values() if is_button(value)),
            *(APPROVE, REJECT, PRESSED, LINKED, deep_links.DELETE_NOW),
        },
        "columns": {
            f"{table.name}.{column.name}"
            for table in metadata.tables.values()
            for column in table.columns
        },
        "msgids": set(msgids()),
        "variables": {str(variable.alias) for variable in Variables.model_fields.values()},
        "metrics": {family.name for family in Metrics().registry.collect()},
        "events": {event for tree in trees for event in log_events(tree)},
        "fail points": {*POINTS, failpoints.VARIABLE},
        "sandbox": await sandbox_paths(folder),
        "TMF": {found for path in sources("carrier") for found in _TMF.findall(path.read_text())},
        "exit codes": {f"bad configuration {BAD_CONFIGURATION}"},
    }
    return {sort: sorted(those) for sort, those in found.items()}


def values(enum: type[Enum]) -> set[str]:
    """What is persisted of an enumeration."""
    return {str(one.value) for one in enum}


def sources(*rooms: str) -> Iterator[Path]:
    """The modules of these rooms."""
    for room in rooms:
        yield from sorted((ROOT / room).rglob("*.py"))


def windows() -> Iterator[str]:
    """`Group:state` of every window."""
    for group in vars(states).values():
        if isinstance(group, type) and issubclass(group, StatesGroup) and group is not StatesGroup:
            for state in vars(group).values():
                if isinstance(state, State):
                    yield str(state.state)


def widgets() -> Iterator[str]:
    """`Group:state id` of every widget that has an id."""
    for dialog in DIALOGS:
        for state, window in dialog.windows.items():
            for widget in parts(window):
                name = getattr(widget, "widget_id", None)
                if name:
                    yield f"{state.state} {name}"


def parts(widget: Any, seen: set[int] | None = None) -> Iterator[Any]:
    """A widget and all within it."""
    seen = set() if seen is None else seen
    if id(widget) in seen:
        return
    seen.add(id(widget))
    yield widget
    for value in vars(widget).values():
        for inner in value if isinstance(value, list | tuple) else (value,):
            if is_of_a_window(inner):
                yield from parts(inner, seen)


def is_of_a_window(value: object) -> bool:
    """Whether it may be a widget, or hold one."""
    ours = isinstance(value, Widget) or type(value).__module__.startswith("aiogram_dialog.")
    return ours and hasattr(value, "__dict__")


def is_button(value: object) -> bool:
    """Whether it is the data of a button that needs no state."""
    return isinstance(value, str) and value.startswith("go:")


def msgids() -> Iterator[str]:
    """Texts by which translations are found."""
    with (ROOT / "locales/ru/LC_MESSAGES/myaccount.po").open("rb") as file:
        for message in read_po(file):
            if message.id:
                yield message.id if isinstance(message.id, str) else message.id[0]


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    """Every call in a module."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


_OWES = ("OutboxMessage", "owe_file", "ApprovalMessages")
"""What owes a message of a kind, or names the kinds of those it owes."""


def message_kinds(tree: ast.AST) -> Iterator[str]:
    """Kinds of messages owed, as they are written where one is owed or delivered."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and ast.unparse(node.left) == "row.kind":
            yield from (
                str(one.value)
                for one in ast.walk(node)
                if isinstance(one, ast.Constant) and isinstance(one.value, str)
            )
    for call in calls(tree):
        if isinstance(call.func, ast.Name) and call.func.id in _OWES:
            yield from (
                pattern(word.value)
                for word in call.keywords
                if word.arg in ("kind", "asked_kind", "closed_kind")
                and not isinstance(word.value, ast.Attribute)
            )


def log_events(tree: ast.AST) -> Iterator[str]:
    """Names of log events."""
    for call in calls(tree):
        if (
            isinstance(call.func, ast.Attribute)
            and call.func.attr in _LEVELS
            and isinstance(call.func.value, ast.Name)
            and call.func.value.id == "log"
            and call.args
        ):
            yield pattern(call.args[0])


def pattern(node: ast.expr) -> str:
    """A text as it is written, with `*` for what is put into it."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(part.value) if isinstance(part, ast.Constant) else "*" for part in node.values
        )
    return "*"


async def sandbox_paths(folder: Path) -> set[str]:
    """Method and path of everything that the sandbox answers."""
    sandbox = Sandbox(World(folder))
    await sandbox.start()
    try:
        assert sandbox._runner is not None
        routes = sandbox._runner.app.router.routes()
        return {f"{one.method} {one.resource.canonical}" for one in routes if one.resource}
    finally:
        await sandbox.close()


def kept() -> dict[str, list[str]]:
    """What must be there."""
    golden: dict[str, list[str]] = json.loads(GOLDEN.read_text("utf-8")) if GOLDEN.exists() else {}
    return golden


def write(found: dict[str, list[str]]) -> None:
    """Add what is new."""
    before = kept()
    merged = {sort: sorted({*before.get(sort, []), *those}) for sort, those in found.items()}
    GOLDEN.write_text(json.dumps(merged, ensure_ascii=False, indent=1) + "\n", "utf-8")


Collect = Callable[[Path], dict[str, list[str]]]


if __name__ == "__main__":
    import asyncio
    import tempfile

    with tempfile.TemporaryDirectory() as place:
        write(asyncio.run(names(Path(place))))
