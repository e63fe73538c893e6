#!/bin/sh
# The steps of the image, each by name, so that a bare Debian root can take them as well
# (deploy/image/in-a-bare-root.sh): what is missing in the image shows without a container engine.

set -eu

packages() {
    apt-get update -q
    DEBIAN_FRONTEND=noninteractive apt-get install -q --yes --no-install-recommends "$@"
    rm -rf /var/lib/apt/lists/*
}

# Every wheel by its hash, then only what the program needs at work.
environment() {
    cd "$1"
    python3 -m venv .venv
    # Test tools are among them, of which some come as sources: built apart, as pip of today does.
    PIP_USE_PEP517=1 .venv/bin/pip wheel -q --require-hashes --wheel-dir /tmp/wheels -r requirements.lock
    .venv/bin/python - >/tmp/wanted.txt <<'PY'
import tomllib
with open("pyproject.toml", "rb") as file:
    print("\n".join(tomllib.load(file)["project"]["dependencies"]))
PY
    PIP_NO_INDEX=1 PIP_FIND_LINKS=/tmp/wheels .venv/bin/pip install -q -r /tmp/wanted.txt
    PIP_NO_INDEX=1 PIP_FIND_LINKS=/tmp/wheels .venv/bin/pip install -q --no-deps --editable .
    .venv/bin/python -m compileall -q account bot carrier documents storage sandbox
    # Some libraries carry files that are no programs of this Python.
    .venv/bin/python -m compileall -qq .venv/lib || true
    rm -rf /tmp/wheels /tmp/wanted.txt
}

user() {
    groupadd --gid 10001 myaccount
    useradd --uid 10001 --gid 10001 --no-create-home --home-dir /var/lib/myaccount \
        --shell /usr/sbin/nologin myaccount
    install -d -m 0700 -o 10001 -g 10001 /var/lib/myaccount
}

"$@"
