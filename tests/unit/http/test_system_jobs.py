"""The job of bulk write-back that each connection has by itself (W9, W10)."""

from dataclasses import replace

import pytest

from syncline.ports import Run, RunMode, RunStatus
from tests.unit.http.world import ACME, CONNECTION, TASKS, World

NAME = "bulk_write_back_crm"
JOB = f"{ACME}/jobs/{NAME}"
SHOWN = {
    "system": True, "kind": "bulk_write_back", "connection": "crm", "title": "Bulk Write-Back",
    "enabled": True, "notify": {"failure": True, "partial": True},
}  # fmt: skip
RUN = Run("acme", NAME, f"{NAME}.1", RunMode.INCREMENTAL, RunStatus.SUCCEEDED, "2026-01-01T00:00Z")


def test_each_connection_has_one_among_its_jobs(api: World) -> None:
    api("PUT", f"{ACME}/connections/emea", CONNECTION)
    api("PUT", f"{ACME}/jobs/tasks", TASKS)

    items = api("GET", f"{ACME}/jobs").body["items"]

    assert [each["name"] for each in items] == ["tasks", NAME, "bulk_write_back_emea"]
    assert items[1] == {"name": NAME, "job": SHOWN, "last_run": None}


def test_it_is_shown_by_its_name(api: World) -> None:
    assert (api("GET", JOB).status, api("GET", JOB).body) == (200, SHOWN)


def test_its_notifications_are_settings_of_the_connection(api: World) -> None:
    quiet = {**CONNECTION, "bulk_write_back": {"partial": False}, "enabled": False}

    api("PUT", f"{ACME}/connections/crm", quiet)

    shown = api("GET", JOB).body
    assert (shown["notify"], shown["enabled"]) == ({"failure": True, "partial": False}, False)


def test_its_runs_are_listed(api: World) -> None:
    api.cloud.runs.create(RUN)

    assert [each["id"] for each in api("GET", f"{JOB}/runs").body["items"]] == [RUN.id]
    assert api("GET", f"{ACME}/jobs").body["items"][0]["last_run"]["id"] == RUN.id


def test_its_failed_run_is_resumed(api: World) -> None:
    failed = replace(RUN, status=RunStatus.FAILED, options={"object": "account"})
    api.cloud.runs.create(failed)

    reply = api("POST", f"{ACME}/runs/{RUN.id}/resume")

    assert (reply.status, reply.body["status"]) == (202, "running")
    event = {"workspace": "acme", "job": NAME, "run": RUN.id}
    assert api.cloud.starter.started == [("bulk_write_back", event)]


def test_its_run_is_cancelled(api: World) -> None:
    api.cloud.runs.create(replace(RUN, status=RunStatus.QUEUED))

    reply = api("POST", f"{ACME}/runs/{RUN.id}/cancel")

    assert (reply.status, reply.body["cancel"]) == (202, True)
    assert api.cloud.starter.started[0][0] == "bulk_write_back"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", JOB, TASKS), ("DELETE", JOB, None), ("POST", f"{JOB}/runs", None),
        ("POST", f"{JOB}/plans", None), ("POST", f"{JOB}/plans/p/apply", None),
        ("POST", f"{JOB}/validate", None), ("POST", f"{JOB}/preview", None),
    ],
)  # fmt: skip
def test_people_cannot_change_or_start_it(api: World, method: str, path: str, body: object) -> None:
    before = api.cloud.dump()

    reply = api(method, path, body)

    assert (reply.status, reply.code) == (409, "system_job")
    assert "bulk_write_back" in reply.body["detail"]
    assert api.cloud.dump() == before


def test_without_its_connection_there_is_none(api: World) -> None:
    assert api("GET", f"{JOB}x").code == "unknown_job"
    assert api("GET", f"{JOB}x/runs").code == "unknown_job"
