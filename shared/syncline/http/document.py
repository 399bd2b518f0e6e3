"""The OpenAPI 3.1 document, made from the route table and the models."""

from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from syncline.http.calls import Route
from syncline.http.messages import PROBLEM
from syncline.http.shapes import ProblemShown

_REFERENCE: Final = "#/components/schemas/{model}"
_QUERY: Final[Mapping[str, dict[str, Any]]] = {
    "limit": {"type": "integer", "minimum": 1, "maximum": 200},
    "cursor": {"type": "string", "description": "`next` of the page before"},
    "outcome": {"type": "string", "description": "a bucket of the ledger, such as created"},
    "reason": {"type": "string", "description": "beside a bucket in the ledger's `reasons`"},
    "status": {"type": "string", "description": "of a request of many: what its changes came to"},
    "connection": {"type": "string", "description": "the name of a connection"},
    "sync": {"type": "string", "enum": ["true", "false"]},
}


def openapi_document(routes: Iterable[Route]) -> dict[str, Any]:
    """OpenAPI 3.1: every route, its bodies, its answers, and problems for all else."""
    routes = tuple(routes)
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Syncline",
            "version": _version(),
            "description": "Two-way Salesforce sync. Every error is a problem document (RFC 9457).",
        },
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": _schemas(routes),
        },
    }


def _version() -> str:
    """Deployed code is copied, not installed, and has no metadata."""
    try:
        return version("syncline")
    except PackageNotFoundError:
        return "1"


def _schemas(routes: Iterable[Route]) -> dict[str, Any]:
    models: dict[type[BaseModel], None] = {ProblemShown: None}
    for route in routes:
        models.update({model: None for model in (route.body, route.answer) if model})
    _, definitions = models_json_schema(
        [(model, "validation") for model in models], ref_template=_REFERENCE
    )
    schemas: dict[str, Any] = definitions["$defs"]
    return schemas


def _operation(route: Route) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.handler.__name__,
        "summary": route.summary,
        "tags": [_tag(route)],
        "parameters": list(_parameters(route)),
        "responses": _responses(route),
    }
    if route.scope == "none":
        operation["security"] = []
    else:
        operation["description"] = f"Needs the scope {route.scope}."
    if route.body is not None:
        operation["requestBody"] = {
            "required": not route.body_optional,
            "content": {"application/json": {"schema": _reference(route.body)}},
        }
    return operation


def _tag(route: Route) -> str:
    """The last collection on the way: what the route is about."""
    known = [part for part in route.segments[3:] if not part.startswith("{")]
    return known[0] if known else "workspaces" if route.segments[0] == "v1" else "service"


def _parameters(route: Route) -> Iterable[dict[str, Any]]:
    for part in route.segments:
        if part.startswith("{"):
            yield {"name": part[1:-1], "in": "path", "required": True, "schema": _TEXT}
    for name in route.query:
        yield {"name": name, "in": "query", "required": False, "schema": _QUERY[name]}
    for name in route.headers:
        yield {"name": name, "in": "header", "required": False, "schema": _TEXT}


_TEXT: Final = {"type": "string"}


def _responses(route: Route) -> dict[str, Any]:
    content = (
        {"content": {"application/json": {"schema": _reference(route.answer)}}}
        if route.answer
        else {}
    )
    done = {
        str(status): {"description": _DONE[status], **(content if status != 204 else {})}
        for status in route.status
    }
    problem = {"description": "A problem", "content": {PROBLEM: {"schema": _PROBLEM}}}
    return {**done, "default": problem}


_DONE: Final = {
    200: "Done",
    201: "Created",
    202: "Accepted: go on with the run of the answer",
    204: "Deleted",
}
_PROBLEM: Final = {"$ref": _REFERENCE.format(model="ProblemShown")}


def _reference(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": _REFERENCE.format(model=model.__name__)}
