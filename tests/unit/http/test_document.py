"""The OpenAPI document: valid, complete, and true to what is answered."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from syncline.http.document import openapi_document
from syncline.http.routes import ROUTES
from tests.unit.http.world import ACME, TASKS, World


@pytest.fixture
def document(api: World) -> dict[str, Any]:
    reply = api("GET", "/openapi.json", token=None)
    assert reply.status == 200
    body: dict[str, Any] = reply.body
    return body


def test_it_is_valid_openapi(document: dict[str, Any]) -> None:
    assert [each.message for each in OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_a_document_without_answers_is_not_valid(document: dict[str, Any]) -> None:
    del document["paths"]["/health"]["get"]["responses"]["200"]["description"]

    assert list(OpenAPIV31SpecValidator(document).iter_errors())


def test_it_lists_every_route(document: dict[str, Any]) -> None:
    listed = {
        (method.upper(), path)
        for path, operations in document["paths"].items()
        for method in operations
    }

    assert listed == {(route.method, route.path) for route in ROUTES}


def test_no_two_operations_share_an_id(document: dict[str, Any]) -> None:
    ids = [each["operationId"] for path in document["paths"].values() for each in path.values()]

    assert len(ids) == len(set(ids))


def test_it_is_made_from_the_table(document: dict[str, Any]) -> None:
    assert json.loads(json.dumps(openapi_document(ROUTES))) == document


def flaws(document: dict[str, Any], model: str, answer: Any) -> list[str]:
    """Where an answer is not as the model says; a field that no model names is a flaw as well."""
    schemas = {
        name: {"additionalProperties": False, **schema} if "properties" in schema else schema
        for name, schema in document["components"]["schemas"].items()
    }
    schema = {"$ref": f"#/components/schemas/{model}", "components": {"schemas": schemas}}
    return [each.message for each in Draft202012Validator(schema).iter_errors(answer)]


@pytest.mark.parametrize("answer", [{}, {"status": "well"}, {"status": "ok", "more": 1}, None])
def test_another_answer_is_seen(document: dict[str, Any], answer: Any) -> None:
    assert flaws(document, "Health", {"status": "ok"}) == []
    assert flaws(document, "Health", answer)


def test_answers_are_as_the_document_says(api: World, document: dict[str, Any]) -> None:
    job = f"{ACME}/jobs/tasks"
    api.crm.org.put("Task", "00T1", Subject="Call")
    said = [
        ("Health", api("GET", "/health", token=None)),
        ("SavedWorkspace", api("PUT", ACME, {})),
        ("TokenCreated", api("POST", f"{ACME}/tokens", {"name": "x", "scopes": ["read"]})),
        ("TokenList", api("GET", f"{ACME}/tokens")),
        ("ConnectionShown", api("GET", f"{ACME}/connections/crm")),
        ("ConnectionList", api("GET", f"{ACME}/connections")),
        ("ConnectionTested", api("POST", f"{ACME}/connections/crm/test")),
        ("SavedJob", api("PUT", job, TASKS, query={"sync": "true"})),
        ("JobList", api("GET", f"{ACME}/jobs")),
        ("Validated", api("POST", f"{job}/validate", {**TASKS, "filter": "no"})),
        ("PreviewShown", api("POST", f"{job}/preview")),
        ("RunList", api("GET", f"{job}/runs")),
        ("RunShown", api("POST", f"{job}/runs")),
        ("SavedRecord", api("PUT", f"{ACME}/records/task/t1", {"values": {"title": "x"}})),
        ("RecordList", api("GET", f"{ACME}/records/task")),
        ("HistoryShown", api("GET", f"{ACME}/history/task/t1")),
        ("ProblemShown", api("PUT", job, {"kind": "x"})),
        ("ProblemShown", api("PATCH", job)),
    ]

    for model, reply in said:
        assert flaws(document, model, reply.body) == [], model


def test_open_routes_say_so(document: dict[str, Any]) -> None:
    assert document["paths"]["/health"]["get"]["security"] == []
    assert "security" not in document["paths"]["/v1/workspaces/{workspace}/jobs"]["get"]
