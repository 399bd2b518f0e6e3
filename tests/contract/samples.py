"""Links, records and runs as the contract suites need them."""

from typing import Any

from syncline.engine.records import Link, LinkState, PlatformRecord
from syncline.ports import (
    Conflict,
    Cursor,
    LinkWrite,
    PlatformRecords,
    Receipt,
    RecordWrite,
    Run,
    RunMode,
    RunStatus,
)

NOON = "2026-01-05T12:00:00Z"


def crm_id(number: int, prefix: str = "00T") -> str:
    return f"{prefix}{number:012d}AAA"


def link(number: int = 1, **changes: Any) -> Link:
    """A live link of a task unless told otherwise."""
    fields: dict[str, Any] = {
        "crm_id": crm_id(number), "object": "task", "state": LinkState.LINKED, "version": 1,
        "platform_id": f"t-{number}", "baseline": {"title": "Call"}, "stamp": NOON,
        "last": f"run/0/{number}/1",
    }  # fmt: skip
    return Link(**{**fields, **changes})


def parked(number: int, parent: str, **changes: Any) -> Link:
    fields: dict[str, Any] = {"state": LinkState.PARKED, "parent": parent, "platform_id": None}
    return link(number, **{**fields, **changes})


def link_write(new: Link, before: Link | None = None) -> LinkWrite:
    return LinkWrite(link=new, expected=new.version - 1, before=before)


def record(number: int = 1, **changes: Any) -> PlatformRecord:
    """A task that the sync made, unless told otherwise."""
    fields: dict[str, Any] = {
        "object": "task", "id": f"t-{number:05d}", "version": 1, "updated_at": NOON,
        "values": {"title": "Call", "external_id": crm_id(number).lower()},
        "sync": f"run/0/{number}/1",
    }  # fmt: skip
    return PlatformRecord(**{**fields, **changes})


def record_write(
    new: PlatformRecord, before: PlatformRecord | None = None, *, feed: bool = False
) -> RecordWrite:
    return RecordWrite(record=new, expected=new.version - 1, before=before, feed=feed)


def fed(
    records: PlatformRecords, *, since: str = "0001-01-01T00:00:00Z", limit: int = 100
) -> list[str]:
    """The whole change feed of tasks, page by page."""
    found: list[str] = []
    cursor: Cursor | None = None
    while True:
        page, cursor = records.edited("task", since=since, limit=limit, cursor=cursor)
        assert len(page) <= limit
        found += page
        if cursor is None:
            return found


def conflict(number: int = 1, **changes: Any) -> Conflict:
    fields: dict[str, Any] = {
        "connection": "org", "object": "task", "platform_id": f"t-{number}",
        "crm_id": crm_id(number), "job": "tasks", "run": "tasks.1", "at": NOON,
        "fields": {"title": ("Grüße 🙂", "Call"), "done": (True, None), "n": (1.5, 2)},
    }  # fmt: skip
    return Conflict(**{**fields, **changes})


def receipt(number: int = 1, **changes: Any) -> Receipt:
    fields: dict[str, Any] = {
        "id": f"{number:032x}", "digest": f"{number:064x}", "object": "task",
        "record": f"t-{number}", "at": NOON, "accepted_at": "2026-01-05T12:00:01Z",
        "origin": "profile", "actor": "Zoë 🙂", "to": {"org": ("title",)},
    }  # fmt: skip
    return Receipt(**{**fields, **changes})


def run(suffix: str = "0001", **changes: Any) -> Run:
    job = changes.get("job", "tasks")
    fields: dict[str, Any] = {
        "workspace": "acme", "job": job, "id": f"{job}.{suffix}", "mode": RunMode.INCREMENTAL,
        "status": RunStatus.QUEUED, "created_at": NOON,
    }  # fmt: skip
    return Run(**{**fields, **changes})
