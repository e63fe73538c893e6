"""Changes of one number and of many: their rules, their confirmation and their execution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog

from account.access.profile_email import ChangeEmail
from account.access.secret_codes import DeleteCode, SecretCodeExecutor, SendCode
from account.changes.confirmation import ChangeConfirmation
from account.changes.execution import ChangeExecution
from account.changes.freezes import Freezes
from account.changes.sensitive_numbers import SensitiveNumbers
from account.changes.sets.approvals import SetApprovals
from account.changes.sets.confirmation import ChangeSets
from account.changes.sets.confirmed_sets import ConfirmedSets
from account.changes.sets.dry_run import DryRun
from account.changes.sets.execution import SetExecution
from account.changes.sets.scheduling import SetScheduling
from account.changes.sets.second_opinion import SecondOpinion
from account.changes.sets.selection import NumberSelection
from account.changes.spec import ChangeSpec
from account.chapters.devices.changes import ReregisterDevice
from account.chapters.kinds import BY_THE_OPERATOR
from account.chapters.numbers import NumberPages
from account.chapters.transfers import Transfer
from account.values.identifiers import Msisdn
from bot.config.settings import Settings
from documents.lists.reader import ListFileReader
from storage.open import Stores

if TYPE_CHECKING:
    from account.carrier import Carrier
    from account.changes.action import Action, ActionKind
    from account.values.clock import Clock, ElapsedTime

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class WiredChanges:
    """The kinds of change, and what takes each to its end."""

    specs: dict[ActionKind, ChangeSpec[Any, Any]]
    transfer: Transfer
    sensitive_numbers: SensitiveNumbers
    freezes: Freezes
    actions: ChangeConfirmation
    execution: ChangeExecution


@dataclass(frozen=True, slots=True)
class WiredSets:
    """Changes of many numbers, on top of those of one."""

    selection: NumberSelection
    change_sets: ChangeSets
    confirmed_sets: ConfirmedSets
    set_approvals: SetApprovals
    execution: SetExecution


def wire_changes(
    settings: Settings, clock: Clock, elapsed: ElapsedTime, stores: Stores, carrier: Carrier
) -> WiredChanges:
    """Every kind of change by its declaration, and their way from the question to the end."""
    executor = SecretCodeExecutor(stores.secret_codes, clock, stores.keys.codes)
    sms = settings.code_sms_a_day
    of_codes = [
        kind(carrier, stores.secret_codes, clock, executor, sms) for kind in (SendCode, DeleteCode)
    ]

    # What takes a number over is told by the kinds, and a transfer, a kind, asks for it.
    async def taken_over(msisdn: Msisdn) -> bool:
        return await sensitive_numbers.recent(msisdn)

    transfer = Transfer(carrier, settings.transfers, stores.day_totals, clock, taken_over)
    specs: dict[ActionKind, ChangeSpec[Any, Any]] = {
        spec.kind: spec
        for spec in (*(made(carrier) for made in BY_THE_OPERATOR), *of_codes, transfer)
    }
    for spec in specs.values():
        spec.list_replaced = settings.profile.blocking.by == "product_patch"
    sensitive_numbers = SensitiveNumbers(carrier, stores.approvals, clock, specs)
    email = ChangeEmail(carrier, sensitive_numbers)
    reregister = ReregisterDevice(carrier, stores.devices, clock)
    specs |= {reregister.kind: reregister, email.kind: email}
    freezes = Freezes(carrier, stores.freezes, clock, specs, sensitive_numbers)
    actions = ChangeConfirmation(stores.actions, clock, specs, sensitive_numbers, freezes)
    execution = ChangeExecution(
        carrier,
        carrier,
        stores.actions,
        clock,
        elapsed,
        specs,
        settings.polling_policy,
        stores.holds,
        freezes,
        undecided=_undecided,
        sets=stores.change_sets,
    )
    return WiredChanges(specs, transfer, sensitive_numbers, freezes, actions, execution)


def wire_sets(
    settings: Settings,
    clock: Clock,
    elapsed: ElapsedTime,
    stores: Stores,
    carrier: Carrier,
    changes: WiredChanges,
    pages: NumberPages,
    list_files: ListFileReader,
    owner: str,
) -> WiredSets:
    """Choosing, confirming, approving and carrying out a set."""
    specs, freezes = changes.specs, changes.freezes
    sensitive_numbers = changes.sensitive_numbers
    selection = NumberSelection(stores.number_lists, clock, list_files, stores.effect_store)
    opinion = SecondOpinion(
        stores.change_sets,
        stores.set_approvals,
        sensitive_numbers,
        specs,
        clock,
        settings.set_rules,
    )
    code_from = settings.transfers.code_from
    scheduling = SetScheduling(stores.change_sets, clock, specs)
    change_sets = ChangeSets(
        stores.change_sets, selection, clock, specs, freezes, code_from, opinion, scheduling
    )
    confirmed_sets = ConfirmedSets(
        change_sets, stores.change_sets, clock, specs, freezes, scheduling
    )
    set_approvals = SetApprovals(
        carrier,
        change_sets,
        stores.change_sets,
        stores.set_approvals,
        opinion,
        specs,
        sensitive_numbers,
        freezes,
        clock,
    )
    dry_run = DryRun(carrier, pages, stores.change_sets, specs, clock, sensitive_numbers)
    set_execution = SetExecution(
        carrier,
        stores.change_sets,
        changes.execution,
        dry_run,
        specs,
        freezes,
        clock,
        elapsed,
        owner,
        opinion,
        scheduling,
    )
    return WiredSets(selection, change_sets, confirmed_sets, set_approvals, set_execution)


def _undecided(action: Action) -> None:
    log.error(
        "change.unconfirmed",
        alarm="a person must settle it: myaccount action show",
        reference=action.reference,
    )
