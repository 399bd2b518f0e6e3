"""What the DeadLetters port promises: looking takes nothing away, a taken letter can be removed."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from syncline.aws.messages import body_of
from syncline.errors import ConfigurationError, RetryableError
from syncline.memory.dead_letters import MemoryDeadLetters
from syncline.messaging.dead_letters import LOOKS, SqsDeadLetters
from syncline.ports import DeadLetters, Drain, Expand
from tests.contract.aws_cloud import AwsCloud
from tests.contract.fake_dynamodb import client_error

NOW = "2026-01-05T12:00:00Z"
OURS = Drain("acme", "org", "task", ("t-1",))
MALFORMED = '{"workspace": "acme", "note": "Ada Lovelace"}'


@dataclass
class Given:
    """The port under test; `give_up(body, bulk)` answers the id of the letter."""

    letters: DeadLetters
    give_up: Callable[[str, bool], str]


def in_memory() -> Given:
    letters = MemoryDeadLetters()

    def give_up(body: str, bulk: bool) -> str:
        id = f"m-{len(letters.letters)}"
        letters.give_up(id, body, sent_at=NOW, bulk=bulk)
        return id

    return Given(letters, give_up)


def on_sqs(cloud: AwsCloud) -> Given:
    sqs = cloud.clients.sqs
    urls = [
        sqs.create_queue(QueueName=f"dead-{name}-{cloud.bucket}")["QueueUrl"]
        for name in ("now", "bulk")
    ]

    def give_up(body: str, bulk: bool) -> str:
        return sqs.send_message(QueueUrl=urls[bulk], MessageBody=body)["MessageId"]

    return Given(SqsDeadLetters(sqs, immediate_url=urls[0], bulk_url=urls[1]), give_up)


@pytest.fixture(params=["memory", "aws"])
def given(request: pytest.FixtureRequest) -> Given:
    if request.param == "memory":
        return in_memory()
    return on_sqs(request.getfixturevalue("aws_cloud"))


def test_letters_of_both_writers_are_shown(given: Given) -> None:
    bulk = replace(OURS, bulk=True)
    expand = Expand("acme", "b-1", 500)
    wanted = {
        given.give_up(body_of(OURS), False): (False, OURS),
        given.give_up(body_of(bulk), True): (True, bulk),
        given.give_up(body_of(expand), False): (False, expand),
    }

    found = {each.id: (each.bulk, each.request) for each in given.letters.peek()}

    assert found == wanted
    assert {each.workspace for each in given.letters.peek()} == {"acme"}


def test_looking_takes_nothing_away(given: Given) -> None:
    ids = {given.give_up(body_of(replace(OURS, ids=(f"t-{at}",))), False) for at in range(12)}

    assert {each.id for each in given.letters.peek()} == ids
    assert {each.id for each in given.letters.peek()} == ids


def test_a_letter_nobody_understands_says_why(given: Given) -> None:
    given.give_up(MALFORMED, False)

    (letter,) = given.letters.peek()

    assert (letter.request, letter.workspace) == (None, "")
    assert "connection is missing" in letter.flaw
    assert "Lovelace" not in letter.flaw


def test_a_taken_letter_can_be_removed(given: Given) -> None:
    kept = given.give_up(body_of(OURS), True)
    id = given.give_up(body_of(OURS), True)

    letter = given.letters.take(id, "acme")
    assert letter is not None
    given.letters.remove(letter)

    assert [each.id for each in given.letters.peek()] == [kept]


def test_another_workspaces_letter_is_not_taken(given: Given) -> None:
    id = given.give_up(body_of(OURS), False)
    malformed = given.give_up(MALFORMED, False)

    assert given.letters.take(id, "beta") is None
    assert given.letters.take(malformed, "acme") is None
    assert given.letters.take("nothing", "acme") is None

    assert {each.id for each in given.letters.peek()} == {id, malformed}


def test_a_letter_of_no_workspace_can_be_removed(given: Given) -> None:
    id = given.give_up(MALFORMED, False)

    letter = given.letters.take(id, "")
    assert letter is not None
    given.letters.remove(letter)

    assert list(given.letters.peek()) == []


def test_no_letters_are_an_empty_list(given: Given) -> None:
    assert list(given.letters.peek()) == []


@dataclass
class FullQueue:
    """Never runs out of letters; remembers what it was asked."""

    received: int = 0
    given_back: list[int] = field(default_factory=list)
    fault: Exception | None = None

    def receive_message(self, **request: Any) -> Any:
        if self.fault is not None:
            raise self.fault
        assert request["VisibilityTimeout"] > 0
        self.received += 1
        ids = [f"{self.received}-{at}" for at in range(request["MaxNumberOfMessages"])]
        return {"Messages": [self._message(id) for id in ids]}

    def change_message_visibility_batch(self, **request: Any) -> Any:
        assert all(each["VisibilityTimeout"] == 0 for each in request["Entries"])
        self.given_back.append(len(request["Entries"]))
        return {"Failed": []}

    def _message(self, id: str) -> Any:
        sent = {"SentTimestamp": "1767614400000"}
        return {"MessageId": id, "ReceiptHandle": id, "Body": body_of(OURS), "Attributes": sent}


def letters_of(client: Any) -> SqsDeadLetters:
    return SqsDeadLetters(client, immediate_url="https://sqs/now", bulk_url="https://sqs/bulk")


def test_a_look_is_bounded_and_gives_all_back() -> None:
    queue = FullQueue()

    found = letters_of(queue).peek()

    assert queue.received == 2 * LOOKS
    assert len(found) == sum(queue.given_back)
    assert {each.sent_at for each in found} == {NOW}
    assert max(queue.given_back) == 10


def test_a_letter_that_was_found_ends_the_search() -> None:
    queue = FullQueue()

    letter = letters_of(queue).take("2-3", "acme")

    assert letter is not None
    assert (letter.handle, queue.received, sum(queue.given_back)) == ("2-3", 2, 19)


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("RequestThrottled", RetryableError),
        ("AWS.SimpleQueueService.NonExistentQueue", ConfigurationError),
    ],
)
def test_a_queue_that_fails_is_told(code: str, error: type[Exception]) -> None:
    queue = FullQueue(fault=client_error(code))

    with pytest.raises(error):
        letters_of(queue).peek()


def test_a_message_given_up_keeps_its_id(aws_cloud: AwsCloud) -> None:
    """https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html"""
    sqs = aws_cloud.clients.sqs
    dead = sqs.create_queue(QueueName=f"dead-{aws_cloud.bucket}")["QueueUrl"]
    told = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])
    policy = {"deadLetterTargetArn": told["Attributes"]["QueueArn"], "maxReceiveCount": 1}
    given: Any = {"RedrivePolicy": json.dumps(policy), "VisibilityTimeout": "0"}
    url = sqs.create_queue(QueueName=f"working-{aws_cloud.bucket}", Attributes=given)["QueueUrl"]
    id = sqs.send_message(QueueUrl=url, MessageBody=body_of(OURS))["MessageId"]
    assert sqs.receive_message(QueueUrl=url)["Messages"]
    assert "Messages" not in sqs.receive_message(QueueUrl=url)

    letters = SqsDeadLetters(sqs, immediate_url=dead, bulk_url=dead).peek()

    assert [(each.id, each.request) for each in letters] == [(id, OURS)]
