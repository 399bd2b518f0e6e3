"""Kill points of the local cloud: a function's process really dies before or after a call."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from local.cloud.cloud import LocalCloud
from local.cloud.loopback import Answer, LoopbackServer, Request
from tests.flows.cloud_fixture import start_cloud


class Upstream:
    """Stands for the Salesforce emulator: answers and remembers what arrived."""

    def __init__(self) -> None:
        self.arrived: list[str] = []
        self.server = LoopbackServer(self._serve)

    def _serve(self, request: Request) -> Answer:
        self.arrived.append(request.target)
        return Answer(200, b"pong")


@pytest.fixture(scope="module")
def salesforce() -> Iterator[Upstream]:
    upstream = Upstream()
    yield upstream
    upstream.server.close()


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory, salesforce: Upstream) -> Iterator[LocalCloud]:
    upstreams = {"salesforce": salesforce.server.url}
    with start_cloud(tmp_path_factory.mktemp("kill"), upstreams=upstreams) as running:
        yield running


def stored(cloud: LocalCloud) -> set[str]:
    """Names in the table, which is emptied."""
    table, dynamodb = cloud.resource("Table"), cloud.client("dynamodb")
    found = {item["pk"]["S"] for item in dynamodb.scan(TableName=table)["Items"]}
    for name in found:
        dynamodb.delete_item(TableName=table, Key={"pk": {"S": name}})
    return found


@pytest.mark.parametrize(("when", "kept"), [("before", {"a", "b"}), ("after", {"a", "b", "c"})])
def test_a_process_is_killed_around_its_third_call(
    cloud: LocalCloud, when: str, kept: set[str]
) -> None:
    point = cloud.kill_at("WorkerFunction", 3, when=when)

    result = cloud.invoke("WorkerFunction", {"do": "put_each", "names": ["a", "b", "c", "d"]})

    assert point.fired.wait(10)
    assert (point.service, point.operation) == ("dynamodb", "PutItem")
    assert result.error_type == "Runtime.ExitError"
    assert result.error_message.endswith("signal: killed")
    assert stored(cloud) == kept


def test_after_a_kill_the_next_event_meets_a_new_process(cloud: LocalCloud) -> None:
    cloud.kill_at("WorkerFunction", 1)
    order = {"do": "put_each", "names": ["a"]}
    assert not cloud.invoke("WorkerFunction", order).ok

    again = cloud.invoke("WorkerFunction", order)

    assert again.payload == 1
    assert stored(cloud) == {"a"}


def test_only_the_named_function_is_killed(cloud: LocalCloud) -> None:
    point = cloud.kill_at("HastyFunction", 1)

    assert cloud.invoke("WorkerFunction", {"do": "put_each", "names": ["a"]}).ok

    assert not point.fired.is_set()
    cloud.disarm()
    assert cloud.invoke("HastyFunction", {"do": "put_each", "names": ["a"]}).ok
    stored(cloud)


@pytest.mark.parametrize(("when", "arrivals"), [("before", 0), ("after", 1)])
def test_calls_to_another_upstream_are_counted_and_kill_points(
    cloud: LocalCloud, salesforce: Upstream, when: str, arrivals: int
) -> None:
    url = f"{salesforce.server.url}/services/data?q=1"
    assert cloud.invoke("WorkerFunction", {"do": "fetch", "url": url}).payload == "pong"
    assert cloud.calls.count("WorkerFunction", "salesforce", "GET /services/data") >= 1
    salesforce.arrived.clear()

    point = cloud.kill_at("WorkerFunction", 1, when=when)
    result = cloud.invoke("WorkerFunction", {"do": "fetch", "url": url})

    assert result.error_type == "Runtime.ExitError"
    assert point.service == "salesforce"
    assert len(salesforce.arrived) == arrivals


def test_the_journal_counts_by_function_service_and_operation(cloud: LocalCloud) -> None:
    cloud.calls.clear()

    cloud.invoke("WorkerFunction", {"do": "put_each", "names": ["a", "b"]})
    cloud.invoke("WorkerFunction", {"do": "report"})

    assert cloud.calls.counts() == {
        ("WorkerFunction", "dynamodb", "PutItem"): 2,
        ("WorkerFunction", "sqs", "SendMessage"): 1,
    }
    assert [call.status for call in cloud.calls.calls("WorkerFunction")] == [200, 200, 200]
    stored(cloud)
