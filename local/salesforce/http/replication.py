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
from local.salesforce.schema.types import SObject
from local.salesforce.values import parse_datetime, rest_datetime, store_datetime

#: Neither call looks further back.
LONGEST_WINDOW: Final = timedelta(days=30)
#: How long the log of deletes is kept.
LOG_LIFE: Final = timedelta(days=15)


_ENDS: Final = ("start", "end")


def deleted(org: Org, call: Call) -> Answer:
    """`GET sobjects/X/deleted`: from the log, which outlives the recycle bin.

    What was undeleted since is not told. Up to 30 days back are answered, although the log keeps
    15 days, or less when it was cut: `earliestDateAvailable` is then later than the start, and
    what went before is missing without a word (getomnico/omni pull request 450 for the 30 days).
    """
    sobject = _replicated(org, call)
    start, end = _window(org, call)
    earliest = (org.clock.stamp() - LOG_LIFE).replace(second=0)
    if org.log_cut is not None:
        earliest = max(earliest, org.log_cut)
    since = max(start, earliest)
    found = org.database.rows(
        'SELECT id, deleted FROM "_deleted" WHERE sobject = ? AND deleted >= ? AND deleted < ?'
        " ORDER BY deleted, id LIMIT ?",
        (sobject.name, *_between(since, end), org.settings.replication_ids + 1),
    )
    _not_too_many(org, len(found))
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
    sobject = _replicated(org, call)
    start, end = _window(org, call)
    alive = ' AND "IsDeleted" = 0' if sobject.has("IsDeleted") else ""
    found = org.database.rows(
        f'SELECT "Id" FROM "{sobject.name}" WHERE "SystemModstamp" >= ?'
        f' AND "SystemModstamp" < ?{alive} ORDER BY "SystemModstamp", "Id" LIMIT ?',
        (*_between(start, end), org.settings.replication_ids + 1),
    )
    _not_too_many(org, len(found))
    ids = [row[0] for row in found]
    return Answer(200, {"ids": ids, "latestDateCovered": _rest(_covered(org, end))})


def _replicated(org: Org, call: Call) -> SObject:
    """The text is on record in object-sync-for-salesforce issue 109; its code is not."""
    sobject = sobject_of(org, call)
    if not sobject.traits.replicateable or not sobject.has("SystemModstamp"):
        raise ApiError(Kind.NOT_REPLICABLE, sobject=sobject.name)
    return sobject


def _between(start: datetime, end: datetime) -> tuple[str, str]:
    return store_datetime(start), store_datetime(end)


def _window(org: Org, call: Call) -> tuple[datetime, datetime]:
    """Both ends without their seconds, as Salesforce cuts them; the start is a minute earlier.

    https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_getdeleted.htm
    What the refusals say is not documented.
    """
    start, end = (_moment(call, name).replace(second=0, microsecond=0) for name in _ENDS)
    if start >= end:
        raise ApiError(Kind.REPLICATION_DATE, text="startDate must be before endDate")
    if start < org.clock.now() - LONGEST_WINDOW - timedelta(minutes=1):
        text = f"startDate cannot be more than {LONGEST_WINDOW.days} days ago"
        raise ApiError(Kind.REPLICATION_DATE, text=text)
    return start, end


def _moment(call: Call, name: str) -> datetime:
    given = call.query.get(name, "")
    found = parse_datetime(given)
    if found is None:
        raise ApiError(Kind.REPLICATION_DATE, text=f"{name}Date is not a date: {given}")
    return found


def _not_too_many(org: Org, count: int) -> None:
    """The limit is 600,000 unless a test lowers it; what the refusal says is not documented."""
    if count > org.settings.replication_ids:
        raise ApiError(Kind.TOO_MANY_IDS, limit=org.settings.replication_ids)


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
