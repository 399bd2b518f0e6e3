"""A person decides about a conflict: what is written, and what comes of it."""

import copy
from dataclasses import replace

import pytest

from syncline.engine.records import LinkState, PlatformRecord
from syncline.errors import ConflictError
from syncline.ports import RecordWrite
from syncline.usecases.list_conflicts import ListConflicts
from syncline.usecases.resolution import Choice
from syncline.usecases.resolve_conflict import ResolveConflict
from tests.worlds.held import ONE, fed, held, held_world, hold, link, record, resolve, set_link
from tests.worlds.small import (
    ACME,
    World,
    account_id,
    new_world,
    put_account,
    put_task,
)


@pytest.fixture
def world() -> World:
    return held_world()


# --- what is written --------------------------------------------------------------------------


def test_salesforce_wins_and_its_value_is_taken(world: World) -> None:
    done = resolve(world, "salesforce")

    assert record(world).values["title"] == "the seller's title"
    assert record(world).edits == {}
    assert fed(world) == []
    assert link(world).baseline["title"] == "the seller's title"
    assert link(world).reason is None
    assert held(world) == []
    assert done.values == {"title": "the seller's title"}


def test_the_platform_wins_as_an_uncontested_edit_of_now(world: World) -> None:
    world.advance(minutes=5)
    now = world.cloud.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")

    done = resolve(world, {"title": "platform"})

    assert record(world).values["title"] == "the person's title"
    assert record(world).edits == {"title": now}
    assert fed(world) == [world.platform_id(ONE)]
    assert link(world).baseline["title"] == "the seller's title"
    assert link(world).reason is None
    assert done.values == {"title": "the person's title"}


@pytest.mark.parametrize("choice", ["salesforce", "platform"])
def test_what_nobody_contests_arrives_with_the_decision(world: World, choice: Choice) -> None:
    resolve(world, choice)

    assert record(world).values["status"] == "Done"
    assert link(world).baseline["status"] == "Done"


@pytest.mark.parametrize("choice", ["salesforce", "platform"])
def test_a_later_run_has_nothing_left_to_do(world: World, choice: Choice) -> None:
    resolve(world, choice)
    before = world.cloud.dump()

    world.run("tasks")

    after = world.cloud.dump()
    for part in ("records", "links", "feed", "conflicts"):
        assert after[part] == before[part]


def test_an_attribute_that_the_job_reads_is_not_sent_again(world: World) -> None:
    resolve(world, "platform")

    assert link(world).sent == {}


def test_other_edits_that_were_held_are_seen_again(world: World) -> None:
    id = world.platform_id(ONE)
    world.edit_on_platform("task", id, priority="High")
    world.advance(days=2)
    now = world.cloud.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")

    resolve(world, "salesforce")

    assert record(world).edits == {"priority": now}
    assert world.cloud.dump()["feed"][f"{ACME}|task|{id}"] == now


def test_edits_that_were_sent_keep_their_time(world: World) -> None:
    world.edit_on_platform("task", world.platform_id(ONE), status="Done")
    edited = record(world).edits["status"]
    world.advance(days=2)
    set_link(world, sent={"status": "Done"})

    resolve(world, "platform")

    assert record(world).edits.get("status", edited) == edited


def test_a_conflict_of_an_outbound_job_is_known_by_its_values(world: World) -> None:
    set_link(world, last=None, reason=None)

    resolve(world, "platform")

    found = link(world)
    assert found.baseline["title"] == found.sent["title"] == "the seller's title"
    assert found.baseline["status"] == "Open"
    assert record(world).values["status"] == "Open"


def test_what_was_held_inbound_arrives_though_an_outbound_hold_followed(world: World) -> None:
    before = link(world)
    told = {"key": world.platform_id(ONE), "verb": "hold", "bucket": "held", "stamp": "",
            "reason": "contested", "modified": "", "previous": before.last}  # fmt: skip
    entry = {"read": 1, "left": {}, "actions": [told]}
    world.cloud.journal.put(ACME, "tasks-out.1", "00000000/00", entry)
    set_link(world, last="tasks-out.1/00000000/00/0")

    resolve(world, "platform")

    assert record(world).values["status"] == "Done"
    assert link(world).baseline["status"] == "Done"


def test_a_value_that_salesforce_cleared_is_cleared(world: World) -> None:
    set_link(world, last=None, reason=None)
    hold(world, "tasks.9", title=(None, "the person's title"))

    resolve(world, "salesforce")

    assert "title" not in record(world).values
    assert "title" not in link(world).baseline
    assert link(world).sent == {"title": None}


