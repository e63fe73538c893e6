"""Where an answer leads: what it tells a person to do can be done from below it (S38)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiogram.utils.i18n import gettext as _

from account.documents.kinds import DocumentKind, offered
from account.errors import CompanyNotAccessible, CompanyNotChosen
from account.identity.permissions import may
from account.values.number import NumberState
from account.values.rights import Right
from bot.context import states
from bot.context.update_context import context_of
from bot.flows.faq.texts import asked_here

if TYPE_CHECKING:
    from aiogram.fsm.state import State
    from aiogram_dialog import DialogManager

    from account.identity.permissions import Actor


@dataclass(frozen=True, slots=True)
class FaqAction:
    """A button below an answer: the window it opens."""

    id: str
    label: str
    window: State
    data: dict[str, str] | None = None


def shown_question(manager: DialogManager) -> int:
    """The guide's number of the question whose answer is open."""
    chosen = manager.dialog_data.get("question")
    if chosen is None and isinstance(manager.start_data, dict):
        chosen = manager.start_data.get("question", 0)
    here = asked_here(context_of(manager).lacks)
    number = int(chosen or 0) + 1
    return number if number in here else here[0]


async def actions_of(manager: DialogManager, question: int) -> list[FaqAction]:
    """What this person can do about it; nothing that they would only be refused."""
    context = context_of(manager)
    if context.session is None:
        if question != 2:
            return []
        return [FaqAction("forgot", _("Forgot password?"), states.Login.reset_phone)]
    actor = await context.actor()
    if question == 1:
        several = len(actor.companies) > 1
        label = _("🏢 Company")
        return [FaqAction("company", label, states.Companies.choose)] if several else []
    try:
        return _in_company(actor, question)
    except (CompanyNotAccessible, CompanyNotChosen):
        return []


def _in_company(actor: Actor, question: int) -> list[FaqAction]:
    company = actor.company
    numbers = may(actor, Right.LIST_NUMBERS, company.id)
    actions = []
    if question == 5 and may(actor, Right.READ_HISTORY, company.id):
        actions.append(FaqAction("history", _("🕘 Actions history"), states.History.list))
    if question in (4, 6) and numbers:
        actions.append(FaqAction("numbers", _("📱 Number management"), states.Numbers.list))
    if question == 7:
        if may(actor, Right.ORDER_DOCUMENTS, company.id) and offered(
            DocumentKind.PAYMENTS, company.lacks
        ):
            kind = {"kind": DocumentKind.PAYMENTS.value}
            actions.append(
                FaqAction("payments", _("🧾 Payments report"), states.Ordering.form, kind)
            )
        if numbers:
            label = _("🟠 Numbers in debt")
            actions.append(_those("debt", label, NumberState.DEBT))
    if question in (8, 9) and numbers:
        actions.append(_those("active", _("🟢 Active numbers"), NumberState.ACTIVE))
    return actions


def _those(name: str, label: str, state: NumberState) -> FaqAction:
    return FaqAction(name, label, states.Numbers.list, {"state": state.value})
