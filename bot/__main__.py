"""The commands of `myaccount`."""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from account.changes.action import ActionKind
from bot.config.errors import BadSetting
from bot.ops import logs

if TYPE_CHECKING:
    from bot.config.settings import Settings

BAD_CONFIGURATION = 2


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit code of the process."""
    chosen = parser().parse_args(arguments)
    try:
        return _run(chosen)
    except BadSetting as bad:
        print(bad, file=sys.stderr)  # noqa: T201 - the sentence for the operator's engineer
        return BAD_CONFIGURATION
    except KeyboardInterrupt:
        return 130


def parser() -> argparse.ArgumentParser:
    """Every command and its options."""
    every = argparse.ArgumentParser(prog="myaccount", description=__doc__)
    every.add_argument("--version", action="version", version=f"myaccount {logs.VERSION}")
    commands = every.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, text in (
        ("demo", "sandbox and bot on this machine, ready to chat in a browser"),
        ("sandbox", "the outside world alone: Telegram, operator, SMS, mail"),
    ):
        command = commands.add_parser(name, help=text)
        command.add_argument("--port", type=int, default=8080)
        command.add_argument("--data", type=Path, default=Path("var/demo"))
        command.add_argument("--numbers", type=int, help="one more company of so many numbers")
        command.add_argument(
            "--dialect",
            choices=("kcell", "plain", "v5"),
            default="kcell",
            help="how the operator speaks",
        )
        command.add_argument(
            "--awkward", type=int, metavar="SEED", help="odd rows among the operator's answers"
        )
        command.add_argument("--now", help="a start time, e.g. 2022-01-24T10:00:00+06:00")
    commands.add_parser("run", help="the bot")
    commands.add_parser("worker", help="one more worker on the same database")
    commands.add_parser("migrate", help="bring the database's schema up to date")
    command = commands.add_parser("doctor", help="check configuration and what can be reached")
    command.add_argument(
        "--operator",
        action="store_true",
        help="ask its APIs all that matters, reading only",
    )
    command.add_argument("--phone", help="an administrator's number, with --operator")
    command = commands.add_parser("verify-audit", help="check the chain of the actions history")
    command.add_argument("--full", action="store_true", help="all of it, not from the last seal on")
    commands.add_parser("rotate-key", help="change the secret key, while the bot runs")
    command = commands.add_parser("backup", help="copy a SQLite database while the bot runs")
    command.add_argument("target", metavar="FILE", type=Path, help="a new file")
    commands.add_parser("restored", help="say that a backup of the database was put back")
    _declare_history(commands.add_parser("history", help="the actions history for other systems"))
    _declare_person(commands.add_parser("person", help="what is kept of one person"))
    commands.add_parser("texts", help="check the catalogues of texts")
    command = commands.add_parser("profile", help="the file that says what an operator is like")
    doing = command.add_subparsers(dest="doing", required=True, metavar="ACTION")
    check = doing.add_parser("check", help="read one, and say what is wrong with it")
    check.add_argument(
        "profile", metavar="FILE", help="a file, or the name of one that comes along"
    )
    _declare_action(commands.add_parser("action", help="a change whose outcome is not known"))
    _declare_hold(commands.add_parser("hold", help="stop outgoing changes for a while"))
    _declare_quarantine(commands.add_parser("quarantine", help="updates that could not be handled"))
    return every


def _declare_action(command: argparse.ArgumentParser) -> None:
    doing = command.add_subparsers(dest="doing", required=True, metavar="ACTION")
    doing.add_parser("list", help="the changes that only a person can settle")
    show = doing.add_parser("show", help="what is known of a change, masked")
    show.add_argument("reference", help="as people read it, A-20220124-0001")
    settle = doing.add_parser("settle", help="end a change whose outcome nobody could find out")
    settle.add_argument("reference")
    settle.add_argument("verdict", choices=("done", "not-done"))
    settle.add_argument("--reason", required=True, help="for the history; not shown in chats")


def _declare_history(command: argparse.ArgumentParser) -> None:
    doing = command.add_subparsers(dest="doing", required=True, metavar="ACTION")
    export = doing.add_parser("export", help="as signed JSON lines")
    export.add_argument("target", metavar="FILE", type=Path, help="a new file")
    export.add_argument("--since", metavar="DAY", help="from that day on, 2026-11-01")
    check = doing.add_parser("check", help="whether an export is as it was written")
    check.add_argument("target", metavar="FILE", type=Path)
    check.add_argument("--key", required=True, help="the public key that export has said")


def _declare_person(command: argparse.ArgumentParser) -> None:
    doing = command.add_subparsers(dest="doing", required=True, metavar="ACTION")
    export = doing.add_parser("export", help="all of it, as JSON lines")
    export.add_argument("phone", help="their number, 77010542007")
    export.add_argument("target", metavar="FILE", type=Path, help="a new file")
    erase = doing.add_parser("erase", help="delete it, but for the proof of who did what")
    erase.add_argument("phone")
    erase.add_argument("--reason", required=True, help="for the history; not shown in chats")


def _declare_quarantine(command: argparse.ArgumentParser) -> None:
    doing = command.add_subparsers(dest="doing", required=True, metavar="ACTION")
    show = doing.add_parser("show", help="what was set aside, masked")
    show.add_argument("id", type=int, nargs="?", help="one of them, with its shape")
    replay = doing.add_parser("replay", help="put one back into the inbox, once")
    replay.add_argument("id", type=int)


def _declare_hold(command: argparse.ArgumentParser) -> None:
    doing = command.add_subparsers(dest="doing", required=True, metavar="ACTION")
    add = doing.add_parser("add", help="hold changes by kind, by company, or all of them")
    add.add_argument("--kind", choices=sorted(kind.value for kind in ActionKind), metavar="KIND")
    add.add_argument("--company", help="the operator's id of the company")
    add.add_argument("--all", action="store_true", help="every kind of every company")
    add.add_argument("--reason", required=True, help="for the history; not shown in chats")
    doing.add_parser("list", help="the holds that are on")
    lift = doing.add_parser("lift", help="let the changes under a hold go on")
    lift.add_argument("id", type=int)


def _run(chosen: argparse.Namespace) -> int:
    if chosen.command in {"demo", "sandbox"}:
        return _demo(chosen)
    if chosen.command == "texts":
        from bot.texts.catalogues import check

        return check()
    if chosen.command == "profile":
        from bot.cli import profile

        return profile.check(chosen.profile)
    if (chosen.command, getattr(chosen, "doing", "")) == ("history", "check"):
        from bot.cli import history

        return history.check_file(chosen.target, chosen.key)
    from bot.config.environment import read

    settings = read(os.environ)
    for sentence in (*settings.misspelt, *settings.notices):
        print(sentence, file=sys.stderr)  # noqa: T201
    logs.set_up(settings.log_level)
    if chosen.command in {"run", "worker"}:
        return asyncio.run(_plainly(_serve(settings, worker=chosen.command == "worker")))
    if chosen.command in {"action", "hold", "quarantine"}:
        from bot.cli import support_desk

        return asyncio.run(_plainly(support_desk.run(settings, chosen)))
    if chosen.command == "history":
        from bot.cli import history

        return asyncio.run(_plainly(history.export(settings, chosen.target, chosen.since)))
    if chosen.command == "person":
        from bot.cli import person

        return asyncio.run(_plainly(person.run(settings, chosen)))
    from bot.cli import backup, maintenance, restored, rotate_key, verify_audit

    tasks: dict[str, Callable[[Settings], Coroutine[Any, Any, int]]] = {
        "migrate": maintenance.migrate,
        "doctor": partial(_doctor, chosen),
        "verify-audit": partial(verify_audit.verify_audit, full=getattr(chosen, "full", False)),
        "rotate-key": rotate_key.rotate_key,
        "backup": partial(backup.backup, target=getattr(chosen, "target", Path())),
        "restored": restored.restored,
    }
    return asyncio.run(_plainly(tasks[chosen.command](settings)))


def _demo(chosen: argparse.Namespace) -> int:
    from bot.cli import demo

    if chosen.command == "sandbox":
        command = demo.sandbox_command(chosen)
        os.execv(command[0], command)  # noqa: S606 - this process becomes the sandbox

    def serve(settings: Settings, ready: Callable[[], None]) -> int:
        return asyncio.run(_plainly(_serve(settings, worker=False, ready=ready)))

    return demo.demo(chosen, os.environ, serve)


async def _doctor(chosen: argparse.Namespace, settings: Settings) -> int:
    """The whole installation, or the operator's APIs one by one. Raises `BadSetting`."""
    from account.errors import NumberInvalid
    from account.values.identifiers import Msisdn
    from bot.cli.doctor.command import doctor
    from bot.cli.doctor.conformance import conformance

    if not chosen.operator:
        return await doctor(settings)
    try:
        phone = Msisdn.parse(chosen.phone) if chosen.phone else None
    except NumberInvalid:
        raise BadSetting("--phone must be a mobile number like +77010542006.") from None
    return await conformance(settings, phone)


