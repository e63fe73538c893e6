"""What can be allowed, and to whom: names that the operator and the history know."""

from __future__ import annotations

from enum import StrEnum


class Right(StrEnum):
    """One thing that can be allowed. Values are persisted in the actions history."""

    LIST_NUMBERS = "numbers.list"
    READ_NUMBERS = "numbers.read"
    READ_USAGE = "usage.read"
    READ_HISTORY = "history.read"
    BLOCK = "number.block"
    UNBLOCK = "number.unblock"
    BAN = "number.ban"
    READ_SERVICES = "services.read"
    CHANGE_SERVICES = "services.change"
    READ_ALLOWANCES = "allowances.read"
    READ_SIM = "sim.read"
    REVEAL_SIM = "sim.reveal"
    REPLACE_SIM = "sim.replace"
    SHOW_ESIM = "sim.esim"
    """The activation code of an eSIM: who has it has the number."""
    READ_FORWARDING = "forwarding.read"
    CHANGE_FORWARDING = "forwarding.change"
    READ_DEVICES = "devices.read"
    CHANGE_DEVICES = "devices.change"
    SECRET_CODE = "secret_code.change"  # noqa: S105 - the name of a right
    READ_PAYMENTS = "payments.read"
    TRANSFER = "balance.transfer"
    ORDER_DOCUMENTS = "documents.order"
    APPROVE = "change.approve"
    CHANGE_PROFILE = "profile.change"
    READ_LABELS = "labels.read"
    CHANGE_LABELS = "labels.change"


class Role(StrEnum):
    """What an administrator is to one company; the operator says which (S04, section 2).

    Everybody is an administrator unless the operator names less.
    """

    ADMINISTRATOR = "administrator"
    OPERATOR = "operator"
    FINANCE = "finance"
    VIEWER = "viewer"
    EMPLOYEE = "employee"
    """The user of one number, let in by a secret code; no operator grants this (S14)."""
