"""One thing has one name: words that the glossary has another one for stand in no catalogue."""

from __future__ import annotations

import re

import pytest

from account.values.languages import LANGUAGES
from bot.texts import catalogues
from bot.texts.language import Catalogues

NEVER = {
    "en": (
        r"\b(?:msisdn|rate plan|OTP|bulk|dry run|batch|approver|success(?:fully)?|tag|"
        r"personal account|blank|pictures?|switch(?:ed)? services|(?:can|could) (?:not )?be had|"
        r"to nobody|nobody else|no favourite|any more|to itself alone|has much to do|takes no|"
        r"did not take|does not take|and are told|you are told|engineers are told)\b"
        r"|2-3 minutes|\(FAQ|user (?:of the number|may)|comes? here|cost as"
    ),
    "ru": (
        r"(?<!\w)(?:состояни\w*|тарифн\w+ план\w*|способ\w* оплаты|метод\w* оплаты|картинк\w*|"
        r"оригинал\w*|симк\w*|чист\w+ (?:sim|карт)\w*|сесси\w*|авториз\w*|успешн\w*|техподдержк\w*|"
        r"мвз|ярлык\w*|тег\w*|перевыпуск\w*|бонус\w*|массов\w*|обращени\w*|накладн\w*|данный|"
        r"осуществля\w*|поделитесь|пользовател\w*)(?!\w)|\(а\)|расход по дням"
        r"|(?<!\w)(?-i:вы|вас|вам|вами|ваш\w*)(?!\w)"
        r"|\((?:вопрос|faq) [0-9]|придёт сюда|действие \{reference\} с номером|баланс \{number\}"
    ),
    "kk": (
        r"(?<!\w)(?:мәртебе\w*|мобильді\w*|жеке шот\w*|есепшот\w*|тарифтік жоспар\w*|"
        r"төлем (?:тәсілі|әдісі)\w*|несие\w*|топтама\w*|сөндір\w*|рұқсат ету|қайта адрестеу|"
        r"жасырын сөз\w*|түпнұсқа\w*|төлемақы\w*|толық жазба\w*|хаттама\w*|сурет\w*|сәтті|"
        r"болдырмау|керек пе|осы жерге|осында|мұнда|хабарың\w*|бөлісіңіз|бас тартылды|жазыңыз|"
        r"батырма\w*|пайдаланушы\w*|ақысыз|кестеден бас тарту|корпоративтік қолдауға)(?!\w)"
        r"|(?<!\w)(?-i:сіз\w*)"
        r"|ққс-пен|e-mail-(?:ге|ді|ға|да)|\([0-9]-сұрақ|\} (?:соңы|балансы)|теріңіз(?<!06# теріңіз)"
        r"|\}(?:-(?:ге|ға|ке|қа|де|да|нен|нан)(?!\w)| (?:бастап|дейін|кейін|бері)(?!\w))"
    ),
}
"""Who is spoken to has a capital letter in both. An ending on a value, and a bare
word of time after one, are no Kazakh either."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_called_by_a_name_that_is_not_its_own(language: str) -> None:
    said = Catalogues()
    never = re.compile(NEVER[language], re.IGNORECASE)
    found = {}
    for message in catalogues.read("ru"):
        if not message.id:
            continue
        singular, *plural = (message.id,) if isinstance(message.id, str) else message.id
        counts = (1, 2, 5) if plural else ()
        forms = [said.gettext(singular, plural[0], n, locale=language) for n in counts]
        for text in forms or [said.say(language, singular)]:
            if word := never.search(re.sub(r"<[^>]+>", "", text)):
                found[singular] = word[0]
    assert found == {}


def test_each_of_those_words_would_be_found() -> None:
    for language, text in (
        ("en", "one of the blank cards"),
        ("ru", "Состояние номера"),
        ("kk", "Мобильді нөмір"),
        ("en", "The result comes here"),
        ("en", "Try again in 2-3 minutes (FAQ 5)"),
        ("ru", "Пользователь мог их изменить (вопрос 5)"),
        ("kk", "Батырма арқылы жазыңыз (2-сұрақ)"),
        ("kk", "{day} соңындағы сальдо"),
        ("kk", "e-mail-ға жіберілді"),
        ("kk", "{time} дейін жарамды"),
        ("kk", "{address}-ге жіберілді"),
        ("kk", "Кесте енді сіздікі"),
        ("ru", "Расписание теперь ваше"),
    ):
        assert re.search(NEVER[language], text, re.IGNORECASE), text
