"""What an org tells of its limits, and that what is used up is seen there."""

from collections.abc import Iterator

import pytest

from local.salesforce.inprocess import Api
from local.salesforce.org import opened


@pytest.fixture
def api() -> Iterator[Api]:
    with opened() as org:
        yield Api.signed_in(org)


def test_limits_have_the_names_of_an_org(api: Api) -> None:
    """REST guide, Limits; there is no DailyBulkApiRequests and no DailySoqlQueries."""
    _, limits = api.call("GET", "limits")

    assert list(limits) == sorted(limits)
    assert all(set(each) == {"Max", "Remaining"} for each in limits.values())
    assert {
        "DailyApiRequests",
        "DailyAsyncApexExecutions",
        "DailyBulkApiBatches",
        "DailyBulkV2QueryFileStorageMB",
        "DailyBulkV2QueryJobs",
        "DailyDeliveredPlatformEvents",
        "DataStorageMB",
        "FileStorageMB",
    } <= set(limits)
    assert not {"DailyBulkApiRequests", "DailySoqlQueries"} & set(limits)


def test_each_bulk_job_uses_up_its_own_limit(api: Api) -> None:
    query = {"operation": "query", "query": "SELECT Id FROM Account"}
    ingest = {"operation": "insert", "object": "Account", "contentType": "CSV"}

    api.call("POST", "jobs/query", query)
    _, job = api.call("POST", "jobs/ingest", ingest)
    api.send(
        "PUT", f"/{job['contentUrl']}", body=b"Name\nA\n", headers={"content-type": "text/csv"}
    )
    api.call("PATCH", f"jobs/ingest/{job['id']}", {"state": "UploadComplete"})
    while api.call("GET", f"jobs/ingest/{job['id']}")[1]["state"] != "JobComplete":
        pass

    _, limits = api.call("GET", "limits")
    used = {name: each["Max"] - each["Remaining"] for name, each in limits.items()}
    assert used["DailyBulkV2QueryJobs"] == 1
    assert used["DailyBulkApiBatches"] == 1
    assert used["DailyApiRequests"] == api.org.requests_used


def test_results_of_queries_use_up_their_storage(api: Api) -> None:
    """The text is what estuary/connectors (source-salesforce-native) looks for."""
    query = {"operation": "query", "query": "SELECT Id, Description FROM Account"}
    api.load("Account", [{"Name": "A", "Description": "d" * 30_000}] * 200)
    api.call("POST", "/__emulator__/settings", {"bulk_daily_query_kilobytes": 2_048})

    _, job = api.call("POST", "jobs/query", query)
    while api.call("GET", f"jobs/query/{job['id']}")[1]["state"] != "JobComplete":
        pass
    status, [refused] = api.call("POST", "jobs/query", query)
    _, limits = api.call("GET", "limits")
    api.org.clock.advance(25 * 3_600)
    later, _ = api.call("POST", "jobs/query", query)

    assert (status, refused["errorCode"]) == (400, "LIMIT_EXCEEDED")
    assert refused["message"] == (
        "Max bulk v2 query result size stored (2048) kb per 24 hrs has been exceeded"
    )
    assert limits["DailyBulkV2QueryFileStorageMB"] == {"Max": 2, "Remaining": 0}
    assert later == 200
