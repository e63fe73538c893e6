"""The words by which people are told of a change, and what true ones say of an order."""

from __future__ import annotations

import re

from crashlab.checks.oracle import BANS, Order, characteristics
from crashlab.world.chats import BotReply

DONE = re.compile(r"✅ ([^·\n]+?) · action (A-[0-9]+(?:-[0-9]+)+)")
NOT_DONE = re.compile(r"⚠️ ([^·\n]+?) · action (A-[0-9]+(?:-[0-9]+)+)")
REFERENCE = re.compile(r"\baction (A-[0-9]+(?:-[0-9]+)+)")
UNCONFIRMED = "❓ Not confirmed: "
"""How it begins what people are told of money that nobody can tell of."""
NEUTRAL = ("One moment", "confirmed already", "is saved", "has taken your action")
"""Sentences that decide nothing."""
OF_OTHERS = ("🔒", "has confirmed: ", "Requested by ", "was decided before", "pproved")
"""What is in sentences about what somebody else does."""
NOT = {
    "block": "Not blocked",
    "unblock": "Not unblocked",
    "service.on": "100 SMS: not enabled",
    "service.off": "100 SMS: not disabled",
    "transfer": "Not transferred: ",
    "ban": "Ban on ",
    "secret.send": "Secret code not sent",
    "secret.delete": "Secret code not deleted",
    "forwarding.set": "Not forwarded to ",
    "forwarding.off": "Not switched off: forwarding (",
    "device.register": "Device ",
    "device.duplicate": "Duplicate of the device ",
    "device.reregister": "Device ",
    "device.deregister": "Registration of the device ",
    "profile.email": "E-mail not changed",
    "sim.replace": "SIM card not replaced",
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
    "forwarding.off": "Forwarding switched off (",
    "profile.email": "E-mail changed",
}
_BANS = {
    BANS["access"]: "Ban on MyKcell access",
    BANS["details"]: "Ban on MyKcell details access",
    BANS["sms_ussd"]: "Ban on SMS / USSD control",
}


_DEVICES = {
    "device.register": "Device {} registered",
    "device.duplicate": "Duplicate of the device {} registered",
    "device.reregister": "Device {} re-registered",
    "device.deregister": "Registration of the device {} removed",
}


def true_word(order: Order) -> str:
    """How "done" begins when it tells what this order did."""
    if order.what == "ban":
        [(name, on)] = characteristics(order.item).items()
        return f"{_BANS[name]}: {'ON' if on else 'OFF'}"
    if order.what == "forwarding.set":
        return f"Forwarded to {_shown(characteristics(order.item)['forwarding'][0]['target'])} ("
    if order.what.startswith("device."):
        return _DEVICES[order.what].format(characteristics(order.item)["IMEI"])
    if order.what == "sim.replace":
        return f"SIM card replaced, now {order.item['product']['realizingResource'][0]['id']}"
    return _SIMPLE[order.what]


def _shown(digits: str) -> str:
    """A number of Kazakhstan as people read it."""
    return f"+7 {digits[1:4]} {digits[4:7]} {digits[7:9]} {digits[9:]}"


def done_word(kind: str) -> str:
    """How "done" begins for a kind that is no order, or has had none."""
    return _SIMPLE.get(kind, "")


def is_final(text: str) -> bool:
    """Whether a message is the final word of a change; windows begin with where one is."""
    return text.startswith(("✅", "⚠️ ")) and " · action A-" in text.replace("\u00a0", " ")


def is_refusal(said: BotReply) -> bool:
    """Whether a sentence told that something was not done."""
    if said.kind == "window" or is_final(said.text):
        return False
    return not any(word in said.text for word in (*NEUTRAL, *OF_OTHERS))
