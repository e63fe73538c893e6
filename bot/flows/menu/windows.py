"""The main menu: the company, how its numbers stand, and where to go."""

from __future__ import annotations

from aiogram_dialog import Dialog, LaunchMode
from aiogram_dialog.widgets.kbd import Row, Start

from account.values.rights import Right
from bot.context import states
from bot.flows.menu.getters import get_menu
from bot.widgets.page import page, way_back
from bot.widgets.rights import allowed
from bot.widgets.text import Said, Shown

menu_dialog = Dialog(
    page(
        states.Menu.main,
        Shown("text"),
        keyboard=[
            Start(
                Said("📱 Number management"), id="numbers", state=states.Numbers.list, when="inside"
            ),
            Start(
                Said("📄 Documents & reports"),
                id="documents",
                state=states.Documents.menu,
                when="inside",
            ),
            Start(
                Said("💸 Balance transfer"),
                id="transfer",
                state=states.Transfers.sender,
                when=allowed(Right.TRANSFER),
            ),
            Row(
                Start(
                    Said("🏢 Company"), id="company", state=states.Companies.choose, when="several"
                ),
                Start(Said("👤 Profile"), id="profile", state=states.Profile.main),
            ),
            Row(
                Start(Said("❓ FAQ"), id="faq", state=states.Faq.list),
                Start(Said("🌐 Language"), id="language", state=states.Language.choose),
            ),
        ],
        getter=get_menu,
        back=way_back(None, menu=False),
    ),
    launch_mode=LaunchMode.ROOT,
)
