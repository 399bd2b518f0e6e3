"""Requests and answers between API Gateway's HTTP API (payload format 2.0) and the routes.

Source of the event's shape: API Gateway developer guide, "Working with AWS Lambda proxy
integrations for HTTP APIs".
"""

import json
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl, unquote

from syncline.usecases.identify import Identity

JSON: Final = "application/json"
PROBLEM: Final = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Request:
    """`segments` are the decoded parts of the path; header names are in lower case."""

    method: str
    path: str
    segments: tuple[str, ...]
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    identity: Identity | None = None
    id: str = ""
    """API Gateway's id of the request, which it also answers as `apigw-requestid`."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`body` None is an answer without one (204)."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = JSON

    def to_event(self) -> dict[str, Any]:
        """What the Lambda returns to API Gateway."""
        headers = {"cache-control": "no-store", **self.headers}
        if self.body is not None:
            headers["content-type"] = self.media_type
        text = "" if self.body is None else json.dumps(self.body, ensure_ascii=False)
        return {
            "statusCode": self.status,
            "headers": headers,
            "body": text,
            "isBase64Encoded": False,
        }


def request_of(event: Mapping[str, Any]) -> Request:
    """Reads an event. A stage other than $default is part of the raw path and is taken off."""
    context = event["requestContext"]
    path = str(event["rawPath"])
    stage = f"/{context.get('stage', '$default')}"
    if path.startswith(f"{stage}/"):
        path = path.removeprefix(stage)
    return Request(
        method=context["http"]["method"].upper(),
        path=path,
        segments=tuple(unquote(part) for part in path.split("/")[1:]),
        query=dict(parse_qsl(event.get("rawQueryString") or "", keep_blank_values=True)),
        headers={name.lower(): value for name, value in (event.get("headers") or {}).items()},
        body=_body(event),
        identity=_identity((context.get("authorizer") or {}).get("lambda")),
        id=str(context.get("requestId", "")),
    )


def _body(event: Mapping[str, Any]) -> bytes:
    text = event.get("body") or ""
    # A lone surrogate passes, and is refused where the bytes are read as UTF-8.
    return b64decode(text) if event.get("isBase64Encoded") else text.encode(errors="surrogatepass")


def _identity(context: Mapping[str, Any] | None) -> Identity | None:
    """What the authorizer found out; its context holds texts only."""
    if not context or not context.get("token"):
        return None
    return Identity(
        token=str(context["token"]),
        workspace=str(context["workspace"]) if context.get("workspace") else None,
        scopes=tuple(filter(None, str(context.get("scopes", "")).split(","))),
    )


def identity_context(identity: Identity) -> dict[str, str]:
    """The authorizer's context of an identity: what `request_of` reads back."""
    return {
        "token": identity.token,
        "workspace": identity.workspace or "",
        "administrator": "true" if identity.workspace is None else "false",
        "scopes": ",".join(identity.scopes),
    }
