"""What the operator does not have is refused to everybody, whoever asks and by whatever way."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from account.changes.action import ActionKind
from account.documents.kinds import SPECS, DocumentKind, offered
from account.errors import CapabilityMissing, RightMissing
from account.identity.permissions import Actor, check_granted, may, require
from account.values.capabilities import Capability
from account.values.rights import Right, Role
from tests.account.examples import PARAMETERS
from tests.account.world import ALPHA, NUMBER, World

RIGHTS = {
    Capability.USAGE: {Right.READ_USAGE},
    Capability.BANS: {Right.BAN},
    Capability.SERVICES: {Right.READ_SERVICES, Right.CHANGE_SERVICES},
    Capability.ALLOWANCES: {Right.READ_ALLOWANCES},
    Capability.SIM_CODES: {Right.REVEAL_SIM},
    Capability.SIM_REPLACEMENT: {Right.REPLACE_SIM},
    Capability.ESIM: {Right.SHOW_ESIM},
    Capability.FORWARDING: {Right.READ_FORWARDING, Right.CHANGE_FORWARDING},
    Capability.DEVICE_REGISTRY: {Right.READ_DEVICES, Right.CHANGE_DEVICES},
    Capability.PAYMENTS: {Right.READ_PAYMENTS},
    Capability.TRANSFERS: {Right.TRANSFER},
}
DOCUMENTS = {
    Capability.USAGE: {DocumentKind.USAGE, DocumentKind.USAGE_CHART},
    Capability.PAYMENTS: {DocumentKind.PAYMENTS, DocumentKind.RECONCILIATION},
    Capability.DEVICE_REGISTRY: {DocumentKind.DEVICES},
    Capability.ATLAS: {DocumentKind.ATLAS},
    Capability.CERTIFICATE: {DocumentKind.CERTIFICATE, DocumentKind.CLOSING_SET},
    Capability.BILLS: {
        DocumentKind.INVOICE_SEARCH,
        DocumentKind.CERTIFICATE,
        DocumentKind.CLOSING_SET,
        DocumentKind.REGISTER,
        DocumentKind.RECONCILIATION,
        DocumentKind.SPEND_CHART,
        DocumentKind.MONTHS_CHART,
        DocumentKind.COST_CENTRES,
    },
}
Attempt = Callable[[World, Actor], Awaitable[Any]]
ATTEMPTS: dict[str, tuple[Capability, Attempt]] = {
    "allowances": (Capability.ALLOWANCES, lambda w, a: w.allowances.of(a, NUMBER)),
    "services": (Capability.SERVICES, lambda w, a: w.services.of(a, NUMBER)),
    "service on": (
        Capability.SERVICES,
        lambda w, a: w.actions.offer(
            a, ActionKind.SERVICE_ON, NUMBER, PARAMETERS[ActionKind.SERVICE_ON]
        ),
    ),
    "ban": (
        Capability.BANS,
        lambda w, a: w.actions.offer(a, ActionKind.BAN, NUMBER, PARAMETERS[ActionKind.BAN]),
    ),
    "sim codes": (
        Capability.SIM_CODES,
        lambda w, a: w.actions.offer(
            a, ActionKind.SIM_REVEAL, NUMBER, PARAMETERS[ActionKind.SIM_REVEAL]
        ),
    ),
    "blank cards": (Capability.SIM_REPLACEMENT, lambda w, a: w.sims.blanks(a)),
    "free eSIM": (Capability.ESIM, lambda w, a: w.esims.free(a)),
    "activation code": (
        Capability.ESIM,
        lambda w, a: w.actions.offer(a, ActionKind.ESIM_SHOW, NUMBER),
    ),
    "atlas": (Capability.ATLAS, lambda w, a: w.reports.has_atlas(a)),
    "invoice found": (Capability.BILLS, lambda w, a: w.invoices.find(a, {})),
    "registered invoice": (
        Capability.REGISTERED_INVOICES,
        lambda w, a: w.invoices.find(a, {"search": "esf"}),
    ),
}


def lacking(world: World, *capabilities: Capability) -> Actor:
    """Айгүл at an operator that lacks these."""
    return world.actor(companies=(replace(world.alpha, lacks=frozenset(capabilities)),))


@pytest.mark.parametrize("capability", Capability)
def test_no_role_has_a_right_to_what_is_not_there(world: World, capability: Capability) -> None:
    actor = lacking(world, capability)
    without = {right for right in Right if not may(actor, right, ALPHA)}
    assert without == RIGHTS.get(capability, set())
    for right in without:
        with pytest.raises(CapabilityMissing) as refused:
            require(actor, right)
        assert refused.value.capability is capability
        with pytest.raises(CapabilityMissing):
            check_granted(actor.companies, right, ALPHA)


@pytest.mark.parametrize("capability", Capability)
def test_documents_follow_what_they_are_made_of(capability: Capability) -> None:
    gone = {kind for kind in SPECS if not offered(kind, frozenset({capability}))}
    assert gone == DOCUMENTS.get(capability, set())


@pytest.mark.parametrize("attempt", ATTEMPTS)
async def test_it_is_refused_in_the_use_case(world: World, attempt: str) -> None:
    capability, act = ATTEMPTS[attempt]
    with pytest.raises(CapabilityMissing) as refused:
        await act(world, lacking(world, capability))
    assert refused.value.capability is capability


@pytest.mark.parametrize(
    ("capability", "kind"),
    [(one, kind) for one, kinds in DOCUMENTS.items() for kind in sorted(kinds)],
)
async def test_a_document_cannot_be_ordered(
    world: World, capability: Capability, kind: DocumentKind
) -> None:
    with pytest.raises(CapabilityMissing):
        await world.reports.check(lacking(world, capability), kind, SPECS[kind].formats[0], {})


def test_what_is_there_stays_a_matter_of_the_role(world: World) -> None:
    company = replace(world.alpha, role=Role.VIEWER, lacks=frozenset({Capability.BANS}))
    with pytest.raises(RightMissing):
        require(world.actor(companies=(company,)), Right.TRANSFER)
