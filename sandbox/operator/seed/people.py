"""The companies and administrators of the demonstration; docs/operator.md shows them as a table."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass

from sandbox.operator.seed.identifiers import bin_with_control


@dataclass(frozen=True)
class Address:
    """Where a company is registered, in TMF632's words."""

    post_code: str
    city: str
    street: str
    phone: str


@dataclass(frozen=True)
class Contract:
    """A company's contract: `begun` the day the operator signed, `signed` when both had."""

    number: int
    begun: str
    signed: str

    @property
    def id(self) -> str:
        """Its id at the operator."""
        return f"agr-{self.number}"


@dataclass(frozen=True)
class Company:
    """A corporate customer. Of some the operator's systems know no address and no contract."""

    bin: str
    name: str
    email: str
    domains: tuple[str, ...]
    address: Address | None = None
    contract: Contract | None = None

    @property
    def id(self) -> str:
        """Its id at the operator."""
        return f"org-{self.bin}"


DEMO = Company(
    bin_with_control("18014000001"),
    "TOO Demo",
    "accounting@demo.example",
    ("demo.example",),
    Address("050059", "Алматы", "пр. Аль-Фараби, 77/8", "77273001020"),
    Contract(4417, "2019-03-11T10:00:00+06:00", "2019-03-12T00:30:00+06:00"),
)
KAZYNA = Company(
    bin_with_control("18014000090"),
    "ЖШС «Қазына Үлгі»",
    "buh@kazyna.example",
    ("kazyna.example",),
    Address("010000", "Астана", "Қабанбай батыр даңғылы, 11", "77172701530"),
    Contract(120358, "2017-12-01T09:00:00+06:00", "2017-12-04T09:00:00+06:00"),
)
QYRAN = Company(
    bin_with_control("20034001234"), '<Алтын & Қыран> «"Ә" ЖШС»', "office@qyran.example", ()
)
BIG_FLEET = Company(
    bin_with_control("19014009999"),
    "Big Fleet JSC",
    "fleet@bigfleet.example",
    ("bigfleet.example",),
)
FLEETS = (
    BIG_FLEET,
    *(
        Company(
            bin_with_control(f"190140{10_000 + place}"),
            f"Big Fleet {place} JSC",
            f"fleet{place}@bigfleet.example",
            ("bigfleet.example",),
        )
        for place in range(2, 17)
    ),
)
"""The large company, and those that share its numbers where a world is to have several."""

LOGISTICS = Company(
    bin_with_control("21094009999"),
    "Товарищество с ограниченной ответственностью «Казахстанская Промышленная Логистическая "
    "Компания Үлгі»",
    "office@logistics.example",
    (),
)
"""Of an awkward world: a long legal name, and neither numbers nor accounts yet."""


COMPANIES = {one.id: one for one in (DEMO, KAZYNA, QYRAN, *FLEETS)}
"""By their ids."""


@dataclass(frozen=True)
class Administrator:
    """Somebody who may act for companies; `code_channel` as the register knows it, if it does.

    `role` is theirs in each of `companies`.
    """

    id: str
    phone: str
    given: str
    family: str
    full: str
    email: str | None
    code_channel: str | None
    companies: tuple[Company, ...]
    role: str = "administrator"


ADMINISTRATORS = (
    Administrator(
        "adm-1",
        "77010542007",
        "Асель",
        "Садыкова",
        "Асель Нұрланқызы Садыкова",
        "assel@demo.example",
        "sms",
        (DEMO, KAZYNA, *FLEETS, LOGISTICS),
    ),
    Administrator(
        "adm-2",
        "77012115526",
        "Марат",
        "Ибраев",
        "Марат Серікұлы Ибраев",
        "marat@demo.example",
        "sms",
        (DEMO,),
    ),
    Administrator(
        "adm-3",
        "77010542010",
        "Сәуле",
        "Әбдірахманова",
        "Сәуле Әбдірахманова",
        "saule@qyran.example",
        "sms",
        (QYRAN,),
    ),
    Administrator(
        "adm-4", "77071234567", "Тимур", "Ли", "Тимур Ли", "timur@demo.example", None, (DEMO,)
    ),
    Administrator(
        "adm-5",
        "79161234567",
        "Ольга",
        "Смирнова",
        "Ольга Смирнова",
        "olga@kazyna.example",
        None,
        (KAZYNA,),
    ),
    Administrator(
        "adm-6", "77471234567", "Дәурен", "Оспанов", "Дәурен Оспанов", None, None, (QYRAN,)
    ),
    Administrator(
        "adm-7",
        "77081112233",
        "Гүлнар",
        "Ғабитова",
        "Гүлнар Ғабитова",
        "gulnar@kazyna.example",
        "sms",
        (KAZYNA,),
    ),
    Administrator("adm-8", "77010542011", "Пётр", "О'Коннор", "Пётр О'Коннор", None, "sms", ()),
    Administrator(
        "adm-9",
        "77016660009",
        "Болат",
        "Жүнісов",
        "Болат Жүнісов",
        "bolat@demo.example",
        "sms",
        (DEMO,),
        "operator",
    ),
    Administrator(
        "adm-10",
        "77016660010",
        "Жанна",
        "Ким",
        "Жанна Ким",
        "zhanna@demo.example",
        "sms",
        (DEMO,),
        "finance",
    ),
    Administrator(
        "adm-11",
        "77016660011",
        "Ерлан",
        "Қасымов",
        "Ерлан Қасымов",
        "yerlan@demo.example",
        "sms",
        (DEMO,),
        "viewer",
    ),
)


def settle_companies(database: sqlite3.Connection, *companies: Company) -> None:
    """Write `companies` and their administrators, those that are not there yet."""
    for company in companies:
        new = database.execute(
            "INSERT OR IGNORE INTO company VALUES (?, ?, ?, ?, ?)",
            (company.id, company.name, company.bin, company.email, json.dumps(company.domains)),
        ).rowcount
        for person in ADMINISTRATORS:
            if new and company in person.companies:
                database.execute("INSERT INTO rights VALUES (?, ?)", (person.id, company.id))
                if person.role != "administrator":
                    lesser = (person.id, company.id, person.role)
                    database.execute("INSERT INTO lesser_role VALUES (?, ?, ?)", lesser)
    database.executemany(
        "INSERT OR IGNORE INTO administrator VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (p.id, p.phone, p.given, p.family, p.full, p.email, p.code_channel)
            for p in ADMINISTRATORS
        ],
    )
