"""What the WriteBackQueues port promises, and what SQS is asked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from syncline.aws.messages import LONGEST_DELAY, MESSAGE_BYTES, body_of, request_of
from syncline.aws.retries import Patience
from syncline.errors import ConfigurationError, InvariantError, RecordRejectedError, RetryableError
from syncline.memory.queues import MemoryQueues
from syncline.messaging.queues import SqsQueues
from syncline.ports import Drain, Expand, WriteBackQueues
from tests.contract.aws_cloud import AwsCloud
from tests.contract.fake_dynamodb import client_error

Requests = Sequence[Drain | Expand]
NOW_URL, BULK_URL = "https://sqs/now", "https://sqs/bulk"
AT_ONCE = Patience(attempts=3, sleep=lambda _: None)
LONG = "Ü🙂" * 100
"""1,800 bytes as a message has them."""


def drain(*ids: str, **changes: Any) -> Drain:
    return Drain("acme", "org", "task", ids, **changes)


@dataclass
class Sent:
    """Queues under test, and what was sent to the writers, as they read it."""

    queues: WriteBackQueues
    read: Callable[[bool], Requests]


def in_memory() -> Sent:
    queues = MemoryQueues()
    return Sent(
        queues, lambda bulk: [each.request for each in (queues.immediate, queues.bulk)[bulk]]
    )


def on_sqs(cloud: AwsCloud) -> Sent:
    sqs = cloud.clients.sqs
    urls = [
        sqs.create_queue(QueueName=f"{name}-{cloud.bucket}")["QueueUrl"] for name in ("now", "bulk")
    ]

    def read(bulk: bool) -> Requests:
        found: list[str] = []
        while answer := sqs.receive_message(QueueUrl=urls[bulk], MaxNumberOfMessages=10):
            messages = answer.get("Messages", [])
            if not messages:
                break
            found += [each["Body"] for each in messages]
        return [request_of(body) for body in found]

    return Sent(SqsQueues(sqs, immediate_url=urls[0], bulk_url=urls[1]), read)


@pytest.fixture(params=["memory", "aws"])
def sent(request: pytest.FixtureRequest) -> Sent:
    if request.param == "memory":
        return in_memory()
    return on_sqs(request.getfixturevalue("aws_cloud"))


def test_each_request_reaches_its_writer(sent: Sent) -> None:
    now: Requests = [drain("t-1", LONG, delays=3), Expand("acme", "b-1", 500), drain()]
    later = drain("t-2", bulk=True)

    sent.queues.send([now[0], later, *now[1:]])

    assert sorted(map(str, sent.read(False))) == sorted(map(str, now))
    assert list(sent.read(True)) == [later]


def test_many_requests_are_sent_at_once(sent: Sent) -> None:
    many = [drain(f"t-{number}") for number in range(25)]

    sent.queues.send(many)

    assert sorted(map(str, sent.read(False))) == sorted(map(str, many))


def test_a_drain_of_many_ids_is_cut(sent: Sent) -> None:
    ids = [f"{number}-{LONG}" for number in range(250)]

    sent.queues.send([drain(*ids, bulk=True, delays=2)])

    found = sent.read(True)
    assert len(found) > 1
    assert all(len(body_of(each)) <= MESSAGE_BYTES for each in found)
    assert sorted(id for each in found if isinstance(each, Drain) for id in each.ids) == sorted(ids)
    assert {(each.bulk, each.delays) for each in found if isinstance(each, Drain)} == {(True, 2)}


@pytest.mark.parametrize("delay", [-1, LONGEST_DELAY + 1])
def test_a_delay_that_no_queue_grants_is_refused(sent: Sent, delay: int) -> None:
    with pytest.raises(InvariantError):
        sent.queues.send([drain("t-1")], delay=delay)

    assert list(sent.read(False)) == []


def test_nothing_is_sent_of_nothing(sent: Sent) -> None:
    sent.queues.send([])

    assert list(sent.read(False)) == []


@dataclass
class FakeSqs:
    """Remembers its calls. `failing` holds, for each call, the code and whose fault it was of each
    entry that fails; `faults` are raised by the next calls."""

    failing: list[dict[str, tuple[str, bool]]] = field(default_factory=list)
    faults: list[Exception] = field(default_factory=list)
    calls: list[tuple[str, list[dict[str, Any]]]] = field(default_factory=list)

    def send_message_batch(self, **request: Any) -> Any:
        if self.faults:
            raise self.faults.pop(0)
        self.calls.append((request["QueueUrl"], request["Entries"]))
        failing = self.failing.pop(0) if self.failing else {}
        failed = [
            {"Id": id, "Code": code, "SenderFault": ours, "Message": "told by the fake"}
            for id, (code, ours) in failing.items()
        ]
        return {"Successful": [], "Failed": failed} if failed else {"Successful": []}


def queues_on(client: Any) -> SqsQueues:
    return SqsQueues(client, immediate_url=NOW_URL, bulk_url=BULK_URL, patience=AT_ONCE)


def test_a_call_has_ten_messages_at_most() -> None:
    sqs = FakeSqs()

    queues_on(sqs).send([drain(f"t-{number}") for number in range(21)], delay=60)

    assert [len(entries) for _, entries in sqs.calls] == [10, 10, 1]
    assert {each["DelaySeconds"] for _, entries in sqs.calls for each in entries} == {60}
    assert all(len({each["Id"] for each in entries}) == len(entries) for _, entries in sqs.calls)


def test_a_call_is_no_larger_than_a_message_may_be() -> None:
    sqs = FakeSqs()
    ids = [f"{number}-{LONG}" for number in range(40)]

    queues_on(sqs).send([drain(*ids) for _ in range(5)])

    sizes = [sum(len(each["MessageBody"]) for each in entries) for _, entries in sqs.calls]
    assert max(sizes) <= MESSAGE_BYTES
    assert len(sizes) > 1


def test_the_messages_that_failed_are_sent_again() -> None:
    sqs = FakeSqs(failing=[{"1": ("InternalError", False), "2": ("RequestThrottled", True)}])

    queues_on(sqs).send([drain(f"t-{number}") for number in range(3)])

    first, again = ([each["MessageBody"] for each in entries] for _, entries in sqs.calls)
    assert again == first[1:]


def test_a_queue_that_goes_on_refusing_is_told() -> None:
    sqs = FakeSqs(failing=[{"0": ("InternalError", False)}] * AT_ONCE.attempts)

    with pytest.raises(RetryableError):
        queues_on(sqs).send([drain("t-1")])

    assert len(sqs.calls) == AT_ONCE.attempts


def test_a_message_that_is_our_fault_is_not_sent_again() -> None:
    sqs = FakeSqs(failing=[{"0": ("InvalidMessageContents", True)}])

    with pytest.raises(InvariantError):
        queues_on(sqs).send([drain("t-1")])

    assert len(sqs.calls) == 1


def test_a_busy_queue_is_asked_later() -> None:
    sqs = FakeSqs(faults=[client_error("RequestThrottled")])

    with pytest.raises(RetryableError):
        queues_on(sqs).send([drain("t-1")])


def test_a_missing_queue_is_told_with_its_remedy(aws_cloud: AwsCloud) -> None:
    sqs = aws_cloud.clients.sqs
    url = sqs.create_queue(QueueName=f"gone-{aws_cloud.bucket}")["QueueUrl"]
    sqs.delete_queue(QueueUrl=url)

    with pytest.raises(ConfigurationError) as refused:
        SqsQueues(sqs, immediate_url=url, bulk_url=url).send([drain("t-1")])

    assert "queue" in (refused.value.remedy or "")


@pytest.mark.parametrize(
    ("body", "request_"),
    [
        ('{"workspace": "acme", "connection": "org", "object": "task"}', drain()),
        ('{"workspace": "acme", "batch": "b-1"}', Expand("acme", "b-1")),
    ],
)
def test_what_is_at_rest_may_be_left_out(body: str, request_: Drain | Expand) -> None:
    assert request_of(body) == request_


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ("no JSON", ()),
        ("[1]", ()),
        ('{"workspace": "", "connection": "org", "object": "t", "x": 1}', ("workspace", "x")),
        ('{"workspace": "acme", "batch": "b-1", "start": -1}', ("start",)),
        ('{"workspace": "a", "connection": "org", "object": "t", "ids": ["x", 1]}', ("ids.1",)),
    ],
)
def test_a_malformed_body_names_its_fields(body: str, fields: tuple[str, ...]) -> None:
    with pytest.raises(RecordRejectedError) as refused:
        request_of(body)

    assert refused.value.code == "message_malformed"
    assert tuple(refused.value.fields) == fields
