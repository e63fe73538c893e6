"""Defects that only another operator shows: one that is patched, answers 404, and overlooks."""

from __future__ import annotations

from typing import Any

from crashlab.faults.kills import WORK
from crashlab.mutants.blind_resend import SENT_AGAIN_BLINDLY
from crashlab.mutants.planting import Mutant, Patch

PATCHED = ("block", "unblock")
"""Kinds that are a patch of the product in the dialect `plain`."""
PLAIN: dict[str, Any] = {"dialect": "plain", "life": 4.0, "seconds": 15.0}

ANOTHER_OPERATOR = (
    Mutant(
        "a change that is answered 404 was not made",
        ("LIE",),
        (
            Patch(
                "carrier/verdict.py",
                '_NO_REFUSAL = frozenset({"NOT_FOUND", "IDEMPOTENCY.IN_PROGRESS", ',
                '_NO_REFUSAL = frozenset({"IDEMPOTENCY.IN_PROGRESS", ',
            ),
        ),
        (),
        ("block", "service.on", "service.off", "ban"),
        trouble={**PLAIN, "faults": (("applied, then 404", 0.3),)},
    ),
    Mutant(
        "a patch names its own characteristic alone",
        ("LOST",),
        (
            Patch(
                "carrier/tmf/product_patch.py",
                '        for one in fields.entries(found, "productCharacteristic")\n',
                '        for one in fields.entries(found, "productCharacteristic")[:0]\n',
            ),
        ),
        (),
        PATCHED,
        trouble=PLAIN,
    ),
    Mutant(
        "a state that is not there yet is read as a patch that failed",
        ("LIE", "DOUBLE"),
        (
            Patch(
                "carrier/tmf/product_patch.py",
                "    if found is None or not _is_done(http.profile, action, found):\n"
                "        return None\n",
                "    if found is None or not _is_done(http.profile, action, found):\n"
                "        return Order(action.id, OrderState.FAILED)\n",
            ),
        ),
        (),
        PATCHED,
        trouble={**PLAIN, "faults": (("late", 0.4),)},
    ),
    Mutant(
        "a patch that was overlooked is taken for done",
        ("LIE", "LOST"),
        (
            Patch(
                "carrier/tmf/product_patch.py",
                "    if found is None or not _is_done(http.profile, action, found):\n",
                "    if found is None:\n",
            ),
            Patch(
                "carrier/tmf/product_patch.py",
                "        done = _is_done(http.profile, action, fields.item(answer))\n",
                "        done = bool(fields.item(answer))\n",
            ),
        ),
        (),
        PATCHED,
        trouble={**PLAIN, "faults": (("overlooked", 0.4),)},
    ),
    Mutant(
        "a patch whose outcome is unknown is sent again blindly",
        ("DOUBLE",),
        SENT_AGAIN_BLINDLY,
        WORK,
        PATCHED,
        trouble={**PLAIN, "faults": (("late", 0.3),)},
    ),
    Mutant(
        "a text is put into words anew at each try",
        ("DOUBLE",),
        (
            Patch(
                "bot/delivery/letters.py",
                "        if TEXT in row.parameters:\n"
                "            return Letter(row.parameters[SUBJECT], row.parameters[TEXT])\n",
                "",
            ),
        ),
        (),
        ("secret.send",),
        trouble={
            "faults": (("applied, then 500", 0.4),),
            "telegram_faults": (("429", 0.3),),
            "life": 2.0,
            "seconds": 15.0,
        },
    ),
)
