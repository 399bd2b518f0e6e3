"""How a request on the tap is named."""

from __future__ import annotations

from email.message import Message

import pytest

from local.cloud.loopback import Request
from local.cloud.operations import operation_of, service_of


def request(
    method: str, target: str, headers: dict[str, str] | None = None, body: bytes = b""
) -> Request:
    message = Message()
    for name, value in (headers or {}).items():
        message[name] = value
    return Request(method, target, message, body, "127.0.0.1")


def test_the_service_is_in_the_signature() -> None:
    scope = "AWS4-HMAC-SHA256 Credential=AK/20270101/eu-central-1/dynamodb/aws4_request, S=1"

    assert service_of(request("POST", "/", {"Authorization": scope})) == "dynamodb"
    assert service_of(request("POST", "/")) == "aws"


@pytest.mark.parametrize(
    ("service", "asked", "operation"),
    [
        (
            "dynamodb",
            request("POST", "/", {"X-Amz-Target": "DynamoDB_20120810.PutItem"}),
            "PutItem",
        ),
        (
            "sns",
            request(
                "POST",
                "/",
                {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"},
                b"Action=Publish&Message=x",
            ),
            "Publish",
        ),
        ("scheduler", request("POST", "/schedules/a"), "CreateSchedule"),
        ("scheduler", request("GET", "/schedules?MaxResults=1"), "ListSchedules"),
        ("lambda", request("POST", "/2015-03-31/functions/f/invocations"), "Invoke"),
        ("s3", request("PUT", "/bucket/runs/1"), "PutObject"),
        ("s3", request("GET", "/bucket?list-type=2"), "ListObjectsV2"),
        ("s3", request("POST", "/bucket/k?uploads"), "POST /bucket/k"),
        (
            "salesforce",
            request("GET", "/services/data/v61.0/query?q=1"),
            "GET /services/data/v61.0/query",
        ),
    ],
)
def test_the_operation_is_named_as_in_the_api(service: str, asked: Request, operation: str) -> None:
    assert operation_of(service, asked) == operation
