"""Leads that Salesforce itself converts, seen by both directions (X10). The platform is in memory,
Salesforce is the emulator."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import pytest

from local.seller import Seller
from syncline.engine.records import LinkState
from syncline.memory.clock import MemoryClock
from syncline.memory.cloud import MemoryCloud
from syncline.ports import Row, Run, RunMode, RunStatus
from syncline.usecases.validate_mapping import ValidateMapping
from tests.contract.crm_orgs import NOON, Emulated, emulator, record_id
from tests.contract.crm_writing import Writing
from tests.worlds.leads import ACCOUNTS_OUT, LEADS, LEADS_OUT, MAPPING
from tests.worlds.runs import asked_for, finished, reasons
from tests.worlds.small import ACME, World
from tests.worlds.two_way import create_on_platform

STEP: Final = timedelta(minutes=15)
ACCOUNTS, IN, OUT = "accounts", "tasks-in", "tasks-out"
LEAD, OTHER, TASK = record_id("Lead", 1), record_id("Lead", 2), record_id("Task", 1)
ON_LEADS: Final = {"salesforce_object": "Lead", "mapping": MAPPING}
JOBS: Final[dict[str, dict[str, Any]]] = {
    ACCOUNTS: {"kind": "accounts_inbound"},
    ACCOUNTS_OUT: {"kind": "accounts_outbound"},
    LEADS: {"kind": "accounts_inbound", **ON_LEADS},
    LEADS_OUT: {"kind": "accounts_outbound", **ON_LEADS},
    IN: {"kind": "tasks_inbound"},
    OUT: {"kind": "tasks_outbound"},
}


@pytest.fixture(scope="module")
def running() -> Iterator[Emulated]:
    with emulator() as found:
        yield found


@dataclass
class Sides:
    """Both sides and their jobs; two leads are linked, a task is with the first."""

    org: Emulated
    world: World

    def turns(self, *jobs: str) -> list[Run]:
        return [self.turn(job) for job in jobs]

    def turn(self, job: str, **start: Any) -> Run:
        run = self._leg(job, **start)
        while run.status is RunStatus.RUNNING:
            run = self._leg(job, run=run.id, leg=run.leg + 1)
        assert run.status in (RunStatus.SUCCEEDED, RunStatus.PARTIAL), run.error
        return run

    def _leg(self, job: str, **start: Any) -> Run:
        self.world.cloud.clock.set(self.world.cloud.clock.now() + STEP)
        self.org.advance(STEP.total_seconds())
        return finished(self.world.run(job, **start))

    def convert(self, lead: str) -> str:
        """The id of the account that Salesforce made of it."""
        made = self.org.control.request("POST", "convert", {"lead": lead})
        return str(made["account"])

    def state(self, id: str) -> LinkState:
        return self.world.cloud.links(ACME, "crm").get([id])[id].state

    def accounts(self) -> set[str]:
        page, _ = self.world.cloud.records(ACME).page("account", limit=100)
        return {record.id for record in page}


@pytest.fixture
def sides(running: Emulated) -> Sides:
    org = running.fresh("rest")
    for number in (1, 2):
        org.put("Lead", number, LastName="Lovelace", Company=f"Prospect {number}")
    org.put("Task", 1, Subject="Call", WhoId=LEAD)
    cloud = MemoryCloud(clock=MemoryClock(NOON))
    put = cloud.configuration.put
    put(ACME, "workspace", ACME, {}, expected=0)
    put(ACME, "connection", "crm", {"login_url": org.running.http}, expected=0)
    for name, job in JOBS.items():
        put(ACME, "job", name, {**job, "connection": "crm"}, expected=0)
    found = Sides(org, World(org.crm(), cloud))  # type: ignore[arg-type]
    found.turns(LEADS, ACCOUNTS, IN)
    return found


def test_jobs_on_leads_are_valid(sides: Sides) -> None:
    validate = ValidateMapping(sides.world.cloud.configuration, lambda *_: sides.org.crm())

    assert {job: validate(ACME, job) for job in (LEADS, LEADS_OUT)} == {LEADS: (), LEADS_OUT: ()}


@pytest.mark.parametrize("jobs", [(LEADS, ACCOUNTS), (ACCOUNTS, LEADS)], ids=" then ".join)
def test_converted_lead_keeps_its_record(sides: Sides, jobs: tuple[str, ...]) -> None:
    kept, there = sides.world.platform_id(LEAD), sides.accounts()
    account = sides.convert(LEAD)

    sides.turns(*jobs, IN)

    assert sides.world.platform_id(account) == kept
    assert (sides.state(LEAD), sides.accounts()) == (LinkState.ALIAS, there)
    assert sides.world.platform("account")[account.lower()]["name"] == "Prospect 1"
    assert sides.world.platform("task")[TASK.lower()]["account_id"] == kept


def test_full_run_does_not_double_or_delete(sides: Sides) -> None:
    there = sides.accounts()
    account = sides.convert(LEAD)

    for job in (LEADS, ACCOUNTS, LEADS):
        start = asked_for(sides.world, job, RunMode.FULL)
        sides.turn(job, run=start.id)

    assert sides.accounts() == there
    assert sides.state(account) is LinkState.LINKED


def test_edit_of_a_converted_lead_is_told_in_its_words(sides: Sides) -> None:
    sides.convert(LEAD)
    for lead in (LEAD, OTHER):
        sides.world.edit_on_platform("account", sides.world.platform_id(lead), phone="123")

    refused, again = sides.turns(LEADS_OUT, LEADS_OUT)

    assert reasons(refused) == {"rejected:read_only": 1, "updated:changed": 1}
    assert reasons(again) == {}
    (row,) = Seller(sides.org.running).find(f"SELECT Phone FROM Lead WHERE Id = '{OTHER}'")  # noqa: S608 our id
    assert row["Phone"] == "123"


def test_both_directions_go_on_with_the_account(sides: Sides) -> None:
    kept = sides.world.platform_id(LEAD)
    account = sides.convert(LEAD)
    sides.turns(LEADS, ACCOUNTS)
    sides.world.edit_on_platform("account", kept, phone="123")
    create_on_platform(sides.world, "task", "t1", title="Visit", account_id=kept)

    sides.turns(ACCOUNTS_OUT, OUT)

    (row,) = Seller(sides.org.running).find("SELECT Id, Phone FROM Account")
    assert (row["Id"], row["Phone"]) == (account, "123")
    (task,) = Seller(sides.org.running).find("SELECT WhatId FROM Task WHERE Subject = 'Visit'")
    assert task["WhatId"] == account


@pytest.mark.parametrize("jobs", [False, True], ids=["rows", "job"])
def test_converted_lead_is_refused_beside_others(sides: Sides, jobs: bool) -> None:
    sides.convert(LEAD)
    rows = [Row("p1", LEAD, {"Phone": "1"}), Row("p2", OTHER, {"Phone": "1"})]

    with closing(Writing(sides.org, jobs=jobs)) as writing:
        refused, done = writing.update("Lead", *rows)

    assert (refused.id, refused.code, refused.again) == (LEAD, "read_only", False)
    assert refused.message == "cannot reference converted lead"
    assert done.done
