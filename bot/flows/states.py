"""The windows by name. Names are persisted: renaming one sends people to the menu once (trap 6)."""

from __future__ import annotations

from aiogram.fsm.state import State, StatesGroup


class Language(StatesGroup):
    """The choice of a language, first of all and at any time."""

    choose = State()


class Login(StatesGroup):
    """Phone and password; the first or forgotten password by a code (S01, S02)."""

    phone = State()
    password = State()
    reset_phone = State()
    code = State()
    new_password = State()
    repeat_password = State()


class Companies(StatesGroup):
    """The choice of a company (S04)."""

    choose = State()


class Menu(StatesGroup):
    """The main menu."""

    main = State()


class Numbers(StatesGroup):
    """The list, its filter, and one number's card (S05 to S07)."""

    list = State()
    filter = State()


class Card(StatesGroup):
    """One number (S06, S07)."""

    main = State()
    more = State()
    general = State()


class Confirm(StatesGroup):
    """The summary of any change, its one-time code, and the wait for the operator (G-6 to G-10)."""

    summary = State()
    code = State()
    waiting = State()


class Bans(StatesGroup):
    """The three bans of a number (S17 to S19)."""

    list = State()


class Devices(StatesGroup):
    """The devices of a number, one of them, what is told for it, and the requests (S21 to S25)."""

    list = State()
    enter = State()
    device = State()
    terms = State()
    owner_number = State()
    owner_id = State()
    requests = State()


class Usage(StatesGroup):
    """Usage details: the order, its own period, and the pages on screen (S13)."""

    order = State()
    first_day = State()
    last_day = State()
    screen = State()


class Documents(StatesGroup):
    """Documents and reports (S27)."""

    menu = State()


class History(StatesGroup):
    """Actions history (S29)."""

    list = State()


class Profile(StatesGroup):
    """The administrator's own page (S03)."""

    main = State()


class Faq(StatesGroup):
    """Questions and answers (S38)."""

    list = State()
    answer = State()
