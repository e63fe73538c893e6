#!/bin/sh
# A conformance checker for TM Forum APIs, and what it does not look at.
#
# Guessed: "39 passed, 0 failed" says at least that a list can be filtered by a party and that a
#          PATCH is a merge; a check leaves the inventory as it found it.
# Seen:    the checker's own sister, a mock server, passes all 39 and answers every unknown filter
#          (relatedParty.id, name) with all resources of everybody; `fields=name` gives no href, which
#          TMF630 always returns; a PATCH with a null says 200 and changes nothing; an error is
#          {"detail": …}, not the Error of the standard. One run leaves 11 resources and 11 services.
# With:    tmf-lint 0.1.0, tmf-mock 0.1.1 (both of the same author), uvicorn as they install it.
# Matters: an operator who shows such a report has not shown the one thing that keeps companies
#          apart. Rows are tested for their owner on our side, and `doctor --operator` asks with a
#          filter that must find nothing. Run the linter against a test inventory only.
set -eu
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/v"
"$work/v/bin/pip" install -qq --disable-pip-version-check tmf-lint==0.1.0 tmf-mock==0.1.1 \
    fastapi==0.115.14 uvicorn==0.35.0 pydantic==2.11.10 httpx==0.28.1 || exit 2
port=$("$work/v/bin/python" -c '
import socket
with socket.socket() as s:
    s.bind(("127.0.0.1", 0))
    print(s.getsockname()[1])')
"$work/v/bin/tmf-mock" start --port "$port" >"$work/log" 2>&1 &
server=$!
cat >"$work/see.py" <<'PY'
import json
import subprocess
import sys
import time

import httpx

bin_, port = sys.argv[1:]
base = f"http://127.0.0.1:{port}"
resources = f"{base}/tmf-api/resourceInventoryManagement/v4/resource"
services = f"{base}/tmf-api/serviceInventoryManagement/v4/service"
changed = []


def see(what, guessed, written, got):
    print(f"{what}\n  guessed: {guessed}\n  seen:    {got}")
    if got != written:
        changed.append(what)


for _ in range(300):
    try:
        httpx.get(resources)
        break
    except httpx.ConnectError:
        time.sleep(0.1)


def total(address, **filters):
    answer = httpx.get(address, params={"limit": 1, **filters})
    return int(answer.headers["X-Total-Count"])


before = total(resources), total(services)
report = json.loads(subprocess.run(
    [f"{bin_}/tmf-lint", "check", "--url", base, "--format", "json"],
    check=True, capture_output=True, text=True).stdout)
see("checks passed of all", "some fail", "39 of 39",
    f"{report['summary']['passed']} of {report['summary']['total']}")
after = total(resources), total(services)
see("objects left behind: resources, services", "0, 0", (11, 11),
    (after[0] - before[0], after[1] - before[1]))
see("rows for relatedParty.id=nobody, of all rows", f"0 of {after[0]}", f"{after[0]} of {after[0]}",
    f"{total(resources, **{'relatedParty.id': 'nobody'})} of {after[0]}")
row = httpx.get(resources, params={"limit": 1, "fields": "name"}).json()[0]
see("members with fields=name", ["href", "id", "name"], ["id", "name"], sorted(row))
one = f"{resources}/{row['id']}"
patched = httpx.patch(one, json={"description": None})
see("PATCH {description: null}: status, description kept", (200, False), (200, True),
    (patched.status_code, bool(httpx.get(one).json().get("description"))))
see("members of an error", ["code", "reason"], ["detail"], sorted(httpx.get(f"{resources}/none").json()))
sys.exit(f"changed: {changed}" if changed else 0)
PY
"$work/v/bin/python" "$work/see.py" "$work/v/bin" "$port"
