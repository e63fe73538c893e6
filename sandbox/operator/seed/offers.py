"""The services on offer (S12): groups, volumes, prices, terms in the three languages."""

from __future__ import annotations

from typing import NamedTuple

GROUPS = {
    "roaming-voice": "Voice roaming",
    "roaming-voice-special": "Special offers",
    "roaming-voice-international": "International calls",
    "roaming-data": "Data roaming",
    "roaming-data-packs": "Data packs",
    "voice": "Voice",
    "voice-offnet": "Extra minutes for offnet mobile calls",
    "voice-landline": "Extra minutes for calling landline numbers",
    "sms": "SMS",
    "data": "Data",
}
ALLOWANCES = {
    "onnet": ("voice", "Calls within Kcell/activ network"),
    "offnet": ("voice", "Calls to other KZ mobiles"),
    "landline": ("voice", "Calls to KZ landline numbers"),
    "international": ("voice", "International calls"),
    "roaming": ("voice", "Calls in roaming"),
    "sms": ("sms", "SMS"),
    "data": ("data", "Internet"),
    "data-roaming": ("data", "Internet in roaming"),
}
"""What an allowance is for: its usage type and its name."""

UNITS = {"minutes": ("seconds", 60), "SMS": ("SMS", 1), "MB": ("bytes", 1_048_576)}
"""A unit of the catalogue, the unit in which usage is counted, and how many of it make one."""


class Text(NamedTuple):
    """The same in the three languages."""

    kk: str
    ru: str
    en: str


class Offer(NamedTuple):
    """One service. The price is in tiyn, a month's when monthly.

    `volume` of the allowance `item` is in `unit`, None when it has no end; `days` is how long a
    one-time service lasts, None to the end of the month.
    """

    id: str
    title: Text
    terms: Text
    groups: tuple[str, ...]
    price: int
    item: str = ""
    volume: int | None = 0
    unit: str = ""
    monthly: bool = False
    days: int | None = None
    stackable: bool = False
    sellable: bool = True
    excludes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name in the operator's own papers."""
        return self.title.en


_TO_THE_END_OF_THE_MONTH = Text(
    "Айдың соңына дейін жарамды. Пайдаланылмаған көлем келесі айға көшірілмейді.",
    "Действует до конца месяца. Неиспользованный объём не переносится.",
    "Valid to the end of the month. What is left is not carried over.",
)
_ABROAD = Text(
    "40 елде қолданылады, 30 күн жарамды. Елдер тізімі операторда.",
    "Действует в 40 странах 30 дней. Список стран есть у оператора.",
    "In 40 countries, 30 days. The operator keeps the list of countries.",
)
_EACH_MONTH = Text(
    "Ай сайын ұзартылады, төлем айдың бірінде алынады. Қазақстан аумағында.",
    "Продлевается каждый месяц, плата списывается первого числа. По Казахстану.",
    "Renewed every month, charged on the 1st. Within Kazakhstan.",
)
_OPERATOR_ALONE = Text(
    "Шарт бойынша оператор қосады және өшіреді.",
    "Включает и отключает оператор по договору.",
    "Switched on and off by the operator, by contract.",
)


def _offnet(minutes: int, price: int) -> Offer:
    title = Text(
        f"ҚР басқа желілеріне қоңырауларға {minutes} минут",
        f"{minutes} минут на звонки в другие сети РК",
        f"{minutes} minutes for calls to other KZ networks",
    )
    groups = ("voice", "voice-offnet")
    return Offer(
        f"offnet-{minutes}",
        title,
        _TO_THE_END_OF_THE_MONTH,
        groups,
        price,
        "offnet",
        minutes,
        "minutes",
        stackable=True,
    )


