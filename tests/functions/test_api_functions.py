"""The functions of the HTTP API as Lambda runs them: environment, AWS, and nothing in memory."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from functions.api.app import handler as _api
from syncline.aws.messages import body_of
from syncline.errors import ConfigurationError, RetryableError
from syncline.http.dispatch import Api
from syncline.ports import Drain
from syncline.runtime import wiring
from syncline.runtime.api import api_handler
from syncline.runtime.authorizer import authorizer_handler, bearer
from syncline.runtime.clock import Haste
from syncline.runtime.gateway import Handler, gateway_handler
from syncline.runtime.inspect import inspect_handler
from syncline.runtime.services import InspectServices
from syncline.runtime.settings import ApiSettings, InspectSettings
from tests.contract.aws_cloud import table_definitions
from tests.unit.http.world import ACME, CONNECTION, TASKS, Log, World

REGION = "eu-central-1"
ADMINISTRATOR = "administrators-token"
QUEUES = ("WRITE_BACK_QUEUE", "BULK_WRITE_BACK_QUEUE", "WRITE_BACK_DEAD_LETTERS",
          "BULK_WRITE_BACK_DEAD_LETTERS")  # fmt: skip
ENVIRONMENT = {
    **{f"{name}_URL": f"https://sqs.{REGION}.amazonaws.com/123456789012/{name}" for name in QUEUES},
    "SYNCLINE_STAGE": "test",
    "POWERTOOLS_SERVICE_NAME": "syncline-test",
    "RECORDS_TABLE": "RecordsTable",
    "CROSS_REFERENCES_TABLE": "CrossReferencesTable",
    "RUNS_TABLE": "RunsTable",
    "HISTORY_DAYS": "400",
    "CONFIGURATION_TABLE": "ConfigurationTable",
    "JOURNAL_BUCKET": "journal",
    "SCHEDULE_GROUP": "jobs",
    "SCHEDULER_ROLE_ARN": "arn:aws:iam::123456789012:role/scheduler",
    "JOB_FUNCTION_ARN_PREFIX": "arn:aws:lambda:eu-central-1:123456789012:function:syncline-test-",
    "SECRET_PREFIX": "syncline/test/connections/",
    "ADMIN_TOKEN_SECRET": "administrator",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A stage of its own; clients of other tests are forgotten."""
    for name, value in {**ENVIRONMENT, "SYNCLINE_ALLOW_LOOPBACK": "true"}.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        for name, definition in table_definitions().items():
            boto3.client("dynamodb").create_table(
                TableName=name, BillingMode="PAY_PER_REQUEST", **definition
            )
        for name in QUEUES:
            boto3.client("sqs").create_queue(QueueName=name)
        boto3.client("scheduler").create_schedule_group(Name="jobs")
        boto3.client("secretsmanager").create_secret(
            Name="administrator", SecretString=ADMINISTRATOR
        )
        forget()
        yield
        forget()


def forget() -> None:
    wiring.clients.cache_clear()
    wiring.database.cache_clear()


class Stage:
    """Authorizer in front, functions behind, as API Gateway puts them."""

    def __init__(self) -> None:
        self._events = World()
        self._authorizer = authorizer_handler()
        self.functions: dict[str, Handler] = {"api": api_handler(), "inspect": inspect_handler()}

    def __call__(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        token: str = ADMINISTRATOR,
        function: str = "api",
    ) -> tuple[int, Any]:
        verdict = self._authorizer({"headers": {"authorization": f"Bearer {token}"}}, None)
        if not verdict["isAuthorized"]:
            return 403, {"message": "Forbidden"}
        event = self._events.event(method, path, body, token=None)
        event["requestContext"]["authorizer"] = {"lambda": verdict["context"]}
        answer = self.functions[function](event, None)
        return answer["statusCode"], json.loads(answer["body"]) if answer["body"] else None


@pytest.fixture
def stage(environment: None) -> Stage:
    return Stage()


def test_a_workspace_its_token_and_its_connection_live_on_aws(stage: Stage) -> None:
    assert stage("PUT", ACME, {"title": "Acme"})[0] == 201
    assert stage("PUT", f"{ACME}/connections/crm", CONNECTION)[0] == 201
    token = stage("POST", f"{ACME}/tokens", {"name": "ci", "scopes": ["read"]})[1]["token"]

    status, shown = stage("GET", f"{ACME}/connections/crm", token=token)

    assert (status, shown["credentials"]["client_id"]) == (200, "3MVG9")
    secret = boto3.client("secretsmanager").get_secret_value(
        SecretId="syncline/test/connections/acme/crm"
    )
    assert json.loads(secret["SecretString"])["client_secret"] == "hush"
    assert stage("PUT", f"{ACME}/connections/crm", CONNECTION, token=token)[0] == 403
    assert stage("GET", "/v1/workspaces/other/jobs", token=token)[1]["code"] == (
        "workspace_forbidden"
    )


def test_a_revoked_token_is_turned_away_at_the_door(stage: Stage) -> None:
    stage("PUT", ACME, {})
    made = stage("POST", f"{ACME}/tokens", {"name": "ci", "scopes": ["read"]})[1]
    assert stage("GET", f"{ACME}/jobs", token=made["token"])[0] == 200

    stage("DELETE", f"{ACME}/tokens/{made['id']}")

    assert stage("GET", f"{ACME}/jobs", token=made["token"]) == (403, {"message": "Forbidden"})


