"""`myaccount demo` and `myaccount sandbox`: the outside world, alone or with the bot beside it.

The variables of the environment hold in the demonstration as they do for `myaccount run`; those
that say where the outside world is are the demonstration's own and are refused by name.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import select
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from bot.config.environment import read
from bot.config.errors import BadSetting
from bot.config.settings import Settings
from bot.config.variables import PREFIX
from bot.ops import logs

DEMO_TOKEN = "1000001:demo-bot-of-the-sandbox-0000000000000"  # noqa: S105 - the sandbox takes any
SANDBOX_SECRET = "sandbox-secret"  # noqa: S105 - of a stand-in
SANDBOX_START_SECONDS = 30

OWN = (
    "BOT_TOKEN",
    "BOT_TOKEN_FILE",
    "TELEGRAM_URL",
    "CARRIER_URL",
    "CARRIER_TOKEN",
    "CARRIER_TOKEN_FILE",
    "SMTP_URL",
    "DATABASE_URL",
    "SECRET_KEY_FILE",
    "OPERATOR_PROFILE",
)
"""What the demonstration decides: the stand-ins it starts, and its data under --data."""
_DEFAULTS = {
    "MYACCOUNT_CARRIER_LONGEST_SECONDS": "10",
    "MYACCOUNT_LOG_LEVEL": "WARNING",
    "MYACCOUNT_METRICS_PORT": "0",
}


def sandbox_command(chosen: argparse.Namespace) -> list[str]:
    """The sandbox as a process, as the options of the command say."""
    command = [sys.executable, "-m", "sandbox", "--port", str(chosen.port)]
    command += ["--data", str(chosen.data / "sandbox")]
    if chosen.numbers:
        command += ["--numbers", str(chosen.numbers)]
    command += ["--dialect", chosen.dialect]
    if chosen.awkward is not None:
        command += ["--awkward", str(chosen.awkward)]
    if chosen.now:
        command += ["--now", chosen.now]
    return command


def demo(
    chosen: argparse.Namespace,
    environment: Mapping[str, str],
    serve: Callable[[Settings, Callable[[], None]], int],
) -> int:
    """The sandbox as a process of its own, and the bot in this one. Raises `BadSetting`."""
    given = own_environment(environment)
    chosen.now = chosen.now or given.pop("MYACCOUNT_NOW", None)
    address = f"http://127.0.0.1:{chosen.port}"
    _check_settings(given, chosen.now)
    chosen.data.mkdir(parents=True, exist_ok=True)
    # Until the bot listens to signals itself: leave by the way that takes the sandbox along.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _frame: sys.exit(128 + number))
    # A group of its own: Ctrl+C reaches the bot alone, which drains while the world still stands.
    # Its standard input ends with this process, so that it never outlives a bot that was killed.
    outside = subprocess.Popen(  # noqa: S603 - our own program
        [*sandbox_command(chosen), "--until-stdin-ends"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        process_group=0,
    )
    try:
        # The slow part of our own start, while the sandbox starts beside us.
        import bot.app.build  # noqa: F401

        mail_port = _when_ready(address, outside)
        settings = read(_with_the_outside(given, chosen, address, mail_port))
        for sentence in (*settings.misspelt, *settings.notices):
            print(sentence, file=sys.stderr)  # noqa: T201
        logs.set_up(settings.log_level)

        def ready() -> None:
            print(f"My Account is ready: {address}", flush=True)  # noqa: T201
            print("Log in as the administrator 77010542007, first with Forgot password?")  # noqa: T201
            print("Stop with Ctrl+C.", flush=True)  # noqa: T201

        key = chosen.data / "secret.key"
        return serve(replace(settings, secret_key_file=key, secret_key_may_be_made=True), ready)
    finally:
        outside.terminate()
        with suppress(subprocess.TimeoutExpired):
            outside.wait(10)
        outside.kill()


def own_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables that hold in the demonstration. Raises `BadSetting` for its own."""
    given = {
        name: text for name, text in environment.items() if name.startswith(PREFIX) and text.strip()
    }
    refused = [PREFIX + name for name in OWN if PREFIX + name in given]
    if refused:
        raise BadSetting(
            "\n".join(
                f"{name}: the demonstration brings its own. Take it out of the environment, or "
                "start the bot with `myaccount run`."
                for name in refused
            )
        )
    return given


