"""Stories of records that no cross-reference leads to: refused, skipped, held, deleted (X5)."""

import copy
from typing import Any

import pytest

from syncline.memory.crm_rows import refused
from syncline.ports import RunMode
from syncline.usecases.tell_history import Chapter, TellHistory
from tests.worlds.runs import asked_for, take_turns
from tests.worlds.small import (
    ACME,
    OWNER,
    World,
    account_id,
    first_load,
    new_world,
    put_account,
    put_task,
    task_id,
)
from tests.worlds.two_way import (
    ACCOUNTS,
    IN,
    OUT,
    create_on_platform,
    delete_on_platform,
    only_task,
    two_way_world,
)

CALL = {"title": "Call", "status": "Open", "assigned_to": "ada@example.com", "account": 1}
NOBODY = {**CALL, "assigned_to": "nobody@example.com"}


def teller(world: World) -> TellHistory:
    cloud = world.cloud
    return TellHistory(cloud.configuration, cloud.links, cloud.journal, cloud.runs)


def chapters(world: World, id: str, object: str = "task") -> list[Chapter]:
    """Newest first; told in pages of one, too, to the same effect."""
    tell = teller(world)
    whole = list(tell(ACME, object, id))
    paged: list[Chapter] = []
    while page := list(tell(ACME, object, id, after=paged[-1].place if paged else None))[:1]:
        paged += page
    assert paged == whole
    return whole


def story(world: World, id: str, object: str = "task") -> list[tuple[str, str]]:
    return [(each.stored["verb"], each.stored["reason"]) for each in chapters(world, id, object)]


@pytest.fixture
def world() -> World:
    return two_way_world()


def test_a_refused_record_has_a_story_before_it_is_sent(world: World) -> None:
    create_on_platform(world, "task", "t1", **NOBODY)

    take_turns(world, OUT)

    (told,) = chapters(world, "t1")
    assert (told.stored["reason"], told.crm_id) == ("person_not_found", None)
    assert told.run is not None
    assert told.run.job == OUT


def test_the_later_links_story_goes_on_to_the_refusals(world: World) -> None:
    create_on_platform(world, "task", "t1", **NOBODY)
    take_turns(world, OUT)
    world.edit_on_platform("task", "t1", title="Call again")
    take_turns(world, OUT)
    world.edit_on_platform("task", "t1", assigned_to="ada@example.com")
    take_turns(world, OUT, IN)
    world.edit_on_platform("task", "t1", title="Call back")
    take_turns(world, OUT)

    told = [
        ("update", "changed"),
        ("create", "new"),
        ("reject", "person_not_found"),
        ("reject", "person_not_found"),
    ]
    assert story(world, "t1") == story(world, str(only_task(world)["id"])) == told


def test_a_refusal_of_an_unchanged_record_is_told_once(world: World) -> None:
    create_on_platform(world, "task", "t1", **NOBODY)
    take_turns(world, OUT)
    before = copy.deepcopy(world.cloud.dump())
    writes = dict(world.cloud.writes)

    world.advance(minutes=1)
    full = asked_for(world, OUT, RunMode.FULL)
    world.run(OUT, run=full.id)

    assert len(story(world, "t1")) == 1
    for name in ("links", "claims", "trails", "records", "waiting"):
        assert world.cloud.dump()[name] == before[name], name
        assert world.cloud.writes.get(name) == writes.get(name), name


def test_another_edit_refused_again_is_told_of_a_linked_record(world: World) -> None:
    create_on_platform(world, "task", "t1", **CALL)
    take_turns(world, OUT, IN)
    for title in ("one", "two"):
        world.edit_on_platform("task", "t1", title=title, assigned_to="nobody@example.com")
        take_turns(world, OUT)

    refused = ("reject", "person_not_found")
    assert story(world, "t1") == [refused, refused, ("create", "new")]


def test_other_values_held_again_are_told_again() -> None:
    world = two_way_world(both={"conflicts": "hold"})
    create_on_platform(world, "task", "t1", **CALL)
    take_turns(world, OUT, IN)
    world.crm.org.edit("Task", str(only_task(world)["id"]), Subject="the seller's")
    for title in ("one", "two"):
        world.edit_on_platform("task", "t1", title=title)
        take_turns(world, OUT)

    full = asked_for(world, OUT, RunMode.FULL)
    world.run(OUT, run=full.id)

    held = [each.stored for each in chapters(world, "t1") if each.stored["verb"] == "hold"]
    assert [each["contests"] for each in held] == [
        [["title", "the seller's", "two", "hold"]],
        [["title", "the seller's", "one", "hold"]],
    ]


def test_a_record_skipped_for_its_account_has_a_story(world: World) -> None:
    create_on_platform(world, "account", "late", name="Late", external_id="x-1")
    create_on_platform(world, "task", "t1", title="Call", account_id="late")
    take_turns(world, OUT)
    skipped = ("skip", "account_not_matched")
    assert story(world, "t1") == [skipped]

    world.crm.org.put("Account", account_id(9), Name="Late", OwnerId=OWNER)
    world.edit_on_platform("account", "late", external_id=account_id(9).lower())
    take_turns(world, ACCOUNTS, OUT)

    assert story(world, "t1") == [("create", "new"), skipped]