def test_the_account_of_a_record_stays(world: World) -> None:
    world.crm.org.edit("Task", ONE, AccountId=account_id(5), Subject="moved as well")
    world.advance(hours=1)
    world.run("tasks")
    before = record(world).values["account_id"]

    resolve(world, "salesforce")

    assert record(world).values["account_id"] == before


def test_both_choices_are_made_at_once(world: World) -> None:
    world.edit_on_platform("task", world.platform_id(ONE), status="Waiting")
    with pytest.raises(ConflictError):
        resolve(world, "platform")

    resolve(world, {"title": "salesforce", "status": "platform"})

    assert record(world).values["title"] == "the seller's title"
    assert record(world).values["status"] == "Waiting"
    assert list(record(world).edits) == ["status"]


# --- a first match ----------------------------------------------------------------------------


def first_match() -> World:
    """An account that both sides have under different names; nothing is linked yet."""
    world = new_world()
    jobs = world.cloud.configuration
    stored = jobs.get(ACME, "job", "accounts")
    assert stored is not None
    jobs.put(ACME, "job", "accounts", {**stored.body, "conflicts": "hold"}, expected=1)
    values = {"external_id": account_id(1).lower(), "name": "Ours"}
    made = PlatformRecord("account", "a-1", 1, values, "2026-01-01T00:00:00Z", {"name": "2026"})
    world.cloud.records(ACME).write([RecordWrite(made, expected=0, feed=True)])
    put_account(world, 1, Name="Theirs", Industry="Mining")
    put_task(world, 1, 1)
    world.advance(hours=1)
    world.run("accounts")
    world.run("tasks")
    return world


def test_a_first_match_is_linked_by_the_decision() -> None:
    world = first_match()
    cloud = world.cloud
    use_case = ResolveConflict(
        cloud.configuration, cloud.records, cloud.links, cloud.conflicts, cloud.journal, cloud.clock
    )

    use_case(ACME, ("crm", "account", "a-1"), "platform", by="ada")

    links = cloud.links(ACME, "crm")
    assert links.get([account_id(1)])[account_id(1)].state is LinkState.LINKED
    assert links.claimed("account", ["a-1"]) == {"a-1": account_id(1)}
    values = cloud.records(ACME).get("account", ["a-1"])["a-1"].values
    assert (values["name"], values["industry"]) == ("Ours", "Mining")
    assert links.released("task", limit=5) == [(account_id(1), ONE)]


# --- the journal ------------------------------------------------------------------------------


def test_the_decision_is_the_last_of_its_story(world: World) -> None:
    before = link(world).last

    done = resolve(world, "platform")

    assert link(world).last == done.entry
    run, batch, attempt, index = done.entry.split("/")
    entry = world.cloud.journal.get(ACME, run, f"{batch}/{attempt}")
    assert entry is not None
    told = entry["actions"][int(index)]
    assert entry["by"] == "ada"
    assert told["reason"] == "resolved"
    assert told["previous"] == before
    assert told["contests"] == [["title", "the seller's title", "the person's title", "platform"]]
    assert ["status", "Open", "Done"] in told["changes"]


def test_who_sends_it_is_told(world: World) -> None:
    assert resolve(copy.deepcopy(world), "platform").senders == ()
    put = world.cloud.configuration.put
    job = {"kind": "tasks_outbound", "connection": "crm"}
    put(ACME, "job", "tasks-out", job, expected=0)
    put(ACME, "job", "off", {**job, "enabled": False}, expected=0)
    put(ACME, "job", "elsewhere", {**job, "connection": "other"}, expected=0)
    put(ACME, "job", "accounts-out", {**job, "kind": "accounts_outbound"}, expected=0)

    assert resolve(world, "platform").senders == ("tasks-out",)


# --- listing ----------------------------------------------------------------------------------


def test_conflicts_are_listed_by_connection(world: World) -> None:
    conflict = held(world)[0]
    for number in range(250):
        other = replace(conflict, connection=f"c{number % 2}", platform_id=f"t{number:03d}")
        world.cloud.conflicts(ACME).put([other])
    listed = ListConflicts(world.cloud.conflicts)

    assert len(list(listed(ACME))) == 251
    assert {each.connection for each in listed(ACME, connection="c1")} == {"c1"}
    assert len(list(listed(ACME, connection="c1"))) == 125
    assert len(list(listed(ACME, connection="c1", after=("c1", "task", "t001")))) == 124
    assert list(listed(ACME, connection="c")) == []
