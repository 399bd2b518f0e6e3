"""Jobs that are not at their end when a snapshot is taken go on from there when it is restored."""

from local.salesforce.inprocess import Api
from tests.unit.emulator.classic import Classic
from tests.unit.emulator.living import control, names, results


def snapshot(api: Api) -> None:
    control(api, "POST", "snapshot", {"name": "begun"})


def restore(api: Api) -> None:
    control(api, "POST", "restore", {"name": "begun"})


def ended(api: Api, path: str) -> int:
    while (found := api.call("GET", path)[1])["state"] != "JobComplete":
        pass
    return int(found["numberRecordsProcessed"])


def test_an_ingest_job_writes_the_rest(api: Api) -> None:
    body = {"object": "Account", "operation": "insert", "contentType": "CSV", "lineEnding": "LF"}
    job = f"jobs/ingest/{api.call('POST', 'jobs/ingest', body)[1]['id']}"
    csv = "\n".join(("Name", *(f"n{at:03d}" for at in range(450)))) + "\n"
    api.send("PUT", f"{job}/batches", body=csv.encode(), headers={"content-type": "text/csv"})
    api.call("PATCH", job, {"state": "UploadComplete"})
    api.org.runner.turn(api.org)
    begun = len(names(api))
    snapshot(api)
    first = ended(api, job)

    restore(api)

    assert (begun, len(names(api))) == (200, 200)
    assert ended(api, job) == first == 450
    assert len(set(names(api))) == len(names(api)) == 450
    found = api.send("GET", f"{job}/successfulResults")
    assert b"".join(found.stream or (found.content(),)).count(b"\n") == 451


def test_a_query_job_writes_the_rest(api: Api) -> None:
    api.load("Account", [{"Name": f"A{at:05d}"} for at in range(5_000)])
    body = {"operation": "query", "query": "SELECT Name FROM Account ORDER BY Name"}
    job = str(api.call("POST", "jobs/query", body)[1]["id"])
    api.org.runner.turn(api.org)
    snapshot(api)
    ended(api, f"jobs/query/{job}")
    whole = results(api, job)

    restore(api)

    assert ended(api, f"jobs/query/{job}") == 5_000
    assert results(api, job) == whole
    assert whole.count("\n") == 5_001


def test_a_batch_of_bulk_1_is_done_before(api: Api) -> None:
    bulk = Classic(api)
    bulk.open("insert", "Account")
    batch = bulk.add([{"Name": f"n{at:03d}"} for at in range(450)])
    api.org.runner.turn(api.org)
    api.org.bulk_v1.turn(api.org)
    begun = len(names(api))
    snapshot(api)

    restore(api)

    looks = [bulk.send("GET", batch).json for _ in range(6)]
    assert 0 < begun < 450
    assert len(names(api)) == 450
    assert (looks[-1]["state"], looks[-1]["numberRecordsProcessed"]) == ("Completed", 450)
