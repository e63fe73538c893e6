#!/bin/sh
# A client for TM Forum APIs, and an operator who does not answer just now.
#
# Guessed: read() and update() of an order raise on 503, 401 or 409, or return nothing.
# Seen:    no status is looked at. read() gives back the entity it was called on, with the state of
#          before, as if it had been read; update() the same, as if it had been done; from_id() of a
#          503 is None, as for an order that does not exist; a list is the Error as a dict, whose
#          members a loop goes through. No time limit is given either.
# With:    tmforum 0.32.0 (PyPI).
# Matters: who watches an order with it sees the old state through an outage, and sends a second order
#          where None was taken for "not there". Here an order is only missing after a 404 or an empty
#          list, everything else is "not known yet".
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/v"
"$work/v/bin/pip" install -qq --disable-pip-version-check tmforum==0.32.0 requests==2.32.5 || exit 2
"$work/v/bin/python" - <<'PY'
import http.server
import json
import logging
import sys
import threading

import tmforum

changed = []


def see(what, guessed, written, got):
    print(f"{what}\n  guessed: {guessed}\n  seen:    {got}")
    if got != written:
        changed.append(what)


class Operator(http.server.BaseHTTPRequestHandler):
    answer = (200, {})

    def do(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        status, body = self.answer
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_PATCH = do_POST = do

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Operator)
threading.Thread(target=server.serve_forever, daemon=True).start()
context = tmforum.Context(
    api_base_url=f"http://127.0.0.1:{server.server_port}", headers={},
    logger=logging.getLogger("quiet"))
Operator.answer = (200, {"id": "7", "state": "acknowledged"})
order = tmforum.ProductOrder.from_id("7", context)
Operator.answer = (503, {"code": "60", "reason": "maintenance"})
see("state after read() during a 503", "an exception", "acknowledged",
    order.read(context).state.value)
see("from_id() during a 503", "an exception", None, tmforum.ProductOrder.from_id("7", context))
see("a list during a 503", "an exception", ["code", "reason"],
    sorted(tmforum.ProductOrder.query_get("externalId=MA-1", context)))
Operator.answer = (409, {"code": "409", "reason": "state does not allow it"})
see("update() answered by a 409", "an exception", True,
    order.update({"state": "cancelled"}, context) is order)
server.shutdown()
sys.exit(f"changed: {changed}" if changed else 0)
PY
