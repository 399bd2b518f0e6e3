"""The preview of an outbound job: what a full run would send, and nothing written for it."""

import copy
from typing import Any

import pytest

from syncline.config.models import Job
from syncline.errors import ConfigurationError
from syncline.usecases import preview_outgoing
from syncline.usecases.preview_job import PreviewJob
from syncline.usecases.previewed import Preview, PreviewRow
from tests.worlds.runs import take_turns
from tests.worlds.small import ACME, OWNER, World, account_id
from tests.worlds.two_way import (
    IN,
    OUT,
    SECOND,
    create_on_platform,
    delete_on_platform,
    only_task,
    two_way_world,
)

CALL = {"title": "Call", "status": "Open", "assigned_to": "Ada@example.com", "account": 1}


@pytest.fixture
def world() -> World:
    """One task that both sides have."""
    world = two_way_world()
    create_on_platform(world, "task", "t1", **CALL)
    take_turns(world, OUT, IN)
    return world


def preview(world: World, job: str = OUT, *, limit: int = 200, **draft: Any) -> Preview:
    """Of the stored job, or of a draft of it; nothing on either side may change."""
    before = copy.deepcopy((world.cloud.dump(), world.crm.org.rows))
    cloud = world.cloud
    use_case = PreviewJob(
        configuration=cloud.configuration,
        crm=lambda workspace, connection: world.crm,
        links=cloud.links,
        records=cloud.records,
        clock=cloud.clock,
    )
    given = Job(kind="tasks_outbound", connection="crm", **draft) if draft else None

    answer = use_case(ACME, job, draft=given, limit=limit)

    assert (world.cloud.dump(), world.crm.org.rows) == before
    return answer


def only(answer: Preview) -> PreviewRow:
    (row,) = answer.rows
    return row


def written(row: PreviewRow) -> dict[str, tuple[Any, Any]]:
    return {each.field: (each.before, each.after) for each in row.fields}


def test_an_edit_is_shown_field_by_field(world: World) -> None:
    world.edit_on_platform("task", "t1", title="Call back", description="soon")

    row = only(preview(world))

    assert (row.verb, row.reason, row.platform_id) == ("update", "changed", "t1")
    assert row.crm_id == only_task(world)["id"]
    assert written(row) == {"Subject": ("Call", "Call back"), "Description": (None, "soon")}
    assert row.values["title"] == "Call back"


def test_a_new_record_is_shown_with_all_it_carries(world: World) -> None:
    create_on_platform(world, "task", "t2", **CALL)

    row = only(preview(world))

    assert (row.verb, row.crm_id) == ("create", None)
    fields = written(row)
    assert fields["Subject"] == (None, "Call")
    assert (fields["WhatId"], fields["OwnerId"]) == ((None, account_id(1)), (None, OWNER))


def test_what_salesforce_has_now_is_shown_where_both_changed(world: World) -> None:
    world.crm.org.edit("Task", str(only_task(world)["id"]), Subject="the seller's")
    world.advance(minutes=1)
    world.edit_on_platform("task", "t1", title="the person's")

    row = only(preview(world))

    assert row.reason == "contested"
    assert written(row) == {"Subject": ("the seller's", "the person's")}


def test_the_preview_knows_no_account_rule(world: World) -> None:
    create_on_platform(world, "task", "t2", title="Alone")

    row = only(preview(world))
    take_turns(world, OUT)

    assert (row.verb, written(row)["Subject"]) == ("create", (None, "Alone"))
    assert only_task(world)["subject"] == "Call"


def test_what_would_be_refused_says_why(world: World) -> None:
    world.edit_on_platform("task", "t1", assigned_to="nobody@example.com")

    row = only(preview(world))

    assert (row.verb, row.reason, row.fields) == ("reject", "person_not_found", ())
    assert "assigned_to" in row.detail


def test_a_deletion_is_shown(world: World) -> None:
    delete_on_platform(world, "task", "t1")

    row = only(preview(world))

    assert (row.verb, row.reason) == ("delete", "deleted_on_platform")
    assert row.fields == ()


def test_a_run_does_what_was_shown(world: World) -> None:
    world.edit_on_platform("task", "t1", title="Call back", assigned_to="bob@example.com")
    create_on_platform(world, "task", "t2", **CALL)
    create_on_platform(world, "task", "t3", **{**CALL, "assigned_to": "nobody@example.com"})

    shown = {row.platform_id: (row.verb, row.reason) for row in preview(world).rows}
    (run,) = take_turns(world, OUT)

    planned = {
        action["key"]: (action["verb"], action["reason"])
        for name in world.cloud.journal.names(ACME, run.id)
        for action in (world.cloud.journal.get(ACME, run.id, name) or {})["actions"]
    }
    assert shown == planned
    assert sorted(verb for verb, _ in shown.values()) == ["create", "reject", "update"]
    assert {row["ownerid"] for row in world.crm.org.rows["task"].values()} == {OWNER, SECOND}


def test_conditions_of_a_draft_decide_what_is_shown(world: World) -> None:
    create_on_platform(world, "task", "t2", **{**CALL, "status": "Draft"})
    create_on_platform(world, "task", "t3", **CALL)

    conditions = [{"attribute": "status", "operator": "equals", "value": "Draft"}]
    answer = preview(world, "not-saved", conditions=conditions)

    assert only(answer).platform_id == "t2"
    assert answer.total == 3


def test_what_was_edited_before_the_bound_is_not_shown(world: World) -> None:
    create_on_platform(world, "task", "t2", **CALL)
    world.advance(days=31)
    create_on_platform(world, "task", "t3", **CALL)

    assert only(preview(world)).platform_id == "t3"


def test_a_record_whose_account_was_linked_since_is_shown(world: World) -> None:
    links = world.cloud.links(ACME, "crm")
    create_on_platform(world, "task", "t2", **CALL)
    world.advance(days=31)
    assert preview(world).rows == ()
    links.wait("task/tasks-out", {"t2": world.platform_id(account_id(1))}, parent_object="account")

    assert only(preview(world)).platform_id == "t2"


def test_no_more_rows_than_asked_for_are_shown(world: World) -> None:
    for number in range(2, 6):
        create_on_platform(world, "task", f"t{number}", **CALL)

    answer = preview(world, limit=3)

    assert len(answer.rows) == 3
    assert answer.total is None


def test_the_search_for_rows_has_an_end(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preview_outgoing, "_LOOKED_AT", 3)
    monkeypatch.setattr(preview_outgoing, "_AT_ONCE", 2)
    for number in range(2, 8):
        create_on_platform(world, "task", f"t{number}", **CALL)

    conditions = [{"attribute": "status", "operator": "equals", "value": "Draft"}]
    answer = preview(world, conditions=conditions)

    assert (answer.rows, answer.total) == ((), None)


def test_another_org_than_the_connections_is_refused(world: World) -> None:
    stored = world.cloud.configuration.get(ACME, "connection", "crm")
    assert stored is not None
    body = {**stored.body, "org_id": "00D000000000099AAA"}
    world.cloud.configuration.put(ACME, "connection", "crm", body, expected=stored.version)

    with pytest.raises(ConfigurationError) as raised:
        preview(world)

    assert raised.value.code == "org_changed"
