"""The HTTP API of the local cloud: payload format 2.0, authorizer, refusals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from local.cloud.cloud import LocalCloud
from tests.flows.cloud_fixture import start_cloud

GOOD = {"Authorization": "Bearer good"}


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    with start_cloud(tmp_path_factory.mktemp("http")) as running:
        yield running


@pytest.fixture(scope="module")
def api(cloud: LocalCloud) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=cloud.outputs["ApiUrl"], timeout=30) as client:
        yield client


def seen(answer: httpx.Response) -> dict[str, Any]:
    """The event that the function got."""
    assert answer.status_code == 200, answer.text
    event: dict[str, Any] = answer.json()
    return event


def test_a_good_token_reaches_the_function_with_the_authorizers_context(api: httpx.Client) -> None:
    event = seen(api.get("/v1/things", headers=GOOD))

    assert event["version"] == "2.0"
    assert event["requestContext"]["authorizer"] == {"lambda": {"workspace": "acme"}}


@pytest.mark.parametrize(
    ("headers", "status", "message"),
    [
        ({}, 401, "Unauthorized"),
        ({"Authorization": "Bearer bad"}, 403, "Forbidden"),
        ({"Authorization": "Bearer broken"}, 500, "Internal Server Error"),
    ],
)
def test_other_tokens_are_refused_in_api_gateways_words(
    api: httpx.Client, headers: dict[str, str], status: int, message: str
) -> None:
    answer = api.get("/v1/things", headers=headers)

    assert (answer.status_code, answer.json()) == (status, {"message": message})


def test_the_event_holds_path_query_headers_and_cookies_as_aws_sends_them(
    api: httpx.Client,
) -> None:
    headers = [*GOOD.items(), ("X-Tag", "one"), ("X-Tag", "two"), ("Cookie", "a=1; b=2")]

    event = seen(api.get("/v1/things/b%C3%BC%20r?x=1&x=2&y=", headers=headers))

    assert event["routeKey"] == "GET /v1/things/{id}"
    assert event["pathParameters"] == {"id": "bü r"}
    assert event["rawPath"] == "/v1/things/bü r"
    assert event["rawQueryString"] == "x=1&x=2&y="
    assert event["queryStringParameters"] == {"x": "1,2", "y": ""}
    assert event["headers"]["x-tag"] in ("one,two", "one, two")
    assert event["cookies"] == ["a=1", "b=2"]
    assert event["requestContext"]["http"]["method"] == "GET"
    assert "body" not in event


def test_the_greedy_route_takes_every_other_path_and_method(api: httpx.Client) -> None:
    event = seen(api.put("/v1/things/a/b", headers=GOOD, json={"a": "ü"}))

    assert event["routeKey"] == "ANY /v1/{proxy+}"
    assert event["pathParameters"] == {"proxy": "things/a/b"}
    assert event["body"] in ('{"a":"ü"}', '{"a": "ü"}')
    assert event["isBase64Encoded"] is False


def test_bytes_travel_in_base64_both_ways(api: httpx.Client) -> None:
    picture = bytes(range(256))

    answer = api.post("/v1/binary", headers={**GOOD, "content-type": "image/png"}, content=picture)

    assert answer.status_code == 201
    assert answer.content == picture
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["x-one"] == "1"
    assert answer.headers.get_list("set-cookie") == ["a=1", "b=2"]


def test_an_answer_without_a_status_is_the_body_of_a_200(api: httpx.Client) -> None:
    answer = api.get("/health")

    assert (answer.status_code, answer.json()) == (200, {"healthy": True})
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("path", "size", "status"),
    [
        ("/nowhere", 0, 404),
        ("/v1/fail", 0, 500),
        ("/v1/huge", 0, 500),
        ("/v1/things", (10 << 20) + 1, 413),
        ("/v1/things", 7 << 20, 413),
    ],
)
def test_limits_and_failures_answer_as_aws_does(
    api: httpx.Client, path: str, size: int, status: int
) -> None:
    answer = api.post(path, headers={**GOOD, "content-type": "text/plain"}, content=b"x" * size)

    assert answer.status_code == status
    assert set(answer.json()) == {"message"}


def test_the_control_routes_show_and_move_the_clock(api: httpx.Client) -> None:
    before = api.get("/__cloud__/clock").json()

    after = api.post("/__cloud__/clock", json={"advance": 3600}).json()

    assert after["offset"] - before["offset"] == pytest.approx(3600, abs=1)
    assert api.post("/__cloud__/clock", json={"set": "2027-01-01T00:00:00"}).status_code == 400
    assert api.get("/__cloud__/nothing").status_code == 404


def test_calls_are_shown_by_function_service_and_operation(
    cloud: LocalCloud, api: httpx.Client
) -> None:
    order = {"do": "put_each", "names": ["a", "b"]}

    result = api.post("/__cloud__/invoke/WorkerFunction", json=order).json()

    assert result == {"payload": 2, "error": None}
    shown = api.get("/__cloud__/calls?function=WorkerFunction").json()
    put = {"function": "WorkerFunction", "service": "dynamodb", "operation": "PutItem", "count": 2}
    assert shown == [put]