def test_a_rotated_administrators_token_is_good_at_once(stage: Stage) -> None:
    assert stage("PUT", ACME, {})[0] == 201
    boto3.client("secretsmanager").put_secret_value(SecretId="administrator", SecretString="new")

    assert stage("GET", ACME)[0] == 403
    assert stage("GET", ACME, token="new")[0] == 200


def test_an_org_that_cannot_be_reached_saves_no_job(stage: Stage) -> None:
    services = InspectServices(InspectSettings.read(), answer_within=0)
    impatient = gateway_handler(lambda: Api(services, Log(), "inspect"))
    stage.functions["inspect"] = impatient
    stage("PUT", ACME, {})
    unreachable = {**CONNECTION, "login_url": "http://127.0.0.1:9"}
    stage("PUT", f"{ACME}/connections/crm", unreachable)

    status, problem = stage("PUT", f"{ACME}/jobs/tasks", TASKS, function="inspect")

    assert (status, problem["code"]) == (503, "org_unreachable")
    assert stage("GET", f"{ACME}/jobs/tasks")[1]["code"] == "unknown_job"
    assert boto3.client("scheduler").list_schedules()["Schedules"] == []


def test_a_connection_without_its_secret_says_so(stage: Stage) -> None:
    stage("PUT", ACME, {})
    stage("PUT", f"{ACME}/connections/crm", CONNECTION)
    boto3.client("secretsmanager").delete_secret(
        SecretId="syncline/test/connections/acme/crm", ForceDeleteWithoutRecovery=True
    )

    status, problem = stage("POST", f"{ACME}/connections/crm/test", function="inspect")

    assert (status, problem["code"]) == (422, "credentials_missing")


def test_a_dead_letter_is_asked_for_again(stage: Stage) -> None:
    stage("PUT", ACME, {})
    body = body_of(Drain("acme", "crm", "account", ("a-1",)))
    sqs = boto3.client("sqs")
    dead, working = (ENVIRONMENT[f"{name}_URL"] for name in (QUEUES[2], QUEUES[0]))
    letter = sqs.send_message(QueueUrl=dead, MessageBody=body)["MessageId"]

    (shown,) = stage("GET", f"{ACME}/dead-letters")[1]["items"]
    retried = stage("POST", f"{ACME}/dead-letters/{letter}/retry")

    assert (shown["id"], shown["code"]) == (letter, "cut_off")
    assert retried == (202, {"id": letter, "writer": "write_back"})
    assert sqs.receive_message(QueueUrl=working)["Messages"][0]["Body"] == body
    assert stage("GET", f"{ACME}/dead-letters")[1]["items"] == []


def test_logs_hold_no_values_and_no_secrets(
    stage: Stage, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "with-an-output-of-its-own")
    stage("PUT", ACME, {"title": "Top secret title"})
    stage("PUT", f"{ACME}/connections/crm", CONNECTION)
    stage("POST", f"{ACME}/tokens", {"name": "ci", "scopes": ["read"]})

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    assert [line["status"] for line in lines] == [201, 201, 201]
    assert lines[0]["token"] == "administrator"
    assert lines[0]["request"] == "JKJaXmPLvHcESHA="
    for word in ("secret title", "hush", ADMINISTRATOR, "syncline_", "3MVG9"):
        assert word not in json.dumps(lines)


def test_a_deployed_function_sends_no_credentials_to_its_own_machine(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SYNCLINE_ALLOW_LOOPBACK")
    stage("PUT", ACME, {})
    stage("PUT", f"{ACME}/connections/crm", {**CONNECTION, "login_url": "http://127.0.0.1:9"})

    status, problem = stage("PUT", f"{ACME}/jobs/tasks", TASKS, function="inspect")

    assert (status, problem["code"]) == (422, "login_url_not_encrypted")


def test_importing_a_function_needs_no_environment() -> None:
    assert callable(_api)


def test_an_incomplete_environment_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ENVIRONMENT:
        monkeypatch.setenv(name, "x")
    monkeypatch.delenv("JOURNAL_BUCKET")
    monkeypatch.setenv("RUNS_TABLE", "")

    with pytest.raises(ConfigurationError, match=r"lacks RUNS_TABLE, JOURNAL_BUCKET|JOURNAL"):
        ApiSettings.read()


@pytest.mark.parametrize(
    ("headers", "token"),
    [
        ({"authorization": "Bearer abc"}, "abc"),
        ({"Authorization": "bearer  abc "}, "abc"),
        ({"authorization": "Basic abc"}, ""),
        ({"authorization": "abc"}, ""),
        ({"authorization": ""}, ""),
        ({}, ""),
    ],
)
def test_the_token_stands_behind_bearer(headers: dict[str, str], token: str) -> None:
    assert bearer(headers) == token


def test_haste_pauses_until_time_is_up() -> None:
    passed = [100.0]
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        passed[0] += seconds

    haste = Haste(10, sleep=sleep, now=lambda: passed[0])
    haste(4)
    haste(5)

    with pytest.raises(RetryableError) as caught:
        haste(2)

    assert slept == [4, 5]
    assert caught.value.code == "org_unreachable"
