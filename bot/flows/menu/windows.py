"""The main menu: the company, how its numbers stand, and where to go."""

from __future__ import annotations

from aiogram_dialog import Dialog, LaunchMode
from aiogram_dialog.widgets.kbd import Row, Start

from account.values.rights import Right
from bot.context import states
from bot.flows.menu.getters import get_menu
from bot.widgets.page import page, way_back
from bot.widgets.rights import allowed
from bot.widgets.text import Msgid, Value

menu_dialog = Dialog(
    page(
        states.Menu.main,
        Value("text"),
        keyboard=[
            Start(
                Msgid("📱 Number management"),
                id="numbers",
                state=states.Numbers.list,
                when="inside",
            ),
            Start(
                Msgid("📄 Documents & reports"),
                id="documents",
                state=states.Documents.menu,
                when="inside",
            ),
            Start(
                Msgid("💸 Balance transfer"),
                id="transfer",
                state=states.Transfers.sender,
                when=allowed(Right.TRANSFER),
            ),
            Row(
                Start(
                    Msgid("🏢 Company"), id="company", state=states.Companies.choose, when="several"
                ),
                Start(Msgid("👤 Profile"), id="profile", state=states.Profile.main),
            ),
            Row(
                Start(Msgid("❓ FAQ"), id="faq", state=states.Faq.list),
                Start(Msgid("🌐 Language"), id="language", state=states.Language.choose),
            ),
        ],
        getter=get_menu,
        back=way_back(None, menu=False),
    ),
    launch_mode=LaunchMode.ROOT,
)
