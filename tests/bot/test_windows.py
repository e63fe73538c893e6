"""Every window in every language: it fits a phone, knows the way back, and quotes what is data.

The windows as a person reads them are written to `tests/screenshots/windows-<language>.txt`.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiogram_dialog import Window

from account.values.identifiers import Msisdn
from account.values.languages import LANGUAGES
from account.values.money import Money
from account.values.number import Number, NumberState, PaymentMethod
from bot.context import states
from bot.flows.numbers.getters import row_label
from bot.texts import catalogues
from bot.texts.facts import NARROW, number_label
from bot.texts.language import Catalogues
from bot.updates.dispatcher import DIALOGS
from tests.bot.tour import AWKWARD, Drawn, tour

pytestmark = pytest.mark.slow

MESSAGE, CALLBACK_DATA, ROWS = 4096, 64, 8
ROW = 64
"""Characters of a row's labels together: what a phone shows without cutting them to nothing."""
SCREENSHOTS = Path(__file__).resolve().parent.parent / "screenshots"
CALENDARS = {
    *(states.Usage.first_day.state, states.Usage.last_day.state),
    *(states.Ordering.first_day.state, states.Ordering.last_day.state),
    *(states.Payments.first_day.state, states.Payments.last_day.state),
    *(states.History.first_day.state, states.History.last_day.state),
}
ROWS_OF = {
    # Two rows of numbers of late, a page of ten, its pager, its filter, the way to many and back.
    states.Numbers.list.state: 16,
    # A page of ten, its pager, two rows of choosing, what to do and back.
    states.Sets.tick.state: 15,
    # A row for each number, those of late first, for its money and name stand on it.
    states.Forwarding.target.state: 18,
    states.Transfers.sender.state: 16,
    states.Transfers.recipient.state: 16,
    states.TypedCommand.number.state: 16,
}
"""Pages of a list."""
FIRST = {
    *(states.Language.choose.state, states.Login.phone.state, states.Menu.main.state),
    states.Employee.card.state,
}
"""Windows with nothing behind them."""
NO_COMPANY = {"Language", "Login", "Companies", "Faq", "Privacy"}
DOOR = {
    *(states.Employee.number.state, states.Employee.code.state, states.Employee.prove.state),
}
"""Where an employee is not known to be one yet."""
OF_A_NUMBER = {
    *("Card", "Blocking", "Forwarding", "Payments", "Usage", "Services", "Allowances"),
    *("Sim", "SimReplacement"),
}
COMPANIES = ("TOO Demo", '<Алтын & Қыран> «"Ә" ЖШС»')
SAME_IN_ALL = {
    *("sms", "mms", "ussd", "sim", "esf", "atlas", "pro", "account", "mail"),
    *("xlsx", "xls", "ods", "csv", "txt", "pdf"),
    *("mykcell", "kcell", "activ", "tele", "altel", "telegram"),
    *("pin", "puk", "iccid", "imei"),
}
DATA = re.compile(
    r"TOO Demo|M2M Telemetry|Calls (?:within Kcell/activ network|to other KZ mobiles|in roaming)"
    r"|Incoming calls|demo\.example|\((?:Bank|Cash desk|Mobile app|Terminal|Web site)\)"
    r"|Internet(?: in roaming)?|Business Class (?:Junior|Middle|Senior|monthly fee)"
    r"|Mobile office subscription|SMS alerts|Sales & Marketing|there is nothing like this|\S+@\S+"
)
"""The operator's own names, and what the tourist types."""
TAGS = re.compile(r"</?(?:b|i|u|s|code|pre)>")

Album = dict[str, list[Drawn]]


@pytest.fixture(scope="module")
def album(tmp_path_factory: pytest.TempPathFactory) -> Album:
    """The different windows of the tour, by language, in the order they were seen."""
    taken = asyncio.run(tour(tmp_path_factory.mktemp("tour")))
    SCREENSHOTS.mkdir(exist_ok=True)
    found: Album = {}
    for language in LANGUAGES:
        drawn = [window for window in taken.windows if window.language == language]
        found[language] = list({window.page: window for window in drawn}.values())
        pages = [window.page for window in found[language]]
        text = "\n\n".join([*pages, "--- messages", *taken.messages[language]])
        (SCREENSHOTS / f"windows-{language}.txt").write_text(text + "\n", encoding="utf-8")
    return found


def all_of(album: Album) -> Iterator[Drawn]:
    for windows in album.values():
        yield from windows


