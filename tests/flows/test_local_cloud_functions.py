"""Functions of the local cloud: own process, own environment, Lambda's limits and failures."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from local.cloud.cloud import LocalCloud
from tests.flows.cloud_fixture import (
    TEMPLATE,
    eventually,
    next_report,
    open_gate,
    start_cloud,
)


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    env: dict[str, dict[str, str] | str] = {
        "FOR_ALL": "1",
        "WorkerFunction": {"FOR_WORKER": "2"},
    }
    with start_cloud(tmp_path_factory.mktemp("functions"), env=env) as running:
        yield running


def environment(cloud: LocalCloud, function: str) -> dict[str, str]:
    found: dict[str, str] = cloud.invoke(function, {"do": "environment"}).payload
    return found


def test_a_function_sees_its_own_environment_and_nothing_of_the_runner(
    cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_OF_THE_RUNNER", "1")
    cloud.recycle("WorkerFunction")

    worker, api = environment(cloud, "WorkerFunction"), environment(cloud, "ApiFunction")

    assert worker["TABLE"] == cloud.resource("Table")
    assert worker["GREETING"] == "hello test"
    assert worker["SECRET"].startswith("arn:aws:secretsmanager:")
    assert worker["AWS_LAMBDA_FUNCTION_NAME"] == cloud.resource("WorkerFunction")
    assert (worker["OWN"], worker["FOR_ALL"], worker["FOR_WORKER"]) == ("yes", "1", "2")
    assert "SECRET_OF_THE_RUNNER" not in worker
    assert not {"OWN", "FOR_WORKER"} & api.keys()
    assert api["FOR_ALL"] == "1"


def test_what_a_condition_excludes_is_not_there(cloud: LocalCloud) -> None:
    with pytest.raises(KeyError):
        cloud.resource("OnlyInProduction")


def test_time_to_live_of_the_template_is_on(cloud: LocalCloud) -> None:
    answer = cloud.client("dynamodb").describe_time_to_live(TableName=cloud.resource("Table"))

    assert answer["TimeToLiveDescription"]["AttributeName"] == "expires"


def test_two_environments_run_at_once_and_are_reused(cloud: LocalCloud) -> None:
    with ThreadPoolExecutor(2) as threads:
        waiting = [
            threads.submit(cloud.invoke, "ParallelFunction", {"do": "wait"}) for _ in range(2)
        ]
        open_gate(cloud, times=2)
        assert all(each.result().ok for each in waiting)

    pids = {cloud.invoke("ParallelFunction", {"do": "pid"}).payload for _ in range(4)}

    assert len(pids) == 1
    assert os.getpid() not in pids


def test_the_time_limit_ends_the_process_as_lambda_reports_it(cloud: LocalCloud) -> None:
    before = cloud.invoke("HastyFunction", {"do": "pid"}).payload
    assert 0 < cloud.invoke("HastyFunction", {"do": "remaining"}).payload <= 1000

    result = cloud.invoke("HastyFunction", {"do": "hang"})

    assert result.error == "Unhandled"
    assert result.error_type == "Sandbox.Timedout"
    assert result.error_message.endswith("Task timed out after 1.00 seconds")
    assert cloud.invoke("HastyFunction", {"do": "pid"}).payload != before


def test_a_run_can_be_given_another_time_limit(tmp_path: Path) -> None:
    with start_cloud(tmp_path, timeouts={"WorkerFunction": 7}, deliveries=0) as cloud:
        left = cloud.invoke("WorkerFunction", {"do": "remaining"}).payload

    assert 5000 < left <= 7000


def test_a_process_that_ends_is_reported_and_replaced(cloud: LocalCloud) -> None:
    result = cloud.invoke("WorkerFunction", {"do": "exit"})

    assert result.error_type == "Runtime.ExitError"
    assert result.error_message.endswith("Runtime exited with error: exit status 3")
    assert cloud.invoke("WorkerFunction", {"do": "pid"}).ok


def test_an_exception_comes_back_as_lambdas_error_document(cloud: LocalCloud) -> None:
    result = cloud.invoke("WorkerFunction", {"do": "fail"})

    assert (result.error, result.error_type) == ("Unhandled", "ValueError")
    assert result.error_message == "told to fail"


def test_a_failed_event_goes_to_the_topic_without_a_retry(cloud: LocalCloud) -> None:
    event = {"do": "fail", "mark": "once"}

    cloud.invoke_async("WorkerFunction", event)

    letter = next_report(cloud, "Failures")
    assert '"approximateInvokeCount": 1' in letter["Message"]
    assert '"mark": "once"' in letter["Message"]


def test_an_event_is_tried_again_on_the_runners_clock(cloud: LocalCloud) -> None:
    def failures() -> int:
        return "".join(cloud.logs("ApiFunction")).count("[ERROR] ValueError")

    last = cloud.invoke_async("ApiFunction", {"do": "fail"})
    assert eventually(lambda: failures() == 1)

    assert eventually(lambda: bool(cloud.clock.advance(60)) and failures() == 3)
    assert last.result().error_type == "ValueError"


def test_peak_memory_is_of_the_functions_own_process(cloud: LocalCloud) -> None:
    cloud.recycle("ReaderFunction")
    cloud.invoke("ReaderFunction", {"do": "pid"})
    small = cloud.peak_memory("ReaderFunction")

    cloud.invoke("ReaderFunction", {"do": "grow", "bytes": 100 << 20})

    grown = cloud.peak_memory("ReaderFunction") - small
    assert 90 << 20 < grown < 130 << 20
    assert small > 10 << 20


def test_lines_of_a_function_are_kept(cloud: LocalCloud) -> None:
    cloud.invoke("WorkerFunction", {"do": "log", "text": "a line of its own"})

    assert any("a line of its own" in line for line in cloud.logs("WorkerFunction"))


def test_a_function_is_invoked_through_the_aws_address_too(cloud: LocalCloud) -> None:
    call = [
        "lambda",
        "invoke",
        {"FunctionName": cloud.resource("ReaderFunction"), "Payload": '{"do": "pid"}'},
    ]

    result = cloud.invoke("WorkerFunction", {"do": "attempt", "call": call})

    assert result.payload == "allowed"


def test_no_child_outlives_a_runner_that_is_killed(tmp_path: Path) -> None:
    program = (
        "import os, pathlib\n"
        "from local.cloud.cloud import LocalCloud\n"
        f"cloud = LocalCloud.start(pathlib.Path({str(TEMPLATE)!r}), "
        f"home=pathlib.Path({str(tmp_path)!r}))\n"
        "cloud.invoke('WorkerFunction', {'do': 'pid'})\n"
        "threads = pathlib.Path('/proc/self/task').glob('*/children')\n"
        "print(*[each.read_text() for each in threads], flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    runner = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )

    children = [Path("/proc") / pid for pid in runner.stdout.split()]

    assert runner.returncode == -9
    assert len(children) >= 2
    assert eventually(lambda: not any(child.exists() for child in children))
