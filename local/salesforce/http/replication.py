# ruff: noqa: S608  names in SQL come from the schema, values are always parameters
"""getUpdated and getDeleted: what changed and what went within a window of time.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_getdeleted.htm
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from local.salesforce.errors import ApiError, Kind
from local.salesforce.http.messages import Answer, Call
from local.salesforce.http.metadata import sobject_of
from local.salesforce.http.routing import Route
from local.salesforce.org import Org
from local.salesforce.values import parse_datetime, rest_datetime, store_datetime

UPDATED_WINDOW: Final = timedelta(days=30)
DELETED_WINDOW: Final = timedelta(days=15)
MAXIMUM_IDS: Final = 600_000


def deleted(org: Org, call: Call) -> Answer:
    """`GET sobjects/X/deleted`: from the log, which outlives the recycle bin."""
    sobject = sobject_of(org, call)
    start, end = _window(org, call, DELETED_WINDOW)
    found = org.database.rows(
        'SELECT id, deleted FROM "_deleted" WHERE sobject = ? AND deleted >= ? AND deleted < ?'
        " ORDER BY deleted, id",
        (sobject.name, store_datetime(start), store_datetime(end)),
    )
    _not_too_many(len(found))
    earliest = (org.clock.stamp() - DELETED_WINDOW).replace(second=0)
    return Answer(
        200,
        {
            "deletedRecords": [
                {"id": row[0], "deletedDate": rest_datetime(str(row[1]))} for row in found
            ],
            "earliestDateAvailable": _rest(earliest),
            "latestDateCovered": _rest(_covered(org, end)),
        },
    )


def updated(org: Org, call: Call) -> Answer:
    """`GET sobjects/X/updated`: ids created or changed, by SystemModstamp."""
    sobject = sobject_of(org, call)
    start, end = _window(org, call, UPDATED_WINDOW)
    alive = ' AND "IsDeleted" = 0' if sobject.has("IsDeleted") else ""
    found = org.database.rows(
        f'SELECT "Id" FROM "{sobject.name}" WHERE "SystemModstamp" >= ?'
        f' AND "SystemModstamp" < ?{alive} ORDER BY "SystemModstamp", "Id"',
        (store_datetime(start), store_datetime(end)),
    )
    _not_too_many(len(found))
    ids = [row[0] for row in found]
    return Answer(200, {"ids": ids, "latestDateCovered": _rest(_covered(org, end))})


def _window(org: Org, call: Call, longest: timedelta) -> tuple[datetime, datetime]:
    """Both ends without their seconds, as Salesforce cuts them."""
    start, end = (_moment(call, name) for name in ("start", "end"))
    if start >= end:
        raise ApiError(Kind.REPLICATION_DATE, text="startDate must be before endDate")
    if start < org.clock.now() - longest - timedelta(minutes=1):
        raise ApiError(
            Kind.REPLICATION_DATE,
            text=f"startDate cannot be more than {longest.days} days ago",
        )
    return start.replace(second=0, microsecond=0), end.replace(second=0, microsecond=0)


def _moment(call: Call, name: str) -> datetime:
    given = call.query.get(name, "")
    found = parse_datetime(given)
    if found is None:
        raise ApiError(Kind.REPLICATION_DATE, text=f"{name}Date is not a date: {given}")
    return found


def _not_too_many(count: int) -> None:
    if count > MAXIMUM_IDS:
        raise ApiError(Kind.TOO_MANY_IDS, limit=MAXIMUM_IDS)


def _covered(org: Org, end: datetime) -> datetime:
    """Not later than now, nor than the start of a transaction that is still open."""
    open_since = [each.stamp for each in org.transactions.values()]
    return min([end, org.clock.stamp(), *open_since])


def _rest(moment: datetime) -> str:
    return rest_datetime(store_datetime(moment))


_BASE: Final = "/services/data/{version}/sobjects/{sobject}"
ROUTES = (
    Route("GET", f"{_BASE}/deleted", "deleted", deleted),
    Route("GET", f"{_BASE}/updated", "updated", updated),
)
