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
    centres = State()


class Sets(StatesGroup):
    """Many numbers: their list, what to do with it, its preview, and how it goes."""

    list = State()
    tick = State()
    sheet = State()
    column = State()
    kind = State()
    choice = State()
    preview = State()
    later = State()
    repeat = State()
    until = State()
    then = State()
    code = State()
    progress = State()


class SetApproval(StatesGroup):
    """What a second administrator is asked about a set."""

    question = State()
    code = State()


class TypedCommand(StatesGroup):
    """What a typed command may mean, and the number it is about where none was told."""

    meaning = State()
    number = State()


class Schedules(StatesGroup):
    """What begins later in the company, one of it, and the code that confirms it anew."""

    list = State()
    one = State()
    code = State()


class Alerts(StatesGroup):
    """One's own rules of alerts, how one is made, one of them, a number's, and quiet hours."""

    list = State()
    measure = State()
    scope = State()
    amount = State()
    rule = State()
    quiet = State()
    number = State()


class Card(StatesGroup):
    """One number (S06, S07)."""

    main = State()
    more = State()
    general = State()


class Confirm(StatesGroup):
    """The summary of any change, its one-time code, and the wait for the operator (G-6 to G-10)."""

    summary = State()
    code = State()
    password = State()
    waiting = State()
    later = State()
    repeat = State()
    until = State()
    then = State()


class Labels(StatesGroup):
    """What the company calls a number itself: label and cost centre, each typed or picked."""

    main = State()
    label = State()
    centre = State()


class CostCentres(StatesGroup):
    """The company's labels and cost centres: each of these, and many from a list."""

    list = State()
    one = State()
    rename = State()
    confirm = State()
    paste = State()
    preview = State()


class Bans(StatesGroup):
    """The three bans of a number (S17 to S19)."""

    list = State()


class Sim(StatesGroup):
    """The SIM card and the device of a number (S08)."""

    main = State()


class SimReplacement(StatesGroup):
    """The choice of another SIM card (S16)."""

    pick = State()


class SecretCode(StatesGroup):
    """The secret code of a number (S14)."""

    main = State()


class Employee(StatesGroup):
    """The employee mode: number, secret code, whose number it is, and the card (S14)."""

    number = State()
    code = State()
    prove = State()
    card = State()


class Allowances(StatesGroup):
    """What is left: of the tariff, and of additional allowances (S09, S10)."""

    tariff = State()
    additional = State()


class Services(StatesGroup):
    """Activated services and available ones, by groups (S11, S12)."""

    active = State()
    service = State()
    groups = State()
    offers = State()
    offering = State()


class Forwarding(StatesGroup):
    """Call forwarding: the rules, one of them, its target, and one abroad (S20)."""

    rules = State()
    rule = State()
    target = State()
    abroad = State()


class Payments(StatesGroup):
    """Payments of a number, and the days of a period of one's own (S26)."""

    list = State()
    first_day = State()
    last_day = State()


class Transfers(StatesGroup):
    """Balance transfer: the two numbers and the amount (S37)."""

    sender = State()
    recipient = State()
    amount = State()


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
    """Documents and reports (S27), and what was ordered of them lately."""

    menu = State()
    charts = State()
    requests = State()
    request = State()


class Subscriptions(StatesGroup):
    """Papers that order themselves each month, one of them, and how one is made."""

    list = State()
    kind = State()
    day = State()
    one = State()


class Ordering(StatesGroup):
    """The order of one document: its form, what is picked for it, and where it goes."""

    form = State()
    month = State()
    first_day = State()
    last_day = State()
    account = State()
    number = State()
    found = State()
    payments = State()
    email = State()
    outside = State()


class History(StatesGroup):
    """Actions history, and the days of a period of one's own (S29)."""

    list = State()
    first_day = State()
    last_day = State()


class Profile(StatesGroup):
    """The administrator's own page; e-mail, password, sessions and notifications (S03)."""

    main = State()
    email = State()
    password = State()
    new_password = State()
    repeat_password = State()
    sessions = State()
    accounts = State()
    account_password = State()
    notifications = State()


class Privacy(StatesGroup):
    """What is stored of people, and how long."""

    policy = State()


class Faq(StatesGroup):
    """Questions and answers (S38)."""

    list = State()
    answer = State()
