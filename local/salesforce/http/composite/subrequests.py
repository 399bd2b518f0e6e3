"""One subrequest of composite and of a graph: read, checked, run and shown.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_composite_post.htm
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import parse_qsl

from local.salesforce.errors import ApiError, Kind
from local.salesforce.http.composite.references import STRICT_SINCE, Done, References
from local.salesforce.http.messages import Answer, Call, refused
from local.salesforce.http.versions import check_version
from local.salesforce.org import Org
from local.salesforce.values import dump

Run = Callable[[Org, Call], Answer]
Asked = Mapping[str, object]

METHODS: Final = frozenset({"POST", "PUT", "PATCH", "GET", "DELETE"})
#: What a subrequest takes from the request around it, and may not set itself.
INHERITED: Final = frozenset({"accept", "authorization", "content-type"})
_REFERENCE_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_]*")
_URL: Final = re.compile(r"/services/data/(v[^/?]+)/([^?]*)\??(.*)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Subrequest:
    """As it was asked for, references not yet replaced."""

    reference: str
    method: str
    url: str
    headers: Mapping[str, str]
    body: object

    @property
    def segments(self) -> tuple[str, ...]:
        """The path behind the version, in lower case."""
        return segments_of(self.url)

    @property
    def version(self) -> str:
        """`v62.0`, or nothing when the url has none."""
        found = _URL.fullmatch(self.url)
        return found[1].lower() if found else ""

    @property
    def reads_a_row(self) -> bool:
        """A read of one record by its id: its null fields can be referred to."""
        parts = self.segments
        return self.method == "GET" and parts[:1] == ("sobjects",) and len(parts) == 3


def segments_of(url: str) -> tuple[str, ...]:
    """The path behind the version, in lower case; that of another place as it is."""
    found = _URL.fullmatch(url)
    path = found[2] if found else url.partition("?")[0]
    return tuple(each for each in path.lower().split("/") if each)


def objects_in(body: Asked, name: str) -> list[Asked]:
    """A list of objects that a body must have; raises ApiError as the JSON parser does."""
    found = body.get(name)
    if found is None:
        raise ApiError(Kind.REQUIRED_KEY, name=name)
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise ApiError(Kind.JSON_PARSER, text=f"{name}: a list of objects is required")
    return found


def flag(body: Asked, name: str) -> bool:
    """A boolean; its JSON parser reads the words too."""
    return body.get(name) in (True, "true")


def required(asked: Asked, name: str) -> str:
    """A text that must be there."""
    found = asked.get(name)
    if not isinstance(found, str) or not found:
        raise ApiError(Kind.REQUIRED_KEY, name=name)
    return found


def method_of(asked: Asked) -> str:
    """The method, case-sensitive; the text of the refusal is not documented."""
    method = required(asked, "method")
    if method not in METHODS:
        raise ApiError(Kind.JSON_PARSER, text=f"Invalid value for method: {method}")
    return method


def read_all(body: Asked, name: str, *, version: str) -> tuple[Subrequest, ...]:
    """Every subrequest; a mistake in one of these keys ends the whole request with 400."""
    found = tuple(_read(asked, version) for asked in objects_in(body, name))
    if len({each.reference for each in found}) < len(found):
        raise ApiError(Kind.INVALID_INPUT, text="Duplicate ReferenceId provided in the request.")
    return found


def _read(asked: Asked, version: str) -> Subrequest:
    reference = required(asked, "referenceId")
    if float(version) >= STRICT_SINCE and not _REFERENCE_ID.fullmatch(reference):
        raise ApiError(Kind.REFERENCE_ID, value=reference)
    url = required(asked, "url")
    headers = asked.get("httpHeaders") or {}
    if not isinstance(headers, Mapping):
        raise ApiError(Kind.JSON_PARSER, text="httpHeaders: an object is required")
    named = {str(name).lower(): str(value) for name, value in headers.items()}
    for name in INHERITED & named.keys():
        raise ApiError(Kind.INVALID_INPUT, text=f"The header {name} is not allowed in a subrequest")
    return Subrequest(reference, method_of(asked), url, named, asked.get("body"))


def carry_out(
    org: Org, call: Call, part: Subrequest, *, before: Mapping[str, Done], run: Run
) -> Done:
    """Run one subrequest as the user of the whole; whatever goes wrong is its answer."""
    references = References(before, nulls=float(call.version) >= STRICT_SINCE)
    try:
        references.check([part.url, part.body])
        answer = run(org, _call(call, part, references))
    except ApiError as error:
        answer = refused(error)
    return Done(answer, part.reads_a_row)


def _call(call: Call, part: Subrequest, references: References) -> Call:
    if part.version:
        check_version(part.version)
    path, _, query = part.url.partition("?")
    pairs = parse_qsl(query, keep_blank_values=True)
    inherited = {name: call.headers[name] for name in INHERITED & call.headers.keys()}
    return replace(
        call,
        method=part.method,
        path=references.text(path),
        query={name: references.text(value) for name, value in pairs},
        headers={**inherited, **part.headers},
        body=b"" if part.body is None else dump(references.body(part.body)),
        params={},
    )


def shown(part: Subrequest, done: Done) -> dict[str, object]:
    """One entry of `compositeResponse`."""
    answer = done.answer
    return {
        "body": answer.body,
        "httpHeaders": dict(answer.headers),
        "httpStatusCode": answer.status,
        "referenceId": part.reference,
    }


def halted(part: Subrequest) -> dict[str, object]:
    """The entry of a subrequest that was undone, or not begun, because another one failed."""
    return shown(part, Done(refused(ApiError(Kind.PROCESSING_HALTED)), row=False))
