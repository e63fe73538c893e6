"""Rows as any operator might answer them: every member there, missing, null, of its kind, or odd.

What members a row has, the structs say that read them; of which kind they are by the standard,
their names do (`…DateTime`, `is…`, `amount`). Most of a row is the contract's, so that many can be
read.
"""

from __future__ import annotations

import json
from typing import Any

import msgspec
from hypothesis import strategies as st

from tests.carrier.desk import COMPANY, NUMBER
from tests.carrier.test_tmf_party import PHONE

_THEIRS = {
    COMPANY: "org-of-others",
    NUMBER.digits: "77019990000",
    PHONE.digits: "77019990001",
    '"adm-1"': '"adm-of-others"',
}

_WORDS = st.sampled_from(
    [
        *("active", "Active", "suspended", "terminated", "available", "registered", "removed"),
        *("customer", "owner", "administrator", "reliesOn", "validity", "excludes", "login"),
        *("debt", "voluntary", "Credit", "Advance", "recurring", "oneTime", "month", "day"),
        *("main balance", "remaining credit limit", "voice", "sms", "data", "rated", "rerated"),
        *("SIM", "Device", "BIN", "180140000018", "353678076511548", "89997027508016848485"),
        *("KZT", "MB", "seconds", "completed", "failed", "held", "done", NUMBER.digits),
        *("", " ", "\ud83d", "\u202e", "Қазына", "null", "NaN"),
    ]
)
_MOMENTS = st.sampled_from(
    [
        *("2026-11-20T10:00:00+05:00", "2026-11-20T05:00:00.0000000Z", "2026-11-20"),
        *("2026-10-31T23:59:59.9999999+05", "2026-11-20 10:00", "0001-01-01T00:00:00+14:00"),
        *("9999-12-31T23:59:59-14:00", "2026-02-30", "soon", ""),
    ]
)
_NUMBERS = (
    st.integers(-10, 10**6)
    | st.floats(-1, 10**6, allow_nan=False)
    | st.sampled_from(["0", "65.0", "8475.905", "1e3", "1_000", "٣", 10**30, 1e300, -0.0])
)
_FLAGS = st.booleans() | st.sampled_from(["true", "False", "yes", "perhaps", 0, 1])
_ODD: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _WORDS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(_WORDS, inner, max_size=2),
    max_leaves=4,
)


def _by_name(name: str) -> st.SearchStrategy[Any]:
    if name.endswith(("Date", "DateTime")):
        return _MOMENTS
    if name.startswith("is"):
        return _FLAGS
    if name in {"amount", "size", "taxRate"}:
        return _NUMBERS
    if name == "value":
        return _NUMBERS | _FLAGS | _WORDS | _MOMENTS
    return _WORDS | st.text(max_size=5)


def _of(told: msgspec.inspect.Type, name: str) -> st.SearchStrategy[Any]:
    if isinstance(told, msgspec.inspect.UnionType):
        return st.one_of(*(_of(one, name) for one in told.types))
    if isinstance(told, msgspec.inspect.NoneType):
        return st.none()
    if isinstance(told, msgspec.inspect.ListType):
        return st.lists(_of(told.item_type, name), max_size=3)
    if isinstance(told, msgspec.inspect.StructType):
        members = {one.encode_name: _of(one.type, one.encode_name) for one in told.fields}
        return st.fixed_dictionaries({}, optional=members)
    return _by_name(name)


def rows(kind: type, well: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Rows of that struct, each in part as `well` is, which is the company's."""
    struct = msgspec.inspect.type_info(kind)
    assert isinstance(struct, msgspec.inspect.StructType)
    members = {one.encode_name: one.type for one in struct.fields}
    changed = st.fixed_dictionaries(
        {}, optional={name: _ODD | _of(of, name) for name, of in members.items()}
    )
    some = st.sets(st.sampled_from(sorted(members)), max_size=3)
    return st.builds(
        lambda changes, which: well | {k: v for k, v in changes.items() if k in which},
        changed,
        some,
    )


def anothers(row: dict[str, Any], n: int) -> dict[str, Any]:
    """The row as another company's, of another number, login and administrator."""
    told = json.dumps(row)
    for ours, theirs in _THEIRS.items():
        told = told.replace(ours, theirs)
    made: dict[str, Any] = json.loads(told)
    return made | {"id": f"of-others-{n}"}
