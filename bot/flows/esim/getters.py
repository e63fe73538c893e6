"""What the window of a SIM card says of an eSIM."""

from __future__ import annotations

from aiogram.utils.i18n import gettext as _

from account.chapters.sim import Esim, EsimState
from account.values.periods import shown_moment
from bot.widgets.text import Html, said


def esim_line(esim: Esim) -> Html:
    """That it is one, and what became of its activation code (ES-4)."""
    if esim.state is EsimState.USED:
        return said(_("eSIM: the activation code has been used"))
    if esim.state is EsimState.EXPIRED:
        return said(_("eSIM: the activation code has expired"))
    if esim.expires_at is None:
        return said(_("eSIM: the activation code has not been used yet"))
    return said(
        _("eSIM: the activation code has not been used yet and is valid until {moment}"),
        moment=shown_moment(esim.expires_at),
    )
