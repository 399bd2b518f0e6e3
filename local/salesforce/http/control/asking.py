"""What all control routes share: their path, and reading what a body asks for.

A mistake is told as `{"error", "errors": [{"field", "value", "message", "remedy"}]}`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    TypeAdapter,
    ValidationError,
    model_validator,
)
from pydantic_core import PydanticCustomError

from local.salesforce.errors import ApiError
from local.salesforce.http.messages import Call
from local.salesforce.http.routing import Handler, Route
from local.salesforce.ids import normalise
from local.salesforce.org import Org, moment_of
from local.salesforce.schema.types import SObject

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

R = TypeVar("R", bound="DataclassInstance")

#: The endpoint class of control routes, which are neither counted nor journalled.
CONTROL: Final = "control"
_BASE: Final = "/__emulator__"
_SHOWN: Final = 200


def _record_id(given: str) -> str:
    found = normalise(given)
    if found is None:
        remedy = "give 15 characters, or 18 with the right check letters"
        raise PydanticCustomError("id", "no record id", {"remedy": remedy})
    return found


def _moment(given: object) -> datetime:
    try:
        return moment_of(str(given))
    except ValueError as error:
        remedy = "give ISO 8601, as in 2026-03-10T12:00:00Z"
        raise PydanticCustomError("moment", "no moment", {"remedy": remedy}) from error


#: An id as it is stored, of 18 characters; 15 may be given.
RecordId = Annotated[str, AfterValidator(_record_id)]
Moment = Annotated[datetime, PlainValidator(_moment)]
Name = Annotated[str, Field(min_length=1)]
Count = Annotated[int, Field(ge=0)]
Positive = Annotated[int, Field(ge=1)]


class Order(BaseModel):
    """What a body may say; a key that means nothing is told before anything else."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _only_known_keys(cls, given: object) -> object:
        for key in given if isinstance(given, dict) else ():
            if key not in cls.model_fields:
                known = ", ".join(cls.model_fields)
                raise PydanticCustomError(
                    "unknown_key", "unknown key", {"key": key, "remedy": f"known are {known}"}
                )
        return given


M = TypeVar("M", bound=Order)


def routes(table: Sequence[tuple[str, str, Handler]]) -> tuple[Route, ...]:
    """Method, path under `/__emulator__/` and handler as routes that need no session."""
    return tuple(
        Route(method, f"{_BASE}/{path}", CONTROL, handler, open=True)
        for method, path, handler in table
    )


class BadRequestError(ValueError):
    """A control request that means nothing: which field, its value, why, and what to do."""

    def __init__(self, field: str, value: object, message: str, remedy: str) -> None:
        super().__init__(f"{field} {repr(value)[:_SHOWN]}: {message}; {remedy}")
        self.problems = [{"field": field, "value": value, "message": message, "remedy": remedy}]


def told(error: Exception) -> dict[str, object]:
    """The body of a 400."""
    if not isinstance(error, BadRequestError):
        name = f"{type(error).__name__}: {error}"
        error = BadRequestError("body", None, name, "look it up in docs/salesforce-emulator.md")
    return {"error": str(error), "errors": error.problems}


#: What to do about what pydantic finds, by its type; otherwise its own words say it.
_REMEDIES: Final = {
    "missing": "give it",
    "model_type": "give a JSON object",
    "dict_type": "give a JSON object",
    "mapping_type": "give a JSON object",
    "list_type": "give a list",
    "tuple_type": "give a list",
    "string_type": "give text",
    "bool_type": "give true or false",
    "bool_parsing": "give true or false",
    "int_type": "give a whole number",
    "int_parsing": "give a whole number",
    "int_from_float": "give a whole number",
    "float_type": "give a number",
    "float_parsing": "give a number",
    "too_short": "name at least one",
    "string_too_short": "give at least one character",
}
_BOUNDS: Final = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}


def asked_model(call: Call, kind: type[M]) -> M:
    """The body as a model; raises BadRequestError for the first thing that is wrong."""
    return checked(kind, asked_object(call))


def checked(kind: type[M], asked: Mapping[str, object]) -> M:
    """A JSON object as a model; raises BadRequestError for the first thing that is wrong."""
    try:
        return kind.model_validate(asked)
    except ValidationError as error:
        raise _first(error) from error


def asked_record(asked: Mapping[str, object], kind: type[R]) -> R:
    """A JSON object as a dataclass; raises BadRequestError for the first thing that is wrong."""
    known_keys(asked, *(each.name for each in fields(kind)))
    try:
        found: R = TypeAdapter(kind).validate_python(dict(asked))
    except ValidationError as error:
        raise _first(error) from error
    return found


def known_keys(asked: Mapping[str, object], *known: str) -> None:
    """Raises BadRequestError for a key that means nothing."""
    for name in asked:
        if name not in known:
            raise BadRequestError(
                name, asked[name], "unknown key", f"known are {', '.join(sorted(known))}"
            )


def _first(error: ValidationError) -> BadRequestError:
    first = error.errors(include_url=False)[0]
    context = first.get("ctx", {})
    value: Any = None if first["type"] == "missing" else first["input"]
    place = list(first["loc"])
    if "key" in context:
        place.append(context["key"])
        value = value.get(context["key"])
    return BadRequestError(
        ".".join(str(each) for each in place) or "body", value, first["msg"],
        _remedy(first["type"], context),
    )  # fmt: skip


def _remedy(kind: str, context: Mapping[str, Any]) -> str:
    for bound, words in _BOUNDS.items():
        if bound in context:
            return f"give {words} {context[bound]}"
    if "expected" in context:
        return f"give {context['expected']}"
    return str(context.get("remedy") or _REMEDIES.get(kind, "correct the value"))


def asked_object(call: Call) -> dict[str, object]:
    """The body; raises BadRequestError when it is no JSON object."""
    try:
        found = call.json()
    except ApiError as error:
        given = call.body[:_SHOWN].decode(errors="replace")
        raise BadRequestError("body", given, error.message, "send a JSON object") from error
    if not isinstance(found, dict):
        raise BadRequestError("body", found, "no JSON object", "send a JSON object")
    return found


def asked_sobject(org: Org, name: object, *, field: str = "sobject") -> SObject:
    """The object of that name; raises BadRequestError."""
    found = org.schema.get(name) if isinstance(name, str) else None
    if found is None:
        raise BadRequestError(field, name, "no such object", "name one of this org")
    return found
