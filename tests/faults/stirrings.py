"""Small worlds in which a run of one job has something to do for every action: kind by kind."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from tests.worlds.all_kinds import (
    ACCOUNTS_OUT,
    CAMPAIGNS,
    TOUCHPOINTS_IN,
    TOUCHPOINTS_OUT,
    all_kinds_world,
)
from tests.worlds.runs import take_turns
from tests.worlds.small import OWNER, World, account_id
from tests.worlds.two_way import (
    ACCOUNTS,
    change_job,
    create_on_platform,
    delete_on_platform,
)

OUTBOUND_PASSES: Final = frozenset({"started", "watermark", "ingest"})
"""An outbound run begins at our own time, and a job that was never begun leaves its number."""
_PARTICIPANTS: Final = [
    {"salesforce": "AccountId", "platform": "account_id", "key": True},
    {"salesforce": "Id", "platform": "external_id", "key": True},
    {"salesforce": "Subject", "platform": "subject"},
    {"salesforce": "ActivityDate", "platform": "touchpoint_date"},
]


@dataclass(frozen=True, slots=True)
class Stirring:
    """A job, what makes its world, and the reasons that its run must tell."""

    job: str
    world: Callable[[bool], World]
    reasons: frozenset[str]
    passing: frozenset[str] = frozenset()


# --- touchpoints ------------------------------------------------------------------------------


def _touchpoints(*, keyed: bool) -> World:
    """Six events that both sides have; a contact takes part in each."""
    world = all_kinds_world(keyed=keyed)
    who = {"salesforce": "Who.Email", "platform": "participants"}
    change_job(world, TOUCHPOINTS_IN, mapping=[*_PARTICIPANTS, who])
    sent = {"salesforce": "WhoId", "platform": "participants"}
    owner = {"salesforce": "OwnerId", "platform": "creator"}
    change_job(world, TOUCHPOINTS_OUT, mapping=[*_PARTICIPANTS, sent, owner])
    for number in (1, 2):
        world.crm.org.put("Contact", contact_id(number), Email=f"c{number}@example.com")
    for number in range(1, 7):
        _event(world, number)
    take_turns(world, TOUCHPOINTS_IN, TOUCHPOINTS_OUT)
    return world


def contact_id(number: int) -> str:
    return f"003{number:012d}AAA"


def event_id(number: int) -> str:
    return f"00U{number:012d}EAA"


def _event(world: World, number: int, **fields: Any) -> None:
    known = {"Subject": f"Review {number}", "WhatId": account_id(1 + number % 5)}
    day = {"ActivityDate": "2026-01-05", "WhoId": contact_id(1), "OwnerId": OWNER}
    world.crm.org.put("Event", event_id(number), **{**known, **day, **fields})


def _guest(world: World, number: int, event: int) -> None:
    row: dict[str, Any] = {"EventId": event_id(event), "RelationId": contact_id(2), "Status": "New"}
    world.crm.org.put("EventRelation", f"0RE{number:012d}AAA", **row)


def _edit(world: World, number: int, **values: Any) -> None:
    world.edit_on_platform("touchpoint", world.platform_id(event_id(number)), **values)


def touchpoints_in(keyed: bool) -> World:
    world = _touchpoints(keyed=keyed)
    org = world.crm.org
    for number in (20, 21, 22):
        _event(world, number)
        _guest(world, number, number)
    _event(world, 23, WhatId=account_id(99))
    _event(world, 24, Subject=None)
    _event(world, 25, WhatId=None, WhoId=None)
    org.edit("Event", event_id(1), Subject="changed there", WhoId=contact_id(2))
    _edit(world, 2, subject="changed here")
    org.edit("Event", event_id(2), ActivityDate="2026-02-01")
    _edit(world, 3, subject="too early")
    world.advance(minutes=1)
    org.edit("Event", event_id(3), Subject="later there")
    org.delete("Event", event_id(4))
    org.delete("Event", event_id(5))
    world.advance(minutes=1)
    _edit(world, 5, subject="still needed")
    world.advance(minutes=30)
    return world


def touchpoints_out(keyed: bool) -> World:
    world = _touchpoints(keyed=keyed)
    org = world.crm.org
    new = {"subject": "New", "touchpoint_date": "2026-01-06T12:30:00Z"}
    people = {"participants": "nobody@example.com, c2@example.com"}
    for own in ("n1", "n2"):
        create_on_platform(world, "touchpoint", own, **new, **people, account=2)
    create_on_platform(world, "touchpoint", "n3", **new, account_id="nowhere")
    create_on_platform(world, "touchpoint", "n4", account=3, subject="New", creator="x@example.com")
    _edit(world, 1, subject="changed here", participants="c2@example.com")
    org.edit("Event", event_id(2), Subject="changed there")
    _edit(world, 3, subject="too early")
    delete_on_platform(world, "touchpoint", world.platform_id(event_id(4)))
    delete_on_platform(world, "touchpoint", world.platform_id(event_id(5)))
    world.advance(minutes=1)
    _edit(world, 2, subject="changed here, later")
    org.edit("Event", event_id(3), Subject="later there")
    org.edit("Event", event_id(5), Subject="still needed")
    _edit(world, 6, subject="gone there")
    org.delete("Event", event_id(6))
    world.advance(minutes=30)
    return world


# --- campaign touches -------------------------------------------------------------------------


def campaign_touches(keyed: bool) -> World:
    """Two that were sent, one of them edited since; four that are new, two of them all the same."""
    world = all_kinds_world(keyed=keyed)
    _touch(world, "s1", 1)
    _touch(world, "s2", 2)
    take_turns(world, CAMPAIGNS)
    world.edit_on_platform("campaign_touch", "s1", campaign_name="Renamed")
    delete_on_platform(world, "campaign_touch", "s2")
    for own, account in (("n1", 1), ("n2", 1), ("n3", 2), ("n4", 3)):
        _touch(world, own, account)
    _touch(world, "n5", 4, start_date=None)
    _touch(world, "n6", 4, created_by="nobody@example.com")
    _touch(world, "n7", None, account_id="nowhere")
    world.advance(minutes=30)
    return world


def _touch(world: World, own: str, account: int | None, **values: Any) -> None:
    known = {
        "campaign_name": "News",
        "recipients": 3,
        "sender": "ada@example.com",
        "start_date": "2026-01-05",
        "created_by": "ada@example.com",
    }
    where = {"account": account} if account else {}
    create_on_platform(world, "campaign_touch", own, **{**known, **values, **where})


# --- accounts on their way out ----------------------------------------------------------------


def accounts_out(keyed: bool) -> World:
    """Among them one that is deleted, and two that are deleted and made anew, of which one
    differs; a task waits for it."""
    world = all_kinds_world(keyed=keyed)
    change_job(world, ACCOUNTS_OUT, deletes=True)
    for number in (6, 7):
        world.crm.org.put("Account", account_id(number), Name=f"Company {number}")
    take_turns(world, ACCOUNTS, ACCOUNTS_OUT)
    org = world.crm.org
    own = {number: world.platform_id(account_id(number)) for number in range(1, 6)}
    for id in ("n1", "n2"):
        create_on_platform(world, "account", id, name="New")
    create_on_platform(world, "account", "n3", phone="1")
    org.put("Account", account_id(8), Name="Known")
    create_on_platform(
        world, "account", "n4", name="Known", phone="8", external_id=account_id(8).lower()
    )
    _made_anew(world)
    create_on_platform(world, "task", "t1", title="Waits", account_id="n1")
    create_on_platform(world, "task", "t2", title="Waits, too", account_id="a7")
    take_turns(world, "tasks-out")
    world.edit_on_platform("account", own[1], phone="1")
    org.edit("Account", account_id(2), Name="changed there")
    world.edit_on_platform("account", own[3], name="too early")
    delete_on_platform(world, "account", own[4])
    world.edit_on_platform("account", own[5], phone="5")
    world.advance(minutes=1)
    world.edit_on_platform("account", own[2], name="changed here, later")
    org.edit("Account", account_id(3), Name="later there")
    org.delete("Account", account_id(5))
    world.advance(minutes=30)
    return world


def _made_anew(world: World) -> None:
    for number, phone in ((6, None), (7, "7")):
        crm_id = account_id(number)
        delete_on_platform(world, "account", world.platform_id(crm_id))
        known = {"name": f"Company {number}", "external_id": crm_id.lower(), "phone": phone}
        given = {name: value for name, value in known.items() if value is not None}
        create_on_platform(world, "account", f"a{number}", **given)


STIRRINGS: Final = {
    "touchpoints-in": Stirring(
        TOUCHPOINTS_IN,
        touchpoints_in,
        frozenset(
            {
                "created:new",
                "updated:changed",
                "updated:contested",
                "deleted:deleted_in_crm",
                "skipped:no_account",
                "parked:account_not_there",
                "held:edited_after_deletion",
                "rejected:no_subject_or_content",
            }
        ),
    ),
    "touchpoints-out": Stirring(
        TOUCHPOINTS_OUT,
        touchpoints_out,
        frozenset(
            {
                "created:new",
                "updated:changed",
                "updated:contested",
                "deleted:deleted_on_platform",
                "left:crm_is_later",
                "skipped:deleted_in_crm",
                "held:edited_after_deletion",
                "rejected:person_not_found",
            }
        ),
        OUTBOUND_PASSES,
    ),
    "campaign-touches-out": Stirring(
        CAMPAIGNS,
        campaign_touches,
        frozenset(
            {
                "created:new",
                "left:sent_already",
                "rejected:no_start_date",
                "rejected:person_not_found",
                "skipped:deletes_off",
            }
        ),
        OUTBOUND_PASSES,
    ),
    "accounts-out": Stirring(
        ACCOUNTS_OUT,
        accounts_out,
        frozenset(
            {
                "created:new",
                "updated:changed",
                "updated:contested",
                "updated:matched_and_differs",
                "linked:matched",
                "deleted:deleted_on_platform",
                "left:made_anew",
                "left:crm_is_later",
                "skipped:deleted_in_crm",
                "rejected:no_name",
            }
        ),
        OUTBOUND_PASSES,
    ),
}
"""Kind → its world; accounts and tasks inbound and tasks outbound have sweeps of their own."""
