"""Builders of records, links, change events and views for tests of what is written back."""

from typing import Any

from syncline.engine.outgoing_values import Found
from syncline.engine.records import Link, LinkState, OutboxEntry, PlatformRecord, Value
from syncline.engine.write_back import Decision, decide_write_back
from syncline.engine.write_lines import Mode, WriteLine
from syncline.engine.write_view import WriteView
from syncline.kinds.salesforce import DIALECT

CRM = "001000000000001AAA"
ADA, BOB = "005000000000001AAA", "005000000000002AAA"
FIRST, SECOND, THIRD = "2026-03-01T08:00:00Z", "2026-03-02T08:00:00Z", "2026-03-03T08:00:00Z"


def field_line(attribute: str, crm_field: str, crm_type: str = "string", **more: Any) -> WriteLine:
    settings = {"type": "text", **more}
    return WriteLine(
        attribute,
        path=crm_field,
        crm_type=crm_type,
        mode=Mode.FIELD,
        field=crm_field,
        dialect=DIALECT,
        **settings,
    )


def pointing(attribute: str = "owner", path: str = "Owner.Email", **more: Any) -> WriteLine:
    settings = {"object": "User", "by": path.rpartition(".")[2], "crm_type": "email", **more}
    return WriteLine(
        attribute, "text", path, mode=Mode.UPDATE_REFERENCE, field="OwnerId", reference="OwnerId",
        dialect=DIALECT, **settings,
    )  # fmt: skip


def editing(attribute: str = "owner_title", field: str = "Title", **more: Any) -> WriteLine:
    settings = {"object": "User", "prefix": "005", **more}
    return WriteLine(
        attribute, "text", f"Owner.{field}", "string", mode=Mode.EDIT_VALUE, field=field,
        reference="OwnerId", dialect=DIALECT, **settings,
    )  # fmt: skip


LINES = (
    field_line("tier", "Tier__c"), field_line("phone", "Phone"),
    field_line("active", "Active__c", "boolean"), pointing(), editing(),
)  # fmt: skip
BASE: dict[str, Value] = {
    "tier": "Silver", "phone": "1", "owner": "ada@example.com", "owner_title": "CSM",
}  # fmt: skip


def entry(at: str = SECOND, receipt: str = "r1", /, **values: Value) -> OutboxEntry:
    return OutboxEntry(receipt, at, values, ("crm",))


def changed(*entries: OutboxEntry, **more: Any) -> PlatformRecord:
    """A record that holds what the entries say, in the order of their times."""
    values = dict(BASE)
    for each in sorted(entries, key=lambda one: one.at):
        values.update(each.values)
    held = {name: value for name, value in values.items() if value is not None}
    settings = {"version": 4, "updated_at": SECOND, "outbox": entries, **more}
    return PlatformRecord("account", "a1", **{"values": held, **settings})


def link(**changes: Any) -> Link:
    settings = {"version": 2, "platform_id": "a1", "baseline": BASE, **changes}
    return Link(CRM, "account", LinkState.LINKED, **settings)


def found(modified: str = FIRST, **changes: Value) -> dict[str, Any]:
    """What a view has of the CRM's record, as fetched."""
    record = Found(stamp=modified, modified=modified, values={**BASE, **changes})
    return {"found": {CRM: record}, "fetched": frozenset({CRM})}


def view(*lines: WriteLine, **more: Any) -> WriteView:
    people = {
        ("owner", "bob@example.com"): ((BOB, "Bob@Example.com"),),
        ("owner", "two@example.com"): ((ADA, "two@example.com"), (BOB, "two@example.com")),
    }
    settings = {
        "policy": "latest",
        "dialect": DIALECT,
        "people": people,
        "references": {CRM: {"ownerid": ADA}},
    }
    known = {each.attribute: each for each in lines or LINES}
    return WriteView(known, **{**settings, **more})


def decided(*entries: OutboxEntry, **more: Any) -> Decision:
    """What becomes of the entries; `more` goes to the view."""
    return decide_write_back(changed(*entries), link(), entries, view(**more))


def sent(decision: Decision) -> dict[str, Value]:
    send = decision.action.send
    return dict(send.values) if send else {}


def told(decision: Decision) -> dict[str, tuple[str, str]]:
    return {name: (each.outcome, each.reason) for name, each in decision.told.items()}
