"""Builders of platform records, links and views for tests of what is sent to the CRM."""

from collections.abc import Mapping
from typing import Any

from syncline.engine.outgoing import decide_outgoing
from syncline.engine.outgoing_rules import OutgoingLine, OutgoingRules
from syncline.engine.outgoing_values import Found, Known
from syncline.engine.outgoing_view import OutgoingView
from syncline.engine.plan import Action
from syncline.engine.records import Link, LinkState, PlatformRecord, Value
from syncline.kinds.salesforce import DIALECT

TASK = "00T000000000001AAA"
ACCOUNT = "001000000000001AAA"
ADA, BOB = "005000000000001AAA", "005000000000002AAA"
EARLY = "2026-02-01T08:00:00Z"
NOON = "2026-02-10T12:00:00Z"
LATE = "2026-02-20T08:00:00Z"

LINES = (
    OutgoingLine("AccountId", "account_id", "reference", "text", create=False, update=False),
    OutgoingLine("Id", "external_id", "id", "text", create=False, update=False),
    OutgoingLine("Subject", "title", "string", "text"),
    OutgoingLine("Status", "status", "picklist", "text"),
    OutgoingLine("OwnerId", "assigned_to", "reference", "text", person=True),
)
PAIRED = {
    "account_id": "reference", "external_id": "id", "title": "string", "status": "picklist",
    "assigned_to": "email",
}  # fmt: skip


def rules(**changes: Any) -> OutgoingRules:
    settings: dict[str, Any] = {
        "object": "task",
        "lines": LINES,
        "paired": PAIRED,
        "dialect": DIALECT,
        "passes_over": "Salesforce takes no lead beside an account",
        "mandatory": (("title",),),
        "parent": "account_id",
        "parent_field": "WhatId",
        "deletes": True,
    }
    return OutgoingRules(**{**settings, **changes})


def shown(**changes: Value) -> dict[str, Value]:
    """What both sides agreed on, in the CRM's form."""
    full: dict[str, Value] = {
        "account_id": ACCOUNT, "title": "Call Ada", "status": "Open",
        "assigned_to": "ada@example.com",
    }  # fmt: skip
    return {name: value for name, value in {**full, **changes}.items() if value is not None}


def record(**changes: Any) -> PlatformRecord:
    settings: dict[str, Any] = {
        "object": "task", "id": "t1", "version": 7, "updated_at": NOON, "edits": {},
        "values": shown(**{"account_id": "a1", **changes.pop("values", {})}),
    }  # fmt: skip
    return PlatformRecord(**{**settings, **changes})


def edited(at: str = NOON, **values: Value) -> PlatformRecord:
    """A record whose named values a person changed."""
    return record(values=values, edits=dict.fromkeys(values, at), updated_at=at)


def link(**changes: Any) -> Link:
    settings: dict[str, Any] = {
        "crm_id": TASK, "object": "task", "state": LinkState.LINKED, "version": 3,
        "platform_id": "t1", "baseline": shown(), "stamp": EARLY, "last": "run/0/0/0",
    }  # fmt: skip
    return Link(**{**settings, **changes})


def found(modified: str = LATE, **changes: Value) -> Mapping[str, Found]:
    """The CRM's record as fetched."""
    return {TASK: Found(stamp=modified, modified=modified, values=shown(**changes))}


def view(*links: Link, **more: Any) -> OutgoingView:
    people = {
        ("assigned_to", "ada@example.com"): [(ADA, "ada@example.com")],
        ("assigned_to", "bob@example.com"): [(BOB, "Bob@Example.com")],
        ("assigned_to", "two@example.com"): [(ADA, "two@example.com"), (BOB, "two@example.com")],
    }
    fetched = more.get("found", {})
    return OutgoingView(
        links={each.platform_id or "": each for each in links},
        known=more.get("known", {}),
        carried=more.get("carried", {}),
        resolved=Known(people, more.get("parents", {"a1": ACCOUNT})),
        found=fetched,
        fetched=more.get("fetched", frozenset(fetched)),
        orphans=more.get("orphans", frozenset()),
        remade=more.get("remade", frozenset()),
    )


def decided(what: PlatformRecord, known: OutgoingView, **settings: Any) -> Action:
    return decide_outgoing(what, known, rules(**settings))
