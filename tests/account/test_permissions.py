"""Who may do what: roles, companies, and numbers that are somebody else's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from account.errors import CompanyNotAccessible, NumberNotFound, RightMissing
from account.identity.permissions import GRANTED, may, require
from account.values.identifiers import Msisdn
from account.values.rights import Right, Role
from tests.account.world import ALPHA, BETA, World, a_number

READS = {
    *(
        Right.LIST_NUMBERS,
        Right.READ_NUMBERS,
        Right.READ_USAGE,
        Right.READ_HISTORY,
        Right.READ_SERVICES,
        Right.READ_ALLOWANCES,
    ),
    *(Right.READ_SIM, Right.READ_FORWARDING, Right.READ_DEVICES, Right.READ_PAYMENTS),
    Right.READ_LABELS,
}
THEIRS = a_number(Msisdn("77019999999"), BETA)


def test_an_administrator_may_do_everything_there_is(world: World) -> None:
    assert all(may(world.actor(), right, ALPHA, world.number) for right in Right)


def test_a_viewer_may_look_and_touch_nothing(world: World) -> None:
    allowed = {right for right in Right if may(world.viewer(), right, ALPHA, world.number)}

    assert allowed == READS | {Right.ORDER_DOCUMENTS, Right.CHANGE_PROFILE}
    with pytest.raises(RightMissing) as refused:
        require(world.viewer(), Right.BLOCK, world.number)
    assert refused.value.right is Right.BLOCK


def test_what_no_role_declares_is_denied(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(GRANTED, Role.ADMINISTRATOR)

    assert not any(may(world.actor(), right, ALPHA) for right in Right)


@pytest.mark.parametrize("right", Right)
def test_nobody_has_a_right_in_a_company_that_is_not_theirs(world: World, right: Right) -> None:
    assert not may(world.actor(), right, BETA)
    assert not may(world.actor(), right, BETA, THEIRS)


@pytest.mark.parametrize("right", Right)
def test_a_number_of_another_company_is_as_good_as_none(world: World, right: Right) -> None:
    assert not may(world.actor(), right, ALPHA, THEIRS)
    with pytest.raises(NumberNotFound):
        require(world.actor(), right, THEIRS)


def test_a_number_of_my_other_company_is_not_of_the_chosen_one(world: World) -> None:
    of_two = world.actor(companies=(world.alpha, world.beta))

    with pytest.raises(NumberNotFound):
        require(of_two, Right.BLOCK, THEIRS)
    assert require(replace(of_two, company_id=BETA), Right.BLOCK, THEIRS) == world.beta


def test_the_role_counts_company_by_company(world: World) -> None:
    looks_at_beta = replace(world.beta, role=Role.VIEWER)
    actor = world.actor(companies=(world.alpha, looks_at_beta))

    assert may(actor, Right.BLOCK, ALPHA)
    assert not may(actor, Right.BLOCK, BETA)


def test_without_a_chosen_company_nothing_can_be_done(world: World) -> None:
    with pytest.raises(CompanyNotAccessible):
        require(world.actor(company_id=None), Right.READ_NUMBERS)


def test_a_company_that_was_taken_away_is_gone_at_once(world: World) -> None:
    with pytest.raises(CompanyNotAccessible):
        require(world.actor(companies=()), Right.READ_NUMBERS)
    with pytest.raises(CompanyNotAccessible):
        require(world.actor(companies=(world.beta,)), Right.READ_NUMBERS)


def test_a_foreign_number_is_not_told_from_a_missing_right(world: World) -> None:
    with pytest.raises(NumberNotFound):
        require(world.viewer(), Right.BLOCK, THEIRS)
