"""What is said of a confirmed change that has not gone out yet: what it waits for."""

from __future__ import annotations

from aiogram.utils.i18n import gettext as _

from account.changes.waits import Wait, WaitReason
from account.values.periods import shown_moment


def waits_for(wait: Wait | None, reference: str) -> str:
    """One line for the window of the change."""
    until = "" if wait is None or wait.until is None else shown_moment(wait.until)
    match None if wait is None else wait.reason:
        case WaitReason.NO_ANSWER:
            line = _(
                "⏳ The operator's system does not answer. Your action {reference} is kept and "
                "sent as soon as it does"
            )
        case WaitReason.NOT_TRIED:
            line = _(
                "⏳ The operator's system has just failed several times and is asked again in a "
                "few seconds. Your action {reference} is kept and sent as soon as it answers"
            )
        case WaitReason.PAUSED if until:
            line = _(
                "⏳ The operator's system takes no requests before {time}. Your action {reference} "
                "waits and nothing has changed yet; it goes on by itself, or is cancelled within "
                "an hour. The result comes here"
            )
        case WaitReason.NOT_LET_IN:
            line = _(
                "⏳ The operator's system takes nothing from the bot at the moment; its engineers "
                "are told. Your action {reference} is kept and sent as soon as it does"
            )
        case WaitReason.NOT_UNDERSTOOD:
            line = _(
                "⏳ The operator's system answered, but its answer cannot be read; its engineers "
                "are told. Your action {reference} is kept and sent as soon as it can be"
            )
        case _:
            line = _(
                "⏳ Your action {reference} is in the queue to the operator, and sent in its turn"
            )
    return line.format(reference=reference, time=until)
