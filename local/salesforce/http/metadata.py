# ruff: noqa: S608  names in SQL come from the schema, values are always parameters
"""Describe answers and limits: what a client asks before it reads."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Final

from local.salesforce.errors import ApiError, Kind
from local.salesforce.http.messages import Answer, Call
from local.salesforce.http.routing import Route
from local.salesforce.org import Org
from local.salesforce.schema.describe import (
    RecordType,
    describe_basic,
    describe_global,
    describe_object,
)
from local.salesforce.schema.types import SObject

#: What nothing here uses up: names as an org of version 50.0 lists them, answer recorded in
#: https://github.com/mohan-chinnappan-n/cli-dx (limits.md), and DailyDeliveredPlatformEvents of the
#: REST guide, Limits; the sizes are those of an Enterprise edition or as recorded.
_OTHER_LIMITS: Final = {
    "AnalyticsExternalDataSizeMB": 40_960,
    "ConcurrentAsyncGetReportInstances": 200,
    "ConcurrentSyncReportRuns": 20,
    "DailyAsyncApexExecutions": 250_000,
    "DailyDeliveredPlatformEvents": 25_000,
    "DailyDurableGenericStreamingApiEvents": 10_000,
    "DailyDurableStreamingApiEvents": 10_000,
    "DailyGenericStreamingApiEvents": 10_000,
    "DailyStandardVolumePlatformEvents": 10_000,
    "DailyStreamingApiEvents": 10_000,
    "DailyWorkflowEmails": 405,
    "DataStorageMB": 1_024,
    "DurableStreamingApiConcurrentClients": 20,
    "FileStorageMB": 1_024,
    "HourlyAsyncReportRuns": 1_200,
    "HourlyDashboardRefreshes": 200,
    "HourlyDashboardResults": 5_000,
    "HourlyODataCallout": 20_000,
    "HourlyPublishedPlatformEvents": 50_000,
    "HourlyPublishedStandardVolumePlatformEvents": 1_000,
    "HourlySyncReportRuns": 500,
    "HourlyTimeBasedWorkflow": 50,
    "MassEmail": 10,
    "Package2VersionCreates": 6,
    "SingleEmail": 15,
    "StreamingApiConcurrentClients": 20,
}
#: Of how many of the newest rows those of the user are told, and at most how many.
_NEWEST: Final = 200
_RECENT: Final = 5


def sobject_of(org: Org, call: Call) -> SObject:
    """The object a path names; raises ApiError 404."""
    found = org.acting(call.user_id).schema.get(call.params["sobject"])
    if found is None:
        raise ApiError(Kind.NOT_FOUND)
    return found


def global_describe(org: Org, call: Call) -> Answer:
    """`GET /sobjects`."""
    return _unless_known(
        org, call, lambda: describe_global(org.acting(call.user_id).schema, call.base)
    )


def _unless_known(org: Org, call: Call, body: Callable[[], dict[str, object]]) -> Answer:
    """304 without a body for a client that has what would be told; both marks are the org's.

    https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/sobject_describe_with_ifmodified_header.htm
    That an ETag comes too is seen in recordings of CumulusCI (test_describe_to_sql); it is not
    documented, nor is what If-None-Match does here, which follows HTTP.
    """
    changed = org.views.changed(org.acting(call.user_id).whole, org.clock.now())
    tag = f'"{zlib.crc32(f"{call.user_id} {changed}".encode()):08x}"'
    marks = {"Last-Modified": format_datetime(changed, usegmt=True), "ETag": tag}
    if _known(call, tag, changed):
        return Answer(304, headers=marks)
    return Answer(200, body(), headers=marks)


def _known(call: Call, tag: str, changed: datetime) -> bool:
    """A tag counts before a date, and a date that cannot be read is none (RFC 9110, 13.2.2)."""
    tags = call.headers.get("if-none-match")
    if tags is not None:
        return tag in (each.strip() for each in tags.split(","))
    try:
        since = parsedate_to_datetime(call.headers.get("if-modified-since", ""))
    except ValueError:
        return False
    return changed <= (since if since.tzinfo else since.replace(tzinfo=UTC))


def basic(org: Org, call: Call) -> Answer:
    """`GET /sobjects/X`."""
    sobject = sobject_of(org, call)
    return Answer(200, describe_basic(sobject, call.base, _recent(org, call, sobject)))


def _recent(org: Org, call: Call, sobject: SObject) -> list[dict[str, object]]:
    """What the user made or changed lately; who looked at what is not kept."""
    needed = ("LastModifiedById", "SystemModstamp", sobject.name_field)
    if not all(sobject.has(name) for name in needed) or not sobject.traits.layoutable:
        return []
    alive = ' WHERE "IsDeleted" = 0' if sobject.has("IsDeleted") else ""
    newest = f'SELECT * FROM "{sobject.name}"{alive} ORDER BY "SystemModstamp" DESC LIMIT {_NEWEST}'
    found = org.database.rows(
        f'SELECT "Id", "{sobject.name_field}" FROM ({newest})'
        f' WHERE "LastModifiedById" = ? LIMIT {_RECENT}',
        (call.user_id,),
    )
    root = f"{call.base}/sobjects/{sobject.name}"
    return [
        {
            "attributes": {"type": sobject.name, "url": f"{root}/{record_id}"},
            "Id": record_id,
            sobject.name_field: name,
        }
        for record_id, name in found
    ]


def describe(org: Org, call: Call) -> Answer:
    """`GET /sobjects/X/describe`."""
    sobject = sobject_of(org, call)
    return _unless_known(
        org,
        call,
        lambda: describe_object(
            org.acting(call.user_id).schema,
            sobject,
            call.base,
            origin=call.origin,
            types=_record_types(org, sobject),
        ),
    )


def _record_types(org: Org, sobject: SObject) -> list[RecordType]:
    found = org.database.rows(
        'SELECT "Id", "Name", "DeveloperName" FROM "RecordType"'
        ' WHERE "SobjectType" = ? AND "IsActive" = 1 ORDER BY "Name"',
        (sobject.name,),
    )
    return [RecordType(str(row[0]), str(row[1]), str(row[2])) for row in found]


def limits(org: Org, _call: Call) -> Answer:
    """`GET /limits`, by name; agrees with the Sforce-Limit-Info header."""
    most = org.settings.daily_api_requests
    remaining = max(0, most - org.requests_used)
    daily = {"DailyApiRequests": {"Max": most, "Remaining": remaining}}
    others = {name: {"Max": size, "Remaining": size} for name, size in _OTHER_LIMITS.items()}
    return Answer(200, dict(sorted({**daily, **_bulk_limits(org), **others}.items())))


def _bulk_limits(org: Org) -> dict[str, dict[str, int]]:
    used, now = org.runner.allocation, org.clock.now()
    batches, queries = org.settings.bulk_daily_batches, org.settings.bulk_daily_query_jobs
    stored = org.settings.bulk_daily_query_kilobytes
    left = max(0, stored * 1_000 - used.results(now))
    return {
        "DailyBulkV2QueryFileStorageMB": {
            "Max": stored // 1_024,
            "Remaining": left // 1_024_000,
        },
        "DailyBulkApiBatches": {"Max": batches, "Remaining": max(0, batches - used.batches(now))},
        "DailyBulkV2QueryJobs": {"Max": queries, "Remaining": max(0, queries - used.queries(now))},
    }


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
