"""What all control routes share: their path, and reading what a body asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from local.salesforce.http.messages import Call
from local.salesforce.http.routing import Handler, Route
from local.salesforce.org import Org
from local.salesforce.schema.types import SObject

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

M = TypeVar("M", bound=BaseModel)
R = TypeVar("R", bound="DataclassInstance")

#: The endpoint class of control routes, which are neither counted nor journalled.
CONTROL: Final = "control"
_BASE: Final = "/__emulator__"


def routes(table: Sequence[tuple[str, str, Handler]]) -> tuple[Route, ...]:
    """Method, path under `/__emulator__/` and handler as routes that need no session."""
    return tuple(
        Route(method, f"{_BASE}/{path}", CONTROL, handler, open=True)
        for method, path, handler in table
    )


class BadRequestError(ValueError):
    """A control request that means nothing: which field, its value, why, and what to do."""

    def __init__(self, field: str, value: object, message: str, remedy: str) -> None:
        super().__init__(f"{field}: {message}; {remedy}")
        self.problems = [{"field": field, "value": value, "message": message, "remedy": remedy}]


def told(error: Exception) -> dict[str, object]:
    """The body of a 400."""
    if isinstance(error, BadRequestError):
        return {"error": str(error), "errors": error.problems}
    return {"error": f"{type(error).__name__}: {error}"}


#: What to do about what pydantic finds, by its type; otherwise its own words say it.
_REMEDIES: Final = {
    "missing": "give it",
    "extra_forbidden": "leave it out, or look how it is spelled in docs/salesforce-emulator.md",
    "model_type": "give a JSON object",
}


def asked_model(call: Call, kind: type[M]) -> M:
    """The body as a model; raises BadRequestError for the first thing that is wrong."""
    try:
        return kind.model_validate(asked_object(call))
    except ValidationError as error:
        raise _first(error) from error


def asked_record(asked: Mapping[str, object], kind: type[R]) -> R:
    """A JSON object as a dataclass; raises BadRequestError for the first thing that is wrong."""
    known = {each.name for each in fields(kind)}
    for name in asked:
        if name not in known:
            raise BadRequestError(
                name, asked[name], "unknown key", f"known are {', '.join(sorted(known))}"
            )
    try:
        found: R = TypeAdapter(kind).validate_python(dict(asked))
    except ValidationError as error:
        raise _first(error) from error
    return found


def _first(error: ValidationError) -> BadRequestError:
    first = error.errors(include_url=False)[0]
    field = ".".join(str(each) for each in first["loc"]) or "body"
    remedy = _REMEDIES.get(first["type"]) or str(first.get("ctx", {}).get("expected", ""))
    return BadRequestError(field, first["input"], first["msg"], remedy or "correct the value")


def asked_object(call: Call) -> dict[str, object]:
    """The body; raises TypeError when it is no object."""
    found = call.json()
    if not isinstance(found, dict):
        raise TypeError("a JSON object is expected")
    return found


def known_keys(call: Call, kind: type[Any], *more: str) -> dict[str, object]:
    """The body, unless it has keys that mean nothing: a typing error must not pass silently."""
    asked = asked_object(call)
    known = {each.name for each in fields(kind)} | set(more)
    if unknown := set(asked) - known:
        raise ValueError(f"unknown keys {sorted(unknown)}; known are {sorted(known)}")
    return asked


def asked_sobject(org: Org, asked: Mapping[str, object]) -> SObject:
    """The object that `sobject` names; raises ValueError."""
    found = org.schema.get(str(asked.get("sobject")))
    if found is None:
        raise ValueError(f"unknown object {asked.get('sobject')}")
    return found


def asked_ids(asked: Mapping[str, object]) -> list[str] | None:
    """The list under `ids`; None when it is left out."""
    found = asked.get("ids")
    if found is None:
        return None
    if not isinstance(found, list):
        raise TypeError("ids must be a list")
    return [str(each) for each in found]
