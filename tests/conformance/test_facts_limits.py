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
