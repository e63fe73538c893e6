"""Requests of the time before this world began: what the guide shows of devices (S25)."""

from __future__ import annotations

import json
from datetime import datetime

from sandbox.operator.api.answers import ALMATY, Json
from sandbox.operator.database import OperatorDatabase
from sandbox.operator.seed.people import DEMO

_NUMBER, _IMEI = "77010542006", "353678076511548"
_REQUESTS = (
    ("deregister", datetime(2021, 1, 6, 9, 46, tzinfo=ALMATY)),
    ("duplicate", datetime(2021, 4, 22, 18, 49, tzinfo=ALMATY)),
)


def found(database: OperatorDatabase) -> None:
    """Write the completed orders of the guide, once."""
    for place, (action, moment) in enumerate(_REQUESTS, 1):
        at = moment.timestamp()
        database.execute(
            """INSERT OR IGNORE INTO product_order (id, external_id, category, company, body,
                   state, ordered_at, begin_at, due_at, done_at)
               VALUES (?, ?, ?, ?, ?, 'completed', ?, ?, ?, ?)""",
            (
                f"po-guide-{place}",
                f"guide-{place}",
                f"device.{action}",
                DEMO.id,
                json.dumps(_body(action)),
                at,
                at,
                at,
                at,
            ),
        )


def _body(action: str) -> Json:
    asked = [
        {"name": "deviceRegistration", "valueType": "string", "value": action},
        {"name": "IMEI", "valueType": "string", "value": _IMEI},
    ]
    product = {"id": _NUMBER, "productCharacteristic": asked}
    return {
        "category": f"device.{action}",
        "productOrderItem": [{"id": "01", "action": "modify", "quantity": 1, "product": product}],
        "relatedParty": [{"id": DEMO.id, "role": "customer", "@referredType": "Organization"}],
    }
