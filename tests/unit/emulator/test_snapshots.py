"""The whole org as a value: by name, as a file to start from, and in a database that is kept."""

import zipfile
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from local.salesforce.image import APART, ImageError, covered
from local.salesforce.inprocess import Api
from local.salesforce.org import Org, opened
from local.salesforce.running import start

CONTROL = "/__emulator__"
CUSTOM = {"sobject": "Account", "name": "Ext__c", "type": "string", "length": 20}


def control(api: Api, method: str, path: str, body: object = None) -> Any:
    status, answer = api.call(method, f"{CONTROL}/{path}", body)
    assert status < 300, answer
    return answer


def image_of(api: Api) -> bytes:
    found = api.send("GET", f"{CONTROL}/image")
    assert found.stream is not None
    return b"".join(found.stream)


def names(api: Api) -> list[str]:
    return [each["Name"] for each in api.query("SELECT Name FROM Account ORDER BY Name")]


def results(api: Api, job: str) -> str:
    found = api.send("GET", f"jobs/query/{job}/results")
    return b"".join(found.stream or ()).decode()


def lived_in(api: Api) -> dict[str, Any]:
    """An org where something of everything has happened."""
    api.load("Account", [{"Name": f"A{at:04d}"} for at in range(500)])
    control(api, "POST", "fields", CUSTOM)
    api.create("Account", Name="B", Ext__c="x1")
    control(api, "POST", "settings", {"page_size": 300, "bulk_in_progress_polls": 1})
    statement = "SELECT Name FROM Account ORDER BY Name"
    page = api.call("GET", "query", q=statement)[1]["nextRecordsUrl"]
    job = api.call("POST", "jobs/query", {"operation": "query", "query": statement})[1]["id"]
    while api.call("GET", f"jobs/query/{job}")[1]["state"] != "JobComplete":
        pass
    control(api, "POST", "faults", {"endpoint": "limits", "kind": "unavailable"})
    late = {"operations": [{"op": "create", "sobject": "Account", "fields": {"Name": "C"}}]}
    transaction = control(api, "POST", "transactions", late)["id"]
    return {"page": page, "job": job, "result": results(api, job), "transaction": transaction}


def check(api: Api, facts: dict[str, Any]) -> None:
    assert len(api.query("SELECT Id FROM Account")) == 501
    assert api.query("SELECT Name FROM Account WHERE Ext__c = 'x1'") == [{"Name": "B"}]
    assert len(api.call("GET", facts["page"])[1]["records"]) == 201
    assert results(api, facts["job"]) == facts["result"]
    assert control(api, "GET", "settings")["page_size"] == 300
    control(api, "POST", f"transactions/{facts['transaction']}/commit")
    assert names(api)[-1] == "C"


def ruin(api: Api, facts: dict[str, Any]) -> None:
    with api.org.database.transaction():
        api.org.database.run('DELETE FROM "Account"')
    api.call("DELETE", f"jobs/query/{facts['job']}")
    control(api, "DELETE", f"transactions/{facts['transaction']}")
    control(api, "POST", "settings", {"page_size": 2000, "requests_used": 99})
    control(api, "POST", "fields", {**CUSTOM, "name": "Other__c"})
    api.org.clock.advance(86_400)
    api.org.cursors.clear()


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


# --- files ------------------------------------------------------------------------------------


def test_another_emulator_begins_from_a_file(api: Api, tmp_path: Path) -> None:
    facts = lived_in(api)
    path = tmp_path / "org.zip"
    path.write_bytes(image_of(api))

    with opened(image=path) as org:
        other = Api(org, api.token)
        assert other.call("GET", "limits")[0] == 503
        assert other.call("GET", "limits")[0] == 200
        assert org.clock.now() == api.org.clock.now()
        check(other, facts)


def test_an_image_is_put_into_a_running_org(api: Api) -> None:
    facts = lived_in(api)
    content = image_of(api)
    ruin(api, facts)

    control(api, "PUT", "image", content)

    check(api, facts)
    assert not [each for each in api.org.scratch.iterdir() if each.suffix in (".zip", ".sqlite")]


def test_a_bad_image_changes_nothing(api: Api, tmp_path: Path) -> None:
    facts = lived_in(api)
    path = tmp_path / "org.zip"
    path.write_bytes(image_of(api))
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in {**parts, "state": b"cos\nsystem\n(S'true'\ntR."}.items():
            archive.writestr(name, content)

    status, answer = api.call("PUT", f"{CONTROL}/image", path.read_bytes())

    assert status == 400
    assert "an image holds no" in answer["error"]
    check(api, facts)


def test_an_image_of_another_format_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "org.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("about.json", '{"format": 99}')

    with pytest.raises(ImageError, match="99"), opened(image=path):
        pass


# --- a database that is kept --------------------------------------------------------------------


@pytest.fixture
def database(tmp_path: Path) -> str:
    return str(tmp_path / "org.sqlite")


def test_a_database_keeps_the_whole_org(database: str) -> None:
    with opened(database) as org:
        org.clock.fix(datetime(2026, 3, 10, 12, tzinfo=UTC))
        first = Api.signed_in(org)
        facts = lived_in(first)

    with opened(database) as org:
        again = Api(org, first.token)
        assert again.call("GET", "limits")[0] == 503
        check(again, facts)
        assert org.clock.now() == datetime(2026, 3, 10, 12, tzinfo=UTC)


def crashes(database: str) -> None:
    with opened(database) as org:
        api = Api.signed_in(org)
        control(api, "POST", "fields", CUSTOM)
        api.create("Account", Name="B", Ext__c="x1")
        raise RuntimeError("crash")


def test_what_was_made_survives_a_crash(database: str) -> None:
    with pytest.raises(RuntimeError, match="crash"):
        crashes(database)

    with opened(database) as org:
        found = Api.signed_in(org).query("SELECT Name FROM Account WHERE Ext__c = 'x1'")
    assert found == [{"Name": "B"}]


def test_the_command_begins_from_a_file(api: Api, tmp_path: Path) -> None:
    api.create("Account", Name="prepared")
    control(api, "PUT", "clock", {"real": True})
    path = tmp_path / "org.zip"
    path.write_bytes(image_of(api))

    with start(image=path) as emulator:
        found = emulator.control.org()

    assert found["organization_id"] == api.org.sessions.org_id
    assert emulator.refresh_token == control(api, "GET", "org")["refresh_token"]
