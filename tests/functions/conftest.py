"""Each function as Lambda would have it: its own app.py and the environment of the template, over
a data plane and a Salesforce org on loopback, the org with two accounts and a task."""

import importlib
import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import boto3
import pytest

from local.cloud.ministack import MiniStack
from local.cloud.template import Template, load_template
from local.salesforce.running import Running
from local.salesforce.running import start as start_salesforce
from syncline.runtime import wiring

ROOT: Final = Path(__file__).parents[2]
REGION: Final = "eu-central-1"
ADMINISTRATOR: Final = "example-administrator-token"
JOBS: Final = {
    "accounts": "accounts_inbound",
    "accounts-out": "accounts_outbound",
    "users": "users_inbound",
    "tasks": "tasks_inbound",
    "tasks-out": "tasks_outbound",
    "touchpoints": "touchpoints_inbound",
    "touchpoints-out": "touchpoints_outbound",
    "campaign-touches": "campaign_touches_outbound",
}
Json = dict[str, Any]
Invoke = Callable[[str, Json], Json]


@dataclass(frozen=True, slots=True)
class Context:
    """The part of Lambda's context that code may ask."""

    function_name: str
    memory_limit_in_mb: int = 1024
    aws_request_id: str = "00000000-0000-4000-8000-000000000000"
    invoked_function_arn: str = "arn:aws:lambda:eu-central-1:000000000000:function:example"

    def get_remaining_time_in_millis(self) -> int:
        return 900_000


def event(folder: str, case: str) -> Json:
    found: Json = json.loads((ROOT / "events" / folder / f"{case}.json").read_text())
    return found


@pytest.fixture(scope="session")
def template() -> Template:
    return load_template(ROOT / "template.yaml", parameters={}, region=REGION)


@pytest.fixture(scope="session")
def salesforce() -> Iterator[Running]:
    with start_salesforce() as running:
        running.control.load(
            [
                ("Account", {"Id": "001000000000001AAA", "Name": "Ada", "Industry": "Energy"}),
                ("Account", {"Id": "001000000000002AAA", "Name": "Bell"}),
                (
                    "Task",
                    {
                        "Id": "00T000000000001EAA",
                        "Subject": "Call",
                        "WhatId": "001000000000001AAA",
                    },
                ),
            ]
        )
        yield running


@dataclass(slots=True)
class Aws:
    """The stack's stores: logical id → physical name, new names for each test."""

    template: Template
    label: str
    names: dict[str, str] = field(default_factory=dict)

    def stand(self) -> None:
        tables = boto3.client("dynamodb")
        for name, each in self.template.resources.items():
            if each["Type"] == "AWS::DynamoDB::Table":
                kept = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")
                given = {key: each["Properties"][key] for key in kept if key in each["Properties"]}
                self.names[name] = f"{name}-{self.label}"
                tables.create_table(
                    TableName=self.names[name], BillingMode="PAY_PER_REQUEST", **given
                )
        self.names["JournalBucket"] = f"journal-{self.label}"
        boto3.client("s3").create_bucket(
            Bucket=self.names["JournalBucket"],
            CreateBucketConfiguration={"LocationConstraint": REGION},
        )
        secret = boto3.client("secretsmanager").create_secret(
            Name=f"admin-{self.label}", SecretString=ADMINISTRATOR
        )
        topic = boto3.client("sns").create_topic(Name=f"notifications-{self.label}")
        group = f"syncline-{self.label}"
        boto3.client("scheduler").create_schedule_group(Name=group)
        self.names |= {
            "AdminToken": secret["ARN"],
            "NotificationsTopic": topic["TopicArn"],
            "JobScheduleGroup": group,
            "SchedulerRole": "arn:aws:iam::000000000000:role/scheduler",
        }

    def environment(self, folder: str) -> dict[str, str]:
        name = next(name for name, path in self.template.code.items() if path.name == folder)
        variables = self.template.resources[name]["Properties"]["Environment"]["Variables"]
        found = {key: self._value(value) for key, value in variables.items()}
        return {**found, "SYNCLINE_ALLOW_LOOPBACK": "true"}

    def _value(self, value: Any) -> str:
        if not isinstance(value, Mapping):
            return str(value)
        if "Fn::Sub" in value:
            text = str(value["Fn::Sub"]).replace("${Stage}", "dev")
            text = text.replace("${AWS::Partition}", "aws").replace("${AWS::Region}", REGION)
            return text.replace("${AWS::AccountId}", "000000000000")
        named = value["Ref"] if "Ref" in value else value["Fn::GetAtt"][0]
        return self.names.get(named, self.template.parameters.get(named, named))


@pytest.fixture(scope="session")
def data_plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MiniStack]:
    scratch = tmp_path_factory.mktemp("data-plane")
    clock = scratch / "clock"
    clock.write_text("0")
    ministack = MiniStack(
        python=ROOT / ".envs" / "ministack" / "bin" / "python",
        scratch=scratch,
        log=scratch / "log",
        clock_file=clock,
        region=REGION,
    )
    yield ministack
    ministack.close()


@pytest.fixture
def aws(
    data_plane: MiniStack, template: Template, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Aws]:
    monkeypatch.setenv("AWS_ENDPOINT_URL", data_plane.endpoint)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    wiring.clients.cache_clear()
    wiring.database.cache_clear()
    stores = Aws(template, secrets.token_hex(4))
    stores.stand()
    yield stores
    wiring.clients.cache_clear()
    wiring.database.cache_clear()


@pytest.fixture
def invoke(aws: Aws) -> Invoke:
    """Calls a function in the environment of the template and in no other variable of it."""

    def call(folder: str, payload: Json) -> Json:
        with pytest.MonkeyPatch.context() as environment:
            for name, value in aws.environment(folder).items():
                environment.setenv(name, value)
            app = importlib.reload(importlib.import_module(f"functions.{folder}.app"))
            answer: Json = json.loads(json.dumps(app.handler(payload, Context(folder))))
            return answer

    return call


@pytest.fixture
def workspace(invoke: Invoke, salesforce: Running) -> None:
    """The workspace `demo` with a connection and a job of each kind, made through the functions."""
    path = "/v1/workspaces/demo"
    send(invoke, "api", "PUT", path, {"title": "Demo"}, administrator=True)
    connection = {
        "login_url": salesforce.http,
        "credentials": {
            "client_id": salesforce.client_id,
            "client_secret": salesforce.client_secret,
        },
    }
    send(invoke, "api", "PUT", f"{path}/connections/crm", connection)
    for job, kind in JOBS.items():
        body = {"kind": kind, "connection": "crm"}
        send(invoke, "inspect", "PUT", f"{path}/jobs/{job}", body)


def send(
    invoke: Invoke, folder: str, method: str, path: str, body: Json, *, administrator: bool = False
) -> None:
    """A request made from one of the files, with its identity."""
    request = event("api", "put_workspace" if administrator else "put_record")
    http = request["requestContext"]["http"]
    http["method"], http["path"] = method, path
    answer = invoke(folder, {**request, "rawPath": path, "body": json.dumps(body)})
    assert answer["statusCode"] in {200, 201}, answer
