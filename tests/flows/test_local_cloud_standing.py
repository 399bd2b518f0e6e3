"""The local cloud as a command, and what it says when it cannot stand."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from local.cloud.cloud import LocalCloud
from local.cloud.ministack import DataPlaneError
from tests.flows.cloud_fixture import TEMPLATE, eventually, start_cloud

BROKEN = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties: { RedrivePolicy: { maxReceiveCount: nonsense, deadLetterTargetArn: none } }
"""


def test_the_command_tells_its_addresses_and_ends_everything_on_ctrl_c(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "local.cloud", "--template", str(TEMPLATE)]
    with subprocess.Popen(
        [*command, "--home", str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        api = running.stdout.readline().split()[1]
        order = {"do": "pid"}
        answer = httpx.post(f"{api}/__cloud__/invoke/WorkerFunction", json=order, timeout=30)
        pid = answer.json()["payload"]

        running.send_signal(signal.SIGINT)

        assert running.wait(20) == 0
        assert "output ApiUrl" in running.stdout.read()
    assert eventually(lambda: not Path(f"/proc/{pid}").exists())


def test_a_missing_data_plane_is_told_with_its_remedy(tmp_path: Path) -> None:
    with pytest.raises(DataPlaneError, match=r"make .envs/ministack"):
        start_cloud(tmp_path, ministack=tmp_path / "python")


def test_a_stack_that_fails_names_the_resource(tmp_path: Path) -> None:
    template = tmp_path / "template.yaml"
    template.write_text(BROKEN)

    with pytest.raises(DataPlaneError, match="Queue"):
        LocalCloud.start(template)


def test_an_unknown_option_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="deliverys"):
        start_cloud(tmp_path, deliverys=2)


def test_a_due_schedule_can_be_delivered_twice(tmp_path: Path) -> None:
    with start_cloud(tmp_path, deliveries=2) as cloud:
        function, due = cloud.functions["WorkerFunction"], cloud.clock.utc() + timedelta(minutes=10)
        cloud.client("scheduler").create_schedule(
            Name="twice",
            ScheduleExpression=f"at({due:%Y-%m-%dT%H:%M:%S})",
            FlexibleTimeWindow={"Mode": "OFF"},
            Target={
                "Arn": function.arn,
                "RoleArn": function.role_arn,
                "Input": json.dumps({"do": "put_each", "names": ["a"]}),
            },
        )

        cloud.clock.advance(timedelta(minutes=11))

        assert eventually(lambda: cloud.calls.count("WorkerFunction", "dynamodb", "PutItem") == 2)
