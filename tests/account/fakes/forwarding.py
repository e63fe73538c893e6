"""The operator's side of call forwarding: the rules of each number (S20)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from account.changes.action import Action, ActionKind
from account.chapters.forwarding import Condition, Rule

KINDS = frozenset({ActionKind.FORWARDING_SET, ActionKind.FORWARDING_OFF})

Rules = dict[str, tuple[Rule, ...]]
"""By the number's digits."""


def carry_out(rules: Rules, action: Action[Any]) -> None:
    """Set one rule, or switch one or all of them off; targets are kept."""
    number, told = action.msisdn.digits, action.parameters
    now = {rule.condition: rule for rule in rules.get(number, ())}
    if action.kind is ActionKind.FORWARDING_SET:
        target = told.target.digits
        now[told.condition] = Rule(told.condition, target, active=True, timer=told.timer)
    else:
        for condition, rule in now.items():
            if told.condition in (None, condition):
                now[condition] = replace(rule, active=False)
    unconditional = now.get(Condition.UNCONDITIONAL)
    kept_back = unconditional is not None and unconditional.active
    rules[number] = tuple(
        replace(
            now[condition],
            suspended=kept_back
            and now[condition].active
            and condition is not Condition.UNCONDITIONAL,
        )
        for condition in Condition
        if condition in now
    )
