"""Labels and cost centres in a person's words (LB-1 to LB-4)."""

from __future__ import annotations

from tests.scenarios.conftest import Stage

MARAT = "77012115526"


async def test_a_label_is_given_found_and_filtered_by(stage: Stage) -> None:
    phone = await stage.administrator(MARAT)
    await phone.say("701 054 20 06")
    await phone.sees("Employee: Склад, Алматы (at the operator)")
    await phone.tap("More")
    await phone.sees("What would you like to do with this number?")
    await phone.tap("🏷 Label, cost centre")
    await phone.sees("Label: —", "Cost centre: —", "At the operator: Склад, Алматы")
    await phone.tap("✎ Label")
    await phone.sees("Type a label of at most 64 characters")
    await phone.say("x" * 65)
    await phone.sees("too long: at most 64 characters")
    await phone.say("Ғалым Ә. <b>")
    await phone.sees("Saved.", "Label: Ғалым Ә. <b>")
    await phone.tap("✎ Cost centre")
    await phone.say("Отдел продаж")
    await phone.sees("Saved.", "Cost centre: Отдел продаж")
    await phone.tap("✎ Cost centre")
    await phone.sees("Now: Отдел продаж")
    await phone.tap("Menu")
    await phone.sees("📱 Number management")
    # Found by it alone, in another case: the card opens.
    await phone.say("ғалым")
    await phone.sees("+7 701 054 20 06", "Label: Ғалым Ә. <b>", "Cost centre: Отдел продаж")
    await phone.tap("Menu")
    await phone.sees("📱 Number management")
    await phone.tap("Number management")
    window = await phone.sees("37 numbers · page 1 of 4")
    labels = [label.replace("\u00a0", " ") for label in window.buttons]
    assert "⛔ 701 054 20 06 · 8,476 ₸ · Ғалым Ә. <b>" in labels
    await phone.tap("Filter")
    await phone.sees("Which numbers to show?")
    await phone.tap("🏷 By cost centre")
    await phone.sees("Which cost centre?")
    await phone.tap("Отдел продаж · 1")
    await phone.sees("1 number", "Cost centre: Отдел продаж")
    await phone.tap("✕ Show all numbers")
    await phone.sees("37 numbers · page 1 of 4")


async def test_labels_come_from_a_list_and_go_back(stage: Stage) -> None:
    phone = await stage.administrator(MARAT)
    await phone.tap("Number management")
    await phone.tap("Filter")
    await phone.sees("Which numbers to show?")
    await phone.tap("🏷 Labels and cost centres")
    await phone.sees("There is no cost centre yet.")
    await phone.tap("➕ From a file or a list")
    await phone.sees("paste lines: number; label; cost centre")
    await phone.say("nothing of the kind")
    await phone.sees("No phone number was found here.")
    await phone.say(
        "Номер; Сотрудник; Центр затрат\n"
        "701 054 20 06; Ғалым; Склад\n+7 701 054 20 07; <b>Асель</b>; склад\n701 999 99 99; x; y"
    )
    await phone.sees(
        "Preview: nothing has changed yet.",
        "New 2 · changed 0 · removed 0 · unchanged 0",
        "+7 701 054 20 07 · <b>Асель</b> · Склад",
        "Not in this company, left out: rows 4.",
    )
    await phone.tap("✎ Save for 2 numbers")
    await phone.sees("Saved: 2 numbers.", "🏷 Склад · 2", "↩ Undo the last list (until ")
    await phone.tap("📄 All labels as a file")
    await phone.sees("TOO Demo: labels and cost centres. Change the file and send it back.")
    await phone.tap("🏷 Склад · 2")
    await phone.tap("✎ Rename or merge")
    await phone.sees("Type the new name")
    await phone.say("Depot")
    await phone.sees("2 numbers: cost centre “Склад” will be renamed “Depot”.")
    await phone.tap("✎ Rename")
    await phone.sees("Saved: 2 numbers.", "🏷 Depot · 2")
    await phone.tap("🏷 Depot · 2")
    await phone.sees("› Depot", "Depot · 2 numbers")
    await phone.tap("✕ Remove")
    await phone.sees("2 numbers: cost centre “Depot” will be removed.")
    await phone.tap("✕ Remove")
    await phone.sees("Saved: 2 numbers.", "There is no cost centre yet.")
