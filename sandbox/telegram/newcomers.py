"""The people who are there from the start: one for each role that the operator's data know.

They have no language until the page or whoever drives the sandbox gives them one.
"""

from __future__ import annotations

from sandbox.telegram.records import Json
from sandbox.telegram.state import TelegramState

NEWCOMERS: tuple[Json, ...] = (
    {
        "first_name": "Асель",
        "last_name": "Садыкова",
        "phone_number": "77010542007",
        "email": "assel@demo.example",
        "role": "Administrator",
    },
    {
        "first_name": "Марат",
        "last_name": "Ибраев",
        "phone_number": "77012115526",
        "email": "marat@demo.example",
        "role": "Second administrator",
    },
    {"first_name": "Ерлан", "phone_number": "77010542006", "role": "Employee"},
    {
        "first_name": "Жанна",
        "last_name": "Ким",
        "phone_number": "77016660010",
        "email": "zhanna@demo.example",
        "role": "Finance",
    },
    {
        "first_name": "Ерлан",
        "last_name": "Қасымов",
        "phone_number": "77016660011",
        "email": "yerlan@demo.example",
        "role": "Viewer",
    },
    {
        "first_name": "Болат",
        "last_name": "Жүнісов",
        "phone_number": "77016660009",
        "email": "bolat@demo.example",
        "role": "Operator, no money",
    },
    {
        "first_name": "Тимур",
        "last_name": "Ли",
        "phone_number": "77071234567",
        "email": "timur@demo.example",
        "role": "Tele2, code by mail",
    },
    {
        "first_name": "Ольга",
        "last_name": "Смирнова",
        "phone_number": "79161234567",
        "email": "olga@kazyna.example",
        "role": "Abroad, code by mail",
    },
)


def settle_newcomers(telegram: TelegramState) -> None:
    """Make them, when nobody is there yet."""
    if telegram.store.people:
        return
    for profile in NEWCOMERS:
        telegram.store.save_person(telegram.new_person_id(), dict(profile))
    telegram.store.commit()
