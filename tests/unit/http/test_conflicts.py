"""Conflicts through the API: listed, shown, decided."""

from collections.abc import Mapping
from typing import Any

import pytest

from syncline.engine.records import Link, LinkState
from syncline.ports import Conflict, LinkWrite
from tests.unit.http.test_document import flaws
from tests.unit.http.world import ACME, CONNECTION, World

CONFLICTS = f"{ACME}/conflicts"
ONE = f"{CONFLICTS}/crm.task.t1"
NOW = "2026-01-05T12:00:00Z"


def held(api: World, id: str = "t1", *, connection: str = "crm") -> Conflict:
    """A linked task whose title both sides changed, as an outbound run leaves it."""
    api("PUT", f"{ACME}/records/task/{id}", {"values": {"title": "Ours", "status": "Open"}})
    crm_id = f"00T{id}"
    link = Link(crm_id, "task", LinkState.LINKED, 1, platform_id=id, baseline={"title": "Old"})
    api.cloud.links("acme", connection).write([LinkWrite(link, expected=0)])
    conflict = Conflict(
        connection, "task", id, crm_id, "tasks", "tasks.1", NOW, {"title": ("Theirs", "Ours")}
    )
    api.cloud.conflicts("acme").put([conflict])
    return conflict


def title(api: World, id: str = "t1") -> Any:
    return api("GET", f"{ACME}/records/task/{id}").body["values"]["title"]


def test_a_conflict_is_shown_with_both_values(api: World) -> None:
    held(api)

    shown = api("GET", ONE)

    assert shown.status == 200
    assert shown.body == {
        "id": "crm.task.t1", "connection": "crm", "object": "task", "platform_id": "t1",
        "crm_id": "00Tt1", "job": "tasks", "run": "tasks.1", "at": NOW,
        "fields": [{"field": "title", "salesforce": "Theirs", "platform": "Ours"}],
    }  # fmt: skip
    assert api("GET", CONFLICTS).body == {"items": [shown.body], "next": None}


def test_conflicts_are_listed_in_pages_and_by_connection(api: World) -> None:
    api("PUT", f"{ACME}/connections/second", CONNECTION)
    for id in ("t1", "t2", "t3"):
        held(api, id)
    held(api, "t4", connection="second")

    first = api("GET", CONFLICTS, query={"limit": "3"}).body
    rest = api("GET", CONFLICTS, query={"cursor": first["next"]}).body
    second = api("GET", CONFLICTS, query={"connection": "second"}).body
    crm = api("GET", CONFLICTS, query={"connection": "crm"}).body

    assert [each["id"] for each in first["items"]] == ["crm.task.t1", "crm.task.t2", "crm.task.t3"]
    assert ([each["id"] for each in rest["items"]], rest["next"]) == (["second.task.t4"], None)
    assert [each["id"] for each in second["items"]] == ["second.task.t4"]
    assert [each["id"] for each in crm["items"]] == ["crm.task.t1", "crm.task.t2", "crm.task.t3"]


def test_an_unknown_connection_is_named(api: World) -> None:
    reply = api("GET", CONFLICTS, query={"connection": "elsewhere"})

    assert (reply.status, reply.code) == (404, "unknown_connection")


def test_one_choice_is_good_for_all_fields(api: World) -> None:
    held(api)

    reply = api("POST", f"{ONE}/resolve", {"choose": "salesforce"})

    assert reply.status == 200
    assert reply.body["fields"] == [{"field": "title", "chosen": "salesforce", "value": "Theirs"}]
    assert reply.body["senders"] == []
    assert title(api) == "Theirs"
    assert api("GET", CONFLICTS).body["items"] == []


def test_each_field_has_a_choice_of_its_own(api: World) -> None:
    held(api)

    reply = api("POST", f"{ONE}/resolve", {"choose": {"title": "platform"}})

    assert reply.body["fields"] == [{"field": "title", "chosen": "platform", "value": "Ours"}]
    assert title(api) == "Ours"
    assert api.cloud.links("acme", "crm").get(["00Tt1"])["00Tt1"].baseline["title"] == "Theirs"


def test_a_platform_id_may_have_dots(api: World) -> None:
    held(api, "t.1.a")

    assert api("GET", f"{CONFLICTS}/crm.task.t.1.a").body["platform_id"] == "t.1.a"


