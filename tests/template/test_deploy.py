"""The built template, as it is, with SAM's own client: it deploys, updates and is deleted."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from local.cloud.ministack import MiniStack

pytestmark = pytest.mark.deploy

REGION = "eu-central-1"
STACK = "syncline-deploy-test"


@pytest.fixture(scope="module")
def cloud(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MiniStack]:
    scratch = tmp_path_factory.mktemp("cloud")
    clock = scratch / "clock"
    clock.write_text("0")
    ministack = MiniStack(
        python=root / ".envs" / "ministack" / "bin" / "python",
        scratch=scratch,
        log=scratch / "log",
        clock_file=clock,
        region=REGION,
    )
    yield ministack
    ministack.close()


@pytest.fixture(scope="module")
def session() -> boto3.Session:
    return boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name=REGION)


class Deployed:
    """One stack, told by what SAM's client did to it."""

    def __init__(self, root: Path, cloud: MiniStack, session: boto3.Session) -> None:
        self._root = root
        self._endpoint = cloud.endpoint
        self._formation = session.client("cloudformation", endpoint_url=cloud.endpoint)

    def deploy(self, *parameters: str) -> None:
        environment = {
            **os.environ,
            "AWS_ENDPOINT_URL": self._endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": REGION,
            "SAM_CLI_TELEMETRY": "0",
        }
        command = [
            *(str(self._root / ".envs" / "sam" / "bin" / "sam"), "deploy"),
            *("--stack-name", STACK, "--resolve-s3", "--capabilities", "CAPABILITY_IAM"),
            *("--no-confirm-changeset", "--no-progressbar"),
            *("--parameter-overrides", *parameters),
        ]
        done = subprocess.run(
            command, cwd=self._root, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]

    def delete(self) -> None:
        self._formation.delete_stack(StackName=STACK)
        self._formation.get_waiter("stack_delete_complete").wait(
            StackName=STACK, WaiterConfig={"Delay": 1}
        )

    @property
    def status(self) -> str:
        (stack,) = self._formation.describe_stacks(StackName=STACK)["Stacks"]
        return str(stack["StackStatus"])

    def physical(self, logical: str) -> str:
        detail: dict[str, Any] = self._formation.describe_stack_resource(
            StackName=STACK, LogicalResourceId=logical
        )["StackResourceDetail"]
        return str(detail["PhysicalResourceId"])


def test_it_deploys_updates_and_is_deleted(
    root: Path, cloud: MiniStack, session: boto3.Session
) -> None:
    functions = session.client("lambda", endpoint_url=cloud.endpoint)
    tables = session.client("dynamodb", endpoint_url=cloud.endpoint)
    topics = session.client("sns", endpoint_url=cloud.endpoint)
    stack = Deployed(root, cloud, session)

    stack.deploy("Stage=dev")

    assert stack.status == "CREATE_COMPLETE"
    names = {each["FunctionName"] for each in functions.list_functions()["Functions"]}
    folders = {path.name for path in (root / "functions").iterdir() if path.is_dir()}
    assert names == {f"syncline-dev-{folder.replace('_', '-')}" for folder in folders}
    table = stack.physical("RunsTable")
    assert tables.describe_table(TableName=table)["Table"]["TableStatus"] == "ACTIVE"
    topic = stack.physical("NotificationsTopic")
    assert topics.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"] == []

    stack.deploy("Stage=dev", "NotificationEmail=ops@example.com")

    assert stack.status == "UPDATE_COMPLETE"
    assert stack.physical("RunsTable") == table
    (subscription,) = topics.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert subscription["Endpoint"] == "ops@example.com"

    stack.delete()

    assert functions.list_functions()["Functions"] == []
    assert tables.list_tables()["TableNames"] == []
