"""The demo's second half: both sides were edited; runs of both directions, and what they left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from local.demo.beginning import JOBS, silence
from local.demo.people import (
    CAMPAIGN,
    NEW_TASK,
    NEW_TOUCHPOINT,
    OUR_NOTE,
    PLATFORM,
    SALESFORCE,
    SENDER,
    SHARED_NOTE,
    THEIR_NOTE,
    TOUCH,
    Work,
    people_work,
)
from local.demo.stage import Run, Stage
from local.house import WORKSPACE

_EXPECTED: Final[Mapping[str, Mapping[str, int]]] = {
    "accounts": {"created": 1},
    "tasks": {"created": 4, "updated": 3, "deleted": 1, "rejected": 1},
    "tasks-out": {"created": 1, "updated": 3, "deleted": 1},
    "touchpoints": {"created": 1},
    "touchpoints-out": {"created": 1},
    "campaign-touches": {"created": 1},
}
"""What each run of the round must have done, and nothing else."""
_DOING: Final = ("created", "updated", "linked", "deleted", "parked", "held", "rejected")
BOTH: Final = "both sides"


def work_both_ways(stage: Stage) -> None:
    """People work, a round carries it over, and the next one is silent again."""
    stage.chapter("5. People go on working, in Salesforce and on the platform")
    work = people_work(stage)
    stage.chapter("6. The next run of each job: these changes, and no others")
    runs = {job: stage.run_briefly(job) for job in JOBS}
    _judge(stage, runs)
    stage.syncline("run", "records", runs["tasks"]["id"], "--outcome", "updated")
    stage.syncline("run", "records", runs["tasks-out"]["id"])
    stage.chapter("7. What is there now, read from each side")
    _look(stage, work)
    stage.chapter("8. The whole story of the task that both sides edited at once")
    stage.syncline("explain", "task", stage.platform_id("task", work.contested["Id"]))
    stage.chapter("9. Another round: both directions know what they have written")
    silence(stage)


def _judge(stage: Stage, runs: Mapping[str, Run]) -> None:
    for job, run in runs.items():
        did = {name: run["ledger"][name] for name in _DOING if run["ledger"][name]}
        stage.expect(did == _EXPECTED[job], f"{job} was to do {_EXPECTED[job]} and did {did}")
    late = runs["tasks"]["ledger"]["reasons"].get("created:account_arrived", 0)
    stage.expect(late == 4, f"{late} tasks came with the late account")


# --- both sides after the round ------------------------------------------------------------------


def _look(stage: Stage, work: Work) -> None:
    """Reads what was worked on from both APIs; ends the demo where they differ from what it
    says."""
    moved = f"{work.ours['Subject']} (moved to May)"
    _same(stage, work.theirs["Id"], {"status": "Completed"})
    _same(stage, work.ours["Id"], {"title": moved})
    _same(stage, work.shared["Id"], {"priority": "High", "description": SHARED_NOTE})
    _same(stage, work.contested["Id"], {"status": "In Progress", "description": OUR_NOTE})
    stage.tell(BOTH, f"of the two notes the later one is kept; {THEIR_NOTE!r} is in the story")
    _gone(stage, work)
    _new_task(stage, work)
    _participants(stage, work)
    _campaign(stage)


_TASK_FIELDS: Final = {
    "title": "Subject", "description": "Description", "priority": "Priority", "status": "Status",
}  # fmt: skip


def _same(stage: Stage, crm_id: str, wanted: Mapping[str, str]) -> None:
    """Both sides say of a task what is wanted."""
    here = stage.values("task", stage.platform_id("task", crm_id))
    there = _salesforce(stage, "Task", crm_id, *_TASK_FIELDS.values())
    for name, value in wanted.items():
        says = (here.get(name), there[_TASK_FIELDS[name]])
        stage.expect(says == (value, value), f"{name} of {crm_id} is {says}, not {value!r}")
    told = ", ".join(f"{name} {value!r}" for name, value in wanted.items())
    stage.tell(BOTH, f"{there['Subject']!r}: {told}")


def _gone(stage: Stage, work: Work) -> None:
    here = {each["id"] for each in stage.every("task")}
    for task in (work.gone_there, work.gone_here):
        left = stage.seller.find(f"SELECT Id FROM Task WHERE Id = '{task['Id']}'")  # noqa: S608
        stage.expect(not left, f"{task['Id']} is still in Salesforce")
        own = stage.platform_id("task", task["Id"])
        stage.expect(own not in here, f"{task['Id']} is still on the platform")
        stage.tell(BOTH, f"{task['Subject']!r} is gone")


def _new_task(stage: Stage, work: Work) -> None:
    crm_id = _external_id(stage, "task", NEW_TASK)
    there = _salesforce(stage, "Task", crm_id, "Subject", "WhatId", "Priority")
    wanted = ("Prepare the renewal", work.contact["AccountId"], "High")
    stage.expect(tuple(there.values()) == wanted, f"the new task is {there}")
    stage.tell(SALESFORCE, f"{there['Subject']!r} is a task of its account, {crm_id}")


def _participants(stage: Stage, work: Work) -> None:
    """Out, from the platform's touchpoint to the event's WhoId; in, from there."""
    crm_id = _external_id(stage, "touchpoint", NEW_TOUCHPOINT)
    there = _salesforce(stage, "Event", crm_id, "Subject", "WhoId", "IsAllDayEvent")
    wanted = ("Quarterly review", work.contact["Id"], True)
    stage.expect(tuple(there.values()) == wanted, f"the touchpoint's event is {there}")
    name, mail = work.contact["Name"], work.contact["Email"]
    stage.tell(SALESFORCE, f"{there['Subject']!r} is an event with {name}")
    here = stage.values("touchpoint", stage.platform_id("touchpoint", work.event))
    stage.expect(here.get("participants") == mail, f"the workshop is {here}")
    stage.tell(PLATFORM, f"{here['subject']!r} is a touchpoint, participants: {mail}")


def _campaign(stage: Stage) -> None:
    found = stage.seller.find(
        f"SELECT Subject, ActivityDate FROM Event WHERE Campaign_Touch__c = '{TOUCH}'"  # noqa: S608
    )
    stage.expect(len(found) == 1, f"there are {len(found)} events of the campaign touch")
    (event,) = found
    wanted = f'One time campaign "{CAMPAIGN}" was sent to 12 users. From: {SENDER}'
    stage.expect(event["Subject"] == wanted, f"the campaign touch is {event['Subject']!r}")
    stage.tell(SALESFORCE, f"{event['Subject']!r} is an event of {event['ActivityDate']}")


def _external_id(stage: Stage, object: str, id: str) -> str:
    """The Salesforce id that a platform record got, as Salesforce spells it."""
    path = f"/v1/workspaces/{WORKSPACE}/history/{object}/{id}?limit=1"
    crm_id = str(stage.house.call("GET", path)["items"][0]["crm_id"])
    known = stage.values(object, id).get("external_id")
    stage.expect(known == crm_id.lower(), f"{object} {id} has the External Id {known}")
    return crm_id


def _salesforce(stage: Stage, sobject: str, crm_id: str, *fields: str) -> Mapping[str, Any]:
    """Fields of a record, in the order asked for."""
    asked = f"SELECT {', '.join(fields)} FROM {sobject} WHERE Id = '{crm_id}'"  # noqa: S608
    found = stage.seller.find(asked)
    stage.expect(len(found) == 1, f"{sobject} {crm_id} is not in Salesforce")
    return {name: found[0][name] for name in fields}
