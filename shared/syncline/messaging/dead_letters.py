"""What the writers gave up, in the dead-letter queues of SQS."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from syncline.aws.faults import translated
from syncline.aws.messages import MESSAGES_PER_CALL, letter_of
from syncline.engine.moments import canonical_instant
from syncline.ports import DeadLetter

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

LOOKS: Final = 50
"""Calls to one queue at one look: at most 500 letters."""
_HIDDEN: Final = 30
"""Seconds; a look gives its letters back as soon as it ends, if it lives."""
_DOING: Final = "a look at the dead letters"


class SqsDeadLetters:
    """The DeadLetters port.

    A message is moved with its id, its enqueue time stays, and its receive count goes on over both
    queues, so looking counts, too: how often a writer tried is noted elsewhere.
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/setting-up-dead-letter-queue-retention.html,
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
    Which queue it comes from (DeadLetterQueueSourceArn) is known, each having one of its own.
    """

    def __init__(self, client: "SQSClient", *, immediate_url: str, bulk_url: str) -> None:
        self._client = client
        self._urls = {False: immediate_url, True: bulk_url}

    def peek(self) -> Sequence[DeadLetter]:
        found: dict[str, DeadLetter] = {}
        with translated(_DOING):
            for bulk in self._urls:
                seen = {each.id: each for some in self._looks(bulk) for each in some}
                self._give_back(list(seen.values()))
                found.update(seen)
        return sorted(found.values(), key=lambda letter: (letter.sent_at, letter.id))

    def take(self, id: str, workspace: str) -> DeadLetter | None:
        with translated(_DOING):
            found = (self._taken(bulk, id, workspace) for bulk in self._urls)
            return next(filter(None, found), None)

    def remove(self, letter: DeadLetter) -> None:
        """With the handle of the last sight, also once its time is over:
        https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessage.html
        """
        with translated("deleting a dead letter"):
            self._client.delete_message(
                QueueUrl=self._urls[letter.bulk], ReceiptHandle=letter.handle
            )

    def _taken(self, bulk: bool, id: str, workspace: str) -> DeadLetter | None:
        others: dict[str, DeadLetter] = {}
        found: DeadLetter | None = None
        for some in self._looks(bulk):
            others.update({each.id: each for each in some})
            found = others.get(id)
            if found is not None:
                break
        if found is not None and found.workspace == workspace:
            del others[id]
        else:
            found = None
        self._give_back(list(others.values()))
        return found

    def _looks(self, bulk: bool) -> Iterator[list[DeadLetter]]:
        """A long poll asks all servers, so that an empty answer means an empty queue:
        https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html
        """
        for _ in range(LOOKS):
            answer = self._client.receive_message(
                QueueUrl=self._urls[bulk],
                MaxNumberOfMessages=MESSAGES_PER_CALL,
                VisibilityTimeout=_HIDDEN,
                WaitTimeSeconds=1,
                MessageSystemAttributeNames=["SentTimestamp"],
            )
            if not answer.get("Messages"):
                return
            yield [_letter(message, bulk=bulk) for message in answer["Messages"]]

    def _give_back(self, letters: Sequence[DeadLetter]) -> None:
        """Those that are not taken back come back by themselves."""
        for start in range(0, len(letters), MESSAGES_PER_CALL):
            some = letters[start : start + MESSAGES_PER_CALL]
            entries: Any = [
                {"Id": str(at), "ReceiptHandle": each.handle, "VisibilityTimeout": 0}
                for at, each in enumerate(some)
            ]
            url = self._urls[some[0].bulk]
            self._client.change_message_visibility_batch(QueueUrl=url, Entries=entries)


def _letter(message: Any, *, bulk: bool) -> DeadLetter:
    sent = datetime.fromtimestamp(int(message["Attributes"]["SentTimestamp"]) / 1000, UTC)
    return letter_of(
        message["Body"],
        id=message["MessageId"],
        bulk=bulk,
        sent_at=canonical_instant(sent),
        handle=message["ReceiptHandle"],
    )
