"""Builders of links, records and findings for tests of decisions."""

from typing import Any

from syncline.engine.findings import Finding, View
from syncline.engine.mapping import Line, RowMapper
from syncline.engine.records import Link, LinkState, PlatformRecord, Value
from syncline.engine.rules import Rules
from syncline.kinds.salesforce import DIALECT

TASK = "00T000000000001AAA"
ACCOUNT = "001000000000001AAA"
NOW = "2026-03-01T12:00:00Z"
EARLY = "2026-02-01T08:00:00Z"
LATE = "2026-02-20T08:00:00Z"

LINES = (
    Line("AccountId", "account_id", "reference", "text"),
    Line("Id", "external_id", "id", "text"),
    Line("Subject", "title", "combobox", "text"),
    Line("Status", "status", "picklist", "text"),
)


def rules(**changes: Any) -> Rules:
    settings: dict[str, Any] = {
        "scope": "acme|main",
        "object": "task",
        "mapper": RowMapper(LINES),
        "dialect": DIALECT,
        "mandatory": (("title",),),
        "parent": "account_id",
        "deletes": True,
    }
    return Rules(**{**settings, **changes})


def values(**changes: Value) -> dict[str, Value]:
    full: dict[str, Value] = {
        "account_id": ACCOUNT,
        "external_id": TASK,
        "title": "Call Ada",
        "status": "Open",
    }
    return {k: v for k, v in {**full, **changes}.items() if v is not None}


def finding(stamp: str = LATE, **changes: Value) -> Finding:
    return Finding(key=TASK, stamp=stamp, modified=stamp, values=values(**changes))


def link(state: LinkState = LinkState.LINKED, **changes: Any) -> Link:
    settings: dict[str, Any] = {
        "crm_id": TASK,
        "object": "task",
        "state": state,
        "version": 3,
        "platform_id": "t1" if state is LinkState.LINKED else None,
        "baseline": values(),
        "stamp": EARLY,
        "last": "tasks.1/00000000/00/0",
    }
    return Link(**{**settings, **changes})


def record(**changes: Any) -> PlatformRecord:
    stored = values(external_id=TASK.lower(), account_id="a1", **changes.pop("values", {}))
    settings: dict[str, Any] = {
        "object": "task",
        "id": "t1",
        "version": 7,
        "values": stored,
        "updated_at": EARLY,
    }
    return PlatformRecord(**{**settings, **changes})


def view(
    *links: Link, records: tuple[PlatformRecord, ...] = (), account: str | None = "a1", **more: Any
) -> View:
    return View(
        links={each.crm_id: each for each in links},
        records={each.id: each for each in records},
        matches=more.get("matches", {}),
        parents={ACCOUNT: account} if account else {},
        claims=more.get("claims", {}),
        own_ids={TASK: rules().platform_id(TASK)},
    )
