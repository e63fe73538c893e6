"""Whether each API of the operator is there and lets us in: one read of one row, never shown."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from account.errors import CarrierNotReached
from account.values.capabilities import Capability
from bot.cli.doctor.operator_transport import SECONDS, operator_over, transport_of
from bot.cli.doctor.verdict import Several, Warn, Wrong
from bot.ops.causes import unreached, where
from carrier.apis import Api, url_of
from carrier.http import OperatorHttp
from carrier.httpx_transport import HttpxTransport
from carrier.transport import Answer, NoAnswerError, NotConnectedError

if TYPE_CHECKING:
    from bot.config.settings import Settings

RESOURCES = {
    Api.PARTY: "individual",
    Api.PRODUCT_INVENTORY: "product",
    Api.ACCOUNT: "billingAccount",
    Api.PREPAY_BALANCE: "bucket",
    Api.PRODUCT_ORDER: "productOrder",
    Api.USAGE: "usage",
    Api.COMMUNICATION: "communicationMessage",
    Api.RESOURCE: "resource",
    Api.PRODUCT_CATALOG: "productOffering",
    Api.USAGE_CONSUMPTION: "queryUsageConsumption",
    Api.PAYMENT: "payment",
    Api.CUSTOMER_BILL: "customerBill",
    Api.AGREEMENT: "agreement",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with an API: where, and why with the cure, `{path}` for what names its path."""

    address: str
    cause: str

    def of(self, api: Api) -> str:
        """The sentence of that API alone."""
        named = _RESTS_ON.get(api, set()) - {Capability.ESIM}  # lacking by itself
        parts = ", ".join(f'"{one}"' for one in sorted(named))
        none = f"; where the operator has none, say lacks = [{parts}] there" if parts else ""
        return self.said(f"apis.{api}.path in the profile, or MYACCOUNT_CARRIER_URL{none}")

    def said(self, path: str, address: str | None = None) -> str:
        """The sentence; `path` is what to correct where the path is wrong."""
        return f"{address or self.address}: {self.cause.replace('{path}', path)}."


POSTED = frozenset({Api.COMMUNICATION, Api.USAGE_CONSUMPTION})
"""Their resources are posted only: a GET is answered 404 or 405 where they are well."""


async def check(settings: Settings) -> str:
    """Ask each API. Raises `Several`: a sentence for each, one for what all have in common."""
    transport = transport_of(settings)
    http = operator_over(transport, settings)
    faults: dict[Api, Fault] = {}
    asked = [api for api in Api if api not in not_there(settings)]
    try:
        for api in asked:
            said = await fault(http, transport, api, settings)
            if said is not None:
                faults[api] = said
    finally:
        await http.close()
    if not faults:
        well = f"{where(settings.carrier_url)}: {len(asked)} APIs answer and let us in"
        lacks = settings.profile.lacks
        return Warn(f"{well}; {_NO_REGISTER}") if Capability.SIM_REGISTER in lacks else well
    by_cause: dict[str, list[Api]] = {}
    for api, said in faults.items():
        by_cause.setdefault(said.cause, []).append(api)
    answered = [api for api in asked if api not in POSTED]
    raise Several([_wrong(apis, answered, faults, settings) for apis in by_cause.values()])


def _wrong(
    apis: list[Api], asked: list[Api], faults: dict[Api, Fault], settings: Settings
) -> Wrong:
    """What some of the APIs have in common, in one sentence."""
    first = faults[apis[0]]
    alike = len({faults[api].address for api in apis}) == 1
    if len(apis) > 1 and set(apis) >= set(asked):
        base = first.address if alike else where(settings.carrier_url)
        mend = (
            "MYACCOUNT_CARRIER_URL, which stands before the paths of all of them, or the profile's "
            "apis.<API>.path where those are its own"
        )
        return Wrong(first.said(mend, base), "operator")
    part = f"operator {', '.join(apis)}"
    if len(apis) == 1:
        return Wrong(first.of(apis[0]), part)
    paths = " and ".join(f"apis.{api}.path" for api in apis)
    more = "" if alike else f" and {len(apis) - 1} more"
    return Wrong(first.said(f"{paths} in the profile", first.address + more), part)


_NO_REGISTER = (
    "sim_register is in the profile's lacks, so nobody tells when a SIM card was replaced: a code "
    "by SMS reaches whoever has the card now"
)
_RESTS_ON = {
    Api.USAGE: {Capability.USAGE},
    Api.PRODUCT_CATALOG: {Capability.SERVICES},
    Api.USAGE_CONSUMPTION: {Capability.ALLOWANCES, Capability.ATLAS},
    Api.PAYMENT: {Capability.PAYMENTS},
    Api.CUSTOMER_BILL: {Capability.BILLS},
    Api.AGREEMENT: {Capability.CONTRACTS},
    Api.RESOURCE: {
        Capability.SIM_REGISTER,
        Capability.SIM_CODES,
        Capability.SIM_REPLACEMENT,
        Capability.ESIM,
        Capability.DEVICE_REGISTRY,
    },
}
"""APIs that nobody asks where an operator has none of these."""


def not_there(settings: Settings) -> set[Api]:
    """What this installation never asks: what the profile lacks, and SMS that go by SMPP."""
    profile = settings.profile
    gone = {Api.COMMUNICATION} if settings.smpp_url is not None else set()
    if profile.blocking.by == "product_patch" and profile.lacks >= _ORDERED:
        gone.add(Api.PRODUCT_ORDER)
    return gone | {api for api, parts in _RESTS_ON.items() if parts <= profile.lacks}


