"""Jobs through the API: validated whole, saved once, scheduled, previewed."""

from typing import Any

import pytest

from syncline.errors import ConfigurationError
from tests.unit.http.world import ACCOUNTS, ACME, OPEN, TASKS, World

JOB = f"{ACME}/jobs/tasks"
EVERY_QUARTER = {"every": "minutes", "minutes": 15}


def test_a_job_is_created_changed_and_left(api: World) -> None:
    bodies: list[dict[str, Any]] = [TASKS, {**TASKS, "filter": OPEN}, {**TASKS, "filter": OPEN}]

    results = [api("PUT", JOB, body).body["result"] for body in bodies]

    assert results == ["created", "changed", "unchanged"]
    assert api("GET", JOB).body["filter"] == OPEN


def test_the_default_mapping_of_every_kind_passes_its_own_validation(api: World) -> None:
    for name, body in (("tasks", TASKS), ("accounts", ACCOUNTS)):
        reply = api("PUT", f"{ACME}/jobs/{name}", body)

        assert (reply.status, reply.body["findings"]) == (201, [])


def test_what_is_shown_can_be_put_back_unchanged(api: World) -> None:
    api("PUT", JOB, {**TASKS, "schedule": EVERY_QUARTER})

    reply = api("PUT", JOB, api("GET", JOB).body)

    assert reply.body["result"] == "unchanged"


def test_the_schedule_follows_the_job(api: World) -> None:
    api("PUT", JOB, {**TASKS, "schedule": EVERY_QUARTER})
    made = api.cloud.schedules.dump()["jobs"]
    api("PUT", JOB, {**TASKS, "schedule": EVERY_QUARTER, "enabled": False})
    paused = api.cloud.schedules.dump()["jobs"]
    api("PUT", JOB, TASKS)
    manual = api.cloud.schedules.dump()["jobs"]

    (schedule,) = made.values()
    assert (schedule["kind"], schedule["schedule"]["minutes"]) == ("tasks_inbound", 15)
    assert [each["schedule"]["enabled"] for each in paused.values()] == [False]
    assert manual == {}


def test_a_schedule_lost_in_a_crash_is_made_by_saving_again(api: World) -> None:
    body = {**TASKS, "schedule": EVERY_QUARTER}
    api("PUT", JOB, body)
    api.cloud.schedules.delete_job("acme", "tasks")

    assert api("PUT", JOB, body).body["result"] == "unchanged"
    assert len(api.cloud.schedules.dump()["jobs"]) == 1


@pytest.mark.parametrize("known", [False, True], ids=["new", "known"])
def test_a_schedule_that_is_refused_takes_the_job_back(
    api: World, monkeypatch: pytest.MonkeyPatch, known: bool
) -> None:
    if known:
        api("PUT", JOB, TASKS)
    jobs = api("GET", f"{ACME}/jobs").body

    def refuse(*_args: object, **_named: object) -> None:
        raise ConfigurationError("the expression is not valid", code="schedule_invalid")

    monkeypatch.setattr(api.cloud.schedules, "put_job", refuse)

    reply = api("PUT", JOB, {**TASKS, "title": "x", "schedule": EVERY_QUARTER})

    assert (reply.status, reply.code) == (422, "schedule_refused")
    assert reply.flaws == [("body", "/schedule", "schedule_invalid")]
    assert api("GET", f"{ACME}/jobs").body == jobs


def test_a_job_keeps_its_kind(api: World) -> None:
    api("PUT", JOB, TASKS)

    reply = api("PUT", JOB, ACCOUNTS)

    assert reply.flaws == [("body", "/kind", "identity_fixed")]


def test_save_and_sync_starts_a_run(api: World) -> None:
    saved = api("PUT", JOB, TASKS, query={"sync": "true"})
    again = api("PUT", JOB, TASKS, query={"sync": "true"})

    run = saved.body["run"]
    assert (run["status"], run["mode"], run["trigger"]) == ("queued", "incremental", "save")
    assert again.body["run"]["id"] == run["id"]
    assert api("PUT", JOB, TASKS).body["run"] is None
    kind, event = api.cloud.starter.started[0]
    assert (kind, event) == (
        "tasks_inbound", {"workspace": "acme", "job": "tasks", "run": run["id"]},
    )  # fmt: skip


def test_a_deleted_job_takes_its_schedule_with_it(api: World) -> None:
    api("PUT", JOB, {**TASKS, "schedule": EVERY_QUARTER})

    assert api("DELETE", JOB).status == 204
    assert api.cloud.schedules.dump()["jobs"] == {}
    assert api("GET", JOB).code == "unknown_job"
    assert api("DELETE", JOB).code == "unknown_job"


def test_jobs_are_listed_with_their_last_run(api: World) -> None:
    api("PUT", JOB, TASKS, query={"sync": "true"})
    api("PUT", f"{ACME}/jobs/accounts", ACCOUNTS)

    accounts, tasks, _ = api("GET", f"{ACME}/jobs").body["items"]

    assert (accounts["name"], accounts["last_run"]) == ("accounts", None)
    assert (tasks["job"]["kind"], tasks["last_run"]["status"]) == ("tasks_inbound", "queued")


# --- validate and preview ---------------------------------------------------------------------


def test_a_draft_is_validated_without_being_saved(api: World) -> None:
    draft = {**TASKS, "filter": "IsClosed = maybe"}
    before = api.cloud.dump()

    reply = api("POST", f"{ACME}/jobs/new/validate", draft)

    assert (reply.status, reply.body["valid"]) == (200, False)
    (finding,) = reply.body["findings"]
    assert (finding["field"], finding["code"]) == ("/filter", "query_refused")
    assert api.cloud.dump() == before


def test_a_stored_job_is_validated_without_a_body(api: World) -> None:
    api("PUT", JOB, TASKS)
    del api.crm.org.objects["task"].fields["subject"]  # type: ignore[attr-defined] # an admin's work

    reply = api("POST", f"{JOB}/validate")

    (finding,) = reply.body["findings"]
    assert (finding["line"], finding["field"]) == (2, "/mapping/2/salesforce")


def test_a_mark_without_effect_is_a_warning_and_saves(api: World) -> None:
    mapping = [
        {"salesforce": "AccountId", "platform": "account_id", "key": True},
        {"salesforce": "Id", "platform": "external_id", "key": True},
        {"salesforce": "Subject", "platform": "title", "key": True},
    ]

    reply = api("PUT", JOB, {**TASKS, "mapping": mapping})

    assert reply.status == 201
    (finding,) = reply.body["findings"]
    assert (finding["severity"], finding["code"]) == ("warning", "key_without_effect")


def test_a_draft_is_previewed_as_it_would_arrive(api: World) -> None:
    for number in range(3):
        api.crm.org.put("Task", f"00T00000000000{number}AAA", Subject=f"Call {number}")
    before = api.cloud.dump()

    reply = api("POST", f"{ACME}/jobs/new/preview", TASKS, query={"limit": "2"})

    assert reply.status == 200
    assert [row["values"]["title"] for row in reply.body["rows"]] == ["Call 0", "Call 1"]
    first = reply.body["rows"][0]
    assert (reply.body["direction"], first["verb"]) == ("inbound", "create")
    title = {"field": "title", "attribute": "title", "before": None, "after": "Call 0"}
    assert title in first["fields"]
    assert api.cloud.dump() == before


@pytest.mark.parametrize("action", ["validate", "preview"])
def test_an_unknown_job_needs_a_draft(api: World, action: str) -> None:
    reply = api("POST", f"{ACME}/jobs/new/{action}")

    assert (reply.status, reply.code) == (404, "unknown_job")
