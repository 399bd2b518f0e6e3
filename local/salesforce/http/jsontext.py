"""JSON bodies, and the words of the Java parser behind Salesforce for those that are none."""

from __future__ import annotations

import json
import re
from typing import Final

from local.salesforce.errors import ApiError, Kind

#: Half of a pair; no text that leaves the emulator can hold it alone.
_HALF_PAIR: Final = re.compile(rb"\\u[dD][89a-fA-F]")


def read_json(body: bytes) -> object:
    """The value of a body in UTF-8, 16 or 32; half pairs become question marks, as in Java.

    Raises ApiError with line and column; see
    https://github.com/forcedotcom/sf-fx-sdk-java for recorded texts.
    """
    if not body.strip():
        raise ApiError(
            Kind.JSON_PARSER,
            text="The HTTP entity body is required, but this request has no entity body.",
        )
    try:
        found = json.loads(body, parse_constant=_no_constant)
        if _HALF_PAIR.search(body):
            text = json.dumps(found, ensure_ascii=False).encode(errors="replace")
            found = json.loads(text)
    except RecursionError as error:
        raise ApiError(Kind.JSON_PARSER, text=_TOO_DEEP) from error
    except ValueError as error:
        raise ApiError(Kind.JSON_PARSER, text=_unexpected(body, error)) from error
    return found


#: The depth and its text are those of Jackson's default; what Salesforce says is not documented.
_TOO_DEEP: Final = "Document nesting depth exceeds the maximum allowed"


#: What the Java parser says of a body that ends too early; the rest of its words is not on record.
_CUT: Final = "Unexpected end-of-input: expected close marker for OBJECT"


def _no_constant(name: str) -> object:
    """The words are those of Jackson; Salesforce's are not documented."""
    text = f"Non-standard token '{name}': enable JsonParser.Feature.ALLOW_NON_NUMERIC_NUMBERS"
    raise ApiError(Kind.JSON_PARSER, text=f"{text} to allow")


def _unexpected(body: bytes, error: ValueError) -> str:
    if isinstance(error, UnicodeDecodeError):
        return _not_utf8(error)
    at = error.pos if isinstance(error, json.JSONDecodeError) else 0
    text = body.decode(errors="replace")
    if at >= len(text.rstrip()) or str(error).startswith("Unterminated"):
        return f"{_CUT} at {_place(text, at)}"
    letter = text[at]
    return (
        f"Unexpected character ('{letter}' (code {ord(letter)})): was expecting a valid value"
        f" at {_place(text, at)}"
    )


def _not_utf8(error: UnicodeDecodeError) -> str:
    before = error.object[: error.start].decode(error.encoding, errors="replace")
    byte = error.object[error.start]
    return f"Invalid UTF-8 start byte 0x{byte:x} at {_place(before, len(before))}"


def _place(text: str, at: int) -> str:
    line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
    return f"[line:{line}, column:{column + 1}]"
