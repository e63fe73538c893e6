"""Secrets that sing wherever they turn up: what is searched for, and how.

A secret may lie somewhere in another dress: as JSON, HTML, URL, base64, hex or UTF-16. The list of
secrets is open: a later chapter adds its PUK and its IIN to the cage and runs its flows.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, quote_plus


@dataclass
class Cage:
    """Every secret of a run, by what it is."""

    secrets: dict[str, str] = field(default_factory=dict)

    def add(self, what: str, secret: str) -> str:
        """Keep an eye on a secret from now on."""
        self.secrets[what] = secret
        return secret

    def found_in(self, folder: Path, *, but: Iterable[Path] = ()) -> list[str]:
        """Where any of them lies, in whatever dress: "what (dress) in file"."""
        left_out = set(but)
        return [
            f"{what} ({dress}) in {path.relative_to(folder)}"
            for path in sorted(folder.rglob("*"))
            if path.is_file() and not any(path.is_relative_to(other) for other in left_out)
            for what, dress in self.heard(path.read_bytes())
        ]

    def heard(self, content: bytes) -> Iterator[tuple[str, str]]:
        """The secrets in a content, with their dress."""
        for what, secret in self.secrets.items():
            for dress, pattern in _dresses(secret):
                if pattern.search(content):
                    yield what, dress


def _dresses(secret: str) -> Iterator[tuple[str, re.Pattern[bytes]]]:
    if re.fullmatch(r"[0-9]{4,12}", secret):
        # Figures turn up by chance: in hexadecimal noise, in a fraction of a second.
        code = secret.encode()
        yield "plain", re.compile(rb"(?<![0-9A-Fa-f.])" + code + rb"(?![0-9A-Fa-f])")
        wide = secret.encode("utf-16-le")
        yield "UTF-16", re.compile(re.escape(wide))
        return
    plain = secret.encode()
    dresses = {
        "plain": plain,
        "UTF-16": secret.encode("utf-16-le"),
        "JSON": json.dumps(secret)[1:-1].encode(),
        "HTML": html.escape(secret, quote=False).encode(),
        "HTML with quotes": html.escape(secret).encode(),
        "URL": quote(secret).encode(),
        "form": quote_plus(secret).encode(),
        "hex": plain.hex().encode(),
        "repr": repr(secret)[1:-1].encode(),
    }
    for offset in range(3):
        # base64 of a text that has the secret somewhere: the signs it fills by itself.
        padded = base64.b64encode(b"\0" * offset + plain)
        dresses[f"base64+{offset}"] = padded[offset + 2 : len(plain) * 4 // 3 - 2]
    for dress, searched in dresses.items():
        yield dress, re.compile(re.escape(searched))
