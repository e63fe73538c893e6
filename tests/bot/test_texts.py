"""Nothing is left without words: no text untranslated, no refusal and no fact without its own."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

import account
from account import errors
from account.changes.action import ActionKind
from account.chapters.blocking import BlockReason
from account.chapters.devices.registrations import (
    GREY_LISTED,
    LISTED,
    OTHER_OPERATOR,
    OTHER_OWNER,
    OWNER_MISMATCH,
)
from account.chapters.forwarding import Condition
from account.chapters.kinds import CHANGES, KIND_OF
from account.chapters.payments import PaymentMeans, PaymentState
from account.chapters.usage import Direction, UsageKind
from account.effects.history import HistoryEvent
from account.values.capabilities import Capability
from account.values.languages import LANGUAGES
from account.values.money import Money
from account.values.number import NumberState, PaymentMethod
from account.values.rights import Right, Role
from bot.delivery import letter_texts
from bot.flows.changes import WORDS as WORDS_OF_CHANGES
from bot.flows.forwarding.texts import condition_word
from bot.flows.freezes.texts import TO_OWNER, link
from bot.flows.history.texts import what_word
from bot.flows.payments.texts import means_word, payment_state_word
from bot.handlers.commands import commands
from bot.texts import catalogues, facts
from bot.texts.errors import _SENTENCES, refusal
from bot.texts.failures import reason
from bot.texts.language import Catalogues
from bot.widgets.deep_links import way_in
from tests.account.examples import an_example
from tests.account.fakes.devices import KINDS as DEVICE_KINDS

SAME_AS_ENGLISH = {
    *("SMS", "MMS", "E-mail", "E-mail: {address}", "✉️ E-mail: {address}", "9 · Atlas Pro"),
    "E-mail: <code>{email}</code>",
    *("{ban}: {state}", "{state}: {ban}"),
}
KK_AS_RU = {
    *(
        "Wed",
        "Usage details",
        "📊 Usage details",
        "📄 XLSX file",
        "📄 PDF file",
        "Credit",
        "Advance",
        "Balance",
        "SMS",
        "Data",
        "Roaming",
        "Internet",
        "Data (internet)",
        "File",
    ),
    *("Company", "🏢 Company", "👤 Profile", "Tariff: {tariff}", "Advance, balance {amount}"),
    *("{n} KB", "{n} MB", "{n} GB", "limit {amount}"),
    *("Package", "Certificate", "Data, MB", "Tariff", "Auto Monitoring", "Telemetry"),
    *("Debit, ₸", "Credit, ₸", "Balance, ₸", "Posting", "4 · Certificate"),
    *("{n} min", "{minutes} min {seconds} sec", "{deed} for {number}?"),
    *SAME_AS_ENGLISH,
}
"""Words that Kazakh and Russian share."""

NEVER_READ = {
    errors.ClaimLost,  # between workers
    errors.DocumentNotMade,  # the chat is told that the file was not made
    errors.FiguresDisagree,
    errors.FiguresIncomplete,
    errors.PostRefused,  # in the log of what could not be delivered
    errors.SupportRefused,  # on the command line
}
SAID_BY_THE_FAMILY = {
    errors.CarrierNotTried,  # one that has not answered until now
    errors.CarrierWithheld,  # of changes alone
    errors.CarrierNotReached,  # the same to a person as an operator that does not answer
    errors.CarrierTokenRefused,  # and as one that does not let us in
}
FAMILIES = {
    errors.MyAccountError,
    errors.PeriodRefused,
    errors.AccessRefused,
    errors.LoginRefused,
    errors.ChangeRefused,
    errors.OrderRefused,
    errors.SimRefused,
    errors.EsimRefused,
    errors.SetRefused,
}
"""Never raised themselves."""

DEVICE_REASONS = (
    *(OTHER_OWNER, OTHER_OPERATOR, LISTED, GREY_LISTED, OWNER_MISMATCH),
    *(errors.OwnerTriesExceeded.code, errors.CarrierUnavailable.code, "IMEI.INVALID", "X"),
)

NOW = datetime(2022, 1, 24, 10, 0, tzinfo=UTC)
DAY = date(2022, 1, 24)


def refusals() -> Iterator[errors.MyAccountError]:
    """Every refusal a person can read, with each of its reasons."""
    yield errors.MyAccountError()
    yield errors.InputRefused()
    yield from (errors.NumberInvalid(reason) for reason in errors.NumberFault)
    yield from (errors.ImeiInvalid(digit) for digit in (None, 8))
    yield errors.IccidInvalid()
    yield from (errors.IinInvalid(rule, 3) for rule in errors.IinRule)
    yield errors.EmailInvalid()
    yield from (errors.ReferenceInvalid(kind) for kind in errors.ReferenceKind)
    yield from (errors.AmountInvalid(reason) for reason in errors.AmountFault)
    yield from (errors.TextRefused(reason, 64) for reason in errors.TextFault)
    yield errors.TooManyCostCentres(500)
    yield errors.LoginNumbersInSet()
    yield errors.TimeInvalid("01.12.2026 08:00")
    yield errors.TimeTooSoon(5)
    yield errors.TimeTooFar(30)
    yield errors.RhythmInvalid()
    yield errors.PairUnfit()
    yield errors.RepeatEndless()
    yield errors.NotSchedulable()
    yield errors.TooManySchedules(100)
    yield errors.ScheduleNotOpen()
    yield errors.TooManyAlertRules(50)
    yield errors.AlertRuleGone()
    yield errors.AlertScopeUnknown()
    yield errors.AlertNoData()
    yield errors.AlertTooWide(200)
    yield errors.LabelImportGone()
    yield errors.TooManySubscriptions(10)
    yield errors.SubscriptionGone()
    yield errors.DayInvalid()
    yield from (errors.ListFileRefused(fault) for fault in errors.ListFileFault)
    yield errors.ListFilesExceeded()
    yield errors.SetTooCostly(Money(50_000_000))
    yield errors.PeriodTooOld(DAY)
    yield errors.PeriodInFuture()
    yield errors.PeriodReversed()
    yield from (errors.PeriodTooLong(months) for months in (1, 2, 12))
    yield errors.PeriodNotClosed(DAY)
    yield errors.CompanyNotAccessible()
    yield errors.CompanyNotChosen()
    yield errors.RightMissing(next(iter(Right)))
    yield errors.NumberNotFound()
    yield errors.SessionExpired()
    yield errors.BadCredentials()
    yield from (errors.CodeTooEarly(seconds) for seconds in (1, 2, 59, 600, 7200))
    yield errors.CodeSendsExceeded(NOW)
    yield errors.CodeOwnerUnproven(NOW)
    yield errors.CodeSmsExceeded()
    yield errors.SetEmpty()
    yield errors.SetWithoutEffect()
    yield errors.SetTooLarge(1000)
    yield errors.OneByOne()
    yield errors.SetOfAnother()
    yield errors.CodeMalformed()
    yield from (errors.CodeInvalid(left) for left in (1, 2))
    yield errors.CodeExpired()
    yield errors.CodeAttemptsExceeded()
    yield from (errors.PasswordWeak(reason) for reason in errors.PasswordFault)
    yield errors.PasswordMismatch()
    yield errors.ResetExpired()
    for state in NumberState:
        yield errors.NumberStateRefused(state)
        yield errors.AlreadySo(state)
        yield errors.ConfirmStale(state)
    yield from (errors.NumberInDebt(NumberState.DEBT, debt) for debt in (None, Money(1_250_050)))
    yield from (errors.ServiceAlreadySo(on=on) for on in (True, False))
    yield errors.ServiceNotManageable()
    yield errors.ServiceConflict([{"en": "500 SMS"}, {"en": "100 SMS", "ru": "100 SMS"}])
    yield errors.OfferingChanged()
    yield errors.FundsInsufficient(Money(25_050))
    yield errors.IndividualLimitReached(Money(25_050))
    yield from (errors.ChangeUnderWay(reference) for reference in (None, "A-20220124-0001"))
    yield errors.ConfirmExpired()
    yield errors.ConfirmUsed()
    yield errors.StepUpRequired()
    yield errors.TransferToItself()
    yield errors.TransferOfCredit()
    yield errors.PaymentMethodUnknown()
    yield errors.BalanceNotTold()
    yield errors.TakenOverLately()
    yield from (errors.RecipientStateRefused(state) for state in NumberState)
    yield errors.TransferTooSmall(Money(100))
    yield errors.TransferTooLarge(Money(1_000_000_050))
    yield errors.TransferDayBound(Money(0))
    yield errors.TargetInvalid()
    yield errors.ForwardingToItself()
    yield errors.ForwardingAbroad()
    yield errors.NobodyToApprove()
    yield errors.ApproverNotSecond()
    yield errors.AccountFrozen()
    yield errors.AccountTooNew()
    yield errors.NumberTakenOver()
    yield from (errors.SimNotActive(state) for state in NumberState)
    yield errors.SimForeign()
    yield errors.SimNotFree()
    yield errors.EsimNotInUse()
    yield errors.EsimOfLogin()
    yield errors.EsimUsed()
    yield errors.EsimExpired()
    yield errors.EsimCodeUntold()
    yield errors.EsimNoneFree()
    yield errors.DeviceAlreadyRegistered()
    yield errors.DeviceNotRegistered()
    yield errors.TermsNotAccepted()
    yield errors.OwnerTriesExceeded()
    yield errors.AccessBanned()
    yield errors.NoSecretCode()
    yield errors.BadSecretCode()
    yield errors.DetailsBanned()
    yield errors.EmployeeAccessEnded()
    yield from (errors.SecretCodeTooEarly(seconds) for seconds in (1, 59))
    yield errors.SecretCodeTooOften(NOW)
    yield errors.AccountNotFound()
    yield errors.PackageMissing()
    yield errors.CapabilityMissing(Capability.TRANSFERS)
    yield errors.FormatNotOffered()
    yield errors.CompanyBinUnknown()
    yield errors.RequestNotFound()
    yield errors.EmailOutside()
    yield errors.EmailFrozen()
    yield errors.EmailSame()
    yield errors.PasswordWrong()
    yield errors.ProofExpired()
    yield from (errors.CarrierRefused(code) for code in ("NUMBER.DEBT", "NUMBER.STATE", "X"))
    yield errors.CarrierUnavailable()
    yield errors.CarrierAccessDenied()
    yield errors.CarrierTokenRefused()
    yield errors.CarrierNotUnderstood()
    yield errors.CarrierNotReached()
    yield errors.CarrierNotTried()
    yield errors.CarrierTurnTaken()
    yield errors.CarrierWithheld()
    yield errors.CarrierPaused("wait", datetime(2026, 11, 22, 7, tzinfo=UTC))
    yield errors.OutcomeUnknown()


def family(of: type[errors.MyAccountError] = errors.MyAccountError) -> set[type]:
    """The class and all below it that `account.errors` defines."""
    below = {kind for child in of.__subclasses__() for kind in family(child)}
    return {kind for kind in {of, *below} if kind.__module__.startswith(errors.__name__)}


def test_an_operator_that_gives_us_no_token_is_not_available() -> None:
    with Catalogues().speaking("en"):
        told = refusal(errors.CarrierTokenRefused("no token"))
        assert told == refusal(errors.CarrierAccessDenied())
        assert told != refusal(errors.CarrierNotReached())


# --- the catalogues ---


def test_nothing_is_wrong_with_the_catalogues() -> None:
    assert list(catalogues.faults()) == []


def test_the_command_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert catalogues.check() == 0
    assert re.fullmatch(r"Texts: \d+ in Қазақша, Русский\.\n", capsys.readouterr().out)


@pytest.mark.parametrize(
    ("translation", "fault"),
    [
        ("", "missing"),
        ("Заблокировать {numbers}", "wrong placeholders"),
        ("Заблокировать", "wrong placeholders"),
        ("<b>Заблокировать {number}", "unbalanced HTML"),
        ("<b>Заблокировать</b> {number}", "wrong HTML tags"),
        ("Заблокировать {number}!", "an exclamation mark"),
        ("⛔ Заблокировать {number}", "another sign in front"),
        ("Заблокировать {number} " + "очень " * 20, "too long"),
    ],
)
def test_a_bad_translation_is_found(translation: str, fault: str) -> None:
    template, kept = Catalog(), Catalog(locale="ru")
    template.add("Block {number}")
    kept.add("Block {number}", translation)
    found = list(catalogues.catalogue_faults("ru", kept, template, {"Block {number}": 64}))
    assert any(fault in one for one in found)


def test_an_altered_or_forgotten_text_is_found() -> None:
    template, kept = Catalog(), Catalog(locale="ru")
    template.add("Block")
    kept.add("Block", "Блокировка", flags=["fuzzy"])
    kept.add("Gone", "Ушло")
    found = list(catalogues.catalogue_faults("ru", kept, template, {}))
    assert found == ["ru: fuzzy: 'Block'", "ru: obsolete: 'Gone'"]


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ("Block {number}", "the msgid once more"),
        ("", "missing"),
        ("Block it", "wrong placeholders"),
        ("Please block the number {number} now and do not ever unblock it again", "too long"),
    ],
)
def test_english_has_better_words_or_none(words: str, fault: str) -> None:
    template, kept = Catalog(), Catalog(locale="en")
    template.add("Block {number}")
    template.add("Unblock")
    kept.add("Block {number}", words)
    found = list(catalogues.wording_faults(kept, template, {"Block {number}": 64}))
    assert len(found) == 1
    assert fault in found[0]


def test_better_words_of_a_text_that_is_gone_are_found() -> None:
    template, kept = Catalog(), Catalog(locale="en")
    template.add("Block {number}")
    kept.add("Block {number}", "Block {number} now")
    kept.add("Gone", "Left")
    assert list(catalogues.wording_faults(kept, template, {})) == ["en: obsolete: 'Gone'"]


def test_english_says_the_better_words_and_the_msgid_where_it_has_none() -> None:
    said = Catalogues().say
    assert said("en", "Goes to this chat.") == "The file will come to this chat."
    assert said("en", "Choose the month.") == "Choose the month."


def test_labels_and_descriptions_have_their_limits() -> None:
    limits = catalogues.limits()
    assert limits["⌂ Menu"] == catalogues.LABEL
    assert limits["⏳ One moment…"] == catalogues.TOAST
    assert limits["Questions and answers"] == catalogues.LIMITS["commands"]
    assert max(limits.values()) == catalogues.MESSAGE


@pytest.mark.parametrize("language", catalogues.TRANSLATED)
def test_a_translation_is_not_the_english(language: str) -> None:
    same = [
        message.id
        for message in catalogues.read(language)
        if message.id and message.id == message.string
    ]
    assert set(same) <= SAME_AS_ENGLISH


def test_kazakh_is_not_russian() -> None:
    russian = catalogues.read("ru")
    same = {
        message.id
        for message in catalogues.read("kk")
        if isinstance(message.id, str) and message.id
        if message.string == getattr(russian.get(message.id), "string", None)
    }
    assert same <= KK_AS_RU


@pytest.mark.parametrize("language", catalogues.TRANSLATED)
def test_no_word_mixes_two_alphabets(language: str) -> None:
    mixed = re.compile(r"[a-z]+[а-яёәғқңөұүһі]|[а-яёәғқңөұүһі]+[a-z]", re.IGNORECASE)
    for message in catalogues.read(language):
        forms = [message.string] if isinstance(message.string, str) else message.string or ()
        for text in forms:
            assert mixed.search(re.sub(r"\{\w+\}", " ", text)) is None, text


FAMILIAR = re.compile(
    r"(?<![\w<])(вы|вас|вам|вами|ваш(?:а|е|и|у|его|ей|ему|им|ими|их|ем)?"
    r"|сіз(?:ге|ді|дің|ден|бен|де)?|сен(?:ің)?)(?!\w)"
)


@pytest.mark.parametrize("language", catalogues.TRANSLATED)
def test_people_are_addressed_formally(language: str) -> None:
    for message in catalogues.read(language):
        forms = [message.string] if isinstance(message.string, str) else message.string or ()
        for text in forms:
            assert FAMILIAR.search(text) is None, text


def test_plural_forms_are_true() -> None:
    words = Catalogues()
    shown = {
        language: [
            words.gettext("{n} number", "{n} numbers", n, locale=language).format(n=n)
            for n in (1, 2, 5, 11, 21)
        ]
        for language in LANGUAGES
    }
    assert shown == {
        "kk": ["1 нөмір", "2 нөмір", "5 нөмір", "11 нөмір", "21 нөмір"],
        "ru": ["1 номер", "2 номера", "5 номеров", "11 номеров", "21 номер"],
        "en": ["1 number", "2 numbers", "5 numbers", "11 numbers", "21 numbers"],
    }


# --- refusals ---


def test_every_refusal_has_its_own_sentence() -> None:
    told = family() - FAMILIES - NEVER_READ - SAID_BY_THE_FAMILY
    assert told - set(_SENTENCES) == set()


def test_every_refusal_is_among_the_examples() -> None:
    assert {type(error) for error in refusals()} >= family() - FAMILIES - NEVER_READ


@pytest.mark.parametrize("language", LANGUAGES)
def test_refusals_are_short_whole_sentences(language: str) -> None:
    with Catalogues().speaking(language):
        said = [refusal(error) for error in refusals()]
    for sentence in said:
        assert sentence.endswith((".", "?", "».")), sentence
        assert len(sentence) <= 300, sentence
        assert re.search(r"[{}<>!]", sentence) is None, sentence


# --- words for facts ---

WORDS: list[tuple[Callable[..., str], object]] = [
    *((facts.state_word, value) for value in NumberState),
    *((facts.state_shown, value) for value in NumberState),
    *((facts.payment_word, value) for value in PaymentMethod),
    *((facts.funds_word, value) for value in PaymentMethod),
    *((facts.role_word, value) for value in Role),
    *((facts.usage_word, value) for value in UsageKind),
    *((facts.direction_word, value) for value in (Direction.IN, Direction.OUT)),
    *((facts.reason_word, value) for value in BlockReason),
    *((what_word, value) for value in (*HistoryEvent, *KIND_OF)),
    *((condition_word, value) for value in Condition),
    *((means_word, value) for value in PaymentMeans),
    *((payment_state_word, value) for value in PaymentState),
    *((facts.result_word, value) for value in ("done", "refused", "unknown", "accepted")),
]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fact_has_its_word(language: str) -> None:
    with Catalogues().speaking(language):
        for word, value in WORDS:
            assert word(value).strip(), value
        assert "A-1" in facts.done_line("Blocked", "A-1")
        assert "16:05" in facts.done_line("Blocked", "A-1", "24.01.2022 16:05")
        assert "A-1" in facts.not_done_line("Not blocked", "A-1")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ActionKind)
def test_every_change_has_its_words(language: str, kind: ActionKind) -> None:
    words = WORDS_OF_CHANGES[kind]
    change = an_example(kind)
    with Catalogues().speaking(language):
        said = words.question(change) + words.button(change)
        assert (change.msisdn.shown in said) is words.of_number
        assert words.happens(change)
        assert words.done(change) != words.not_done(change)
        for value in (label for label, _value in words.choices(change)):
            assert value.strip()


@pytest.mark.parametrize(
    ("language", "shown"), [("kk", "12,5 МБ"), ("ru", "12,5 МБ"), ("en", "12.5 MB")]
)
def test_volumes_have_the_decimals_of_the_language(language: str, shown: str) -> None:
    with Catalogues().speaking(language):
        assert facts.volume(13_107_200) == shown


# --- letters ---


CORE = Path(account.__file__).parent
OWING = {
    *("access/login", "access/profile_email", "access/secret_codes", "changes/freezes"),
    *("access/known_accounts", "access/step_up", "changes/sensitive_numbers"),
    *("changes/takeover_warnings", "chapters/devices/changes", "chapters/sim"),
    *("changes/colleague_notices", "chapters/notifications", "access/set_codes"),
    "access/schedule_codes",
}
"""Modules of the core that owe letters."""
IN_CHATS_ALONE = {"takeover.yours"}
_KINDS = (
    r"code|email(?=\.changed)|device(?=\.result)|password|login|secret(?=\.code)"
    r"|sim(?=\.replaced)|takeover|account(?=\.(?:removed|frozen))|colleague(?=\.frozen)"
)


def owed_kinds() -> set[str]:
    """Every kind of SMS and e-mail that the core owes, as its code names them."""
    return {
        node.value
        for path in CORE.rglob("*.py")
        if path.relative_to(CORE).with_suffix("").as_posix() in OWING
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.fullmatch(rf"(?:{_KINDS})\.[a-z_]+", node.value)
    }


def test_every_letter_has_its_words() -> None:
    assert set(letter_texts.LETTERS) == owed_kinds() - IN_CHATS_ALONE
    assert TO_OWNER | {"takeover.number"} >= letter_texts.DISOWNED | IN_CHATS_ALONE


TOLD = {
    "code": "123456",
    "last4": "5526",
    "kind": "sim.replace",
    "msisdn": "77012115526",
    "email": "a***@d***.example",
    "company": "ЖШС «Қазына Үлгі»",
    "administrator": "Әсел Нұрланқызы Садыкова",
    "numbers": "1000",
    "reference": "S-20261129-0003",
    "at": "2026-12-01T22:00",
    "until": "2027-12-01",
}
"""What letters are filled with, at its longest."""
SCHEDULABLE = {kind for kind, spec in CHANGES.items() if spec.schedulable}
DEVICE_RESULTS = [
    *((None, kind) for kind in DEVICE_KINDS),
    *((code, kind) for kind in DEVICE_KINDS for code in DEVICE_REASONS),
]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_result_of_a_device_fits_three_parts_of_an_sms(language: str) -> None:
    for code, kind in DEVICE_RESULTS:
        told = {
            "action": kind.value,
            "imei": "35367807651154",
            "last4": "5526",
            "reference": "A-20220124-0001",
            "done": "no" if code else "yes",
            "reason": code or "",
        }
        with Catalogues().speaking(language):
            text = letter_texts.LETTERS["device.result"](told).text
            why = reason(code)
        assert len(text) <= 3 * 67, text
        assert (why in text) == bool(code), text
        for part in ("353678076511548", "5526", "A-20220124-0001"):
            assert part in text


BOT = "kcell_business_my_account_bot"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_secret_code_comes_with_the_way_to_the_bot_in_two_parts(language: str) -> None:
    told = {**TOLD, "code": "ABCDE-FGHJK"}
    with Catalogues().speaking(language):
        led = letter_texts.letter(
            letter_texts.SECRET_CODE, {**told, letter_texts.WAY_IN: way_in(BOT)}, None
        )
        alone = letter_texts.letter(letter_texts.SECRET_CODE, told, None)
    assert led is not None
    assert alone is not None
    assert f"https://t.me/{BOT}?start=code" in led.text
    assert len(led.text) <= (160 if language == "en" else 2 * 67)
    assert all("ABCDE-FGHJK" in letter.text for letter in (led, alone))


@pytest.mark.parametrize("language", LANGUAGES)
def test_letters_fit_three_parts_of_an_sms(language: str) -> None:
    address = link(BOT, "A" * 22)
    for kind in sorted(set(letter_texts.LETTERS) - {"device.result"}):
        for action in ActionKind:
            with Catalogues().speaking(language):
                told = {**TOLD, "action": action.value, letter_texts.WAY_IN: way_in(BOT)}
                letter = letter_texts.letter(kind, told, address)
            assert letter is not None
            assert (address in letter.text) == (kind in letter_texts.DISOWNED)
            assert letter.subject.startswith("My Account: "), kind
            assert len(letter.text) <= 3 * 67, letter.text
            assert re.search(r"[{}!]", letter.text) is None, letter.text
            has_code = kind.startswith("code.") or kind == "secret.code"
            assert ("123456" in letter.text) == has_code, letter.text


GSM = re.compile(r"[A-Za-z0-9 @£$¥\n\r_!\"#%&'()*+,./:;<=>?¡¿§-]*")
"""The alphabet of 160 characters a part, without what other countries have in it."""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", sorted(k for k in letter_texts.LETTERS if k.startswith("code.")))
def test_an_sms_with_a_code_is_one_part_in_english_and_two_in_the_others(
    language: str, kind: str
) -> None:
    actions = set(ActionKind) if kind != "code.schedule" else SCHEDULABLE
    for action in sorted(actions):
        with Catalogues().speaking(language):
            letter = letter_texts.letter(kind, {**TOLD, "action": action.value}, None)
        assert letter is not None
        if action is ActionKind.EMAIL and kind == "code.step_up":
            continue  # goes to the new address
        assert len(letter.text) <= (160 if language == "en" else 2 * 67), letter.text
        if language == "en":
            assert GSM.fullmatch(letter.text), letter.text


# --- what Telegram shows of the bot ---


@pytest.mark.parametrize("language", LANGUAGES)
def test_commands_are_described(language: str) -> None:
    with Catalogues().speaking(language):
        described = {command.command: command.description for command in commands()}
    assert set(described) >= {"menu", "numbers", "documents", "profile", "language", "help"}
    assert all(3 <= len(text) <= 256 or text == "Тіл" for text in described.values())
