"""Who may do what with sets, role by role."""

from __future__ import annotations

from dataclasses import replace

import pytest

from account.changes.action import ActionKind
from account.changes.sets.change_set import MOST, SetState
from account.changes.sets.confirmation import KINDS
from account.changes.sets.second_opinion import MOST_APPROVED
from account.errors import AccessRefused, ConfirmExpired
from account.identity.permissions import Actor
from account.values.rights import Role
from storage import Stores
from tests.account.world import BETA
from tests.storage.set_desk import Desk

OF_EVERYBODY = {ActionKind.BLOCK, ActionKind.UNBLOCK}
KINDS_OF = {
    Role.ADMINISTRATOR: {
        *OF_EVERYBODY,
        *(ActionKind.BAN, ActionKind.SERVICE_ON, ActionKind.SERVICE_OFF),
        ActionKind.FORWARDING_OFF,
    },
    Role.OPERATOR: {
        *OF_EVERYBODY,
        *(ActionKind.BAN, ActionKind.SERVICE_ON, ActionKind.SERVICE_OFF),
        ActionKind.FORWARDING_OFF,
    },
    Role.FINANCE: set[ActionKind](),
    Role.VIEWER: set[ActionKind](),
}


@pytest.fixture
def desk(stores: Stores) -> Desk:
    return Desk(stores)


def as_role(desk: Desk, role: Role) -> Actor:
    company = replace(desk.alpha, role=role)
    desk.carrier.granted["adm-1"] = (company,)
    return replace(desk.actor(), companies=(company,))


def test_the_bounds_of_every_role_are_those_of_the_table() -> None:
    assert dict(MOST) == {Role.ADMINISTRATOR: 1_000, Role.OPERATOR: 100}
    assert dict(MOST_APPROVED) == {Role.ADMINISTRATOR: 10_000}


@pytest.mark.parametrize("role", list(KINDS_OF))
async def test_the_kinds_are_those_that_the_role_has_singly(
    desk: Desk, role: Role, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Secret codes have a store of their own, which is not at this desk.
    known = tuple(kind for kind in KINDS if kind in desk.specs)
    monkeypatch.setattr("account.changes.sets.confirmation.KINDS", known)
    assert set(desk.sets.kinds(as_role(desk, role))) == KINDS_OF[role]


@pytest.mark.parametrize("role", [Role.FINANCE, Role.VIEWER])
async def test_who_only_looks_previews_and_confirms_nothing(desk: Desk, role: Role) -> None:
    actor = as_role(desk, role)
    offered = await desk.previewed(range(2))
    assert offered.change_set.state is SetState.OFFERED
    with pytest.raises(AccessRefused):
        await desk.sets.confirm(actor, offered.token)
    assert (await desk.present(offered.change_set)).state is SetState.OFFERED


@pytest.mark.parametrize("role", [Role.FINANCE, Role.VIEWER])
async def test_who_only_looks_holds_nothing_up(desk: Desk, role: Role) -> None:
    running = await desk.confirmed()
    actor = as_role(desk, role)
    use = desk.confirmed_sets
    for attempt in (use.pause, use.go_on, use.stop):
        with pytest.raises(AccessRefused):
            await attempt(actor, running.id)
    assert (await desk.present(running)).state is SetState.RUNNING


async def test_another_companys_set_is_one_that_does_not_exist(desk: Desk) -> None:
    running = await desk.confirmed()
    beta = replace(desk.alpha, id=BETA)
    stranger = replace(desk.actor(), companies=(beta,), company_id=BETA)
    for set_id in (running.id, "none"):
        for attempt in (
            desk.sets.read(stranger, set_id),
            desk.confirmed_sets.pause(stranger, set_id),
            desk.confirmed_sets.stop(stranger, set_id),
            desk.sets.undo(stranger, set_id, "en"),
            desk.sets.again(stranger, set_id, "en"),
            desk.approvals.withdraw(stranger, set_id),
        ):
            with pytest.raises(ConfirmExpired):
                await attempt
    assert (await desk.present(running)).state is SetState.RUNNING
