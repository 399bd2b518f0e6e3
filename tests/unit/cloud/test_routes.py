"""Which route of the HTTP API a request takes."""

from __future__ import annotations

from typing import Any

import pytest

from local.cloud.routes import Route, read_routes

ANY = "x-amazon-apigateway-any-method"


def operation(function: str) -> dict[str, Any]:
    uri = f"arn:aws:apigateway:r:lambda:path/2015-03-31/functions/{function}/invocations"
    return {"x-amazon-apigateway-integration": {"uri": uri}}


ROUTES = read_routes(
    {
        "paths": {
            "/v1/{proxy+}": {ANY: operation("greedy")},
            "/v1/things/{id}": {"get": operation("variable"), ANY: operation("any")},
            "/v1/things/all": {"get": operation("literal")},
            "/v1/{kind}/{id}/runs": {"get": operation("two")},
        }
    }
)


def taken(method: str, path: str) -> tuple[Route, dict[str, str]] | None:
    for route in ROUTES:
        parameters = route.match(method, path.lstrip("/").split("/"))
        if parameters is not None:
            return route, parameters
    return None


@pytest.mark.parametrize(
    ("method", "path", "function", "parameters"),
    [
        ("GET", "/v1/things/all", "literal", {}),
        ("GET", "/v1/things/7", "variable", {"id": "7"}),
        ("POST", "/v1/things/7", "any", {"id": "7"}),
        ("GET", "/v1/things/a%2Fb", "variable", {"id": "a/b"}),
        ("GET", "/v1/jobs/7/runs", "two", {"kind": "jobs", "id": "7"}),
        ("GET", "/v1/things/7/more", "greedy", {"proxy": "things/7/more"}),
        ("DELETE", "/v1/x", "greedy", {"proxy": "x"}),
    ],
)
def test_the_most_specific_route_wins(
    method: str, path: str, function: str, parameters: dict[str, str]
) -> None:
    found = taken(method, path)

    assert found is not None
    assert (found[0].function_arn, found[1]) == (function, parameters)


@pytest.mark.parametrize("path", ["/", "/v1", "/v1/", "/v2/things"])
def test_other_paths_have_no_route(path: str) -> None:
    assert taken("GET", path) is None
