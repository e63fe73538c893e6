"""The operator's side of call forwarding: the rules of each number (S20)."""

from __future__ import annotations

from dataclasses import replace

from account.changes.action import Action, ActionKind
from account.chapters.forwarding import ALL, CONDITION, TARGET, TIMER, Condition, Rule

KINDS = frozenset({ActionKind.FORWARDING_SET, ActionKind.FORWARDING_OFF})

Rules = dict[str, tuple[Rule, ...]]
"""By the number's digits."""


def carry_out(rules: Rules, action: Action) -> None:
    """Set one rule, or switch one or all of them off; targets are kept."""
    number, told = action.msisdn.digits, action.parameters
    now = {rule.condition: rule for rule in rules.get(number, ())}
    if action.kind is ActionKind.FORWARDING_SET:
        condition = Condition(told[CONDITION])
        timer = int(told[TIMER]) if TIMER in told else None
        now[condition] = Rule(condition, told[TARGET], active=True, timer=timer)
    else:
        for condition, rule in now.items():
            if told[CONDITION] in (ALL, condition):
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
