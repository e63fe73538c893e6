"""Starts bots quickly: imports the program once, then forks, so that a kill costs no import.

A forked child runs `bot.__main__.main` as the command line would. The lab speaks to it by lines of
JSON on its standard input and output; when the lab is gone, it takes its children along.
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import sys
from pathlib import Path
from typing import Any

import asyncpg  # noqa: F401 - imported ahead for the children

import bot.app.build
import bot.config.environment
import bot.texts.catalogues
import storage.engine.postgres
import storage.engine.schema  # noqa: F401
from bot.__main__ import main as run_command
from bot.texts.language import Catalogues
from carrier.profile.loader import contract

# isort: split
# Not before the bot's own: it prepares the import of aiogram (`bot.framework.first_import`).
from aiogram.methods import SendDocument, SendMessage, SetMyCommands
from aiogram.methods.base import Response
from aiogram.types import BotCommandScopeChat, Chat, ErrorEvent, InlineKeyboardMarkup, Message
from aiogram_dialog.api.entities import DialogStartEvent, DialogUpdate, DialogUpdateEvent

USED = (
    BotCommandScopeChat,
    Chat,
    DialogStartEvent,
    DialogUpdate,
    DialogUpdateEvent,
    ErrorEvent,
    InlineKeyboardMarkup,
    Response[Message],
    SendDocument,
    SendMessage,
    SetMyCommands,
)
"""Models that nearly each life uses, built once here: else each builds them anew, for 0.2 s."""


def say(line: dict[str, Any]) -> None:
    """Tell the lab."""
    os.write(1, (json.dumps(line) + "\n").encode())


def child(order: dict[str, Any]) -> None:
    """Become the command that was asked for; does not return."""
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        nothing = os.open(os.devnull, os.O_RDONLY)
        log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(nothing, 0)
        os.dup2(log, 1)
        os.dup2(log, 2)
        os.environ.update(order["environment"])
        if order["plainly"]:
            os.execv(sys.executable, [sys.executable, "-m", "bot", *order["command"]])  # noqa: S606
        code = run_command(order["command"])
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def reap() -> None:
    """Tell of every child that has ended, or stands still."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG | os.WUNTRACED)
        except ChildProcessError:
            return
        if pid == 0:
            return
        if os.WIFSTOPPED(status):
            say({"stopped": pid})
            continue
        say({"ended": pid, "code": os.waitstatus_to_exitcode(status)})


def main() -> None:
    """Fork what is asked for until the lab goes away."""
    wakes, wake = os.pipe()
    os.set_blocking(wake, False)
    os.set_blocking(wakes, False)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    for model in USED:
        model.model_rebuild()
    names = contract().names
    Catalogues(names, names.support)  # as the bots will want them, read once in a process
    gc.collect()
    gc.freeze()
    say({"code_of": str(Path(bot.app.build.__file__).resolve().parents[2])})
    waiting = b""
    while True:
        ready, _, _ = select.select([0, wakes], [], [])
        if wakes in ready:
            os.read(wakes, 4096)
            reap()
        if 0 not in ready:
            continue
        read = os.read(0, 65536)
        if not read:
            os.killpg(os.getpgid(0), signal.SIGKILL)
        *lines, waiting = (waiting + read).split(b"\n")
        for line in lines:
            order = json.loads(line)
            pid = os.fork()
            if pid == 0:
                child(order)
            say({"started": pid, "name": order["name"]})


if __name__ == "__main__":
    main()
