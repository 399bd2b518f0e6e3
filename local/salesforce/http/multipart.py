"""A multipart body with a job and its data in one request."""

from __future__ import annotations

import json
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser
from email.policy import HTTP

from local.salesforce.errors import ApiError, Kind
from local.salesforce.http.messages import Call


@dataclass(frozen=True, slots=True)
class Parts:
    """The part named `job`, as JSON, and the bytes of the part named `content`."""

    job: dict[str, object]
    content: bytes


def multipart(call: Call) -> Parts | None:
    """Both parts; None when the body is not multipart. Raises ApiError when one is missing.

    https://developer.salesforce.com/docs/platform/api-asynch/guide/create-job.html
    """
    kind = call.headers.get("content-type", "")
    if not kind.lower().startswith("multipart/"):
        return None
    boundary = _boundary(kind)
    parts = dict(_part(raw) for raw in call.body.split(b"--" + boundary)[1:-1])
    try:
        job = json.loads(parts["job"])
        return Parts(job, parts["content"])
    except (KeyError, ValueError, TypeError) as error:
        raise ApiError(Kind.JSON_PARSER, text="A part job and a part content are needed") from error


def _boundary(kind: str) -> bytes:
    header = Message()
    header["Content-Type"] = kind
    return str(header.get_param("boundary", "")).encode()


def _part(raw: bytes) -> tuple[str, bytes]:
    """Name and content; the line end before the next boundary is not part of the content."""
    stripped = raw.removeprefix(b"\r\n").removeprefix(b"\n")
    blank = b"\r\n\r\n" if b"\r\n\r\n" in stripped else b"\n\n"
    head, _, content = stripped.partition(blank)
    headers = BytesParser(policy=HTTP).parsebytes(head + blank, headersonly=True)
    name = headers.get_param("name", "", header="content-disposition")
    return str(name), content.removesuffix(b"\n").removesuffix(b"\r")
