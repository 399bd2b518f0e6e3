"""A small org in the emulator and a platform beside it: something to do for the kinds beside
accounts and tasks inbound."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from local.cloud.invocation import InvokeResult
from local.house import WORKSPACE, House
from local.seller import Seller
from tests.worlds.small import OWNER, account_id, task_id
from tests.worlds.standing import instant, start_event

KEY: Final = "Syncline_Id__c"
JOBS: Final = {
    "accounts": ("accounts_inbound", "AccountsInboundFunction"),
    "accounts-out": ("accounts_outbound", "AccountsOutboundFunction"),
    "tasks-in": ("tasks_inbound", "TasksInboundFunction"),
    "tasks-out": ("tasks_outbound", "TasksOutboundFunction"),
    "touchpoints-in": ("touchpoints_inbound", "TouchpointsInboundFunction"),
    "touchpoints-out": ("touchpoints_outbound", "TouchpointsOutboundFunction"),
    "campaigns": ("campaign_touches_outbound", "CampaignTouchesOutboundFunction"),
}
"""Job → kind and function."""
CONTACT: Final = "003000000000001AAA"
_MOST_LEGS: Final = 12
_MAPPING: Final = [
    {"salesforce": "AccountId", "platform": "account_id", "key": True},
    {"salesforce": "Id", "platform": "external_id", "key": True},
    {"salesforce": "Subject", "platform": "subject"},
    {"salesforce": "ActivityDate", "platform": "touchpoint_date"},
]
_PEOPLE: Final = {"touchpoints-in": "Who.Email", "touchpoints-out": "WhoId"}


def event_id(number: int) -> str:
    return f"00U{number:012d}EAA"


def run_kind(house: House, job: str, moment: str) -> InvokeResult:
    """One start of the job's Lambda and then its legs, each as its schedule would start it."""
    function = JOBS[job][1]
    result = house.cloud.invoke(function, start_event(job, moment))
    for _ in range(_MOST_LEGS):
        told = result.payload
        if not result.ok or not isinstance(told, dict) or told.get("status") != "running":
            break
        leg = {"run": told["run"], "trigger": "leg", "leg": told["leg"] + 1}
        result = house.cloud.invoke(function, {"workspace": WORKSPACE, "job": job, **leg})
    return result


def prepare_kinds(house: House) -> None:
    """Both sides agree; then people on both sides do what people do. The org's clock then stands
    still an hour ahead. Events are created by a key, tasks without."""
    now = datetime.now(UTC)
    control = house.salesforce.control
    control.add_field(
        "Activity", KEY, "string", length=255, external_id=True, unique=True, case_sensitive=True
    )
    control.settings(bulk_in_progress_polls=0)
    _load(house, now)
    _set_up(house)
    for at, job in enumerate(JOBS):
        run_kind(house, job, f"2026-01-01T10:{at:02}:00+00:00")
    control.set_clock((now - timedelta(minutes=5)).isoformat())
    _people_there(house, first=True)
    _people_here(house)
    control.set_clock((now + timedelta(minutes=5)).isoformat())
    _people_there(house, first=False)
    control.set_clock((now + timedelta(hours=1)).isoformat())


def _load(house: House, now: datetime) -> None:
    stamp = instant(now - timedelta(hours=3))
    stamps = dict.fromkeys(("CreatedDate", "LastModifiedDate", "SystemModstamp"), stamp)
    user = {"Id": OWNER, "Username": "ada@x.example", "Email": "ada@example.com"}
    rows: list[tuple[str, dict[str, Any]]] = [
        ("User", {**user, "LastName": "Ada", "IsActive": True}),
        ("Contact", {"Id": CONTACT, "LastName": "C", "Email": "c1@example.com"}),
    ]
    companies = ({"Id": account_id(number), "Name": f"Company {number}"} for number in range(1, 4))
    rows += [("Account", company) for company in companies]
    for number in range(1, 5):
        about = {"WhatId": account_id(1 + number % 3), "AccountId": account_id(1 + number % 3)}
        task = {"Id": task_id(number), "Subject": f"Call {number}", "Status": "Not Started"}
        event = {"Id": event_id(number), "Subject": f"Review {number}", "OwnerId": OWNER}
        rows += [("Task", {**task, **about}), ("Event", {**event, **about, **_day()})]
    house.salesforce.control.load((name, {**fields, **stamps}) for name, fields in rows)


