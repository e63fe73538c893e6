"""The defect that the lab exists for: what may have taken effect is sent again, unseen."""

from __future__ import annotations

from crashlab.mutants.planting import Patch

SENT_AGAIN_BLINDLY = (
    Patch(
        "account/changes/execution.py",
        "        if not (action.restored or action.fence > 1):\n            return False\n",
        "        if not action.restored:\n            return False\n",
    ),
    Patch(
        "account/changes/execution.py",
        "        except OutcomeUnknown:\n"
        "            await self._wait(action, ActionState.UNKNOWN)\n",
        "        except OutcomeUnknown:\n"
        "            await self._store.unsend(action, self._clock.now(), counts=True)\n",
    ),
    Patch(
        "account/changes/execution.py",
        "        if spec.is_applied(subject, action.parameters):\n"
        "            await self._settle(action, ActionState.DONE, None)\n"
        "        elif (refusal",
        "        if (refusal",
    ),
    Patch(
        "account/changes/execution.py",
        "    refusal = None\n    try:\n        spec.check(subject, action.parameters)\n",
        "    return None\n    try:\n        spec.check(subject, action.parameters)\n",
    ),
)
"""Whoever takes an unknown change over sends it, and neither looks it up nor checks it."""
