"""What every table of a profile is."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

ApiNumber = Literal[
    "TMF620",
    "TMF622",
    "TMF632",
    "TMF635",
    "TMF637",
    "TMF639",
    "TMF651",
    "TMF654",
    "TMF666",
    "TMF676",
    "TMF677",
    "TMF678",
    "TMF681",
]


class Section(BaseModel):
    """A table of the file; a key that is not declared is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
