"""The privacy policy as a chat shows it; the whole of it is docs/privacy.md."""

from __future__ import annotations

from datetime import timedelta

from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext

from bot.widgets.text import Html, said
from storage.retention import KeptFor

DAY = timedelta(days=1)


def policy(kept: KeptFor, support: str) -> Html:
    """Every term as the database goes by it; `support` is where people turn."""
    parts = [
        _(
            "<b>What is stored</b>\n"
            "Of an administrator: the Telegram account, the name and number from the operator's "
            "register, a password that cannot be read, sessions, actions and the numbers these are "
            "about. Of an employee: the Telegram account and the number."
        ),
        _(
            "<b>What is not stored</b>\n"
            "Passwords, codes and IINs that you type are deleted from the chat at once. PIN and "
            "PUK codes, usage details, invoices and payments are read from the operator for each "
            "reply."
        ),
        "\n".join([_("<b>How long</b>"), *(f"• {what}: {term}" for what, term in terms(kept))]),
        _(
            "<b>Who sees it</b>\n"
            "Your company's administrators see its actions history. The operator receives what it "
            "is asked to do, Telegram carries the messages. No one else receives anything; "
            "nothing is sold or used for advertising."
        ),
        _(
            "<b>Your rights</b>\n"
            "Ask for a copy of your data, or for its deletion: {support}. What proves who ordered "
            "what remains after a deletion, for as long as stated above."
        ),
    ]
    return said("\n" + "\n\n".join(parts), support=support)


def terms(kept: KeptFor) -> list[tuple[str, str]]:
    """What is kept, and how long."""
    return [
        (_("messages to the bot"), _days(kept.inbox_done)),
        (_("the same if they could not be processed"), _days(kept.inbox_quarantined)),
        (_("one-time codes and unconfirmed actions"), _days(kept.codes)),
        (_("messages from the bot, after their expiry"), _days(kept.outbox)),
        (_("files"), _days(kept.document_content)),
        (_("requests for files"), _days(kept.documents)),
        (_("closed sessions"), _days(kept.sessions)),
        (_("alerts and ended monthly documents"), _days(kept.alerts)),
        (_("confirmed actions and their history"), _for_good(kept.history)),
    ]


def _for_good(term: timedelta | None) -> str:
    return _("no time limit, as proof of who ordered what") if term is None else _days(term)


def _days(term: timedelta) -> str:
    days = -(-term // DAY)
    return ngettext("{n} day", "{n} days", days).format(n=days)