async def _plainly(work: Coroutine[Any, Any, int]) -> int:
    """Say what is wrong with the installation in a sentence. Raises `BadSetting`."""
    from bot.http.server import PortBusy
    from storage.errors import (
        DatabaseNewer,
        DatabaseOlder,
        DatabaseUnsafe,
        DatabaseUrlInvalid,
        GenerationChanged,
        SecretsInvalid,
        ServerPromoted,
        StorageUnavailable,
        WitnessDamaged,
    )

    try:
        return await work
    except SecretsInvalid as bad:
        raise BadSetting(f"MYACCOUNT_SECRET_KEY_FILE: {bad}.") from None
    except (DatabaseUrlInvalid, DatabaseUnsafe) as bad:
        raise BadSetting(f"MYACCOUNT_DATABASE_URL: {bad}.") from None
    except (DatabaseNewer, DatabaseOlder, WitnessDamaged) as other:
        sentence = str(other)
        raise BadSetting(f"{sentence[0].upper()}{sentence[1:]}.") from None
    except PortBusy as busy:
        print(busy, file=sys.stderr)  # noqa: T201
        return 1
    except (GenerationChanged, ServerPromoted) as changed:
        print(changed, file=sys.stderr)  # noqa: T201 - whoever started it starts it again
        return 1
    except StorageUnavailable as fault:
        print(f"The database does not answer: {fault}", file=sys.stderr)  # noqa: T201
        return 1


async def _serve(
    settings: Settings,
    *,
    worker: bool,
    ready: Callable[[], None] = lambda: None,
    ended: asyncio.Event | None = None,
) -> int:
    """Run the bot or a worker until SIGTERM or SIGINT, then drain."""
    from bot.app.build import build
    from bot.ops import start_line

    start_line.say(settings, worker=worker)
    stop = ended or asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    app = await build(settings)
    # A full collection stops the loop for 200 ms with aiogram's models in it (trap 16).
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    try:
        if worker:
            await app.work(stop)
        else:
            await app.run(stop, ready)
    finally:
        await app.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
