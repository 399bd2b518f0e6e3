"""The whole org by a name: what a restored org is, and what stays as it is."""

from array import array
from collections import deque
from dataclasses import fields
from datetime import UTC, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from local.salesforce.image import APART, covered
from local.salesforce.inprocess import Api
from local.salesforce.org import Org
from tests.unit.emulator.living import CONTROL, check, control, lived_in, names, results, ruin


def test_every_field_of_an_org_is_covered_or_named(api: Api) -> None:
    everything = {each.name for each in fields(Org)}

    assert set(covered(api.org)) | set(APART) == everything
    assert not set(covered(api.org)) & set(APART)
    assert all(APART.values())


def test_a_restored_org_is_what_it_was(api: Api) -> None:
    facts = lived_in(api)
    before = (api.org.clock.now(), api.org.requests_used)
    control(api, "POST", "snapshot", {"name": "then"})
    ruin(api, facts)

    control(api, "POST", "restore", {"name": "then"})

    assert (api.org.clock.now(), api.org.requests_used) == before
    check(api, facts)
    assert api.call("GET", "sobjects/Account/describe")[0] == 200
    assert api.call("GET", "query", q="SELECT Other__c FROM Account")[0] == 400


def test_a_snapshot_can_be_restored_again(api: Api) -> None:
    facts = lived_in(api)
    control(api, "POST", "snapshot", {"name": "then"})
    for _ in range(2):
        control(api, "POST", "restore", {"name": "then"})
        check(api, facts)


def test_sessions_end_with_what_came_after(api: Api) -> None:
    control(api, "POST", "snapshot", {"name": "then"})
    later = Api.signed_in(api.org)

    control(api, "POST", "restore", {"name": "then", "keep": ["sessions"]})
    kept = later.call("GET", "limits")[0]
    control(api, "POST", "restore", {"name": "then"})

    assert kept == 200
    assert later.call("GET", "limits")[0] == 401
    assert api.call("GET", "limits")[0] == 200


@pytest.mark.parametrize(("keep", "status"), [(None, 200), (["faults"], 200), ([], 503)])
def test_faults_come_back_on_demand(api: Api, keep: list[str] | None, status: int) -> None:
    control(api, "POST", "faults", {"endpoint": "limits", "kind": "unavailable"})
    control(api, "POST", "snapshot", {"name": "armed"})
    control(api, "DELETE", "faults")

    control(api, "POST", "restore", {"name": "armed", **({} if keep is None else {"keep": keep})})

    assert api.call("GET", "limits")[0] == status


def test_late_rows_stay_hidden_in_a_snapshot(api: Api) -> None:
    control(api, "PUT", "late-commits", {"endpoint": "create", "seconds": 60})
    api.create("Account", Name="late")
    control(api, "POST", "snapshot", {"name": "then"})
    api.org.clock.advance(60)
    assert names(api) == ["late"]

    control(api, "POST", "restore", {"name": "then"})

    assert names(api) == []
    api.org.clock.advance(60)
    assert names(api) == ["late"]


def test_snapshots_are_listed_and_deleted(api: Api) -> None:
    for name in ("b", "a"):
        control(api, "POST", "snapshot", {"name": name})

    listed = control(api, "GET", "snapshots")
    control(api, "DELETE", "snapshots/a")

    assert listed == {"snapshots": ["a", "b"]}
    assert control(api, "GET", "snapshots") == {"snapshots": ["b"]}


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("POST", "restore", {"name": "nowhere"}, "name"),
        ("DELETE", "snapshots/nowhere", None, "name"),
        ("POST", "restore", {"name": "there", "keep": ["rows"]}, "keep"),
        ("PUT", "image", b"no zip", "body"),
    ],
)
def test_a_mistake_is_told(api: Api, method: str, path: str, body: object, field: str) -> None:
    control(api, "POST", "snapshot", {"name": "there"})

    status, answer = api.call(method, f"{CONTROL}/{path}", body)

    assert status == 400
    assert answer["errors"][0]["field"] == field
    assert answer["errors"][0]["remedy"]


def test_what_a_later_field_may_hold_comes_back(api: Api) -> None:
    held: Any = [ZoneInfo("Europe/Berlin"), UTC, timedelta(1), deque([1]), array("q", [1]), {2}]
    api.org.cursors["held"] = held
    control(api, "POST", "snapshot", {"name": "then"})
    del api.org.cursors["held"]

    control(api, "POST", "restore", {"name": "then"})

    assert api.org.cursors["held"] == held


# --- a job that is not at its end ---------------------------------------------------------------


def test_a_query_job_goes_on_where_it_was(api: Api) -> None:
    api.load("Account", [{"Name": f"A{at:05d}"} for at in range(5_000)])
    control(api, "POST", "settings", {"bulk_in_progress_polls": 0})
    body = {"operation": "query", "query": "SELECT Name FROM Account ORDER BY Name"}
    job = api.call("POST", "jobs/query", body)[1]["id"]
    control(api, "POST", "snapshot", {"name": "begun"})
    api.call("GET", f"jobs/query/{job}")
    whole = results(api, job)

    control(api, "POST", "restore", {"name": "begun"})

    assert api.call("GET", f"jobs/query/{job}")[1]["state"] == "JobComplete"
    assert results(api, job) == whole
    assert whole.count("\n") == 5_001
