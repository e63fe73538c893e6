"""What the windows of a SIM card show."""

from __future__ import annotations

from typing import Any

from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext
from aiogram_dialog import DialogManager

from account.chapters.esim import Esims
from account.chapters.sim import PAGE, EsimState, SimCard, SimCards
from account.errors import EsimOfLogin
from account.identity.permissions import may
from account.values.capabilities import Capability
from account.values.number import NumberState
from account.values.periods import shown_moment
from account.values.rights import Right
from bot.context.update_context import context_of
from bot.flows.esim.getters import esim_line
from bot.flows.numbers.getters import card_of
from bot.texts.errors import refusal
from bot.texts.facts import left_out_line, state_shown
from bot.widgets.code_budget import no_code_lines
from bot.widgets.paging import paging, read_page
from bot.widgets.text import Html, said


def _why_not(shown: SimCard) -> list[Html]:
    """FAQ 8, where the number is not Active (S16-1)."""
    if shown.number.state is NumberState.ACTIVE:
        return []
    return [
        said(
            "\n" + _("{state}: the SIM card can be changed only for an Active number (FAQ 8)."),
            state=state_shown(shown.number.state),
        )
    ]


async def get_sim(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """The card in use and the device, the codes hidden (S08)."""
    context = context_of(dialog_manager)
    actor = await context.actor()
    shown = await context.use(SimCards).card(actor, card_of(dialog_manager))
    sim, company = shown.sim, actor.company
    replaced = sim.replaced_told or _("never")
    if sim.replaced_at is not None:
        replaced = shown_moment(sim.replaced_at)
    imei = "—" if sim.imei is None else sim.imei.full
    if sim.imei_told is not None:
        imei = _("{imei} (not a full IMEI)").format(imei=sim.imei_told)
    lines = [
        said("\nICCID: <code>{iccid}</code>", iccid=sim.iccid.digits),
        said(_("SIM card replaced: {moment}"), moment=replaced),
        said(_("Device last seen (IMEI): <code>{imei}</code>"), imei=imei),
    ]
    if sim.esim is not None:
        lines.insert(1, esim_line(sim.esim))
    if Capability.SIM_CODES not in company.lacks:
        lines += [
            Html("\nPIN1 ••••  PIN2 ••••"),
            Html("PUK1 ••••••••  PUK2 ••••••••"),
            Html(_("These are the initial codes: the user may have changed them.")),
        ]
    active = shown.number.state is NumberState.ACTIVE
    replaces = may(actor, Right.REPLACE_SIM, company.id)
    if replaces:
        lines += _why_not(shown)
    reveals = may(actor, Right.REVEAL_SIM, company.id)
    ready = sim.esim is not None and sim.esim.state is EsimState.READY
    activates = ready and may(actor, Right.SHOW_ESIM, company.id)
    if activates and not await context.use(Esims).shows_to(actor, shown.number.msisdn):
        activates = False
        lines.append(said("\n{why}", why=refusal(EsimOfLogin())))
    if reveals or activates or (replaces and active):
        lines += await no_code_lines(dialog_manager)
    return {
        "where": [company.name, shown.number.msisdn.shown, _("SIM & device")],
        "text": Html("\n".join(lines)),
        "activates": activates,
        "reveals": reveals,
        "replaces": replaces and active,
        "explains": replaces and not active,
    }


async def get_blanks(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """The company's blank cards to choose from, or the reason why none can be chosen (S16-2)."""
    context = context_of(dialog_manager)
    actor = await context.actor()
    shown = await context.use(SimCards).card(actor, card_of(dialog_manager))
    where = [actor.company.name, shown.number.msisdn.shown, _("SIM card replacement")]
    why_not = _why_not(shown)
    if why_not:
        nothing = {"rows": [], **paging(dialog_manager, 0, PAGE)}
        return {"where": where, "text": why_not[0], "explains": True, "esims": False, **nothing}
    page, turning = await read_page(
        dialog_manager, PAGE, lambda offset: context.use(SimCards).blanks(actor, offset=offset)
    )
    found = ngettext(
        "{n} blank SIM card of the company", "{n} blank SIM cards of the company", page.total
    ).format(n=page.total)
    lines = [
        said(_("Now in use: <code>{iccid}</code>"), iccid=shown.sim.iccid.digits),
        said("\n{found}", found=found),
        Html(_("Choose by the last digits, or type the number that is printed on the card.")),
        *map(Html, left_out_line(page.left_out)),
        *await no_code_lines(dialog_manager),
    ]
    return {
        "where": where,
        "text": Html("\n" + "\n".join(lines)),
        "explains": False,
        "esims": may(actor, Right.SHOW_ESIM, actor.company.id),
        "rows": [(f"… {iccid.digits[-8:]}", iccid.digits) for iccid in page.rows],
        **turning,
    }
