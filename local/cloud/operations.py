"""Names an HTTP request as AWS does: service and operation, from its signature and its shape."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qs

from local.cloud.loopback import Request

_SCOPE: Final = re.compile(r"Credential=[^/,\s]+/\d{8}/[^/]+/([^/]+)/aws4_request")

# rest-json: (service, method, number of path segments after the collection) → operation.
_SCHEDULER: Final[Mapping[tuple[str, str, bool], str]] = {
    ("schedules", "GET", False): "ListSchedules",
    ("schedules", "GET", True): "GetSchedule",
    ("schedules", "POST", True): "CreateSchedule",
    ("schedules", "PUT", True): "UpdateSchedule",
    ("schedules", "DELETE", True): "DeleteSchedule",
    ("schedule-groups", "GET", False): "ListScheduleGroups",
    ("schedule-groups", "GET", True): "GetScheduleGroup",
    ("schedule-groups", "POST", True): "CreateScheduleGroup",
    ("schedule-groups", "DELETE", True): "DeleteScheduleGroup",
}
_S3: Final[Mapping[tuple[str, bool], str]] = {
    ("GET", True): "GetObject",
    ("PUT", True): "PutObject",
    ("HEAD", True): "HeadObject",
    ("DELETE", True): "DeleteObject",
    ("GET", False): "ListObjectsV2",
    ("POST", False): "DeleteObjects",
}


def service_of(request: Request) -> str:
    """The service in the signature's scope, `aws` when the request is not signed."""
    found = _SCOPE.search(request.headers.get("Authorization", ""))
    return found[1] if found else "aws"


def operation_of(service: str, request: Request) -> str:
    """JSON services say it in X-Amz-Target, query services in the body, REST ones by the path."""
    target: str = request.headers.get("X-Amz-Target", "")
    if target:
        return target.rpartition(".")[2]
    parts = [part for part in request.path.split("/") if part]
    plain = f"{request.method} {request.path}"
    if service == "scheduler" and parts:
        return _SCHEDULER.get((parts[0], request.method, len(parts) > 1), plain)
    if service == "lambda" and request.path.endswith("/invocations"):
        return "Invoke"
    if service == "s3" and "uploads" not in request.query:
        return _S3.get((request.method, len(parts) > 1), plain)
    form = request.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded")
    if form:
        return parse_qs(request.body.decode("latin-1")).get("Action", [plain])[0]
    return plain
