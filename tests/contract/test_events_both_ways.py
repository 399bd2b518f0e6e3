"""Touchpoints and campaign touches against Salesforce's own rules for events: days, starts, time
zones, people (T13, T18, T21). The platform is in memory, Salesforce is the emulator."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import pytest

from local.salesforce.ids import mint
from local.seller import Seller
from syncline.memory.clock import MemoryClock
from syncline.memory.cloud import MemoryCloud
from syncline.ports import Run, RunStatus
from syncline.salesforce.describe import forget_descriptions
from tests.contract.crm_objects import KEY
from tests.contract.crm_orgs import NOON, Emulated, emulator, put_user
from tests.worlds.runs import finished
from tests.worlds.small import ACME, World
from tests.worlds.two_way import change_job, create_on_platform

ACCOUNT: Final = mint("001", 5001)
STEP: Final = timedelta(minutes=15)
LATE: Final = "2026-01-05T23:30:00Z"
IN, OUT, CAMPAIGNS = "touchpoints-in", "touchpoints-out", "campaigns"
LINES: Final = [
    {"salesforce": "AccountId", "platform": "account_id", "key": True},
    {"salesforce": "Id", "platform": "external_id", "key": True},
    {"salesforce": "Subject", "platform": "subject"},
]
DAY: Final = {"salesforce": "ActivityDate", "platform": "touchpoint_date"}
START: Final = {"salesforce": "StartDateTime", "platform": "touchpoint_date"}
KINDS: Final = {
    "accounts": "accounts_inbound",
    IN: "touchpoints_inbound",
    OUT: "touchpoints_outbound",
    CAMPAIGNS: "campaign_touches_outbound",
}


@pytest.fixture(scope="module")
def running() -> Iterator[Emulated]:
    with emulator() as found:
        yield found


@dataclass
class Sides:
    """Both sides and their jobs."""

    org: Emulated
    world: World

    def turns(self, *jobs: str) -> list[Run]:
        ended = []
        for job in jobs:
            run = self._leg(job)
            while run.status is RunStatus.RUNNING:
                run = self._leg(job, run=run.id, leg=run.leg + 1)
            assert run.status in (RunStatus.SUCCEEDED, RunStatus.PARTIAL), run.error
            ended.append(run)
        return ended

    def _leg(self, job: str, **start: Any) -> Run:
        self.world.cloud.clock.set(self.world.cloud.clock.now() + STEP)
        self.org.advance(STEP.total_seconds())
        return finished(self.world.run(job, **start))

    def event(self) -> dict[str, Any]:
        names = "Id, Subject, ActivityDate, StartDateTime, IsAllDayEvent, DurationInMinutes, Type"
        soql = f"SELECT {names}, WhoId, WhatId, SystemModstamp FROM Event"  # noqa: S608 our words
        (row,) = Seller(self.org.running).find(soql)
        return row

    def make(self, **values: Any) -> None:
        account = self.world.platform_id(ACCOUNT)
        create_on_platform(
            self.world, "touchpoint", "p1", subject="Review", account_id=account, **values
        )


@pytest.fixture(params=["Pacific/Auckland", "America/Los_Angeles"])
def sides(running: Emulated, request: pytest.FixtureRequest) -> Sides:
    """One account on both sides; whoever is connected lives far from Greenwich."""
    org = running.fresh("rest")
    username = org.crm().identity().username
    org.control.put_user(username, fields={"TimeZoneSidKey": request.param})
    put_user(org, 1, "ada@example.com")
    org.put("Account", 1, Name="Company")
    cloud = MemoryCloud(clock=MemoryClock(NOON))
    put = cloud.configuration.put
    connection = {"login_url": org.running.http, "creation_keys": {"Event": KEY}}
    put(ACME, "workspace", ACME, {}, expected=0)
    put(ACME, "connection", "crm", connection, expected=0)
    for name, kind in KINDS.items():
        put(ACME, "job", name, {"kind": kind, "connection": "crm"}, expected=0)
    found = Sides(org, World(org.crm(), cloud))  # type: ignore[arg-type]
    found.turns("accounts")
    return found


def platform(sides: Sides) -> dict[str, Any]:
    (record,) = sides.world.platform("touchpoint").values()
    return record


def nothing_comes_back(sides: Sides) -> None:
    """Two more rounds change neither side."""
    stamp, record = sides.event()["SystemModstamp"], platform(sides)
    writes = sides.world.cloud.writes["links"]

    sides.turns(IN, OUT, IN, OUT)

    assert (sides.event()["SystemModstamp"], platform(sides)) == (stamp, record)
    assert sides.world.cloud.writes["links"] == writes


# --- days and times ---------------------------------------------------------------------------


def test_day_is_the_day_wherever_people_are(sides: Sides) -> None:
    sides.make(touchpoint_date=LATE)

    sides.turns(OUT, IN)

    event = sides.event()
    assert (event["ActivityDate"], event["IsAllDayEvent"]) == ("2026-01-05", True)
    assert platform(sides)["touchpoint_date"] == LATE
    nothing_comes_back(sides)


def test_start_is_the_same_moment_everywhere(sides: Sides) -> None:
    change_job(sides.world, OUT, mapping=[*LINES, DAY, START])
    change_job(sides.world, IN, mapping=[*LINES, START])
    sides.make(touchpoint_date=LATE)

    sides.turns(OUT, IN)

    event = sides.event()
    assert (event["StartDateTime"], event["DurationInMinutes"]) == (_salesforce(LATE), 60)
    assert event["IsAllDayEvent"] is False
    assert platform(sides)["touchpoint_date"] == LATE
    nothing_comes_back(sides)


def test_moved_day_stays_a_day(sides: Sides) -> None:
    sides.make(touchpoint_date=LATE)
    sides.turns(OUT, IN)
    sides.world.edit_on_platform("touchpoint", "p1", touchpoint_date="2026-02-10T08:00:00Z")

    sides.turns(OUT, IN)

    event = sides.event()
    assert (event["ActivityDate"], event["IsAllDayEvent"]) == ("2026-02-10", True)
    nothing_comes_back(sides)


def test_moved_start_keeps_its_length(sides: Sides) -> None:
    change_job(sides.world, OUT, mapping=[*LINES, DAY, START])
    change_job(sides.world, IN, mapping=[*LINES, START])
    sides.make(touchpoint_date=LATE)
    sides.turns(OUT, IN)
    seller = Seller(sides.org.running)
    seller.change("Event", sides.event()["Id"], DurationInMinutes=90)
    sides.world.edit_on_platform("touchpoint", "p1", touchpoint_date="2026-02-10T08:00:00Z")

    sides.turns(OUT, IN)

    event = sides.event()
    assert event["StartDateTime"] == _salesforce("2026-02-10T08:00:00Z")
    assert event["DurationInMinutes"] == 90
    nothing_comes_back(sides)


def test_note_on_a_timed_event_leaves_its_start(sides: Sides) -> None:
    start = _salesforce(LATE)
    account = {"WhatId": ACCOUNT}
    Seller(sides.org.running).create(
        "Event", Subject="Call", StartDateTime=start, DurationInMinutes=30, **account
    )
    sides.turns(IN)
    (own,) = (link.platform_id for link in _links(sides))
    sides.world.edit_on_platform("touchpoint", str(own), subject="Call, postponed")

    sides.turns(OUT, IN)

    event = sides.event()
    assert (event["Subject"], event["StartDateTime"]) == ("Call, postponed", start)
    nothing_comes_back(sides)


def _links(sides: Sides) -> list[Any]:
    links = sides.world.cloud.links(ACME, "crm")
    return list(links.get([sides.event()["Id"]]).values())


def _salesforce(instant: str) -> str:
    return instant.replace("Z", ".000+0000")


# --- people and campaigns ---------------------------------------------------------------------


def test_people_of_an_event_take_part(sides: Sides) -> None:
    who = {"salesforce": "Who.Email", "platform": "participants"}
    change_job(sides.world, IN, mapping=[*LINES, DAY, who])
    sent = {"salesforce": "WhoId", "platform": "participants"}
    change_job(sides.world, OUT, mapping=[*LINES, DAY, sent])
    first, second = (
        sides.org.put("Contact", at, LastName="C", Email=f"c{at}@example.com") for at in (1, 2)
    )
    seller = Seller(sides.org.running)
    day = {"ActivityDate": "2026-01-05", "IsAllDayEvent": True, "DurationInMinutes": 1440}
    event = seller.create("Event", Subject="Review", WhatId=ACCOUNT, WhoId=first, **day)
    seller.create("EventRelation", EventId=event, RelationId=second)

    sides.turns(IN, OUT)

    assert platform(sides)["participants"] == "c1@example.com, c2@example.com"
    nothing_comes_back(sides)


def send_touch(sides: Sides) -> None:
    touch = {
        "campaign_name": "News",
        "campaign_type": "one_time",
        "recipients": 7,
        "sender": "ada@example.com",
        "start_date": "2026-01-05",
        "created_by": "ada@example.com",
    }
    own = sides.world.platform_id(ACCOUNT)
    create_on_platform(sides.world, "campaign_touch", "c1", account_id=own, **touch)
    sides.turns(CAMPAIGNS, CAMPAIGNS)


def show_type(sides: Sides, *, shown: bool) -> None:
    """To the connected user, who looks at the object anew."""
    user = {"user": sides.org.crm().identity().username, "sobject": "Event"}
    fields = {"Type": {"read": shown, "edit": shown}}
    sides.org.control.request("PUT", "permissions", {**user, "fields": fields})
    forget_descriptions()


def test_touch_is_an_e_mail_of_that_day(sides: Sides) -> None:
    send_touch(sides)

    event = sides.event()
    sent = 'One time campaign "News" was sent to 7 users. From: ada@example.com'
    assert (event["Subject"], event["Type"]) == (sent, "Email")
    assert (event["ActivityDate"], event["IsAllDayEvent"]) == ("2026-01-05", True)
    assert event["WhatId"] == ACCOUNT


def test_touch_is_sent_without_a_hidden_type(sides: Sides) -> None:
    show_type(sides, shown=False)

    send_touch(sides)

    show_type(sides, shown=True)
    assert sides.event()["Type"] is None