def test_a_creation_that_salesforce_refused_is_told(world: World) -> None:
    create_on_platform(world, "task", "t1", **CALL)
    world.crm.refuse = lambda _object, _kind, row: refused(row.id, "refused", "Subject")

    take_turns(world, OUT)

    (told,) = chapters(world, "t1")
    assert (told.stored["verb"], told.stored["reason"]) == ("reject", "refused")
    assert told.stored["send"]["values"]["Subject"] == "Call"


def test_an_external_id_that_leads_nowhere_is_told(world: World) -> None:
    create_on_platform(world, "task", "t1", **CALL, external_id=task_id(9).lower())

    take_turns(world, OUT)

    assert story(world, "t1") == [("reject", "unknown_external_id")]


def test_two_records_that_want_one_are_told_apart(world: World) -> None:
    create_on_platform(world, "task", "t1", **CALL)
    take_turns(world, OUT, IN)
    crm_id = str(only_task(world)["id"])
    link = world.cloud.links(ACME, "crm").get([crm_id])[crm_id]
    records = world.cloud.records(ACME)
    first = records.get("task", ["t1"])["t1"]
    world.edit_on_platform("task", "t1", external_id=None)
    assert first.values["external_id"] == crm_id.lower()
    create_on_platform(world, "task", "t2", **CALL, external_id=crm_id.lower())

    take_turns(world, OUT)

    assert ("hold", "already_linked") in story(world, "t2")
    assert ("hold", "already_linked") not in story(world, "t1")
    assert world.cloud.links(ACME, "crm").get([crm_id])[crm_id].reason == link.reason


@pytest.mark.parametrize("there", [True, False], ids=["in Salesforce", "on the platform"])
def test_the_story_of_a_deleted_record_is_found_by_both_ids(world: World, there: bool) -> None:
    create_on_platform(world, "task", "t1", **CALL)
    take_turns(world, OUT, IN)
    crm_id = str(only_task(world)["id"])
    if there:
        world.crm.org.delete("Task", crm_id)
    else:
        delete_on_platform(world, "task", "t1")

    take_turns(world, OUT, IN)

    by_platform_id, by_crm_id = story(world, "t1"), story(world, crm_id)
    assert by_platform_id == by_crm_id
    side = "crm" if there else "platform"
    assert by_crm_id[0][1] in (f"deleted_in_{side}", f"deleted_on_{side}")
    assert by_crm_id[-1] == ("create", "new")


def test_an_id_may_be_given_as_people_copy_it(world: World) -> None:
    create_on_platform(world, "task", "t1", **CALL)
    take_turns(world, OUT)
    crm_id = str(only_task(world)["id"])

    for given in (crm_id, crm_id[:15], crm_id.lower()):
        assert story(world, given) == [("create", "new")]


def test_what_nobody_decided_about_is_unheard_of(world: World) -> None:
    assert story(world, "t9") == []
    assert teller(world).silence(ACME, "task", "t9") == "unheard"


def test_trails_of_another_object_are_not_told(world: World) -> None:
    create_on_platform(world, "task", "t1", **NOBODY)
    take_turns(world, OUT)

    assert story(world, "t1") == [("reject", "person_not_found")]
    assert story(world, "t1", "touchpoint") == []


# --- inbound -----------------------------------------------------------------------------------


def loaded(**job: Any) -> World:
    world = new_world(**job)
    first_load(world)
    return world


def test_what_an_inbound_job_does_not_create_is_told_once() -> None:
    world = new_world(create=False)
    put_account(world, 1)
    put_task(world, 1, 1)
    world.advance(hours=1)
    take_turns(world, "accounts", "tasks")
    before = copy.deepcopy(world.cloud.dump()["trails"])

    full = asked_for(world, "tasks", RunMode.FULL)
    world.run("tasks", run=full.id)

    assert story(world, task_id(1)) == [("skip", "create_off")]
    assert world.cloud.dump()["trails"] == before


def test_an_inbound_record_that_is_refused_waits_or_is_skipped_has_a_story() -> None:
    world = loaded()
    put_task(world, 24, 4, Subject=None)
    put_task(world, 23, None)
    world.advance(hours=1)
    take_turns(world, "tasks")

    assert story(world, task_id(24)) == [("reject", "no_title")]
    assert story(world, task_id(23)) == [("skip", "no_account")]
    assert story(world, task_id(13)) == [("park", "account_not_there")]


def test_what_a_plan_no_longer_fits_is_told_in_its_place() -> None:
    world = loaded()
    world.crm.org.edit("Task", task_id(1), Status="Done")
    plan = asked_for(world, "tasks", RunMode.PLAN)
    world.run("tasks", run=plan.id)
    platform_id = world.platform_id(task_id(1))
    world.edit_on_platform("task", platform_id, title="later")
    world.advance(minutes=1)
    apply = asked_for(world, "tasks", RunMode.APPLY, plan=plan.id)
    world.run("tasks", run=apply.id)
    take_turns(world, "tasks")

    told = [("update", "changed"), ("hold", "changed_since_plan"), ("create", "new")]
    assert story(world, platform_id) == story(world, task_id(1)) == told


def test_the_platforms_record_of_a_merges_loser_keeps_its_story() -> None:
    world = loaded()
    loser, winner = account_id(7), account_id(8)
    platform_id = world.platform_id(loser)
    world.crm.org.merge("Account", loser=loser, winner=winner)
    world.advance(hours=1)

    take_turns(world, "accounts")

    told = [("hold", "merged_away"), ("create", "new")]
    assert story(world, platform_id, "account") == story(world, loser, "account") == told
