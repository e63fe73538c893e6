"""Messages owed to chats, put into words when they are delivered.

What they are is `account.effects.effect.OutboxMessage`. Nothing here is ever logged.
"""

from __future__ import annotations

from collections.abc import Mapping

from aiogram.types import InlineKeyboardMarkup
from aiogram.utils.i18n import gettext as _

from account.changes.action import Action, ActionKind, ActionState
from account.errors import ConfirmStale
from account.support.verdicts import VERDICT_DONE
from account.values.identifiers import Msisdn
from account.values.number import NumberState
from account.values.periods import Month, shown_moment
from bot.flows.changes import WORDS
from bot.flows.sets.texts import count_word, kind_word
from bot.texts.facts import done_line, not_done_line, state_shown
from bot.texts.failures import NO_ACCESS, reason
from bot.widgets.deep_links import to_menu, to_number
from bot.widgets.text import Html, said


def final_word(
    action: Action, state: NumberState | None, receipt: Mapping[str, str]
) -> tuple[Html, InlineKeyboardMarkup]:
    """The end of a change: what was read back from the operator, and where to go from here."""
    number = action.msisdn.shown
    reference = action.reference or ""
    words = WORDS[action.kind]
    if action.state is ActionState.DONE:
        at = shown_moment(action.settled_at) if action.settled_at else ""
        text = said("{done}", done=done_line(words.done(action), reference, at))
        if words.of_number:
            text = Html(text + "\n" + said("<code>{number}</code>", number=number))
        for line in words.receipt(action, receipt):
            text = Html(text + "\n" + said("{line}", line=line))
        if action.reason_code == VERDICT_DONE:
            text = Html(text + "\n" + said(_("The operator's support has confirmed it.")))
        if action.reason_code == ConfirmStale.code and state is not None:
            text = Html(
                text
                + "\n"
                + said(
                    _("It has been changed again since. Present state: {state}."),
                    state=state_shown(state),
                )
            )
    else:
        text = said("{not_done}", not_done=not_done_line(words.not_done(action), reference))
        if words.of_number:
            text = Html(text + "\n" + said("<code>{number}</code>", number=number))
        why = words.why(action) or reason(action.reason_code, state)
        text = Html(text + "\n" + said("{why}", why=why))
    if action.reason_code in NO_ACCESS:
        return text, InlineKeyboardMarkup(inline_keyboard=[[to_menu()]])
    first = [[to_number(action.msisdn)]] if words.of_number else []
    rows = [*first, *([one] for one in words.below(action, state)), [to_menu()]]
    return text, InlineKeyboardMarkup(inline_keyboard=rows)


def code_refused() -> Html:
    """The code that somebody waits for cannot be delivered."""
    return said(
        _(
            "⚠️ The one-time code could not be delivered to your number or e-mail. Ask for it once "
            "more in a minute; if it does not come again, contact corporate support."
        )
    )


def _about(action: Action, sentence: str) -> Html:
    """A sentence about a change that is not at its end: which one, of which number."""
    return said(sentence, reference=action.reference or "", number=action.msisdn.shown)


def still_waiting(action: Action) -> Html:
    """The operator is slow; the change is kept."""
    return _about(
        action,
        _(
            "⏳ The operator's system does not answer at the moment. Your action {reference} on "
            "{number} is kept; its result comes here. Nothing else is needed from you."
        ),
    )


def not_let_in(action: Action) -> Html:
    """The operator answers, and takes nothing from the bot until somebody has mended that."""
    return _about(
        action,
        _(
            "⏳ The operator's system takes nothing from the bot at the moment; its engineers are "
            "told. Your action {reference} on {number} is kept; its result comes here. Nothing "
            "else is needed from you."
        ),
    )


def not_understood(action: Action) -> Html:
    """The operator answers what the bot cannot read, and somebody there has to act."""
    return _about(
        action,
        _(
            "⏳ The operator's system answered, but its answer cannot be read; its engineers are "
            "told. Your action {reference} on {number} is kept; its result comes here. Nothing "
            "else is needed from you."
        ),
    )


def paused(action: Action) -> Html:
    """The operator is not asked for a time that it named."""
    return _about(
        action,
        _(
            "⏳ The operator's system takes no requests for now. Your action {reference} on "
            "{number} is kept; its result comes here. Nothing else is needed from you."
        ),
    )


def queued(action: Action) -> Html:
    """More is asked at the moment than the operator takes."""
    return _about(
        action,
        _(
            "⏳ The operator's system has much to do at the moment. Your action {reference} on "
            "{number} is sent in its turn; its result comes here. Nothing else is needed from you."
        ),
    )


