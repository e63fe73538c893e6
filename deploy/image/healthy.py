"""Whether the process of this container is alive, for its HEALTHCHECK: 0 or 1."""

import os
import sys
import urllib.error
import urllib.request

PORT = os.environ.get("MYACCOUNT_METRICS_PORT", "9464")

try:
    with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/live", timeout=4) as answer:
        sys.exit(answer.status != 200)
except (OSError, urllib.error.URLError):
    sys.exit(1)