def _day() -> dict[str, Any]:
    start = "2026-01-05T00:00:00.000+0000"
    return {"ActivityDate": "2026-01-05", "IsAllDayEvent": True, "StartDateTime": start}


def _set_up(house: House) -> None:
    path = f"/v1/workspaces/{WORKSPACE}"
    keys = {"creation_keys": {"Event": KEY}}
    house.call("PUT", f"{path}/connections/crm", {**house.connection(), **keys})
    for job, (kind, _) in JOBS.items():
        line = {"salesforce": _PEOPLE.get(job), "platform": "participants"}
        mapping = [*_MAPPING, line] if job in _PEOPLE else None
        body = {"kind": kind, "connection": "crm", "mapping": mapping, "create": True}
        house.call("PUT", f"{path}/jobs/{job}", body)


def _record(house: House, object: str, id: str) -> str:
    return f"/v1/workspaces/{WORKSPACE}/records/{object}/{id}"


def _own(house: House, object: str, crm_id: str) -> str:
    found = house.call("GET", f"/v1/workspaces/{WORKSPACE}/history/{object}/{crm_id}")
    return str(found["items"][0]["platform_id"])


def _put(house: House, object: str, id: str, **values: Any) -> None:
    house.call("PUT", _record(house, object, id), {"values": values})


def _people_here(house: House) -> None:
    """On the platform: new records, edits and deletions."""
    account = _own(house, "account", account_id(1))
    new = {"account_id": account, "subject": "New", "touchpoint_date": "2026-01-06T12:30:00Z"}
    _put(house, "touchpoint", "n1", **new, participants="c1@example.com")
    touch = {"account_id": account, "campaign_name": "News", "recipients": 3}
    for id, more in (
        ("c1", {"start_date": "2026-01-07"}),
        ("c2", {}),
        ("c3", {"start_date": None}),
    ):
        _put(house, "campaign_touch", id, **touch, **({"start_date": "2026-01-07"} | more))
    for id in ("n1", "n2"):
        _put(house, "task", id, account_id=account, title="New", status="Not Started")
    _put(house, "account", "n1", name="New")
    _put(house, "account", _own(house, "account", account_id(2)), phone="+49 30 1")
    for object, name, id_of in (("task", "title", task_id), ("touchpoint", "subject", event_id)):
        for number in (1, 2):
            _put(
                house,
                object,
                _own(house, object, id_of(number)),
                **{name: f"changed here {number}"},
            )
        house.call("DELETE", _record(house, object, _own(house, object, id_of(3))))


def _people_there(house: House, *, first: bool) -> None:
    """In Salesforce: before the people of the platform, and after them."""
    seller = Seller(house.salesforce)
    if first:
        for sobject, id_of in (("Task", task_id), ("Event", event_id)):
            seller.change(sobject, id_of(2), Subject="changed there, earlier")
        return
    seller.delete("Event", event_id(4))
    about = {"WhatId": account_id(2), "DurationInMinutes": 1440, "OwnerId": OWNER}
    made = seller.create("Event", Subject="Workshop", IsAllDayEvent=True,
                         ActivityDate="2026-01-08", **about)  # fmt: skip
    seller.create("EventRelation", EventId=made, RelationId=CONTACT)
    seller.create("Event", IsAllDayEvent=True, ActivityDate="2026-01-08", **about)
    seller.change("Event", event_id(1), Description="not mapped")
