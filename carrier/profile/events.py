"""What an operator tells by itself."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from carrier.profile.section import Section

EventsApi = Literal["TMF622", "TMF654"]
"""APIs whose resources are changes of ours."""
_USUAL_QUERIES = {"TMF622": "eventType=ProductOrderStateChangeEvent"}


class EventsProfile(Section):
    """Which hubs are asked to tell of what becomes of changes, where `MYACCOUNT_EVENTS_URL` is set.

    An event only has the change looked at earlier; nothing that it says is believed.
    """

    apis: tuple[EventsApi, ...] = Field(
        ("TMF622",), description="whose `/hub` is subscribed to; `[]` where there is none"
    )
    query: dict[EventsApi, Annotated[str, Field(pattern=r"^[ -~]{0,500}$")]] = Field(
        default_factory=dict,
        description="what is sent as `query` of a subscription, empty for none: "
        '`TMF654 = "eventType=TransferBalanceCreateEvent"`',
    )

    def filter(self, api: str) -> str:
        """The `query` for that API."""
        told: str | None = self.query.get(api)  # type: ignore[call-overload]
        return _USUAL_QUERIES.get(api, "") if told is None else told
