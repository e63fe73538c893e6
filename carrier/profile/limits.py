"""When an operator is not to be asked."""

from __future__ import annotations

from datetime import date, time
from typing import Literal

from pydantic import Field

from carrier.profile.section import ApiNumber, Section

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class Maintenance(Section):
    """A planned window, by the clocks of Almaty; one that ends before it begins ends next day."""

    begins: time = Field(description='as `"02:00"`')
    ends: time = Field(description='as `"04:30"`')
    days: tuple[Day, ...] = Field((), description="weekdays on which it begins; all without it")
    on: date | None = Field(None, description="the one day on which it begins")
    apis: tuple[ApiNumber, ...] = Field((), description="which APIs; all without it")


class LimitsProfile(Section):
    """When an operator is not to be asked."""

    maintenance: tuple[Maintenance, ...] = Field(
        (), description="tables: windows in which people are told until when, and nothing is asked"
    )
