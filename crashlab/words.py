"""The words by which people are told of a change, and what true ones say of an order."""

from __future__ import annotations

import re

from crashlab.ledger import BANS, Order, wishes

DONE = re.compile(r"✅ ([^·\n]+?) · action (A-[0-9]+-[0-9]+)")
NOT_DONE = re.compile(r"⚠️ ([^·\n]+?) · action (A-[0-9]+-[0-9]+)")
REFERENCE = re.compile(r"\baction (A-[0-9]+-[0-9]+)")
NOT = {
    "block": "Not blocked",
    "unblock": "Not unblocked",
    "service.on": "100 SMS: not enabled",
    "service.off": "100 SMS: not disabled",
    "transfer": "Not transferred: ",
    "ban": "Ban on ",
    "secret.send": "Secret code not sent",
    "secret.delete": "Secret code not deleted",
}
"""How "not done" begins, for each kind."""
_SIMPLE = {
    "block": "Blocked",
    "unblock": "Unblocked",
    "service.on": "100 SMS: enabled",
    "service.off": "100 SMS: disabled",
    "transfer": "Transferred: ",
    "secret.send": "Secret code sent by SMS",
    "secret.delete": "Secret code deleted",
}
_BANS = {
    BANS["access"]: "Ban on MyKcell access",
    BANS["details"]: "Ban on MyKcell details access",
    BANS["sms_ussd"]: "Ban on SMS / USSD control",
}


def true_word(order: Order) -> str:
    """How "done" begins when it tells what this order did."""
    if order.what == "ban":
        [(name, on)] = wishes(order.item).items()
        return f"{_BANS[name]}: {'ON' if on else 'OFF'}"
    return _SIMPLE[order.what]


def done_word(kind: str) -> str:
    """How "done" begins for a kind that is no order, or has had none."""
    return _SIMPLE.get(kind, "")