def test_a_decision_repeated_finds_nothing_to_decide(api: World) -> None:
    held(api)
    api("POST", f"{ONE}/resolve", {"choose": "platform"})
    before = api.cloud.dump()

    again = api("POST", f"{ONE}/resolve", {"choose": "platform"})

    assert (again.status, again.code) == (404, "unknown_conflict")
    assert "history" in again.body["remedy"]
    assert api("GET", ONE).code == "unknown_conflict"
    assert api.cloud.dump() == before


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"choose": "theirs"}, "/choose", "no_side"),
        ({"choose": {"title": "theirs"}}, "/choose/title", "no_side"),
        ({"choose": {}}, "/choose", "no_side"),
        ({"choose": ["platform"]}, "/choose", "no_side"),
        ({"choose": None}, "/choose", "no_side"),
        ({}, "/choose", "missing_field"),
        ({"choose": {"status": "platform", "title": "platform"}}, "/choose/status",
         "not_contested"),
    ],
)  # fmt: skip
def test_a_wrong_choice_is_told_where_it_stands(
    api: World, body: Mapping[str, Any], field: str, code: str
) -> None:
    held(api)
    before = api.cloud.dump()

    reply = api("POST", f"{ONE}/resolve", body)

    assert (reply.status, reply.flaws) == (422, [("body", field, code)])
    assert reply.body["errors"][0]["remedy"]
    assert api.cloud.dump() == before


def test_a_record_edited_since_must_be_looked_at_again(api: World) -> None:
    held(api)
    api("PUT", f"{ACME}/records/task/t1", {"values": {"title": "Newer"}})

    reply = api("POST", f"{ONE}/resolve", {"choose": "platform"})

    assert (reply.status, reply.code) == (409, "conflict_changed")
    assert reply.body["remedy"]
    assert api("GET", ONE).body["fields"][0]["platform"] == "Newer"
    assert api("POST", f"{ONE}/resolve", {"choose": "platform"}).status == 200


def test_reading_and_deciding_need_their_scopes(api: World) -> None:
    held(api)
    reader, operator = api.token("acme", "read"), api.token("acme", "operate")

    assert api("GET", ONE, token=reader).status == 200
    assert api("GET", ONE, token=operator).code == "scope_missing"
    body = {"choose": "platform"}
    assert api("POST", f"{ONE}/resolve", body, token=reader).code == "scope_missing"
    assert api("POST", f"{ONE}/resolve", body, token=operator).status == 200


def test_who_decided_is_told_by_the_story(api: World) -> None:
    held(api)
    api("POST", f"{ONE}/resolve", {"choose": "platform"}, token=api.token())

    told = api("GET", f"{ACME}/history/task/t1").body["items"][0]

    assert told["title"] == "A person decided"
    assert told["by"].startswith("a test's (tok_")
    assert told["at"] == NOW
    assert (told["crm_id"], told["platform_id"]) == ("00Tt1", "t1")
    assert (told["direction"], told["job"]) == (None, None)
    assert told["contests"] == [
        {"field": "title", "salesforce": "Theirs", "platform": "Ours", "winner": "platform"}
    ]
    assert told["why"][1] == (
        "title: Salesforce has “Theirs”, the platform “Ours”; the platform's value stays"
    )


def test_the_administrator_is_named_as_such(api: World) -> None:
    held(api)
    api("POST", f"{ONE}/resolve", {"choose": "salesforce"})

    told = api("GET", f"{ACME}/history/task/t1").body["items"][0]

    assert told["by"] == "administrator"
    assert told["changes"] == [{"field": "title", "before": "Ours", "after": "Theirs"}]


def test_answers_are_as_the_document_says(api: World) -> None:
    document = api("GET", "/openapi.json", token=None).body
    held(api)

    said = [
        ("ConflictList", CONFLICTS, None),
        ("ConflictShown", ONE, None),
        ("ConflictResolved", f"{ONE}/resolve", {"choose": "platform"}),
        ("HistoryShown", f"{ACME}/history/task/t1", None),
    ]

    for model, path, body in said:
        answer = api("POST" if body else "GET", path, body).body
        assert flaws(document, model, answer) == [], model


def test_a_deleted_connection_leaves_no_conflict(api: World) -> None:
    api("PUT", f"{ACME}/connections/second", CONNECTION)
    held(api, connection="second")
    kept = held(api, "t2")

    assert api("DELETE", f"{ACME}/connections/second").status == 204

    assert api.cloud.conflicts("acme").page(limit=5) == [kept]
