"""What the windows between a typed command and its own window show."""

from __future__ import annotations

from typing import Any

from aiogram.utils.i18n import gettext as _
from aiogram_dialog import DialogManager

from account.chapters.typed_commands import Verb
from account.values.identifiers import Msisdn
from bot.context.update_context import context_of
from bot.flows.numbers.first import asking
from bot.flows.numbers.picking import picked_page
from bot.flows.typed_commands.texts import verb_word
from bot.widgets.text import Html, said


async def get_meanings(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """What a command with several verbs may mean."""
    assert isinstance(dialog_manager.start_data, dict)
    actor = await context_of(dialog_manager).actor()
    digits = dialog_manager.start_data["number"]
    about = Msisdn(str(digits)).shown if digits else _("Numbers")
    return {
        "where": [actor.company.name, about],
        "text": Html("\n" + _("What is meant?")),
        "rows": [
            (verb_word(Verb(value)), str(value)) for value in dialog_manager.start_data["verbs"]
        ],
    }


async def get_number(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """The numbers to choose from: favourites and those of late first."""
    assert isinstance(dialog_manager.start_data, dict)
    actor = await context_of(dialog_manager).actor()
    found = await picked_page(dialog_manager, asking(dialog_manager))
    verb = Verb(dialog_manager.start_data["verbs"][0])
    rest = dialog_manager.start_data["rest"]
    lines = [said("\n<b>{what}</b>", what=f"{verb_word(verb)} {rest}".strip())]
    lines.append(
        Html(_("Which number? Choose one, or type it or a part of it."))
        if found["rows"]
        else Html(_("Nothing found. Type another part of a number, account or tariff."))
    )
    return {
        "where": [actor.company.name, _("Numbers")],
        "text": Html("\n".join(lines)),
        **found,
    }
