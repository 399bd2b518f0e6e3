"""Versions of the API: which there are, which were, and what one offers."""

import pytest

from local.salesforce.inprocess import ORIGIN, Api
from tests.unit.emulator.doors import client, control, grant


@pytest.mark.parametrize("path", ["/services/data", "/services/data/", "/Services/DATA"])
def test_versions_need_no_session(api: Api, path: str) -> None:
    found = api.send("GET", path, headers={"authorization": ""})

    assert isinstance(found.body, list)
    labels = {each["version"]: each["label"] for each in found.body}
    assert list(labels) == [f"{number}.0" for number in range(31, 69)]
    assert [labels[each] for each in ("31.0", "32.0", "33.0", "60.0", "65.0", "66.0", "68.0")] == [
        "Summer '14", "Winter '15", "Spring '15", "Spring '24", "Winter '26", "Spring '26",
        "Winter '27",
    ]  # fmt: skip
    assert found.body[-4] == {
        "label": "Winter '26", "url": "/services/data/v65.0", "version": "65.0",
    }  # fmt: skip


@pytest.mark.parametrize("version", ["v7.0", "v22.0", "v30.0", "V30.0"])
@pytest.mark.parametrize("rest", ["", "/sobjects", "/nowhere"])
def test_a_retired_version_is_gone(api: Api, version: str, rest: str) -> None:
    status, body = api.call("GET", f"/services/data/{version}{rest}")

    assert (status, body[0]["errorCode"]) == (410, "UNSUPPORTED_API_VERSION")


@pytest.mark.parametrize(
    "version", ["v69.0", "v99.0", "v6.0", "62.0", "v62", "v62.1", "latest", "v²2.0", "v" + "9" * 50]
)
def test_a_version_that_never_was_is_not_found(api: Api, version: str) -> None:
    status, body = api.call("GET", f"/services/data/{version}/sobjects")

    assert (status, body[0]["errorCode"]) == (404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("version", "there", "not_there"),
    [("68.0", "composite", "nowhere"), ("31.0", "query", "composite")],
)
def test_a_version_tells_its_resources(api: Api, version: str, there: str, not_there: str) -> None:
    sessions = api.org.sessions

    _, found = api.call("GET", f"/services/data/v{version}/")

    assert found[there] == f"/services/data/v{version}/{there}"
    assert not_there not in found
    assert found["identity"] == f"{ORIGIN}/id/{sessions.org_id}/{sessions.user_id}"


@pytest.mark.parametrize(
    "path",
    ["/services/data/v62.0/sobjects/task/describe", "/Services/Data/V62.0/SObjects/TASK/Describe/"],
)
def test_paths_are_found_in_any_case(api: Api, path: str) -> None:
    status, body = api.call("GET", path)

    assert (status, body["name"]) == (200, "Task")


def test_only_api_requests_count_and_the_limit_holds(api: Api) -> None:
    control(api, "settings", daily_api_requests=2)
    grant(api, grant_type="client_credentials", **client(api))
    api.call("GET", "/services/data")
    api.call("GET", "/services/oauth2/userinfo")

    first = api.call("GET", "limits")
    api.call("GET", "sobjects")
    over, body = api.call("GET", "sobjects")

    assert first[1]["DailyApiRequests"] == {"Max": 2, "Remaining": 1}
    assert (over, body[0]) == (
        403,
        {"message": "TotalRequests Limit exceeded.", "errorCode": "REQUEST_LIMIT_EXCEEDED"},
    )
