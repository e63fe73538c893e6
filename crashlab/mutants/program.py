"""Defects planted in a copy of the program: the lab must catch each, or it proves nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crashlab.faults.kills import WORK
from crashlab.mutants.another_operator import ANOTHER_OPERATOR
from crashlab.mutants.blind_resend import SENT_AGAIN_BLINDLY
from crashlab.mutants.environment import APPROVED, BLIND, WORLD
from crashlab.mutants.planting import Mutant, Patch

PLANNED: Mapping[str, Any] = {"people": 0, "planners": 3, "least_changes": 0}
"""Only what was confirmed before it begins."""
WATCHED: Mapping[str, Any] = {**PLANNED, "planners": 0, "watchers": 9, "seconds": 25.0}
"""Only balances that have fallen."""
MONTHS: Mapping[str, Any] = {**PLANNED, "planners": 0, "subscribers": 15}
"""Only monthly papers."""
MUTANTS = (
    Mutant(
        "dedupe by update_id alone",
        ("DOUBLE", "LOST"),
        (
            Patch(
                "account/changes/confirmation.py",
                "        if action.state is not ActionState.OFFERED:\n"
                "            if action.state is ActionState.VOID:\n"
                "                raise ConfirmExpired\n"
                "            return action, False\n",
                "",
            ),
            Patch(
                "storage/stores/action_statements.py",
                '        actions.c.offered_at > bindparam("oldest"),\n'
                "        in_state(actions, ActionState.OFFERED),\n",
                '        actions.c.offered_at > bindparam("oldest"),\n',
            ),
        ),
        ("accept.commit", "turn.before", *WORK),
        BLIND,
    ),
    Mutant(
        "offset before the inbox commit",
        ("LOST",),
        (
            Patch(
                "bot/updates/poller.py",
                "                await self._intake.keep(updates)\n"
                '                offset = max((update["update_id"] + 1 for update in updates), '
                "default=None)\n",
                '                offset = max((update["update_id"] + 1 for update in updates), '
                "default=None)\n"
                "                if offset is not None:\n"
                '                    await self._session.post(self._url, json={"offset": offset})\n'
                "                await self._intake.keep(updates)\n",
            ),
        ),
        ("inbox.before",),
    ),
    Mutant(
        "an unknown outcome is sent again blindly",
        ("DOUBLE",),
        SENT_AGAIN_BLINDLY,
        WORK,
        trouble={"faults": (("applied, then 500", 0.3),)},
    ),
    Mutant(
        "outbox in a second transaction",
        ("SILENT", "OPEN"),
        (
            Patch(
                "storage/stores/actions.py",
                "            if conn.execute(statement, values).rowcount != 1:\n"
                "                return False\n"
                "            self._effects.write(conn, effects)\n"
                "            return True\n"
                "\n"
                "        return await self._database.write(work)\n",
                "            return conn.execute(statement, values).rowcount == 1\n"
                "\n"
                "        done = await self._database.write(work)\n"
                "        if done:\n"
                "            await self._database.write(\n"
                "                lambda conn: self._effects.write(conn, effects))\n"
                "        return done\n",
            ),
        ),
        ("settle.commit",),
    ),
    Mutant(
        "the final word before the state is read back",
        ("LIE",),
        (
            Patch(
                "account/changes/execution.py",
                "        if order.state is OrderState.UNDER_WAY:\n"
                "            await self._wait(action, ActionState.SENT, order)\n"
                "            return\n",
                "        if order.state is OrderState.UNDER_WAY:\n"
                "            await self._settle(action, ActionState.DONE, None, order.id)\n"
                "            return\n",
            ),
        ),
        WORK,
    ),
    Mutant(
        "a second word on a proposal counts as well",
        ("LIE", "DOUBLE", "SILENT"),
        (
            Patch(
                "account/changes/approvals.py",
                "        if action.state is not ActionState.PROPOSED:\n"
                "            return action, False\n"
                "        if await",
                "        if await",
            ),
            Patch(
                "account/changes/approvals.py",
                "        if action.state is not ActionState.PROPOSED:\n"
                "            return action, False\n"
                "        return await",
                "        return await",
            ),
            Patch(
                "storage/stores/approvals.py",
                "    in_state(actions, ActionState.PROPOSED),\n"
                '    actions.c.due > bindparam("now"),\n',
                "",
            ),
        ),
        WORK,
        APPROVED,
    ),
    Mutant(
        "nobody waits until the colleagues are told",
        ("ALONE",),
        (
            Patch(
                "account/changes/execution.py",
                "        if not spec.takes_over or "
                "not await self._store.announcing(action.id):\n"
                "            return False\n",
                "        if spec.takes_over or not spec.takes_over:\n            return False\n",
            ),
        ),
        WORK,
        (*APPROVED, "sim.replace", "forwarding.set"),
    ),
    Mutant(
        "a file is crossed out before it is sent",
        ("LOST",),
        (
            Patch(
                "bot/delivery/files.py",
                "        sent = await self._hand_over(int(row.to), file, document)\n"
                "        noted = partial(self._stores.documents.sent_on, document=document, "
                "file_id=_file_id(sent))\n"
                "        await acknowledged(partial(self._stores.outbox.delivered, row, "
                "sent.message_id, noted))\n",
                "        noted = partial(self._stores.documents.sent_on, document=document, "
                "file_id=None)\n"
                "        await self._stores.outbox.delivered(row, None, noted)\n"
                "        await self._hand_over(int(row.to), file, document)\n",
            ),
        ),
        ("handed.after",),
        readers=24,
    ),
    Mutant(
        "the same order is not known again",
        ("DOUBLE",),
        (
            Patch(
                "storage/stores/documents.py",
                "            for row in conn.execute(statements.LIKE_IT, same):\n",
                "            for row in conn.execute(statements.LIKE_IT, same).all()[:0]:\n",
            ),
        ),
        ("order.commit",),
        readers=24,
    ),
    Mutant(
        "a number of a set whose outcome is unknown is sent again blindly",
        ("DOUBLE",),
        SENT_AGAIN_BLINDLY,
        WORK,
        BLIND,
        trouble={
            "people": 0,
            "set_companies": 4,
            "least_changes": 0,
            "life": 3.0,
            "seconds": 25.0,
            "faults": (("applied, then 500", 0.3),),
        },
    ),
    Mutant(
        "a list that was confirmed for later does not wait for its minute",
        ("EARLY",),
        (
            Patch(
                "account/changes/sets/scheduling.py",
                "        if left > timedelta(0):\n            return left\n",
                "",
            ),
        ),
        trouble={"set_companies": 3, "people": 0, "least_changes": 0, "steps": 0},
    ),
    Mutant(
        "a date is crossed out in a second transaction, after its change",
        ("DOUBLE",),
        (
            Patch(
                "storage/stores/schedules.py",
                "            if conn.execute(_MOVE, _moved(schedule, begun)).rowcount != 1:\n"
                "                return False\n"
                "            confirmed",
                "            confirmed",
            ),
            Patch(
                "storage/stores/schedules.py",
                "        return await self._database.write(work)\n"
                "\n"
                "    @override\n"
                "    async def move(",
                "        done = await self._database.write(work)\n"
                "        if done:\n"
                "            await self._change(_MOVE, _moved(schedule, begun), ())\n"
                "        return done\n"
                "\n"
                "    @override\n"
                "    async def move(",
            ),
            Patch(
                "account/changes/due_schedules.py",
                '            id=str(uuid.uuid5(uuid.NAMESPACE_OID, f"{schedule.id} {at.kept}")),\n',
                "            id=str(uuid.uuid4()),\n",
            ),
        ),
        ("begin.commit",),
        trouble=PLANNED,
    ),
    Mutant(
        "an alert is told, and its message owed in a second transaction",
        ("SILENT",),
        (
            Patch(
                "storage/stores/alerts.py",
                "                self._effects.write(\n"
                '                    conn, [owed("alert.one", str(one.id), one, now) '
                "for one in rows]\n"
                "                )\n",
                '                owing.extend(owed("alert.one", str(one.id), one, now) '
                "for one in rows)\n",
            ),
            Patch(
                "storage/stores/alerts.py",
                '                self._effects.write(conn, [owed("alert.many", batch, one, now)])\n'
                "            return int(told > 0)\n"
                "\n"
                "        return await self._database.write(work)\n",
                '                owing.append(owed("alert.many", batch, one, now))\n'
                "            return int(told > 0)\n"
                "\n"
                "        owing: list[Any] = []\n"
                "        done = await self._database.write(work)\n"
                "        await self._database.write(\n"
                "            lambda conn: self._effects.write(conn, owing))\n"
                "        return done\n",
            ),
        ),
        ("tell.commit",),
        trouble=WATCHED,
    ),
    Mutant(
        "a look has ended before what it brought is kept",
        ("SILENT",),
        (
            Patch(
                "storage/stores/alerts.py",
                "            _keep(conn, looked)\n"
                "            self._effects.write(conn, effects)\n"
                "            self._sum_up(conn, look, rules, now)\n"
                "            return True\n"
                "\n"
                "        return await self._database.write(work)\n",
                "            return True\n"
                "\n"
                "        def kept(conn: Connection) -> None:\n"
                "            _keep(conn, looked)\n"
                "            self._effects.write(conn, effects)\n"
                "            self._sum_up(conn, look, rules, now)\n"
                "\n"
                "        done = await self._database.write(work)\n"
                "        if done:\n"
                "            await self._database.write(kept)\n"
                "        return done\n",
            ),
        ),
        ("looked.commit",),
        trouble=WATCHED,
    ),
    Mutant(
        "a month is crossed out in a second transaction, after its order",
        ("DOUBLE",),
        (
            Patch(
                "storage/stores/subscriptions.py",
                '            hold_counter(conn, "R", now)\n'
                "            if not _move_on(conn, subscription, subscription.month):\n"
                "                return False\n",
                '            hold_counter(conn, "R", now)\n',
            ),
            Patch(
                "storage/stores/subscriptions.py",
                "        return await self._database.write(work)\n"
                "\n"
                "    @override\n"
                "    async def put_off(",
                "        await self._database.write(work)\n"
                "        return await self.put_off(subscription, subscription.month, ())\n"
                "\n"
                "    @override\n"
                "    async def put_off(",
            ),
        ),
        ("monthly.commit",),
        trouble=MONTHS,
    ),
    *WORLD,
    *ANOTHER_OPERATOR,
)
