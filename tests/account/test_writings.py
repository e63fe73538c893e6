"""What apps, keyboards and papers do to one number: it is read all the same, and never glued."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from account.errors import (
    IccidInvalid,
    IinInvalid,
    ImeiInvalid,
    InputRefused,
    NumberFault,
    NumberInvalid,
    ReferenceInvalid,
)
from account.values.identifiers import (
    AccountingNumber,
    AccountNumber,
    Bin,
    EsfRegistrationNumber,
    Iccid,
    Iin,
    Imei,
    Msisdn,
    RegistrationForm,
    digits_of,
    parse_iin_or_bin,
)

NUMBER = Msisdn("77010542006")
IMEI = Imei("35693803564380")
SIM = Iccid("89997027508016848485")

DASHES = {
    "hyphen": "\u2010",
    "no-break hyphen": "\u2011",
    "figure dash": "\u2012",
    "en dash": "\u2013",
    "em dash": "\u2014",
    "horizontal bar": "\u2015",
    "minus": "\u2212",
    "small hyphen": "\ufe63",
    "full-width hyphen": "\uff0d",
    "hyphen bullet": "\u2043",
    "Armenian hyphen": "\u058a",
    "wave dash": "\u301c",
}
BLANKS = {
    "no-break": "\u00a0",
    "narrow no-break": "\u202f",
    "thin": "\u2009",
    "figure": "\u2007",
    "en": "\u2002",
    "em": "\u2003",
    "punctuation": "\u2008",
    "hair": "\u200a",
    "ideographic": "\u3000",
    "two": "  ",
}
INVISIBLE = {
    "soft hyphen": "\u00ad",
    "zero-width space": "\u200b",
    "zero-width joiner": "\u200d",
    "word joiner": "\u2060",
    "byte order mark": "\ufeff",
    "left-to-right mark": "\u200e",
    "override": "\u202d",
    "end of override": "\u202c",
    "isolate": "\u2068",
    "variation selector": "\ufe0f",
}


def spread(pattern: str, signs: dict[str, str]) -> list[str]:
    return [pattern.replace("~", sign) for sign in signs.values()]


def ids(*tables: dict[str, str]) -> list[str]:
    return [name for table in tables for name in table]


# --- Phones ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        *spread("+7 (701) 054~20~06", DASHES),
        *spread("+7~701~054~20~06", BLANKS),
        *spread("~8 701~ 054 20 06~", INVISIBLE),
    ],
    ids=ids(DASHES, BLANKS, INVISIBLE),
)
def test_dashes_blanks_and_invisible_signs_change_no_number(typed: str) -> None:
    assert Msisdn.parse(typed) == NUMBER
    assert digits_of(typed) in ("77010542006", "87010542006")


@pytest.mark.parametrize(
    "typed",
    [
        "8.701.054.20.06",
        "8/701/054/20/06",
        "8 701 054-20/06",
        "8·701·054·20·06",
        "tel:+77010542006",
        "TEL:77010542006",
        "tel: +7 (701) 054-20-06",
        "https://wa.me/77010542006",
        "wa.me/77010542006",
        "https://api.whatsapp.com/send?phone=77010542006",
        "t.me/+77010542006",
        "8 701 054 20 06,",
        "8 701 054 20 06;",
        "8 701 054 20 06.",
        "8 701 054 20 06!",
        "8 701 054 20 06 -",
        "- 8 701 054 20 06",
        "(8 701 054 20 06)",
        "«+7 701 054 20 06»",
        "„+7 701 054 20 06“",
        '"77010542006"',
        "'77010542006'",
        "<77010542006>",
        "`77010542006`",
        "**77010542006**",
        "（＋７）７０１－０５４－２０－０６",
        "７７０１０５４２００６",
        "Номер: 8 701 054 20 06",
        "Номер 8 701 054 20 06",
        "Нөмірі: 8 701 054 20 06",
        "Phone: +7 701 054 20 06",
        "Тел./WhatsApp: 8 701 054 20 06",
        "тел. 8 701 054 20 06",
        "т.8 701 054 20 06",
        "Моб.тел.: 87010542006",
        "Тел 2: 8 701 054 20 06",
        "№ 8 701 054 20 06",
        "#77010542006",
        "(тел. 8 701 054 20 06)",
        "Алия Иванова 8 701 054 20 06",
        "Алия Иванова\n8 701 054 20 06",
        "Иванова, Алия\r\n8 701 054 20 06\r\n",
        "7  7  0  1  0  5  4  2  0  0  6",
        "+7 701 054 20 06, 8 701 054 20 06",
        "+7 701 054 20 06 8 701 054 20 06\n77010542006",
    ],
)
def test_what_stands_around_a_number_does_not_change_it(typed: str) -> None:
    assert Msisdn.parse(typed) == NUMBER


@pytest.mark.parametrize(
    "typed",
    [
        "+7 701 054 20 06\n+7 701 054 20 07",
        "+7 701 054 20 06\r\n+7 701 054 20 07\r\n",
        "+7 701 054 20 06, +7 701 054 20 07",
        "87010542006;87010542007",
        "87010542006\t87010542007",
        "87010542006 87010542007",
        "8 701 054 20 06 8 701 054 20 07",
        "7010542006 7010542007",
        "Алия: 8 701 054 20 06\nДана: 8 701 054 20 07",
        "87010542006\u202887010542007",
    ],
)
def test_two_numbers_are_told_apart_and_never_glued(typed: str) -> None:
    with pytest.raises(NumberInvalid) as refused:
        Msisdn.parse(typed)
    assert refused.value.reason is NumberFault.SEVERAL
    assert digits_of(typed) is None or len(digits_of(typed) or "") > 15


@pytest.mark.parametrize(
    "typed",
    [
        "8 701 О54 20 06",
        "8 7O1 054 20 06",
        "8 701 З54 20 06",
        "О 701 054 20 06",
        "О701 054 20 06",
        "٧٧٠١٠٥٤٢٠٠٦",
        "𝟕𝟕𝟎𝟏𝟎𝟓𝟒𝟐𝟎𝟎𝟔",
        "٧٧٠١٠٥٤٢٠٠٧, 77010542006",
        "77010542006, доб. 5",
        "77010542006 ext. 5",
        "7.7010542006E10",
        "77010542006 / 12345678901234567890",
    ],
)
def test_what_only_looks_like_a_number_is_refused(typed: str) -> None:
    with pytest.raises(NumberInvalid) as refused:
        Msisdn.parse(typed)
    assert refused.value.reason is NumberFault.MALFORMED
    assert len(digits_of(typed) or "9" * 16) > 15


@pytest.mark.parametrize("typed", ["+888 0123 4567", "88801234567", "8880123", "+888-0123-4567"])
def test_a_number_of_telegram_alone_is_known_as_such(typed: str) -> None:
    with pytest.raises(NumberInvalid) as refused:
        Msisdn.parse(typed)
    assert refused.value.reason is NumberFault.ANONYMOUS


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("054\u201120", "05420"),
        ("701.054", "701054"),
        ("８７０１", "8701"),
        ("Номер: 701 054", "701054"),
        ("тел. 701 054", "701054"),
        ("л/с: 26025487", "26025487"),
        ("Account: 26025487", "26025487"),
        ("Junior 701", None),
        ("Junior: 701", None),
        ("Mobile 500", None),
        ("Мегафон 701", None),
        ("Тариф 700", None),
        ("701, 054", None),
        ("701\t054", None),
    ],
)
def test_a_part_of_a_number_is_told_from_words(typed: str, digits: str | None) -> None:
    assert digits_of(typed) == digits


# --- Devices and SIM cards -------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        "356938035643809 / 01",
        "356938035643809/12",
        "356938035643809/ 01",
        "35 693803 564380 9",
        "35 693803 564380 9 / 01",
        "35693803564380/01",
        "3569380356438012",
        "35-693803-564380-9",
        "IMEI: 356938035643809",
        "IMEI 356938035643809 / 01",
        "IMEI1: 356938035643809 / 01",
        "IMEI 1: 356938035643809",
        "IMEI1 356938035643809 / 01",
        "IMEI (1): 356938035643809",
        "«356938035643809».",
        "３５６９３８０３５６４３８０９",
        *spread("35~693803~564380~9", DASHES),
        *spread("35~693803~564380~9", BLANKS),
        *spread("~35693803~5643809~", INVISIBLE),
    ],
)
def test_an_imei_is_read_as_a_device_shows_it(typed: str) -> None:
    assert Imei.parse(typed) == IMEI


@pytest.mark.parametrize(
    ("typed", "several"),
    [
        ("IMEI1: 356938035643809 / 01\nIMEI2: 353678076511548 / 01", True),
        ("356938035643809, 353678076511548", True),
        ("356938035643809\t353678076511548", True),
        ("356938035643809 353678076511548", False),
        ("356938035643809 / 123", False),
        ("35693803564380О", False),
        ("77010542006", False),
    ],
)
def test_no_imei_is_made_of_two_or_of_something_else(typed: str, several: bool) -> None:
    with pytest.raises(ImeiInvalid) as refused:
        Imei.parse(typed)
    assert refused.value.several is several
    assert refused.value.expected_digit is None


def test_a_version_does_not_hide_a_wrong_check_digit() -> None:
    with pytest.raises(ImeiInvalid) as refused:
        Imei.parse("356938035643808 / 01")
    assert refused.value.expected_digit == 9


@pytest.mark.parametrize(
    "typed",
    [
        "89997027508016848485F",
        "89997027508016848485f",
        "8999 7027 5080 1684 8485",
        "8999 7027 5080 1684 8485 F",
        "8999702-7508-0168-48485",
        "ICCID: 89997027508016848485",
        "SIM 89997027508016848485",
        "№ 89997027508016848485.",
        "８９９９７０２７５０８０１６８４８４８５",
        *spread("8999~7027~5080~1684~8485", DASHES),
        *spread("8999~7027~5080~1684~8485", BLANKS),
        *spread("~89997027~508016848485~", INVISIBLE),
    ],
)
def test_an_iccid_is_read_as_a_card_or_a_reader_shows_it(typed: str) -> None:
    assert Iccid.parse(typed) == SIM


@pytest.mark.parametrize(
    ("typed", "several"),
    [
        ("89997027508016848485\n8999702750801684842", True),
        ("89997027508016848485FF", False),
        ("89997027508016848485 8999702750801684842", False),
        ("8999702750801684848О", False),
        ("77010542006", False),
    ],
)
def test_no_iccid_is_made_of_two_or_of_something_else(typed: str, several: bool) -> None:
    with pytest.raises(IccidInvalid) as refused:
        Iccid.parse(typed)
    assert refused.value.several is several


# --- Persons, companies, papers --------------------------------------------------------------


@pytest.mark.parametrize(
    ("parse", "typed", "read"),
    [
        (Bin.parse, "180 140 000 018", Bin("180140000018")),
        (Bin.parse, "БИН: 180140000018", Bin("180140000018")),
        (Bin.parse, "БСН 180140\u2011000018", Bin("180140000018")),
        (Iin.parse, "ИИН 850115 300011", Iin("850115300011")),
        (parse_iin_or_bin, "ЖСН: 850115300011.", Iin("850115300011")),
        (parse_iin_or_bin, "\ufeff18014000001８", Bin("180140000018")),
        (AccountNumber.parse, "26 025 487", AccountNumber("26025487")),
        (AccountNumber.parse, "Лицевой счёт № 26025487", AccountNumber("26025487")),
        (AccountNumber.parse, "Дербес шот: 26025487", AccountNumber("26025487")),
        (AccountNumber.parse, "\u200b26\u2009025\u2009487.", AccountNumber("26025487")),
        (AccountingNumber.parse, "№ 000 123", AccountingNumber("000123")),
        (RegistrationForm.parse, "123456\u20111", RegistrationForm("123456-1")),
        *(
            (
                EsfRegistrationNumber.parse,
                typed,
                EsfRegistrationNumber("ESF-180140000018-20220124-00000007"),
            )
            for typed in (
                "ESF\u2011180140000018\u201120220124\u201100000007",
                "ESF - 180140000018 - 20220124 - 00000007.",
                "Рег. номер ЭСФ: ESF-180140000018-20220124-00000007",
                "«esf-180140000018-20220124-0000000７»",
            )
        ),
    ],
)
def test_papers_and_parties_are_read_alike(
    parse: Callable[[str], object], typed: str, read: object
) -> None:
    assert parse(typed) == read


@pytest.mark.parametrize(
    ("parse", "typed", "refusal"),
    [
        (Bin.parse, "180140000018, 180140000901", IinInvalid),
        (Bin.parse, "18014000001О", IinInvalid),
        (AccountNumber.parse, "26025487\n26025488", ReferenceInvalid),
        (AccountNumber.parse, "26025487 шт", ReferenceInvalid),
        (AccountingNumber.parse, "-1", ReferenceInvalid),
    ],
)
def test_neither_are_they_glued(
    parse: Callable[[str], object], typed: str, refusal: type[InputRefused]
) -> None:
    with pytest.raises(refusal):
        parse(typed)
