"""Records that have left the recycle bin: only Salesforce's log of deletions still names them."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from syncline.engine.records import Deleted
from syncline.errors import ConfigurationError
from syncline.ports import Batch, Cursor, ReadRequest
from syncline.salesforce.rows import canonical_stamp
from syncline.salesforce.session import OrgSession

KEPT: Final = timedelta(days=15)
"""How long the log goes back (REST API guide, "Get Deleted")."""
SETTLED: Final = timedelta(hours=2)
"""Entries that are younger are never cleared from the log, whatever its size."""

Present = Callable[[Sequence[str]], set[str]]
"""Those of the ids that a query still finds, live or in the recycle bin."""


def purged(
    session: OrgSession,
    request: ReadRequest,
    cursor: Cursor | None,
    *,
    now: datetime,
    present: Present,
) -> Iterator[Batch]:
    """The log since `request.since`, without what is live again or still in the recycle bin.

    With no `since` there is nothing to compare with: a full read gives what exists. The log comes
    in one answer of at most 600,000 ids; ConfigurationError where it does not go back far enough.
    """
    if request.since is None:
        return
    since = datetime.fromisoformat(request.since)
    if since < now - KEPT:
        raise _expired()
    # Salesforce cuts seconds off both ends, and the end must be behind the start.
    start = min(since, now - timedelta(minutes=1))
    body = session.get(
        f"sobjects/{request.object}/deleted/",
        {"start": start.isoformat(), "end": now.isoformat()},
    )
    _check_log(body, since, now)
    found = sorted(
        (canonical_stamp(each["deletedDate"]), str(each["id"])) for each in body["deletedRecords"]
    )
    behind = (cursor["stamp"], cursor["id"]) if cursor is not None else (request.since, "")
    found = [each for each in found if each > behind]
    for at in range(0, len(found), request.batch_size):
        chunk = found[at : at + request.batch_size]
        there = present([id for _, id in chunk])
        gone = [Deleted(id, stamp) for stamp, id in chunk if id not in there]
        stamp, id = chunk[-1]
        yield Batch(gone, {"via": "log", "stamp": stamp, "id": id}, len(found))


def _check_log(body: Any, since: datetime, now: datetime) -> None:
    """`earliestDateAvailable` moves when Salesforce clears a log that has grown too long."""
    earliest = body.get("earliestDateAvailable")
    if earliest is None or since >= now - SETTLED:
        return
    if datetime.fromisoformat(canonical_stamp(earliest)).astimezone(UTC) > since:
        raise _expired()


def _expired() -> ConfigurationError:
    return ConfigurationError(
        "Salesforce's log of deletions does not go back to the last run.",
        code="deletions_expired",
        remedy="Start a full sync: it compares all ids and finds what was purged before.",
    )
