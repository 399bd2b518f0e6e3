"""Reads a body into a model, or says what is wrong with it, where, and what to do."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NoReturn, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from syncline.http.messages import Request
from syncline.http.problems import Flaw, RequestError, pointer

MOST_BYTES: Final = 4_000_000
_LISTED: Final = 100
_SECRET: Final = frozenset({"credentials", "client_secret", "refresh_token"})

Model = TypeVar("Model", bound=BaseModel)


def read_optional_body(request: Request, model: type[Model]) -> Model | None:
    """None for an empty body. RequestError 400, 415, 422."""
    return read_body(request, model) if request.body.strip() else None


def read_body(request: Request, model: type[Model]) -> Model:
    """RequestError 400, 415, 422."""
    if not request.body.strip():
        _refuse_json("the body is empty; this route needs JSON")
    check_media_type(request)
    try:
        return model.model_validate(_parsed(request.body))
    except ValidationError as exc:
        _refuse(exc, model)


def check_size(request: Request) -> None:
    """RequestError 413."""
    if len(request.body) > MOST_BYTES:
        size = len(request.body)
        raise RequestError(
            413,
            "body_too_large",
            f"the body has {size:,} bytes; at most {MOST_BYTES:,} are accepted",
            flaws=[
                Flaw("body", "", "body_too_large", f"{size:,} bytes", "Send it in smaller parts.")
            ],
        )


def check_media_type(request: Request) -> None:
    """RequestError 415."""
    given = request.headers.get("content-type", "")
    media_type = given.partition(";")[0].strip().lower()
    if media_type != "application/json":
        flaw = Flaw(
            "header",
            "Content-Type",
            "unsupported_media_type",
            "the body must be JSON",
            "Set Content-Type to application/json.",
            given,
        )
        detail = f"'{media_type}' is not supported; send application/json"
        raise RequestError(415, "unsupported_media_type", detail, flaws=[flaw])


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body.decode("utf-8"), parse_constant=_refuse_constant)
    except json.JSONDecodeError as exc:
        where = f"line {exc.lineno}, column {exc.colno}"
        _refuse_json(f"the body is not JSON: {exc.msg} at {where}")
    except UnicodeDecodeError as exc:
        _refuse_json(f"the body is not UTF-8: byte {exc.start} cannot be read")
    except ValueError:
        _refuse_json("the body holds a number of too many digits")
    except RecursionError:
        _refuse_json("the body is nested too deeply")


def _refuse_constant(name: str) -> NoReturn:
    _refuse_json(f"the body is not JSON: {name} is no JSON number")


def _refuse_json(message: str) -> NoReturn:
    flaw = Flaw("body", "", "malformed_json", message, "Send one well-formed JSON document.")
    raise RequestError(400, "malformed_json", message, flaws=[flaw]) from None


def _refuse(exc: ValidationError, model: type[BaseModel]) -> NoReturn:
    errors = exc.errors(include_url=False)
    flaws = [_flaw(error, model) for error in errors[:_LISTED]]
    first = flaws[0]
    detail = (
        f"{first.field or 'the body'}: {first.message}"
        if len(errors) == 1
        else f"{len(errors):,} fields of the body are wrong" + _cut(len(errors))
    )
    raise RequestError(422, "invalid_body", detail, flaws=flaws) from None


def _cut(number: int) -> str:
    return f"; the first {_LISTED} are listed" if number > _LISTED else ""


def _flaw(error: ErrorDetails, model: type[BaseModel]) -> Flaw:
    context = error.get("ctx", {})
    location = [*_location(error), *([context["field"]] if "field" in context else [])]
    secret = bool(_SECRET.intersection(str(part) for part in location))
    known = ", ".join(_fields(model, location[:-1]))
    return Flaw(
        place="body",
        field=pointer(location),
        code=_CODES.get(error["type"], error["type"]),
        message=_MESSAGES.get(error["type"], error["msg"].removeprefix("Value error, ")),
        remedy=str(context.get("remedy") or _remedy(error, known)),
        value=None if secret else error["input"],
    )


def _location(error: ErrorDetails) -> Iterator[str | int]:
    """Without the names that pydantic adds for keys of dictionaries."""
    return (part for part in error["loc"] if part != "[key]")


_CODES: Final[Mapping[str, str]] = {
    "missing": "missing_field",
    "extra_forbidden": "unknown_field",
    "value_error": "invalid_value",
    "needed": "missing_field",
    "literal_error": "unknown_choice",
}
_MESSAGES: Final[Mapping[str, str]] = {
    "missing": "this field is missing",
    "extra_forbidden": "there is no such field here",
    "literal_error": "this is none of the values that it may have",
    "too_short": "there are too few of them",
    "too_long": "there are too many of them",
}
_REMEDIES: Final[Mapping[str, str]] = {
    "missing": "Add this field.",
    "extra_forbidden": "Remove it or correct its name; known here: {known}.",
    "literal_error": "Use {expected}.",
    "string_pattern_mismatch": "Write it so that it matches {pattern}.",
    "string_too_long": "Use at most {max_length} characters.",
    "string_too_short": "Use at least {min_length} characters.",
    "too_short": "Give at least {min_length}.",
    "too_long": "Give at most {max_length}.",
    "less_than_equal": "Use a value up to {le}.",
    "greater_than_equal": "Use a value from {ge}.",
}


def _remedy(error: ErrorDetails, known: str) -> str:
    template = _REMEDIES.get(error["type"], "Correct the value.")
    return template.format(known=known or "none", **error.get("ctx", {}))


def _fields(model: type[BaseModel], path: Sequence[str | int]) -> list[str]:
    """The fields of the model at the end of a path of field names, as far as it can be told."""
    schema: Mapping[str, Any] = model.model_json_schema()
    definitions = schema.get("$defs", {})
    for part in path:
        schema = _resolved(schema, definitions)
        inner = schema.get("items") if isinstance(part, int) else None
        schema = inner or schema.get("properties", {}).get(part, {})
    return list(_resolved(schema, definitions).get("properties", {}))


def _resolved(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> Mapping[str, Any]:
    """Through a reference, and to the alternative that is not null."""
    for choice in schema.get("anyOf", ()):
        if choice.get("type") != "null":
            schema = choice
            break
    reference = schema.get("$ref", "").rpartition("/")[2]
    found: Mapping[str, Any] = definitions.get(reference, schema)
    return found
