"""What holds for the jobs of all kinds through the API: mapping, schedule, start (T1, T11, T15)."""

from typing import Any

import pytest

from syncline.kinds.registry import KINDS
from tests.unit.http.world import ACME, World

EVERY = pytest.mark.parametrize("kind", sorted(KINDS))
SCHEDULES: list[dict[str, Any]] = [
    {"every": "once", "at_time": "2026-02-01T09:00:00Z"},
    {"every": "minutes", "minutes": 15},
    {"every": "hourly"},
    {"every": "daily", "at": "07:30", "time_zone": "Europe/Berlin"},
    {"every": "workdays", "at": "07:30"},
    {"every": "weekly", "at": "07:30", "weekday": "mon"},
    {"every": "monthly", "at": "07:30", "day": 1},
    {"every": "cron", "cron": "0 8 ? * 2#1 *"},
]


def job(kind: str, **settings: Any) -> dict[str, Any]:
    return {"kind": kind, "connection": "crm", **settings}


@EVERY
def test_default_mapping_passes_its_validation(api: World, kind: str) -> None:
    reply = api("PUT", f"{ACME}/jobs/any", job(kind))

    assert (reply.status, reply.body["findings"]) == (201, [])


@EVERY
@pytest.mark.parametrize("schedule", SCHEDULES, ids=[each["every"] for each in SCHEDULES])
def test_every_kind_has_every_schedule(api: World, kind: str, schedule: dict[str, Any]) -> None:
    api("PUT", f"{ACME}/jobs/any", job(kind, schedule=schedule))

    (made,) = api.cloud.schedules.dump()["jobs"].values()
    assert made["kind"] == kind
    assert {name: made["schedule"][name] for name in schedule} == schedule


@EVERY
def test_save_and_sync_starts_its_function(api: World, kind: str) -> None:
    saved = api("PUT", f"{ACME}/jobs/any", job(kind), query={"sync": "true"})

    ((started, event),) = api.cloud.starter.started
    assert (started, event["run"]) == (kind, saved.body["run"]["id"])


def test_jobs_of_a_pair_have_settings_of_their_own(api: World) -> None:
    keys = [
        {"salesforce": "AccountId", "platform": "account_id", "key": True},
        {"salesforce": "Id", "platform": "external_id", "key": True},
    ]
    title = {"salesforce": "Subject", "platform": "title", "key": False}
    out = {
        "mapping": [*keys, title],
        "schedule": {"every": "daily", "at": "07:30"},
        "conditions": [{"attribute": "status", "operator": "equals", "value": "Open"}],
    }
    inbound = {"schedule": {"every": "minutes", "minutes": 15}, "filter": "IsClosed = false"}
    api("PUT", f"{ACME}/jobs/in", job("tasks_inbound", **inbound))
    api("PUT", f"{ACME}/jobs/out", job("tasks_outbound", **out))

    saved = [api("GET", f"{ACME}/jobs/{name}").body for name in ("in", "out")]

    assert [each["schedule"]["every"] for each in saved] == ["minutes", "daily"]
    assert [each["mapping"] and len(each["mapping"]) for each in saved] == [None, 3]
    assert (saved[0]["filter"], len(saved[1]["conditions"])) == ("IsClosed = false", 1)
    assert len(api.cloud.schedules.dump()["jobs"]) == 2
