"""The demo's flow through the real template, where roles are evaluated (issue of the house)."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from local.house import WORKSPACE, House
from tests.worlds.standing import CloudState, run_job, set_up


def moment(minute: int) -> str:
    return datetime(2026, 1, 1, 12, minute, tzinfo=UTC).isoformat()


def ended(house: House, job: str, minute: int) -> Mapping[str, Any]:
    answer: Mapping[str, Any] = run_job(house, job, moment(minute)).payload
    return answer


def stored(house: House) -> Mapping[str, Any]:
    """All platform records and cross-references."""
    tables = CloudState.of(house).tables
    return {name: tables[name] for name in ("RecordsTable", "CrossReferencesTable")}


def test_accounts_then_tasks_arrive_and_a_second_run_writes_nothing(
    guarded_house: House,
) -> None:
    house = guarded_house
    set_up(house)

    accounts = ended(house, "accounts", 1)
    tasks = ended(house, "tasks", 2)
    before = stored(house)
    again = [ended(house, job, minute) for job, minute in (("accounts", 3), ("tasks", 4))]

    assert accounts["status"] == "succeeded"
    assert tasks["ledger"]["created"] == 300
    assert [run["ledger"]["written"] for run in again] == [
        {"records": 0, "cross_references": 0},
        {"records": 0, "cross_references": 0},
    ]
    assert stored(house) == before
    listed = house.call("GET", f"/v1/workspaces/{WORKSPACE}/records/task?limit=5")
    assert len(listed["items"]) == 5


@pytest.mark.parametrize(
    ("function", "service", "operation", "arguments"),
    [
        ("TasksInboundFunction", "dynamodb", "delete_table", {"TableName": "RecordsTable"}),
        ("ApiFunction", "secretsmanager", "get_secret_value", {"SecretId": "AdminToken"}),
        (
            "SweeperFunction",
            "dynamodb",
            "get_item",
            {"TableName": "RecordsTable", "Key": {"pk": {"S": "a"}, "sk": {"S": "b"}}},
        ),
        ("AuthorizerFunction", "s3", "list_objects_v2", {"Bucket": "JournalBucket"}),
    ],
)
def test_what_a_function_has_no_business_with_is_denied(
    guarded_house: House,
    function: str,
    service: str,
    operation: str,
    arguments: dict[str, Any],
) -> None:
    house = guarded_house
    named = {
        key: house.cloud.resource(value) if isinstance(value, str) else value
        for key, value in arguments.items()
    }
    client = client_in_the_role_of(house, function, service)

    with pytest.raises(ClientError) as denied:
        getattr(client, operation)(**named)

    assert "AccessDenied" in denied.value.response["Error"]["Code"]


def client_in_the_role_of(house: House, function: str, service: str) -> Any:
    """A client with the rights of that function, and no others."""
    role = house.cloud.functions[function].role_arn
    answer = house.cloud.client("sts").assume_role(RoleArn=role, RoleSessionName="a-test")
    taken = answer["Credentials"]
    make: Callable[..., Any] = boto3.client
    return make(
        service,
        endpoint_url=house.cloud.aws_endpoint,
        region_name="eu-central-1",
        aws_access_key_id=taken["AccessKeyId"],
        aws_secret_access_key=taken["SecretAccessKey"],
        aws_session_token=taken["SessionToken"],
        config=Config(retries={"max_attempts": 1}),
    )
