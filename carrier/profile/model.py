"""The keys of an operator profile. What a file leaves out is as docs/operator.md has it.

Words are compared without regard to case: the tables' keys are folded when they are read.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Annotated, Any, Literal, Self, cast

from pydantic import Field, field_validator, model_validator

from account.kazakhstan import numbering
from account.values.capabilities import Capability
from account.values.number import Ban
from carrier.profile import version5
from carrier.profile.events import EventsProfile
from carrier.profile.limits import LimitsProfile
from carrier.profile.names import Names
from carrier.profile.section import ApiNumber, Section
from carrier.profile.supplier import SupplierProfile
from carrier.profile.vocabulary import Vocabulary
from carrier.profile.words import WordTables

Totals = Literal["filtered", "collection", "none"]


class ApiProfile(Section):
    """Where one API is and how it is spoken to."""

    address: Annotated[str, Field(pattern=r"^https?://[^\s/?#]+[^\s?#]*$")] | None = Field(
        None,
        description="what stands before `path`, with http:// or https://; else "
        "`MYACCOUNT_CARRIER_URL`",
    )
    path: Annotated[str, Field(pattern=r"^(/[^\s?#]*[^\s?#/])?$")] | None = Field(
        None,
        description="the base path, with a stroke at its beginning and none at its end: "
        "`/tmf-api/…/v4` by the standard",
    )
    version: Literal["v4", "v5"] = Field(
        "v4",
        description="which form it is asked and ordered in, and its base path without a `path`; "
        "answers are read in both",
    )
    totals: Totals | None = Field(None, description="as `find.totals`, of this API alone")
    empty_is_missing: bool = Field(
        False, description="a list in which nothing fits is answered 404, with an error body"
    )
    no_filters: tuple[Annotated[str, Field(pattern=r"^[A-Za-z.]+$")], ...] = Field(
        (),
        description="filters that do not hold: what they would leave is looked for among all rows",
    )
    filters: dict[
        Annotated[str, Field(pattern=r"^[A-Za-z.]+$")],
        Annotated[str, Field(pattern=r"^[A-Za-z.]+$")],
    ] = Field(
        default_factory=dict,
        description="filters and fields that are called otherwise here than in docs/operator.md: "
        '`"relatedParty.id" = "customer.id"`',
    )
    headers: dict[
        Annotated[str, Field(pattern=r"^[A-Za-z0-9-]+$")],
        Annotated[str, Field(pattern=r"^[ -~]*$")],
    ] = Field(default_factory=dict, description="headers that every request has besides")


FOUND = "found"
"""Of `money_bucket`."""


class Finding(Section):
    """How things are found, and what can be relied on when they are asked for."""

    number_by: Literal["id", "serial", "characteristic"] = Field(
        "id",
        description="a number's product: `id` is the number, or by `productSerialNumber`, or by "
        "the characteristic `number_characteristic`",
    )
    number_characteristic: str | None = Field(
        None, description="the characteristic that holds the number; else `productSerialNumber`"
    )
    phones: Literal["digits", "plus", "trunk"] = Field(
        "digits",
        description="`77010542006`, `+77010542006` or, with the trunk 8, `87010542006` in queries "
        "and orders; answers are read in each",
    )
    totals: Totals = Field(
        "filtered",
        description="what `X-Total-Count` counts: what the filter leaves, all there is, or it is "
        "not told",
    )
    page_rows: Annotated[int, Field(ge=1, le=10_000)] | None = Field(
        None,
        description="rows of the longest page that it gives, so that a shorter one is the last; "
        "else what has no total is read on until nothing comes",
    )
    lists: bool = Field(True, description="`a,b` in a filter is one of them")
    search: bool = Field(True, description="`.regex` and `;` search in numbers, accounts, tariffs")
    characteristics: bool = Field(True, description="characteristics can be filtered by name")
    sorting: bool = Field(True, description="`sort` holds")
    card_number: Annotated[str, Field(pattern=r"^[A-Za-z.]+$")] = Field(
        "resourceRelationship.id",
        description="the filter by which a number's SIM card and devices are found",
    )
    order_by: Literal["both", "externalId", "externalIdentifier"] = Field(
        "both",
        description='with `apis.TMF622.version = "v5"`: the list that our reference is sent in '
        "and searched by. The published file has `externalId`; an operator that refuses members "
        "and filters it does not know wants one of them alone",
    )
    money_bucket: str = Field(
        "main-{number}",
        description="the id of the bucket that money is moved from and to, or `found`: it is "
        "looked for among the number's buckets, by its name",
    )


BANS = {
    Ban.ACCESS: "banSelfCareAccess",
    Ban.DETAILS: "banSelfCareDetails",
    Ban.SMS_USSD: "banSmsUssdControl",
}


class Characteristics(Section):
    """What the product of a number calls what it has."""

    payment_method: str = Field("paymentMethod", description="how it is paid for")
    suspension_reason: str = Field("suspensionReason", description="why it is suspended")
    status_since: str = Field("statusSince", description="since when its state holds")
    debt: str = Field("debtAmount", description="what is owed")
    label: str = Field("employeeLabel", description="who uses it, as the company wrote")
    registration_form: str = Field("registrationForm", description="its registration form")
    blocked_by_company: str = Field(
        "voluntaryBlock", description="whether the company has blocked it"
    )
    forwarding: str = Field("forwarding", description="where calls go")
    group: str = Field("group", description="the group that a service belongs to")
    subgroup: str = Field("subgroup", description="the group within that group")
    manageable: str = Field(
        "manageable", description="whether people may switch a service off themselves"
    )
    bans: dict[Ban, str] = Field(default_factory=BANS.copy, description="what each ban is called")

    @field_validator("bans")
    @classmethod
    def _all_of_them(cls, told: dict[Ban, str]) -> dict[Ban, str]:
        return {**BANS, **told}


class ServicesProfile(Section):
    """The services of a number."""

    price: Literal["with_tax", "without_tax"] | None = Field(
        None,
        description="what `price` of a `productOfferingPrice` (TMF620) is where it is an amount by "
        "itself: without tax the offering's `tax` is added; neither is guessed, and what has no "
        "other price is left out. Where `price.taxIncludedAmount` is told, it counts",
    )

    manageable: bool = Field(
        False, description="whether people may switch off one that does not say so"
    )


class Refusals(Section):
    """How the operator says no to a change."""

    final: bool = Field(
        False,
        description="a 400, 404, 409 or 422 with any error body of its own means that nothing was "
        "done: a code that is a number, `error`, RFC 9457; else only TMF630's with a code in words",
    )
    codes: dict[str, Annotated[str, Field(pattern=r"^[A-Z0-9][A-Z0-9_.]{0,63}$")]] = Field(
        default_factory=dict, description='its codes as ours, in capitals: `24 = "NUMBER.STATE"`'
    )


class Blocking(Section):
    """How a number is blocked and unblocked."""

    by: Literal["order", "product_patch"] = Field(
        "order", description="a product order (TMF622), or PATCH of the product (TMF637)"
    )


class AccessProfile(Section):
    """How we are let in. The secret stands in no profile: `MYACCOUNT_CARRIER_TOKEN_FILE` names the
    file with the bearer token, the API key or the client's secret.
    """

    kind: Literal["bearer", "api_key", "oauth2"] = Field(
        "bearer",
        description="`bearer`: the token as it is; `api_key`: in a header of its own; `oauth2`: "
        "tokens by client credentials",
    )
    header: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]+$")] = Field(
        "X-API-Key", description="the header of an API key"
    )
    token_url: Annotated[str, Field(pattern=r"^https?://[^\s/?#]+[^\s#]*$")] | None = Field(
        None, description="where tokens are asked for"
    )
    client_id: Annotated[str, Field(pattern=r"^[ -~]+$")] | None = Field(
        None, description="who we are there"
    )
    client_auth: Literal["basic", "post"] = Field(
        "basic", description="whether id and secret go in the header or in the form"
    )
    scope: str | None = Field(None, description="sent with each request for a token")
    audience: str | None = Field(None, description="sent with each request for a token")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.kind == "oauth2" and not (self.token_url and self.client_id):
            raise ValueError("oauth2 wants token_url and client_id")
        return self


class Profile(Section):
    """All of an operator profile."""

    names: Names = Field(default_factory=Names)
    apis: dict[ApiNumber, ApiProfile] = Field(default_factory=dict)
    access: AccessProfile = Field(default_factory=AccessProfile)
    limits: LimitsProfile = Field(default_factory=LimitsProfile)
    events: EventsProfile = Field(default_factory=EventsProfile)
    find: Finding = Field(default_factory=Finding)
    characteristics: Characteristics = Field(default_factory=Characteristics)
    words: WordTables = Field(default_factory=WordTables)
    services: ServicesProfile = Field(default_factory=ServicesProfile)
    refusals: Refusals = Field(default_factory=Refusals)
    blocking: Blocking = Field(default_factory=Blocking)
    supplier: SupplierProfile = Field(default_factory=SupplierProfile)
    esim: bool = Field(
        False, description="whether numbers can be put on eSIM profiles (docs/operator.md, 9.4.1)"
    )
    lacks: frozenset[Capability] = Field(
        default=frozenset(), description="what the operator does not have"
    )

    @model_validator(mode="before")
    @classmethod
    def _esim_is_said(cls, told: Any) -> Any:
        """What no operator is taken to have unless the file says so."""
        if not isinstance(told, dict) or told.get("esim", False) is not False:
            return told
        lacks = told.get("lacks", ())
        if not isinstance(lacks, list | tuple | set | frozenset):
            return told
        return {**told, "lacks": [*lacks, Capability.ESIM]}

    def api(self, number: str) -> ApiProfile:
        """How that API is spoken to."""
        found: ApiProfile = self.apis.get(number, _AS_STANDARD)  # type: ignore[call-overload]
        return found

    def speaks_v5(self, number: str) -> bool:
        """Whether that API is asked in the form of v5."""
        return self.api(number).version == "v5"

    def called(self, number: str) -> Mapping[str, str]:
        """Filters and fields of that API that are called otherwise than in docs/operator.md."""
        told = self.api(number).filters
        return {**version5.names(number), **told} if self.speaks_v5(number) else told

    def totals(self, number: str) -> Totals:
        """What that API's `X-Total-Count` counts."""
        return self.api(number).totals or self.find.totals

    def holds(self, number: str, name: str) -> bool:
        """Whether that API looks at the filter of that name."""
        return name not in self.api(number).no_filters

    def spelled(self, table: str, meaning: Hashable) -> str:
        """The operator's own word for `meaning` in that table of `words`."""
        words: Vocabulary = getattr(self.words, table)
        return words.spelled(meaning)

    @property
    def money_unit(self) -> tuple[str, int]:
        """What amounts are said in: the unit as the operator writes it, and its hundredths."""
        words = cast("Vocabulary", self.words.money_unit)
        return words.said_first

    def ban(self, ban: Ban) -> str:
        """The characteristic of that ban."""
        return self.characteristics.bans[ban]

    def phone(self, digits: str) -> str:
        """A number as the operator writes it in queries and orders."""
        if self.find.phones == "trunk":
            return numbering.with_trunk(digits)
        return f"+{digits}" if self.find.phones == "plus" else digits


_AS_STANDARD = ApiProfile()
