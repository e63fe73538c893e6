"""What the verbs of typed commands are called, and what is said of one that is not understood."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from aiogram.utils.i18n import gettext as _

from account.changes.action import ActionKind
from account.chapters.typed_commands import Verb
from account.documents.kinds import DocumentKind
from bot.flows.changes import WORDS
from bot.flows.documents.titles import title

_CALLED: Mapping[Verb, Callable[[], str]] = {
    Verb.BLOCK: lambda: _(WORDS[ActionKind.BLOCK].history),
    Verb.UNBLOCK: lambda: _(WORDS[ActionKind.UNBLOCK].history),
    Verb.CARD: lambda: _("General information"),
    Verb.USAGE: lambda: _("Usage details"),
    Verb.SERVICES: lambda: _("Services"),
    Verb.FORWARDING: lambda: _("Call forwarding"),
    Verb.SECRET_CODE: lambda: _("Secret code"),
    Verb.SIM: lambda: _("SIM & device"),
    Verb.ESIM: lambda: _("SIM & device"),
    Verb.CERTIFICATE: lambda: title(DocumentKind.CERTIFICATE),
    Verb.REGISTER: lambda: title(DocumentKind.REGISTER),
    Verb.RECONCILIATION: lambda: title(DocumentKind.RECONCILIATION),
    Verb.PAYMENTS: lambda: _("Payments"),
    Verb.LABEL: lambda: _("Label, cost centre"),
}


def verb_word(verb: Verb) -> str:
    """What it leads to, as the windows themselves are called."""
    return _CALLED[verb]()


def not_understood(words: str) -> str:
    """Of words beside what was understood."""
    return _("Not understood: “{words}”.").format(words=words)
