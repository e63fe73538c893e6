"""What the messages about a file say: on its way, ready, empty, failed, and by e-mail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape

from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext

from account.documents.document import Document
from account.documents.kinds import DocumentKind
from account.documents.parameters.base import LAST
from account.errors import (
    AccountNotFound,
    CarrierNotUnderstood,
    CompanyBinUnknown,
    DocumentNotMade,
    FiguresDisagree,
    FiguresIncomplete,
    NumberNotFound,
    PackageMissing,
)
from account.values.periods import shown_moment, today
from bot.flows.documents.titles import title, told
from bot.texts.failures import NO_ACCESS
from bot.widgets.progress_bar import bar, percent
from bot.widgets.text import Html, said

_NOT_THEIRS = NO_ACCESS | {NumberNotFound.code, AccountNotFound.code, PackageMissing.code}
NAMED = 10
"""So many accounts are named in a caption; the file names all."""
_REACHES_TODAY = {DocumentKind.USAGE, DocumentKind.USAGE_CHART}


@dataclass(frozen=True, slots=True)
class FileLetter:
    """An e-mail with a file: plain text, and the same as HTML."""

    subject: str
    text: str
    html: str


def heading(document: Document) -> Html:
    """What the file is called in the chat: its title, and what it is about."""
    order = document.order
    about = " · ".join(told(order.kind, order.parameters))
    lines = [said("{title}", title=title(order.kind))]
    if about:
        lines.append(said("{about}", about=about))
    return Html("\n".join(lines))


def document_ready(document: Document) -> Html:
    """The caption of a finished file; today's part of it may be incomplete (S13-1)."""
    order = document.order
    if order.kind is DocumentKind.CLOSING_SET:
        return _set_ready(document)
    rows = ngettext("{n} record", "{n} records", document.rows).format(n=document.rows)
    parts = [rows] if document.rows else []
    lines = [heading(document), said("{line}", line=" · ".join([*parts, document.reference]))]
    last = order.parameters.get(LAST)
    if order.kind in _REACHES_TODAY and last and last >= str(today(document.ordered_at)):
        lines.append(Html(_("Today's records may be incomplete.")))
    if (document.name or "").endswith(".zip"):
        lines.append(Html(_("The data is large: it comes as several files in one archive.")))
    if document.rows and document.total > document.rows:
        lines.append(Html("⚠️ " + _("The rest does not fit in one file: order a shorter period.")))
    return Html("\n".join(lines))


def _set_ready(document: Document) -> Html:
    """The caption of a set of papers: how many there are, and whose are not."""
    count, missing = document.rows, document.missing
    made = ngettext("{n} account", "{n} accounts", count).format(n=count)
    lines = [heading(document), said("{line}", line=f"{made} · {document.reference}")]
    if missing:
        named = ", ".join(missing[:NAMED]) + (" …" if len(missing) > NAMED else "")
        sentence = _(
            "⚠️ {made} of {all} accounts. Missing: {accounts}. The file says why; order the set or "
            "these accounts again later."
        )
        lines.append(
            said(sentence, made=count, all=count + len(missing), accounts=named),
        )
    if document.total > count + len(missing):
        lines.append(Html(_("The other accounts come in the next file.")))
    return Html("\n".join(lines))


def document_empty(document: Document) -> Html:
    """Nothing for the period is a sentence, not a file (G-16)."""
    sentence = _("There is nothing for this period, so no file was made · {reference}")
    return _with(document, sentence)


def document_failed(document: Document) -> Html:
    """It could not be made, or may not be any more."""
    if document.reason_code in _NOT_THEIRS:
        sentence = _("⚠️ The file was not made: you may no longer see this data · {reference}")
    elif document.reason_code == FiguresDisagree.code:
        sentence = _(
            "⚠️ The file was not made: the operator's figures do not add up. Contact corporate "
            "support and name this request · {reference}"
        )
    elif document.reason_code in {FiguresIncomplete.code, CompanyBinUnknown.code}:
        sentence = _(
            "⚠️ The file was not made: part of the operator's figures is missing or cannot be read, "
            "and this document is made of all of them or not at all. Contact corporate support and "
            "name this request · {reference}"
        )
    elif document.reason_code == CarrierNotUnderstood.code:
        sentence = _(
            "⚠️ The file could not be made: the operator's answer cannot be read. Contact corporate "
            "support and name this request · {reference}"
        )
    elif document.reason_code == DocumentNotMade.code:
        sentence = _(
            "⚠️ The file could not be made because of a fault on our side. Order it again in 2-3 "
            "minutes · {reference}"
        )
    else:
        sentence = _(
            "⚠️ The file could not be made: the operator's system does not answer. Order it "
            "again in 2-3 minutes · {reference}"
        )
    return _with(document, sentence)