def _check_settings(given: dict[str, str], now: str | None) -> None:
    """Say what is wrong before anything starts. Raises `BadSetting`."""
    stand_in = {
        "MYACCOUNT_BOT_TOKEN": DEMO_TOKEN,
        "MYACCOUNT_TELEGRAM_URL": "http://127.0.0.1:1",
        "MYACCOUNT_CARRIER_URL": "http://127.0.0.1:1",
    }
    read({**_DEFAULTS, **given, **stand_in, **({"MYACCOUNT_NOW": now} if now else {})})


def _with_the_outside(
    given: dict[str, str], chosen: argparse.Namespace, address: str, mail_port: int
) -> dict[str, str]:
    whole = {
        **_DEFAULTS,
        **given,
        "MYACCOUNT_BOT_TOKEN": DEMO_TOKEN,
        "MYACCOUNT_TELEGRAM_URL": address,
        "MYACCOUNT_CARRIER_URL": address,
        "MYACCOUNT_SMTP_URL": f"smtp://127.0.0.1:{mail_port}",
        "MYACCOUNT_DATABASE_URL": f"sqlite:///{chosen.data / 'myaccount.db'}",
    }
    if profile := _text(address, "/sandbox/operator/profile"):
        own = chosen.data / "operator.toml"
        own.write_text(profile, encoding="utf-8")
        whole["MYACCOUNT_OPERATOR_PROFILE"] = str(own)
        whole["MYACCOUNT_CARRIER_TOKEN"] = SANDBOX_SECRET
    if chosen.now:
        # The sandbox's clock has run on since its start; both shall say the same.
        whole["MYACCOUNT_NOW"] = _told(address, "/sandbox/clock")["now"]
    return whole


def _when_ready(address: str, outside: subprocess.Popen[bytes]) -> int:
    """Wait until our own sandbox says so; the port of its mail server. Raises `BadSetting`.

    Whoever else answers at the address already is not asked for anything but its name.
    """
    assert outside.stdout is not None
    said, _, _ = select.select([outside.stdout], [], [], SANDBOX_START_SECONDS)
    if not said:
        raise BadSetting(f"The sandbox does not answer on {address}.")
    if not outside.stdout.readline():
        raise BadSetting(why_not_started(address, os.environ))
    return int(_told(address, "/sandbox/health")["smtp_port"])


def why_not_started(address: str, environment: Mapping[str, str]) -> str:
    """Why the sandbox ended at once, and what to do in the words of how it was started."""
    other = "make demo PORT=9090" if "MAKELEVEL" in environment else "--port 9090"
    try:
        process = _told(address, "/sandbox/health").get("process", "")
    except urllib.error.HTTPError:
        return f"Something else uses {address}. Choose another port: {other}"
    except (urllib.error.URLError, ConnectionRefusedError):
        return f"The sandbox did not start on {address}."
    except (OSError, ValueError, http.client.HTTPException):
        return f"Something else uses {address}. Choose another port: {other}"
    known = f" (process {process}; `kill {process}` ends it)" if process else ""
    return f"Another sandbox runs on {address}{known}. End it, or choose another port: {other}"


def _text(address: str, path: str) -> str:
    """The text that the sandbox answers there."""
    with urllib.request.urlopen(address + path, timeout=5) as answer:  # noqa: S310 - loopback
        return str(answer.read().decode())


def _told(address: str, path: str) -> dict[str, Any]:
    """What the sandbox answers there."""
    return dict(json.loads(_text(address, path)))
