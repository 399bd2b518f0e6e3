"""Least privilege: no role may do or reach everything, and each secret has few readers."""

from collections.abc import Iterator
from typing import Any, Final

import pytest

from syncline.kinds.registry import BULK_WRITE_BACK, KINDS
from tests.template.conftest import Json, Stack

MANAGED: Final = {
    # Creating log groups and streams is all it allows, and groups are known by their names.
    "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
    # Traces have no resources that a policy could name.
    "arn:aws:iam::aws:policy/AWSXrayWriteOnlyAccess",
}


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def documents(stack: Stack) -> Iterator[tuple[str, Json]]:
    """Role or policy name, and each statement of its permissions."""
    for name, policy in stack.of("AWS::IAM::ManagedPolicy").items():
        yield from ((name, each) for each in policy["PolicyDocument"]["Statement"])
    for name, role in stack.of("AWS::IAM::Role").items():
        for policy in role.get("Policies", []):
            statements = listed(policy["PolicyDocument"]["Statement"])
            yield from ((name, each) for each in statements)


def holders(stack: Stack, action: str, resource: str) -> set[str]:
    """Who may do `action` on a resource whose name holds `resource`."""
    return {
        name
        for name, statement in documents(stack)
        if action in listed(statement["Action"]) and resource in str(statement["Resource"])
    }


def test_nobody_may_do_everything(stack: Stack) -> None:
    for name, statement in documents(stack):
        assert not [each for each in listed(statement["Action"]) if "*" in each], name


def test_nobody_may_reach_everything(stack: Stack) -> None:
    for name, statement in documents(stack):
        for resource in listed(statement["Resource"]):
            assert resource != "*", name
            assert not str(resource).endswith(":*'}"), name


def test_managed_policies_are_those_with_a_reason(stack: Stack) -> None:
    for name, role in stack.of("AWS::IAM::Role").items():
        aws = {each for each in role.get("ManagedPolicyArns", []) if isinstance(each, str)}
        assert aws <= MANAGED, name


def test_nobody_may_scan_a_table(stack: Stack) -> None:
    assert holders(stack, "dynamodb:Scan", "") == set()


def test_only_the_authorizer_reads_the_administrator_token(stack: Stack) -> None:
    readers = holders(stack, "secretsmanager:GetSecretValue", "AdminToken")

    assert readers == {"AuthorizerFunctionRole"}


def test_credentials_are_read_only_where_salesforce_is_spoken_to(stack: Stack) -> None:
    readers = holders(stack, "secretsmanager:GetSecretValue", "/connections/")

    assert readers == {"JobPolicy", "WriterPolicy", "InspectFunctionRole"}


def test_the_change_feed_is_read_by_jobs_and_previews_alone(stack: Stack) -> None:
    readers = holders(stack, "dynamodb:Query", "${RecordsTable.Arn}/index/changes")

    assert readers == {"JobPolicy", "InspectFunctionRole"}


def test_outboxes_are_listed_by_writers_and_the_sweeper_alone(stack: Stack) -> None:
    readers = holders(stack, "dynamodb:Query", "${RecordsTable.Arn}/index/waiting")

    assert readers == {"WriterPolicy", "SweeperFunctionRole"}


def test_the_api_writes_what_a_person_decides(stack: Stack) -> None:
    assert "ApiFunctionRole" in holders(stack, "dynamodb:PartiQLDelete", "CrossReferencesTable")
    assert "ApiFunctionRole" in holders(stack, "s3:PutObject", "JournalBucket")


@pytest.mark.parametrize("action", ["PutItem", "PartiQLInsert", "PartiQLUpdate", "PartiQLDelete"])
def test_a_preview_links_nothing(stack: Stack, action: str) -> None:
    holding = holders(stack, f"dynamodb:{action}", "CrossReferencesTable")

    assert "InspectFunctionRole" not in holding


@pytest.mark.parametrize("action", ["PutItem", "PartiQLInsert", "PartiQLDelete"])
def test_change_events_make_no_record_and_delete_none(stack: Stack, action: str) -> None:
    assert "InspectFunctionRole" not in holders(stack, f"dynamodb:{action}", "RecordsTable")


def test_the_schedulers_role_starts_job_functions_only(stack: Stack) -> None:
    (statement,) = [each for name, each in documents(stack) if name == "SchedulerRole"]
    names = {each["Fn::Sub"].rpartition(":")[2] for each in statement["Resource"]}

    assert statement["Action"] == "lambda:InvokeFunction"
    kinds = {*KINDS, BULK_WRITE_BACK}
    assert names == {f"syncline-${{Stage}}-{kind.replace('_', '-')}" for kind in kinds}


@pytest.mark.parametrize("role", ["ApiFunctionRole", "SweeperFunctionRole"])
def test_who_wakes_runs_wakes_those_of_bulk_write_back(stack: Stack, role: str) -> None:
    assert role in holders(stack, "lambda:InvokeFunction", "bulk-write-back")


def test_the_schedulers_role_is_passed_to_the_scheduler_alone(stack: Stack) -> None:
    passing = [each for _, each in documents(stack) if each["Action"] == "iam:PassRole"]

    assert passing
    for statement in passing:
        assert stack.target(statement["Resource"]) == "SchedulerRole"
        assert statement["Condition"] == {
            "StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}
        }


def test_the_topic_takes_messages_from_this_account_only(stack: Stack) -> None:
    policy = stack.of("AWS::SNS::TopicPolicy")["NotificationsTopicPolicy"]["PolicyDocument"]

    (statement,) = policy["Statement"]
    assert statement["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert "aws:SourceAccount" in str(statement["Condition"])


def test_dead_letters_are_read_by_the_api_alone(stack: Stack) -> None:
    for queue in ("WriteBackDeadLetterQueue", "BulkWriteBackDeadLetterQueue"):
        for action in ("ReceiveMessage", "DeleteMessage", "ChangeMessageVisibility"):
            assert holders(stack, f"sqs:{action}", f"'{queue}'") == {"ApiFunctionRole"}


def test_the_api_takes_nothing_from_a_writers_queue(stack: Stack) -> None:
    for queue in ("WriteBackQueue", "BulkWriteBackQueue"):
        assert "ApiFunctionRole" not in holders(stack, "sqs:ReceiveMessage", f"'{queue}'")
        assert "ApiFunctionRole" in holders(stack, "sqs:SendMessage", f"'{queue}'")
