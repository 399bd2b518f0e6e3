"""With roles evaluated, a function may do what its policies say and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from local.cloud.cloud import LocalCloud
from tests.flows.cloud_fixture import eventually, next_report, start_cloud


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    with start_cloud(tmp_path_factory.mktemp("roles"), auth=True) as running:
        yield running


def attempt(cloud: LocalCloud, service: str, operation: str, **arguments: Any) -> str:
    order = {"do": "attempt", "call": [service, operation, arguments]}
    found: str = cloud.invoke("ReaderFunction", order).payload
    return found


def test_the_calls_that_its_role_grants_go_through(cloud: LocalCloud) -> None:
    table = cloud.resource("Table")

    read = attempt(cloud, "dynamodb", "get_item", TableName=table, Key={"pk": {"S": "a"}})
    cloud.invoke("ReaderFunction", {"do": "report", "granted": True})

    assert read == "allowed"
    assert next_report(cloud)["granted"] is True


def test_three_forbidden_calls_are_denied(cloud: LocalCloud) -> None:
    table, secret = cloud.resource("Table"), cloud.resource("Secret")
    bucket = cloud.resource("Bucket")

    denied = [
        attempt(cloud, "dynamodb", "delete_table", TableName=table),
        attempt(cloud, "secretsmanager", "get_secret_value", SecretId=secret),
        attempt(cloud, "s3", "put_object", Bucket=bucket, Key="k", Body="x"),
    ]

    assert denied == ["AccessDeniedException", "AccessDeniedException", "AccessDenied"]
    assert table in cloud.client("dynamodb").list_tables()["TableNames"]


def test_statements_are_checked_as_the_partiql_action_that_they_are(cloud: LocalCloud) -> None:
    table = cloud.resource("Table")
    select = f"SELECT * FROM \"{table}\" WHERE pk='a'"  # noqa: S608 - the test's own table
    insert = f"INSERT INTO \"{table}\" VALUE {{'pk': 'a'}}"

    read = attempt(cloud, "dynamodb", "execute_statement", Statement=select)
    written = attempt(
        cloud,
        "dynamodb",
        "batch_execute_statement",
        Statements=[{"Statement": select}, {"Statement": insert}],
    )

    assert (read, written) == ("allowed", "AccessDeniedException")


def test_a_batch_of_messages_is_allowed_as_one_message_is(cloud: LocalCloud) -> None:
    queue, entries = cloud.resource("Reports"), [{"Id": "0", "MessageBody": "{}"}]
    received = [{"Id": "0", "ReceiptHandle": "none"}]

    sent = attempt(cloud, "sqs", "send_message_batch", QueueUrl=queue, Entries=entries)
    deleted = attempt(cloud, "sqs", "delete_message_batch", QueueUrl=queue, Entries=received)

    assert (sent, deleted) == ("allowed", "AccessDenied")
    assert next_report(cloud) == {}


def test_a_grant_for_a_schedule_group_is_for_that_group(cloud: LocalCloud) -> None:
    group = cloud.resource("Schedules")

    own = attempt(cloud, "scheduler", "delete_schedule", Name="none", GroupName=group)
    other = attempt(cloud, "scheduler", "delete_schedule", Name="none", GroupName="default")

    assert (own, other) == ("ResourceNotFoundException", "AccessDeniedException")


def test_a_bucket_that_demands_tls_takes_the_functions_calls(cloud: LocalCloud) -> None:
    bucket = cloud.resource("Bucket")

    assert attempt(cloud, "s3", "get_object", Bucket=bucket, Key="none") == "NoSuchKey"


def test_a_function_invokes_what_it_is_granted_and_nothing_else(cloud: LocalCloud) -> None:
    granted, other = cloud.functions["HastyFunction"].arn, cloud.functions["WorkerFunction"].arn
    event = '{"do": "pid"}'

    answers = [
        attempt(cloud, "lambda", "invoke", FunctionName=arn, Payload=event)
        for arn in (granted, other)
    ]

    assert answers == ["allowed", "AccessDeniedException"]


def test_a_schedule_starts_only_what_its_role_may_invoke(
    cloud: LocalCloud, caplog: pytest.LogCaptureFixture
) -> None:
    scheduler, role = cloud.client("scheduler"), cloud.resource("ScheduleRole")
    due = cloud.clock.utc() + timedelta(minutes=10)
    for name in ("WorkerFunction", "ReaderFunction"):
        scheduler.create_schedule(
            Name=name,
            ScheduleExpression=f"at({due:%Y-%m-%dT%H:%M:%S})",
            FlexibleTimeWindow={"Mode": "OFF"},
            Target={
                "Arn": cloud.functions[name].arn,
                "RoleArn": f"arn:aws:iam::000000000000:role/{role}",
                "Input": f'{{"do": "report", "by": "{name}"}}',
            },
        )

    cloud.clock.advance(timedelta(minutes=11))

    assert next_report(cloud)["by"] == "ReaderFunction"
    assert eventually(lambda: "not granted to its role" in caplog.text)
    assert cloud.functions["WorkerFunction"].arn in caplog.text
