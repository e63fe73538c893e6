"""When an operator is not to be asked."""

from __future__ import annotations

from datetime import date, time
from typing import Annotated, Literal

from pydantic import Field

from carrier.profile.section import ApiNumber, Section

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


PerSecond = Annotated[float, Field(ge=0.1, le=10_000)]


class Maintenance(Section):
    """A planned window, by the clocks of Almaty; one that ends before it begins ends next day."""

    begins: time = Field(description='as `"02:00"`')
    ends: time = Field(description='as `"04:30"`')
    days: tuple[Day, ...] = Field((), description="weekdays on which it begins; all without it")
    on: date | None = Field(None, description="the one day on which it begins")
    apis: tuple[ApiNumber, ...] = Field((), description="which APIs; all without it")


class LimitsProfile(Section):
    """When an operator is not to be asked."""

    calls_per_second: PerSecond | None = Field(
        None, description="of each API, by all processes together; as many as come without it"
    )
    apis: dict[ApiNumber, PerSecond] = Field(
        default_factory=dict, description="the same of one API: `TMF637 = 20`"
    )
    background_share: Annotated[float, Field(gt=0, le=1)] = Field(
        0.5, description="what files may take of it, so that taps find the rest"
    )
    maintenance: tuple[Maintenance, ...] = Field(
        (), description="tables: windows in which people are told until when, and nothing is asked"
    )

    @property
    def limited(self) -> bool:
        """Whether anything is."""
        return self.calls_per_second is not None or bool(self.apis)

    def rate(self, api: str) -> float | None:
        """Calls a second of that API."""
        rate: float | None = self.apis.get(api, self.calls_per_second)  # type: ignore[call-overload]
        return rate
