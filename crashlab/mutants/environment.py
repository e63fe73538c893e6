"""Defects that death alone does not show: sleep, clocks that are set, an operator that finds late,
people who go away or are one person in two accounts.
"""

from __future__ import annotations

from crashlab.mutants.planting import Mutant, Patch

BLIND = ("transfer", "service.on", "service.off", "block")
"""Kinds of which a second time is not seen to be one before it is sent, or hardly."""
APPROVED = ("sim.replace, approved", "forwarding.set, approved")
WORLD = (
    Mutant(
        "nothing is looked at right before the first byte",
        ("LATE", "DOUBLE", "LIE"),
        (
            Patch(
                "carrier/transport.py",
                "        if guard is not None:\n"
                "            await guard()\n"
                "        return await super().send(conn)\n",
                "        return await super().send(conn)\n",
            ),
            Patch(
                "carrier/transport.py",
                "            if guard is not None:\n"
                "                await _guarded(guard, connection)\n",
                "",
            ),
        ),
        ("call.before",),
        BLIND[1:],
        trouble={
            "crew": ("run", "worker", "worker"),
            "pauses": 0.8,
            "stops": ("call.before",),
            "pause_seconds": (11.0, 18.0),
            "by_point": 0.0,
            "life": 4.0,
            "seconds": 60.0,
            "least_kills": 1,
        },
    ),
    Mutant(
        "the wall clock says what was never taken",
        ("LIE", "DOUBLE", "LATE"),
        (
            Patch(
                "bot/ops/clock.py",
                "        return datetime.fromtimestamp(self.boot() + self.offset, UTC)\n",
                "        return datetime.fromtimestamp(self.wall(), UTC)\n",
            ),
            Patch(
                "account/changes/execution.py",
                "        return self._clock.now() - begun >= time and "
                "await self._elapsed.since(begun) >= time\n",
                "        return self._clock.now() - begun >= time\n",
            ),
        ),
        (),
        BLIND[1:],
        trouble={
            "steps": 1.0,
            "step_points": ("sent.commit",),
            "faults": (("late", 0.6),),
            "by_point": 0.0,
            "life": 4.0,
            "seconds": 30.0,
        },
    ),
    Mutant(
        "a step of the clock counts as time that has passed",
        ("LIE", "DOUBLE", "LATE"),
        (
            Patch(
                "bot/workers/clock_sync.py",
                "        now, begun = self._clock.now(), max(moment, self._waits_from or moment)\n",
                "        now, begun = self._clock.now(), moment\n",
            ),
        ),
        (),
        BLIND[1:],
        trouble={
            "steps": 1.0,
            "step_points": ("sent.commit",),
            "faults": (("late", 0.6),),
            "by_point": 0.0,
            "life": 4.0,
            "seconds": 30.0,
        },
    ),
    Mutant(
        "money that nobody can tell of is said not to have moved",
        ("LIE",),
        (
            Patch(
                "account/changes/execution.py",
                "        elif holds is None and spec.executor is None:\n"
                "            await self._leave_unconfirmed(action)\n",
                "",
            ),
        ),
        (),
        ("transfer",),
        trouble={"found_late": 0.5, "life": 4.0, "seconds": 20.0},
    ),
    Mutant(
        "a final word is given up when its person has blocked the bot",
        ("SILENT", "ASIDE"),
        (
            Patch(
                "bot/delivery/sender.py",
                "        except TelegramForbiddenError:\n            await self._hold(row)\n",
                "        except TelegramForbiddenError:\n"
                '            await self._give_up(row, "blocked")\n',
            ),
        ),
        (),
        BLIND,
        trouble={"blocks": 0.7, "life": 4.0},
    ),
    Mutant(
        "four eyes are judged by the present login alone",
        ("ALONE",),
        (
            Patch(
                "account/changes/sensitive_numbers.py",
                "            or approver_telegram in await "
                "self._approvals.ever_logged_in(proposing)\n"
                "            or proposer_telegram in await "
                "self._approvals.ever_logged_in(approving)\n",
                "",
            ),
        ),
        (),
        APPROVED,
        trouble={"accounts": True, "life": 4.0, "seconds": 30.0},
    ),
    Mutant(
        "who approved is told nowhere",
        ("ALONE",),
        (
            Patch(
                "account/changes/sensitive_numbers.py",
                "                ways = [way for way in ways[1:] if way[1] != "
                "str(approver.telegram_id)]\n",
                "                ways = []\n",
            ),
        ),
        (),
        APPROVED,
        trouble={
            "accounts": True,
            "life": 4.0,
            "seconds": 30.0,
            "late_questions": 0.5,
        },
    ),
    Mutant(
        "a clock that is set takes everything out of everybody's hands",
        ("DOUBLE",),
        (
            Patch(
                "storage/stores/clock_steps.py",
                "        for statement in _LIVE_ON:\n",
                "        for statement in _LIVE_ON[:1]:\n",
            ),
        ),
        (),
        readers=24,
        trouble={"steps": 1.0, "by_point": 0.0, "life": 4.0, "seconds": 30.0},
    ),
    Mutant(
        "a row that the operator tells twice counts twice",
        ("LOST",),
        (
            Patch(
                "carrier/tmf/full_scan.py",
                "    return list(kept.values())\n",
                "    return rows\n",
            ),
        ),
        (),
        readers=24,
        trouble={"faults": (("twice", 0.3),), "life": 4.0},
    ),
    Mutant(
        "the final word goes to somebody else",
        ("OWNER",),
        (
            Patch(
                "account/changes/endings.py",
                "        to=str(action.telegram_id),\n",
                "        to=str(action.telegram_id + 1),\n",
            ),
        ),
        (),
        trouble={"life": 4.0},
    ),
    Mutant(
        "what a backup brings back is not looked for before it is sent",
        ("DOUBLE", "LIE"),
        (
            Patch(
                "account/changes/execution.py",
                "        if not (action.restored or action.fence > 1):\n            return False\n",
                "        if action is not None:\n            return False\n",
            ),
        ),
        (),
        BLIND,
        trouble={"restores": 5.0, "life": 6.0, "seconds": 60.0, "least_kills": 1},
    ),
    Mutant(
        "references are given out again after a backup",
        ("REFERENCE",),
        (
            Patch(
                "storage/stores/counters.py",
                '    return f"{reference}-{row.mark}" if row.mark else reference\n',
                "    return reference\n",
            ),
        ),
        (),
        BLIND,
        trouble={"restores": 8.0, "life": 6.0, "seconds": 40.0, "least_kills": 1},
    ),
)
