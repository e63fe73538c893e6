"""What can be chosen of a change before many numbers get it: a reason, a ban, a service.

The choice is part of what is confirmed. Its key comes from a button and is looked for among what
the person may choose at that moment (trap 7).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aiogram.utils.i18n import gettext as _

from account.access.secret_codes import SendCodeParameters
from account.changes.action import ActionKind
from account.changes.parameters import NOTHING, ChangeParameters
from account.chapters.bans import BanParameters
from account.chapters.blocking import BlockParameters, BlockReason
from account.chapters.forwarding import Condition, ForwardingOffParameters
from account.chapters.services.changes import off_for_many, on_parameters
from account.chapters.services.offerings import Services
from account.identity.permissions import Actor
from account.values.number import Ban
from bot.context.update_context import UpdateContext
from bot.flows.bans.texts import turning
from bot.flows.forwarding.texts import which_rules
from bot.flows.services.texts import price_of
from bot.texts.facts import reason_word
from bot.texts.service_errors import in_language
from bot.widgets.short_ids import key


@dataclass(frozen=True, slots=True)
class Option:
    """One choice: what its button says, its key, and what is asked for with it."""

    label: str
    key: str
    parameters: ChangeParameters


async def options(context: UpdateContext, actor: Actor, kind: ActionKind) -> Sequence[Option]:
    """What may be chosen; a single one is no choice. Raises `CarrierUnavailable`."""
    match kind:
        case ActionKind.BLOCK:
            reasons = [
                Option(reason_word(one), one.value, BlockParameters(one)) for one in BlockReason
            ]
            return [Option(_("Without a reason"), "none", BlockParameters()), *reasons]
        case ActionKind.BAN:
            return [
                Option(turning(ban, on=on), f"{ban.value}-{on}", BanParameters(ban, on=on))
                for ban in Ban
                for on in (True, False)
            ]
        case ActionKind.FORWARDING_OFF:
            return [
                Option(which_rules(one), one or "all", ForwardingOffParameters(one))
                for one in (None, *Condition)
            ]
        case ActionKind.SERVICE_ON:
            return [
                Option(
                    f"{in_language(one.names)} · {price_of(one)}",
                    key(one.id),
                    on_parameters(one, ()),
                )
                for one in await context.use(Services).on_offer(actor)
            ]
        case ActionKind.SERVICE_OFF:
            return [
                Option(in_language(one.names), key(one.id), off_for_many(one))
                for one in await context.use(Services).on_offer(actor)
            ]
        case ActionKind.SECRET_SEND:
            company = actor.company
            return [Option("", "", SendCodeParameters(company.name, company.bin_shown))]
        case _:
            return [Option("", "", NOTHING)]
