"""Chunks of Bulk jobs: committed late, or with rows that are locked."""

from local.salesforce.inprocess import Api
from tests.unit.emulator.planting import arm


def names(api: Api) -> list[str]:
    return [each["Name"] for each in api.query("SELECT Name FROM Account ORDER BY Name")]


def ingest(api: Api, *names: str) -> str:
    body = {"object": "Account", "operation": "insert", "contentType": "CSV", "lineEnding": "LF"}
    job = str(api.call("POST", "jobs/ingest", body)[1]["id"])
    csv = "\n".join(("Name", *names)) + "\n"
    api.send(
        "PUT", f"jobs/ingest/{job}/batches", body=csv.encode(), headers={"content-type": "text/csv"}
    )
    api.call("PATCH", f"jobs/ingest/{job}", {"state": "UploadComplete"})
    while api.call("GET", f"jobs/ingest/{job}")[1]["state"] != "JobComplete":
        pass
    return job


def test_a_chunk_of_a_job_commits_late(api: Api) -> None:
    order = {"endpoint": "bulk.chunk", "seconds": 300, "where": {"sobject": "Account"}}
    assert api.call("PUT", "/__emulator__/late-commits", order)[0] == 200
    ingest(api, *(f"n{at:03d}" for at in range(300)))
    during = len(names(api))
    body = {"operation": "query", "query": "SELECT Id FROM Account"}
    job = api.call("POST", "jobs/query", body)[1]["id"]
    while api.call("GET", f"jobs/query/{job}")[1]["state"] != "JobComplete":
        pass
    exported = api.call("GET", f"jobs/query/{job}")[1]["numberRecordsProcessed"]
    api.org.clock.advance(300)

    assert (during, exported) == (100, 100)
    assert len(names(api)) == 300


def test_a_job_in_the_background_sees_no_open_transaction(api: Api) -> None:
    order = {"endpoint": "create", "seconds": 300}
    assert api.call("PUT", "/__emulator__/late-commits", order)[0] == 200
    body = {"operation": "query", "query": "SELECT Id FROM Account"}
    job = api.call("POST", "jobs/query", body)[1]["id"]
    api.create("Account", Name="late")

    api.org.runner.turn(api.org)

    while api.call("GET", f"jobs/query/{job}")[1]["state"] != "JobComplete":
        pass
    assert api.call("GET", f"jobs/query/{job}")[1]["numberRecordsProcessed"] == 0


def test_rows_of_a_chunk_can_be_locked(api: Api) -> None:
    arm(api, endpoint="bulk.chunk", kind="locked_rows", rows={"every": 3})

    job = ingest(api, *"abcdefg")

    found = api.send("GET", f"jobs/ingest/{job}/failedResults")
    failed = b"".join(found.stream or (found.content(),)).decode()
    assert names(api) == ["a", "b", "d", "e", "g"]
    assert failed.count("UNABLE_TO_LOCK_ROW:unable to obtain exclusive access to this record") == 2


def test_a_chunk_cannot_meet_an_answer(api: Api) -> None:
    order = {"endpoint": "bulk.chunk", "kind": "html_503"}

    status, body = api.call("POST", "/__emulator__/faults", order)

    assert (status, body["errors"][0]["field"]) == (400, "kind")