def document_mailed(document: Document) -> Html:
    """The letter was handed over (G-14)."""
    return _letter_word(document, _("✉️ Sent to {address} · {reference}"))


def document_not_mailed(document: Document) -> Html:
    """The mail box was refused; the file is in the chat all the same."""
    return _letter_word(
        document,
        _(
            "⚠️ The letter to {address} was refused. Check the address. The file is in this chat · "
            "{reference}"
        ),
    )


def document_not_taken(document: Document) -> Html:
    """Refused for something else, or not taken for a day."""
    return _letter_word(
        document,
        _(
            "⚠️ The mail server does not take the letter to {address}. Order it again later or "
            "with another address. The file is in this chat · {reference}"
        ),
    )


def document_mail_waits(document: Document) -> Html:
    """Not taken yet; it goes on being tried."""
    return _letter_word(
        document,
        _(
            "⏳ The mail server does not take the letter to {address} now; it is tried again for a "
            "day. The file is in this chat · {reference}"
        ),
    )


def document_too_large(document: Document) -> Html:
    """No mail box takes it."""
    return _with(
        document,
        _("⚠️ The file is too large for an e-mail. It is in this chat · {reference}"),
    )


def document_refused(document: Document) -> Html:
    """Telegram takes files up to a size, and this one not."""
    return _with(
        document,
        _("⚠️ Telegram did not take the file. If it is large, order a shorter period · {reference}"),
    )


DOCUMENT_WORDS: dict[str, Callable[[Document], Html]] = {
    "document.empty": document_empty,
    "document.failed": document_failed,
    "document.mailed": document_mailed,
    "document.not_mailed": document_not_mailed,
    "document.not_taken": document_not_taken,
    "document.mail_waits": document_mail_waits,
    "document.too_large": document_too_large,
    "document.refused": document_refused,
}


def document_letter(document: Document) -> FileLetter:
    """The e-mail that carries the file."""
    order = document.order
    about = " · ".join(told(order.kind, order.parameters))
    name = title(order.kind)
    lines = [
        name,
        _("Company: {company}, BIN {bin}").format(
            company=order.company_name, bin=order.company_bin
        ),
        *([about] if about else []),
        _("Ordered by {person} at {at}, request {reference}").format(
            person=order.administrator,
            at=shown_moment(document.ordered_at),
            reference=document.reference,
        ),
        _("The file is attached. This letter was sent by My Account; do not answer it."),
    ]
    paragraphs = "".join(f"<p>{escape(line)}</p>" for line in lines[1:])
    html = f"<html><body><h2>{escape(name)}</h2>{paragraphs}</body></html>"
    return FileLetter(f"{name} · {document.reference}", "\n\n".join(lines), html)


def progress(document: Document) -> Html:
    """How far a file is."""
    of_accounts = document.order.kind is DocumentKind.CLOSING_SET
    if of_accounts and not document.total:
        line = _("⏳ being made")
    elif document.total:
        sentence = (
            _("{bar} {percent} %  {done} of {total} accounts")
            if of_accounts
            else _("{bar} {percent} %  {done} of {total} rows")
        )
        line = sentence.format(
            bar=bar(document.done, document.total),
            percent=percent(document.done, document.total),
            done=document.done,
            total=document.total,
        )
    else:
        line = _("⏳ being made: {done} rows so far").format(done=document.done)
    return Html("📄 " + heading(document) + "\n" + said("{line}", line=line))


def _with(document: Document, sentence: str) -> Html:
    line = sentence.format(reference=document.reference)
    return said("{heading}\n{line}", heading=heading(document), line=line)


def _letter_word(document: Document, sentence: str) -> Html:
    """A sentence about the letter, which names where it goes without showing it whole."""
    line = sentence.format(address=_masked(document), reference=document.reference)
    return said("{heading}\n{sentence}", heading=heading(document), sentence=line)


def _masked(document: Document) -> str:
    return document.order.email.masked if document.order.email is not None else ""