_ORDERED = {
    Capability.SERVICES,
    Capability.BANS,
    Capability.FORWARDING,
    Capability.SIM_REPLACEMENT,
    Capability.DEVICE_REGISTRY,
}
"""What is changed by an order, besides a block where that is one."""


async def fault(
    http: OperatorHttp, transport: HttpxTransport, api: Api, settings: Settings
) -> Fault | None:
    """What is wrong with that API, with the cause and what to do."""
    base = where(http.address(api))
    try:
        answer = await asked(http, transport, api, "limit=1")
    except CarrierNotReached as error:
        token_url = settings.profile.access.token_url or base
        cause = unreached(error)
        if cause is None and transport.last is not None:
            cause = (
                f"status {transport.last.status}: look at client_id, client_auth and scope in "
                "the profile's access, and at the secret in MYACCOUNT_CARRIER_TOKEN_FILE"
            )
        return Fault(where(token_url), f"no token can be had: {cause or error}")
    except (NotConnectedError, NoAnswerError) as error:
        host = where(base.removesuffix(_path(base)))
        if settings.carrier_proxy is not None:
            host += f" (through {where(settings.carrier_proxy)})"
        cause = unreached(error) or "no answer: look at its own log"
        return Fault(host, cause.replace(_AUTHORITY, f"{_AUTHORITY} in MYACCOUNT_CARRIER_CA_FILE"))
    if answer.status == 404 and not _in_their_words(answer):
        other = await _other_version(http, transport, api, settings)
        if other is not None:
            return other
    return refusal(api, base, answer, settings)


_AUTHORITY = "authority's file"


async def _other_version(
    http: OperatorHttp, transport: HttpxTransport, api: Api, settings: Settings
) -> Fault | None:
    """What to say where the other version of an API is there, and the profile's is not."""
    told = settings.profile.api(api)
    if told.path is not None or api in POSTED:
        return None
    other = "v4" if told.version == "v5" else "v5"
    address = url_of(settings.carrier_url, api, told.model_copy(update={"version": other}))
    url, headers = f"{address}/{RESOURCES[api]}?limit=1", await http.headers(api)
    try:
        answer = await transport.send("GET", url, headers, None, connect=SECONDS / 2, read=SECONDS)
    except (NotConnectedError, NoAnswerError):
        return None
    if answer.status not in (200, 206) or not _is_json(answer):
        return None
    return Fault(
        f"{where(http.address(api))}/{RESOURCES[api]}",
        f'status 404, and {other} of it answers beside: write version = "{other}" into the '
        f"profile's apis.<API> instead of {told.version}",
    )


async def asked(
    http: OperatorHttp, transport: HttpxTransport, api: Api, query: str, resource: str | None = None
) -> Answer:
    """One GET as the product makes them, whatever the answer's status.

    Raises `NotConnectedError`, `NoAnswerError`; `CarrierNotReached` where no token is to be had.
    """
    url = f"{http.address(api)}/{resource or RESOURCES[api]}?{query}"
    headers = await http.headers(api)
    return await transport.send("GET", url, headers, None, connect=SECONDS / 2, read=SECONDS)


def refusal(api: Api, base: str, answer: Answer, settings: Settings) -> Fault | None:
    """What a status means for us; None where the API is there and lets us in."""
    status, address = answer.status, f"{base}/{RESOURCES[api]}"
    token = "_FILE" if settings.carrier_token_file else ""
    if status == 401 and settings.carrier_token is None and settings.carrier_token_file is None:
        return Fault(
            where(settings.carrier_url),
            "status 401, and no token is set: set MYACCOUNT_CARRIER_TOKEN_FILE, and access.kind in "
            "the profile where it is no bearer token",
        )
    if status == 401:
        return Fault(
            where(settings.carrier_url),
            f"status 401: MYACCOUNT_CARRIER_TOKEN{token}: the operator does not take this token: "
            "have a new one made, or correct access.kind in the profile",
        )
    if status == 403:
        return Fault(base, "status 403: have the operator allow this API to the token we use")
    if api in POSTED and status in (400, 404, 405, 415, 501):
        return None
    if status == 404 and not _in_their_words(answer):
        return Fault(address, "status 404, the path is not there: correct {path}")
    if 300 <= status < 400:
        return Fault(
            address,
            f"status {status} leads elsewhere and is not followed: write the address it leads to "
            "into the profile or MYACCOUNT_CARRIER_URL",
        )
    if status == 429:
        return Fault(address, "status 429, too many requests: ask the operator for a higher limit")
    if status >= 500:
        return Fault(address, f"status {status}: the operator's engineers have to look at its log")
    if status in (200, 206) and not _is_json(answer):
        return Fault(
            address,
            f"status {status} with no JSON in it (a gateway's page?): correct the address",
        )
    return None


def _path(url: str) -> str:
    return "/" + url.split("://", 1)[-1].partition("/")[2] if "/" in url[8:] else ""


def _is_json(answer: Answer) -> bool:
    try:
        json.loads(answer.body)
    except (ValueError, RecursionError):
        return False
    return True


def _in_their_words(answer: Answer) -> bool:
    """Whether an error is TMF630's, and not a gateway's or a web server's."""
    try:
        told = json.loads(answer.body)
    except (ValueError, RecursionError):
        return False
    return isinstance(told, dict) and "code" in told and ("reason" in told or "message" in told)
