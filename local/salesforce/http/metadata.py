# ruff: noqa: S608  names in SQL come from the schema, values are always parameters
"""Describe answers and limits: what a client asks before it reads."""

from __future__ import annotations

from typing import Final

from local.salesforce.errors import ApiError, Kind
from local.salesforce.http.messages import Answer, Call
from local.salesforce.http.routing import Route
from local.salesforce.org import Org
from local.salesforce.schema.describe import describe_basic, describe_global, describe_object
from local.salesforce.schema.types import SObject

_OTHER_LIMITS: Final = {
    "DailyBulkApiBatches": 15_000,
    "DailyBulkV2QueryJobs": 10_000,
    "DailyBulkV2QueryFileStorageMB": 976_562,
    "DataStorageMB": 1_024,
    "FileStorageMB": 1_024,
    "HourlyODataCallout": 20_000,
}


def sobject_of(org: Org, call: Call) -> SObject:
    """The object a path names; raises ApiError 404."""
    found = org.acting(call.user_id).schema.get(call.params["sobject"])
    if found is None:
        raise ApiError(Kind.NOT_FOUND)
    return found


def global_describe(org: Org, call: Call) -> Answer:
    """`GET /sobjects`."""
    return Answer(200, describe_global(org.acting(call.user_id).schema, call.base))


def basic(org: Org, call: Call) -> Answer:
    """`GET /sobjects/X`."""
    return Answer(200, describe_basic(sobject_of(org, call), call.base, ()))


def describe(org: Org, call: Call) -> Answer:
    """`GET /sobjects/X/describe`."""
    schema = org.acting(call.user_id).schema
    return Answer(
        200, describe_object(schema, sobject_of(org, call), call.base, origin=call.origin, types=())
    )


def limits(org: Org, _call: Call) -> Answer:
    """`GET /limits`; agrees with the Sforce-Limit-Info header."""
    most = org.settings.daily_api_requests
    remaining = max(0, most - org.requests_used)
    daily = {"DailyApiRequests": {"Max": most, "Remaining": remaining}}
    others = {name: {"Max": size, "Remaining": size} for name, size in _OTHER_LIMITS.items()}
    return Answer(200, {**daily, **others})


def record_count(org: Org, call: Call) -> Answer:
    """`GET /limits/recordCount?sObjects=A,B`; unknown objects are left out."""
    asked = call.query.get("sObjects") or call.query.get("sobjects")
    schema = org.acting(call.user_id).schema
    names = asked.split(",") if asked else [each.name for each in schema]
    found = [schema.get(name.strip()) for name in names]
    counts = [{"count": _count(org, sobject), "name": sobject.name} for sobject in found if sobject]
    return Answer(200, {"sObjects": counts})


def _count(org: Org, sobject: SObject) -> int:
    where = ' WHERE "IsDeleted" = 0' if sobject.has("IsDeleted") else ""
    row = org.database.one(f'SELECT count(*) FROM "{sobject.name}"{where}')
    return int(row[0] or 0) if row else 0


_BASE: Final = "/services/data/{version}"
ROUTES = (
    Route("GET", f"{_BASE}/sobjects", "describeGlobal", global_describe),
    Route("GET", f"{_BASE}/sobjects/{{sobject}}", "basic", basic),
    Route("GET", f"{_BASE}/sobjects/{{sobject}}/describe", "describe", describe),
    Route("GET", f"{_BASE}/limits", "limits", limits),
    Route("GET", f"{_BASE}/limits/recordcount", "recordCount", record_count),
)
