"""Platform records and their history through the API."""

from dataclasses import replace
from datetime import timedelta

from syncline.engine.records import Link, LinkState
from syncline.http.pages import next_of
from syncline.ports import Aside, LinkWrite, Run, RunMode, RunStatus, Trail
from tests.unit.http.world import ACME, CONNECTION, World, journal

T1 = f"{ACME}/records/task/t1"
NOW = "2026-01-05T12:00:00Z"


# --- records ----------------------------------------------------------------------------------


def test_a_record_is_created_edited_and_left(api: World) -> None:
    created = api("PUT", T1, {"values": {"title": " Call ", "due_date": "2026-02-01"}})
    api.cloud.clock.advance(timedelta(hours=1))
    changed = api("PUT", T1, {"values": {"title": "Call back", "due_date": "2026-02-01"}})
    left = api("PUT", T1, {"values": {"title": "Call back"}})

    assert [created.status, changed.status, left.status] == [201, 200, 200]
    assert [each.body["result"] for each in (created, changed, left)] == [
        "created", "changed", "unchanged",
    ]  # fmt: skip
    record = api("GET", T1)
    assert record.body["values"] == {"title": "Call back", "due_date": "2026-02-01"}
    assert record.body["edits"] == {"title": "2026-01-05T13:00:00Z", "due_date": NOW}
    assert (record.body["version"], record.headers["etag"]) == (2, '"2"')


def test_null_clears_an_attribute(api: World) -> None:
    api("PUT", T1, {"values": {"title": "Call", "status": "Open"}})

    api("PUT", T1, {"values": {"status": None}})

    assert api("GET", T1).body["values"] == {"title": "Call"}


def test_values_are_kept_in_their_canonical_form(api: World) -> None:
    values = {"create_date": "2026-01-05T13:30:00+01:00"}

    api("PUT", T1, {"values": values})

    assert api("GET", T1).body["values"] == {"create_date": "2026-01-05T12:30:00Z"}


def test_an_external_id_is_kept_in_lower_case(api: World) -> None:
    values = {"title": "Call", "external_id": "00T000000000Nw1AAC"}

    kept = api("PUT", T1, {"values": values}).body["record"]["values"]

    assert kept == {"title": "Call", "external_id": "00t000000000nw1aac"}
    again = {"values": {"external_id": "00T000000000Nw1AAC"}}
    assert api("PUT", T1, again).body["result"] == "unchanged"


def test_an_edit_enters_the_change_feed(api: World) -> None:
    api("PUT", T1, {"values": {"title": "Call"}})

    assert len(api.cloud.dump()["feed"]) == 1


def test_a_condition_on_the_version_is_kept(api: World) -> None:
    api("PUT", T1, {"values": {"title": "Call"}})
    api("PUT", T1, {"values": {"title": "Call back"}}, headers={"If-Match": '"1"'})

    late = api("PUT", T1, {"values": {"title": "Mine"}}, headers={"If-Match": '"1"'})
    late_deletion = api("DELETE", T1, headers={"If-Match": '"1"'})
    bad = api("PUT", T1, {"values": {"title": "Mine"}}, headers={"If-Match": "abc"})

    assert (late.status, late.code) == (412, "precondition_failed")
    assert late_deletion.status == 412
    assert (bad.status, bad.flaws[0][:2]) == (400, ("header", "If-Match"))
    assert api("GET", T1).body["values"]["title"] == "Call back"


def test_a_lookup_belongs_to_one_record(api: World) -> None:
    api("PUT", T1, {"values": {"external_id": "X1"}})
    before = api.cloud.dump()

    reply = api("PUT", f"{ACME}/records/task/t2", {"values": {"external_id": "x1"}})

    assert (reply.status, reply.code) == (409, "lookup_taken")
    assert api.cloud.dump() == before


def test_a_deleted_record_is_gone_for_good(api: World) -> None:
    api("PUT", T1, {"values": {"title": "Call", "external_id": "x1"}})

    assert api("DELETE", T1).status == 204
    assert api("GET", T1).code == "unknown_record"
    assert api("DELETE", T1).code == "unknown_record"
    assert api("PUT", T1, {"values": {"title": "Again"}}).code == "record_deleted"
    assert api("GET", f"{ACME}/records/task").body["items"] == []
    assert api("PUT", f"{ACME}/records/task/t2", {"values": {"external_id": "x1"}}).status == 201


def test_records_are_listed_in_pages(api: World) -> None:
    for number in range(5):
        api("PUT", f"{ACME}/records/task/t{number}", {"values": {"title": f"Call {number}"}})

    first = api("GET", f"{ACME}/records/task", query={"limit": "3"}).body
    rest = api("GET", f"{ACME}/records/task", query={"cursor": first["next"]}).body

    assert [each["id"] for each in first["items"]] == ["t0", "t1", "t2"]
    assert [each["id"] for each in rest["items"]] == ["t3", "t4"]
    assert rest["next"] is None


def test_an_unknown_object_is_named(api: World) -> None:
    for path in ("records/invoice", "records/invoice/1", "history/invoice/1"):
        assert api("GET", f"{ACME}/{path}").code == "unknown_object"