OFFERS = (
    _offnet(50, 39_000),
    _offnet(70, 49_000),
    _offnet(150, 90_000),
    Offer(
        "landline-10",
        Text(
            "Қалалық нөмірлерге 10 минут",
            "10 минут на городские номера",
            "10 min to domestic landline calls",
        ),
        _TO_THE_END_OF_THE_MONTH,
        ("voice", "voice-landline"),
        14_900,
        "landline",
        10,
        "minutes",
        stackable=True,
    ),
    Offer(
        "roaming",
        Text("Роуминг", "Роуминг", "Roaming"),
        Text(
            "Шетелдегі қоңыраулар сол елдің бағасымен.",
            "Звонки за границей по ценам страны.",
            "Calls abroad by the prices of the country.",
        ),
        ("roaming-voice",),
        0,
        monthly=True,
    ),
    Offer(
        "roaming-60",
        Text("Шетелдегі 60 минут", "60 минут за границей", "60 minutes abroad"),
        _ABROAD,
        ("roaming-voice", "roaming-voice-special"),
        299_000,
        "roaming",
        60,
        "minutes",
        days=30,
        excludes=("roaming-180",),
    ),
    Offer(
        "roaming-180",
        Text("Шетелдегі 180 минут", "180 минут за границей", "180 minutes abroad"),
        _ABROAD,
        ("roaming-voice", "roaming-voice-special"),
        699_000,
        "roaming",
        180,
        "minutes",
        days=30,
        excludes=("roaming-60",),
    ),
    Offer(
        "international-30",
        Text("Халықаралық қоңыраулар 30", "Международные звонки 30", "International calls 30"),
        Text(
            "Қазақстаннан 20 елге қоңыраулар, ай сайын ұзартылады.",
            "Звонки из Казахстана в 20 стран, продлевается каждый месяц.",
            "Calls from Kazakhstan to 20 countries, renewed every month.",
        ),
        ("roaming-voice", "roaming-voice-international"),
        150_000,
        "international",
        30,
        "minutes",
        monthly=True,
    ),
    Offer(
        "roaming-data-1",
        Text("Шетелдегі 1 ГБ", "1 ГБ за границей", "1 GB abroad"),
        Text(
            "40 елде қолданылады, 7 күн жарамды.",
            "Действует в 40 странах 7 дней.",
            "In 40 countries, 7 days.",
        ),
        ("roaming-data", "roaming-data-packs"),
        399_000,
        "data-roaming",
        1_024,
        "MB",
        days=7,
        excludes=("roaming-data-3",),
    ),
    Offer(
        "roaming-data-3",
        Text("Шетелдегі 3 ГБ", "3 ГБ за границей", "3 GB abroad"),
        _ABROAD,
        ("roaming-data", "roaming-data-packs"),
        899_000,
        "data-roaming",
        3_072,
        "MB",
        days=30,
        excludes=("roaming-data-1",),
    ),
    Offer(
        "sms-100",
        Text("100 SMS", "100 SMS", "100 SMS"),
        _EACH_MONTH,
        ("sms",),
        25_000,
        "sms",
        100,
        "SMS",
        monthly=True,
        excludes=("sms-500",),
    ),
    Offer(
        "sms-500",
        Text("500 SMS", "500 SMS", "500 SMS"),
        _EACH_MONTH,
        ("sms",),
        79_000,
        "sms",
        500,
        "SMS",
        monthly=True,
        excludes=("sms-100",),
    ),
    Offer(
        "data-5",
        Text(
            "Интернет +5 ГБ <түнгі & күндізгі>",
            "Интернет +5 ГБ <ночь & день>",
            "Internet +5 GB <night & day>",
        ),
        _TO_THE_END_OF_THE_MONTH,
        ("data",),
        99_000,
        "data",
        5_120,
        "MB",
        stackable=True,
        excludes=("data-unlimited",),
    ),
    Offer(
        "data-unlimited",
        Text("Шексіз интернет", "Безлимитный интернет", "Unlimited Internet"),
        _EACH_MONTH,
        ("data",),
        499_000,
        "data",
        None,
        "MB",
        monthly=True,
        excludes=("data-5",),
    ),
    Offer(
        "corporate-apn",
        Text("Корпоративтік APN", "Корпоративный APN", "Corporate APN"),
        _OPERATOR_ALONE,
        ("data",),
        120_000,
        monthly=True,
        sellable=False,
    ),
    Offer(
        "call-recording",
        Text("Қоңырауларды жазу", "Запись разговоров", "Call recording"),
        _OPERATOR_ALONE,
        ("voice",),
        200_000,
        monthly=True,
        sellable=False,
    ),
)
BY_ID = {offer.id: offer for offer in OFFERS}
