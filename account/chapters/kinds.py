"""Every kind of change, by chapter.

A new kind stands in its chapter's `CHANGES`; only a new chapter, or a kind that needs more than the
operator, has a line here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from account.access.profile_email import ChangeEmail
from account.access.secret_codes import DeleteCode, SendCode
from account.changes.action import ActionKind
from account.changes.parameters import ChangeParameters
from account.changes.spec import ChangeSpec
from account.chapters import bans, blocking, esim, forwarding, sim
from account.chapters.devices import changes as devices
from account.chapters.services import changes as services
from account.chapters.transfers import Transfer

AnyChange: TypeAlias = type[ChangeSpec[Any, Any]]

BY_THE_OPERATOR = (
    *blocking.CHANGES,
    *bans.CHANGES,
    *devices.CHANGES,
    *services.CHANGES,
    *sim.CHANGES,
    *esim.CHANGES,
    *forwarding.CHANGES,
)
"""Made with the operator alone."""

CHANGES: Mapping[ActionKind, AnyChange] = {
    spec.kind: spec
    for spec in (
        *BY_THE_OPERATOR,
        devices.ReregisterDevice,
        Transfer,
        SendCode,
        DeleteCode,
        ChangeEmail,
    )
}

KIND_OF: Mapping[str, ActionKind] = {spec.what: kind for kind, spec in CHANGES.items()}
"""The kind that the history calls so."""


def parameters_of(
    kind: ActionKind, told: Mapping[str, str], sealed: Mapping[str, str]
) -> ChangeParameters:
    """What was asked for, of the texts of a row."""
    return CHANGES[kind].parameters.read(told, sealed)
