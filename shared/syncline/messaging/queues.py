"""The queues of the two writers, in SQS."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from syncline.aws.faults import PASSING, fault, translated
from syncline.aws.messages import body_of, calls_of, is_for_bulk, messages_of
from syncline.aws.retries import Patience
from syncline.errors import RetryableError
from syncline.ports import Drain, Expand

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

_DOING: Final = "a request to a writer"


class SqsQueues:
    """The WriteBackQueues port. Messages are answered one by one, also in a call that succeeds:
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
    """

    def __init__(
        self,
        client: "SQSClient",
        *,
        immediate_url: str,
        bulk_url: str,
        patience: Patience | None = None,
    ) -> None:
        self._client = client
        self._urls = {False: immediate_url, True: bulk_url}
        self._patience = patience or Patience()

    def send(self, requests: Sequence[Drain | Expand], *, delay: int = 0) -> None:
        """RetryableError when patience ends, with some of them sent: the caller sends all again,
        which asks for nothing twice. InvariantError for a delay beyond 900 seconds."""
        messages = messages_of(requests, delay=delay)
        for bulk, url in self._urls.items():
            bodies = [body_of(each) for each in messages if is_for_bulk(each) is bulk]
            for call in calls_of(bodies):
                self._send(url, dict(enumerate(call)), delay)

    def _send(self, url: str, bodies: Mapping[int, str], delay: int) -> None:
        for _ in self._patience:
            entries: Any = [
                {"Id": str(number), "MessageBody": body, "DelaySeconds": delay}
                for number, body in bodies.items()
            ]
            with translated(_DOING):
                answer = self._client.send_message_batch(QueueUrl=url, Entries=entries)
            failed = answer.get("Failed", [])
            for each in failed:
                if each["SenderFault"] and each["Code"] not in PASSING:
                    raise fault(each["Code"], each.get("Message", ""), _DOING)
            if not failed:
                return
            bodies = {int(each["Id"]): bodies[int(each["Id"])] for each in failed}
        raise RetryableError("a queue refused messages again and again", code="aws_unavailable")