def unconfirmed(action: Action) -> Html:
    """Nobody can tell whether it was done, and no sentence says that it was not (G-10)."""
    return _about(
        action,
        _(
            "❓ Not confirmed: the operator has not said whether your action {reference} on "
            "{number} was carried out. It is being looked into, and the result comes here. Do not "
            "repeat it before that; for questions call corporate support and name this action."
        ),
    )


def on_hold(action: Action) -> Html:
    """The operator's people have stopped such changes; it waits, and for how long."""
    return _about(
        action,
        _(
            "⏸ Your action {reference} on {number} waits: the operator has put such changes on "
            "hold. Nothing has changed yet, and nothing is needed from you. It goes on by itself; "
            "if the hold lasts for over an hour, it is cancelled and you are told."
        ),
    )


def taken(action: Action) -> Html:
    """The operator has its order, and answers; it has only not come to an end."""
    return _about(
        action,
        _(
            "⏳ The operator has taken your action {reference} on {number} and has not carried it "
            "out yet. Its result comes here. Nothing else is needed from you."
        ),
    )


def order_held(action: Action) -> Html:
    """Its order goes on only when somebody at the operator has acted."""
    return _about(
        action,
        _(
            "⏸ The operator has taken your action {reference} on {number} and holds it: it goes on "
            "when the operator's staff let it. Its result comes here; for questions call corporate "
            "support and name this action."
        ),
    )


def overdue(action: Action) -> Html:
    """The operator takes longer than it promises; the result still comes (T11)."""
    return _about(
        action,
        _(
            "⏳ Your action {reference} on {number} takes longer than promised. Its result comes "
            "here; for questions call corporate support and name this action."
        ),
    )


def to_colleague(kind: str, told: Mapping[str, str]) -> Html:
    """What a company's administrators are told of each other for security; never switched off."""
    if kind == "colleague.change":
        text = {
            ActionKind.UNBLOCK: _("🔒 {company}: {administrator} has unblocked {number}."),
            ActionKind.REGISTER_DEVICE: _(
                "🔒 {company}: {administrator} has registered a device with {number}."
            ),
            ActionKind.REREGISTER_DEVICE: _(
                "🔒 {company}: {administrator} has re-registered a device with {number}."
            ),
            ActionKind.DUPLICATE_DEVICE: _(
                "🔒 {company}: {administrator} has registered a duplicate of a device with "
                "{number}."
            ),
        }[ActionKind(told["kind"])]
    elif kind == "colleague.set":
        text = _("🔒 {company}: {administrator} has confirmed {what} for {numbers}; done.")
    elif kind == "colleague.password":
        text = _("🔒 {company}: {administrator} has set a new password for My Account.")
    elif kind == "colleague.frozen":
        text = _(
            "🛑 {company}: changes in the name of {administrator} are stopped, because “It was not "
            "me” was pressed."
        )
    elif kind == "colleague.thawed":
        text = _("🔒 {company}: {administrator} can make changes again, with a new password.")
    else:
        text = _(
            "🔒 {company}: {administrator} has logged in to My Account from a Telegram account "
            "that is new to us."
        )
    return said(
        text + "\n" + _("If this should not be, call corporate support."),
        company=told["company"],
        administrator=told["administrator"],
        number=Msisdn(told["msisdn"]).shown if "msisdn" in told else "",
        what=kind_word(ActionKind(told["kind"])) if "kind" in told else "",
        numbers=count_word(int(told["numbers"])) if "numbers" in told else "",
    )


def reminder(kind: str, told: Mapping[str, str]) -> tuple[Html, InlineKeyboardMarkup]:
    """That the papers of a month can be had; switched off in Profile."""
    month = Month.parse(told["month"]).shown
    papers = {
        "reminder.certificate": _(
            "📄 The service delivery certificate and the invoice breakdown for {month} can be "
            "ordered: Documents & reports."
        ),
        "reminder.register": _(
            "📄 The invoice register for {month} can be ordered: Documents & reports."
        ),
    }[kind]
    off = _("These messages are switched off in Profile › Notifications.")
    text = said(papers + "\n" + off, month=month)
    return text, InlineKeyboardMarkup(inline_keyboard=[[to_menu()]])


def to_employee(kind: str, number: Msisdn) -> Html:
    """What an employee is told of what the company has changed."""
    told = {
        "employee.ended": _(
            "Your access to {number} has ended. Ask your company's administrator for a new secret "
            "code."
        ),
        "employee.details_banned": _("Your company has switched usage details off for {number}."),
    }[kind]
    return said(told, number=number.shown)