def test_records_of_another_workspace_are_not_seen(api: World) -> None:
    api("PUT", "/v1/workspaces/other", {})
    api("PUT", T1, {"values": {"title": "Call"}})

    assert api("GET", "/v1/workspaces/other/records/task/t1").code == "unknown_record"
    assert api("GET", "/v1/workspaces/other/records/task").body["items"] == []


# --- history ----------------------------------------------------------------------------------


def synced(api: World, *, connection: str = "crm", runs: int = 3) -> None:
    """A task that every run has changed, each entry pointing to the one before."""
    previous = None
    for number in range(runs):
        run = f"{connection}.{number}"
        started = f"2026-01-0{number + 1}T00:00:00Z"
        api.cloud.runs.create(
            Run(
                workspace="acme", job="tasks", id=run, mode=RunMode.INCREMENTAL,
                status=RunStatus.SUCCEEDED, created_at=started, started_at=started,
            )
        )  # fmt: skip
        entry = {
            "key": "00T1", "verb": "update", "bucket": "updated", "reason": "crm_changed",
            "platform_id": "t1", "changes": [["title", f"v{number}", f"v{number + 1}"]],
            **({"previous": previous} if previous else {}),
        }  # fmt: skip
        other = {"key": "00T9", "verb": "create", "bucket": "created", "reason": "new"}
        api.cloud.journal.put("acme", run, "00000000/00", {"actions": [other, entry]})
        previous = f"{run}/00000000/00/1"
    link = Link("00T1", "task", LinkState.LINKED, 1, platform_id="t1", last=previous)
    assert api.cloud.links("acme", connection).write([LinkWrite(link, expected=0)]) == [True]


def test_a_records_story_is_told_newest_first(api: World) -> None:
    synced(api)

    by_platform_id = api("GET", f"{ACME}/history/task/t1").body
    by_crm_id = api("GET", f"{ACME}/history/task/00T1").body

    assert by_platform_id == by_crm_id
    assert [each["run"] for each in by_platform_id["items"]] == ["crm.2", "crm.1", "crm.0"]
    newest = by_platform_id["items"][0]
    assert newest["at"] == "2026-01-03T00:00:00Z"
    assert newest["job"] == "tasks"
    assert newest["changes"] == [{"field": "title", "before": "v2", "after": "v3"}]


def test_the_story_is_told_in_pages_and_over_connections(api: World) -> None:
    api("PUT", f"{ACME}/connections/second", CONNECTION)
    synced(api)
    synced(api, connection="second", runs=2)

    told: list[list[str]] = []
    cursor: dict[str, str] = {}
    while True:
        page = api("GET", f"{ACME}/history/task/t1", query={"limit": "2", **cursor}).body
        told.append([each["run"] for each in page["items"]])
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}

    assert told == [["crm.2", "crm.1"], ["crm.0", "second.1"], ["second.0"]]


def test_a_story_ends_where_the_journal_is_gone(api: World) -> None:
    synced(api)
    link = api.cloud.links("acme", "crm").get(["00T1"])["00T1"]
    moved = replace(link, version=2, last="gone.1/00000000/00/0")
    api.cloud.links("acme", "crm").write([LinkWrite(moved, expected=1, before=link)])

    told = api("GET", f"{ACME}/history/task/t1").body
    assert (told["items"], told["next"]) == ([], None)
    assert "no longer keeps" in told["note"]


def test_an_id_of_another_object_has_no_story_here(api: World) -> None:
    synced(api)

    assert api("GET", f"{ACME}/history/account/00T1").body["items"] == []
    nothing = api("GET", f"{ACME}/history/task/unheard-of").body
    assert nothing["items"] == []
    assert "no run has decided" in nothing["note"]
    assert api("GET", f"{ACME}/history/task/t1").body["note"] is None


def test_a_record_without_a_link_has_its_story_too(api: World) -> None:
    refused = {
        "key": "t1", "platform_id": "t1", "verb": "reject", "bucket": "rejected",
        "reason": "no_title", "detail": "a task needs a title; nothing was sent",
    }  # fmt: skip
    journal(api, "out.1", "00000000/00", refused)
    trail = Trail(asides=(Aside("reject:no_title@", "out.1/00000000/00/0"),))
    api.cloud.links("acme", "crm").leave_trails("task", {"t1": trail}, at=NOW)

    told = api("GET", f"{ACME}/history/task/t1").body

    (chapter,) = told["items"]
    assert (chapter["direction"], chapter["crm_id"]) == ("outbound", None)
    assert chapter["title"] == "Not sent: it cannot be sent as it is"
    assert chapter["why"] == ["a task needs a title; nothing was sent"]
    assert told["note"] is None


def test_a_cursor_of_another_list_is_refused(api: World) -> None:
    for parts in (("crm", "x"), ("crm", "no pointer", ""), ("crm", "", "../1/2/3/4")):
        reply = api("GET", f"{ACME}/history/task/t1", query={"cursor": next_of(*parts)})

        assert (reply.status, reply.code) == (400, "invalid_cursor")
