"""Batch: independent subrequests, each counted, each committed on its own."""

from typing import Any

import pytest

from local.salesforce.inprocess import Api


def batch(api: Api, *parts: dict[str, Any], **more: Any) -> tuple[int, Any]:
    return api.call("POST", "composite/batch", {"batchRequests": list(parts), **more})


def create(body: dict[str, Any]) -> dict[str, Any]:
    return {"method": "POST", "url": "v62.0/sobjects/Account", "richInput": body}


def test_results_come_in_order_with_their_status(api: Api) -> None:
    record = api.create("Account", Name="A")
    url = f"v62.0/sobjects/Account/{record}"

    status, body = batch(
        api,
        {"method": "PATCH", "url": url, "richInput": {"Name": "NewName"}},
        {"method": "GET", "url": f"{url}?fields=Name"},
        {"method": "GET", "url": "/services/data/v62.0/query?q=SELECT+COUNT()+FROM+Account"},
    )

    assert (status, body["hasErrors"]) == (200, False)
    assert [each["statusCode"] for each in body["results"]] == [204, 200, 200]
    assert body["results"][0]["result"] is None
    assert body["results"][1]["result"]["Name"] == "NewName"
    assert body["results"][2]["result"]["totalSize"] == 1


def test_what_came_before_a_failure_stays(api: Api) -> None:
    _, body = batch(api, create({"Name": "A"}), create({}), create({"Name": "B"}))

    assert body["hasErrors"] is True
    assert [each["statusCode"] for each in body["results"]] == [201, 400, 201]
    assert body["results"][1]["result"][0]["errorCode"] == "REQUIRED_FIELD_MISSING"
    assert len(api.query("SELECT Id FROM Account")) == 2


def test_halting_on_error_runs_nothing_more(api: Api) -> None:
    _, body = batch(api, create({"Name": "A"}), create({}), create({"Name": "B"}), haltOnError=True)

    assert [each["statusCode"] for each in body["results"]] == [201, 400, 412]
    assert body["results"][2]["result"][0]["errorCode"] == "BATCH_PROCESSING_HALTED"
    assert len(api.query("SELECT Id FROM Account")) == 1


def test_each_subrequest_counts_as_a_call(api: Api) -> None:
    batch(api, *(create({"Name": "A"}) for _ in range(7)))

    assert api.org.requests_used == 7


@pytest.mark.parametrize(
    "asked",
    [
        {"url": "v62.0/limits"},
        {"method": "GET"},
        {"method": "FETCH", "url": "v62.0/limits"},
        {"method": "GET", "url": "https://elsewhere.example/x"},
        {"method": "GET", "url": "v33.0/limits"},
        {"method": "GET", "url": "v63.0/limits"},
        {"method": "POST", "url": "v62.0/sobjects/Account", "binaryPartName": "b",
         "binaryPartNameAlias": "Body"},
    ],
)  # fmt: skip
def test_a_form_mistake_refuses_the_whole(api: Api, asked: dict[str, Any]) -> None:
    status, body = batch(api, create({"Name": "A"}), asked)

    assert (status, len(body)) == (400, 1)
    assert api.query("SELECT Id FROM Account") == []


def test_at_most_25_subrequests(api: Api) -> None:
    assert batch(api, *(create({"Name": "A"}) for _ in range(26)))[0] == 400
    assert batch(api)[0] == 400
    assert api.query("SELECT Id FROM Account") == []


def test_other_resources_are_not_found(api: Api) -> None:
    _, body = batch(api, {"method": "POST", "url": "v62.0/composite/batch", "richInput": {}})

    assert body["results"][0]["statusCode"] == 404
