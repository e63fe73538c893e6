"""What is said of a rule, and of what it has brought."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext

from account.chapters.alerts.rule import (
    USED_UP,
    Alert,
    AlertRule,
    Look,
    Measure,
    QuietHours,
    Scope,
)
from account.chapters.allowances import Measure as Unit
from account.values.identifiers import Msisdn
from account.values.labels import NO_LABEL, NumberLabel
from account.values.money import Money
from account.values.number import Number, NumberState
from account.values.periods import shown_moment, shown_time
from bot.flows.allowances.texts import amount_shown, use_word
from bot.texts.facts import funds_word, language, state_shown
from bot.widgets.deep_links import to_alert, to_menu, to_muting, to_number, to_payments
from bot.widgets.text import Html, said

BESIDE_FILE = 5
LISTED = 10
"""Numbers that a digest names; the rest are counted."""


def measure_word(measure: Measure) -> str:
    """What a rule looks at, as its button says it."""
    return {
        Measure.FUNDS: _("Balance or remaining credit limit below an amount"),
        Measure.LIMIT: _("Individual limit: less is left than an amount"),
        Measure.DEBT: _("Blocked for debt"),
        Measure.STATE: _("Blocked or unblocked by somebody else"),
        Measure.ALLOWANCE: _("Allowance: 80 and 100 % used"),
        Measure.SPEND: _("Spend of the month above an amount"),
        Measure.ROAMING: _("Roaming started"),
    }[measure]


def rule_word(rule: AlertRule) -> str:
    """The same with its amount, short enough for a button."""
    amount = Money(rule.threshold).shown(language())
    if rule.used_up:
        return _("Individual limit used up")
    return {
        Measure.FUNDS: _("Balance or credit limit below {amount}").format(amount=amount),
        Measure.LIMIT: _("Individual limit below {amount}").format(amount=amount),
        Measure.DEBT: _("Blocked for debt"),
        Measure.STATE: _("Blocked or unblocked by somebody else"),
        Measure.ALLOWANCE: _("Allowance: 80 and 100 % used"),
        Measure.SPEND: _("Spend of the month above {amount}").format(amount=amount),
        Measure.ROAMING: _("Roaming started"),
    }[rule.measure]


def scope_word(rule: AlertRule, centres: Mapping[str, str]) -> str:
    """Which numbers it is about; `centres` are names of cost centres by key."""
    if rule.scope is Scope.NUMBER:
        return Msisdn(rule.target).shown
    if rule.scope is Scope.ACCOUNT:
        return _("Account {number}").format(number=rule.target)
    if rule.scope is Scope.CENTRE:
        return _("Cost centre: {text}").format(text=centres.get(rule.target, "—"))
    if rule.scope is Scope.LABEL:
        return _("Label: {text}").format(text=rule.target)
    return _("All numbers of the company")


def freshness(look: Look | None) -> str:
    """How fresh what is known of the company is (AL-3)."""
    if look is None or look.finished_at is None:
        return _("Not checked yet.")
    if look.stale_told:
        return _("Alerts could not be checked since {time}.").format(
            time=shown_moment(look.finished_at)
        )
    at = _("Checked at {time}").format(time=shown_time(look.finished_at))
    if look.every is None:
        return at
    minutes = max(1, round(look.every.total_seconds() / 60))
    often = ngettext("about every minute", "about every {n} minutes", minutes).format(n=minutes)
    return f"{at}, {often}"


def quiet_word(quiet: QuietHours) -> str:
    """`22:00–08:00`, or that there are none."""
    if quiet.none:
        return _("none")
    return f"{_clock(quiet.begin)}–{_clock(quiet.end)}"


def muted_word(until: datetime, now: datetime) -> Html:
    """Until when nothing is told."""
    if until.year > now.year + 10:
        return Html(_("🔕 Muted"))
    return said(_("🔕 Muted until {time}"), time=shown_moment(until))


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def told_line(alert: Alert, number: Number | None = None) -> str:
    """What it is about, with value and threshold."""
    value = "—" if alert.value is None else Money(alert.value).shown(language())
    threshold = Money(alert.threshold).shown(language())
    if alert.measure is Measure.FUNDS:
        word = _("Balance or credit limit") if number is None else funds_word(number.payment)
        return _("{what}: {value}, below {threshold}").format(
            what=word, value=value, threshold=threshold
        )
    if alert.measure is Measure.LIMIT and alert.threshold == USED_UP.tiyn:
        return _("The individual limit is used up.")
    if alert.measure is Measure.LIMIT:
        return _("Left of the individual limit: {value}, below {threshold}").format(
            value=value, threshold=threshold
        )
    if alert.measure is Measure.DEBT:
        return state_shown(NumberState.DEBT)
    if alert.measure is Measure.SPEND:
        return _("Spent this month: {value}, above {threshold}").format(
            value=value, threshold=threshold
        )
    if alert.measure is Measure.ROAMING:
        return _("Roaming started: {country}").format(country=alert.detail)
    if alert.measure is Measure.ALLOWANCE:
        return _used_up(alert)
    return _("{state}: not done by you here").format(state=state_shown(NumberState(alert.detail)))


def _used_up(alert: Alert) -> str:
    """Which allowance, how much of it is used, and what is left."""
    unit, _blank, rest = alert.detail.partition(" ")
    use, _blank, name = rest.partition(" ")
    measure = Unit(unit) if unit in set(Unit) else Unit.SMS
    return _("{what}: {percent} % used, left {left} of {total}").format(
        what=use_word(use, name),
        percent=100 if alert.mark.level > 1 else 80,
        left=amount_shown(measure, alert.value),
        total=amount_shown(measure, alert.threshold),
    )


def one_word(
    alert: Alert, company: str, number: Number, label: NumberLabel | None
) -> tuple[Html, InlineKeyboardMarkup]:
    """One alert, with the card and what fits it."""
    called = (label.label if label else None) or number.label
    lines = [
        said("🔔 <b>{company}</b>", company=company),
        said("<code>{number}</code>", number=alert.msisdn.shown)
        if not called
        else said("<code>{number}</code> · {label}", number=alert.msisdn.shown, label=called),
        said("{line}", line=told_line(alert, number)),
        said(_("As of {time}, Almaty time"), time=shown_moment(alert.as_of)),
    ]
    rows = [[to_number(alert.msisdn)]]
    if alert.measure is Measure.DEBT:
        rows.append([to_payments(alert.msisdn)])
    return Html("\n".join(lines)), _keyboard(rows, alert.rule_id, alert.msisdn)


def many_word(
    rows: Sequence[Alert], count: int, company: str, *, first: bool
) -> tuple[Html, InlineKeyboardMarkup]:
    """A digest, or what was over already when a rule was made: the first of them and a count."""
    heading = ngettext("🔔 {n} alert · {company}", "🔔 {n} alerts · {company}", count)
    lines = [said(f"<b>{heading}</b>", n=count, company=company)]
    if first:
        lines.append(Html(_("So already when the rule was made:")))
    lines += [
        said("<code>{number}</code> · {line}", number=one.msisdn.shown, line=told_line(one))
        for one in rows
    ]
    if count > len(rows):
        more = ngettext("and {n} more number", "and {n} more numbers", count - len(rows))
        lines.append(said(more, n=count - len(rows)))
    lines.append(said(_("As of {time}, Almaty time"), time=shown_moment(rows[0].as_of)))
    rules = {one.rule_id for one in rows}
    return Html("\n".join(lines)), _keyboard([], rules.pop() if len(rules) == 1 else None)


def headings() -> Sequence[str]:
    """Of the columns of `file_rows`."""
    return (_("Number"), _("Label"), _("Cost centre"), _("Alert"), _("As of, Almaty time"))


def file_rows(
    alerts: Sequence[Alert], labels: Mapping[str, NumberLabel]
) -> Iterator[Sequence[str | None]]:
    """A digest's alerts with the company's words for their numbers."""
    for one in alerts:
        own = labels.get(one.msisdn.digits, NO_LABEL)
        as_of = shown_moment(one.as_of)
        yield one.msisdn.digits, own.label, own.centre, told_line(one), as_of


def reach_word(kind: str, company: str, since: str) -> Html:
    """That nothing can be read, and that it can again."""
    text = {
        "alert.stale": _("🔔 {company}: alerts could not be checked since {time}."),
        "alert.fresh": _("🔔 {company}: alerts are checked again. They could not be since {time}."),
    }[kind]
    return said(text, company=company, time=since)


def _keyboard(
    rows: Sequence[Sequence[InlineKeyboardButton]],
    rule_id: str | None,
    msisdn: Msisdn | None = None,
) -> InlineKeyboardMarkup:
    muting = [] if rule_id is None else [to_alert(rule_id)]
    if msisdn is not None:
        muting.append(to_muting(msisdn))
    every = [*(list(row) for row in rows), muting, [to_menu()]]
    return InlineKeyboardMarkup(inline_keyboard=[row for row in every if row])