def group_of(window: Drawn) -> str:
    return window.state.partition(":")[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_window_was_seen(album: Album, language: str) -> None:
    known = {
        window.get_state().state
        for dialog in DIALOGS
        for window in dialog.windows.values()
        if isinstance(window, Window)
    }
    assert known - {window.state for window in album[language]} == set()


def test_texts_and_callback_data_fit_telegram(album: Album) -> None:
    for window in all_of(album):
        assert len(window.text) <= MESSAGE, window.page
        for row in window.rows:
            for button in row:
                assert len((button.callback_data or "").encode()) <= CALLBACK_DATA, window.page


def test_buttons_fit_a_thumb(album: Album) -> None:
    for window in all_of(album):
        allowed = ROWS_OF.get(window.state, ROWS)
        assert len(window.rows) <= allowed or window.state in CALENDARS, window.page
        for row in window.rows:
            assert sum(len(button.text) for button in row) <= ROW, window.page
            assert all(button.text.strip() for button in row), window.page


def test_the_header_says_where_one_is(album: Album) -> None:
    for window in all_of(album):
        header = window.text.splitlines()[0]
        at_the_door = group_of(window) in NO_COMPANY or window.state in DOOR
        start = ("My Account",) if at_the_door else COMPANIES
        assert header.startswith(start), window.page
        if group_of(window) in OF_A_NUMBER:
            assert re.search(r" › \+7 \d{3} \d{3} \d{2} \d{2}", header), window.page


def test_the_last_row_leads_back_or_to_the_menu(album: Album) -> None:
    words = Catalogues()
    for window in all_of(album):
        chosen_first = group_of(window) == "Companies" and not any("✓" in x for x in window.labels)
        if window.state in FIRST or chosen_first:
            continue
        ways = {words.say(window.language, way) for way in ("‹ Back", "⌂ Menu", "Cancel")}
        assert {button.text for button in window.rows[-1]} & ways, window.page


def test_what_is_data_is_quoted(album: Album) -> None:
    for window in all_of(album):
        rest = TAGS.sub("", window.html)
        assert "<" not in rest, window.page
        assert ">" not in rest, window.page
        assert re.search(r"&(?!lt;|gt;|amp;|quot;)", rest) is None, window.page
    for language in LANGUAGES:
        text = "\n".join(window.text for window in album[language])
        assert COMPANIES[1] in text
        assert AWKWARD in text
        assert "M2M Telemetry <basic & safe>" in text


def test_no_placeholder_is_left(album: Album) -> None:
    for window in all_of(album):
        words = "\n".join([window.text, *window.labels]).replace(AWKWARD, "")
        assert re.search(r"[{}]", words) is None, window.page


@pytest.mark.parametrize("language", catalogues.TRANSLATED)
def test_no_english_is_left(album: Album, language: str) -> None:
    english = english_words() - SAME_IN_ALL
    for window in album[language]:
        if window.state == states.Language.choose.state:
            continue
        words = DATA.sub("", "\n".join([window.text, *window.labels]))
        found = {word.lower() for word in re.findall(r"\b[A-Za-z]{3,}\b", words)}
        assert found & english == set(), window.page


def english_words() -> set[str]:
    """Every word of the msgids."""
    return {
        word.lower()
        for message in catalogues.found()
        for text in ([message.id] if isinstance(message.id, str) else message.id)
        for word in re.findall(r"[A-Za-z]{3,}", re.sub(r"\{\w+\}|<[^>]*>", "", text))
    }


LABELS = ("⛔ Block {number}", "🔒 Unblock {number}", "🟢 Unblock {number}")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("msgid", LABELS)
def test_the_number_on_a_button_is_whole_on_a_narrow_screen(language: str, msgid: str) -> None:
    words = Catalogues().say(language, msgid)
    label = number_label(words, Msisdn.parse("77012115526"))
    assert label.endswith("701 211 55 26")
    assert len(label) <= NARROW or not msgid.startswith("⛔"), "bold ones are wider"
    assert ("+7" in label) == (len(words) - len("{number}") + len("+7 701 211 55 26") <= NARROW)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_number_with_the_longest_name_begins_with_what_is_looked_for(language: str) -> None:
    number = Number(
        msisdn=Msisdn.parse("77012115526"),
        company_id="org-1",
        state=NumberState.DEBT,
        state_since=None,
        account="9" * 10,
        tariff="<" * 100,
        label="Ұ" * 100,
        payment=PaymentMethod.CREDIT,
        funds=Money(99_999_999_999_99),
        individual_limit=Money(99_999_999_999_99),
    )
    with Catalogues().speaking(language):
        label = row_label(number)
    assert label.startswith("🟠 701 211 55 26 · 99")
    assert label.endswith("₸ · " + "Ұ" * 100)
