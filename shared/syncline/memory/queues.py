"""The WriteBackQueues port in memory: what is sent stays until a test takes it out."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from syncline.aws.messages import body_of, is_for_bulk, messages_of, request_of
from syncline.ports import Drain, Expand


@dataclass(frozen=True, slots=True)
class Message:
    """A message as its reader understands it, and after how many seconds it may be read."""

    request: Drain | Expand
    delay: int = 0


@dataclass(slots=True)
class MemoryQueues:
    """`immediate` and `bulk` hold what nobody has taken out yet, in the order sent."""

    immediate: list[Message] = field(default_factory=list)
    bulk: list[Message] = field(default_factory=list)

    def send(self, requests: Sequence[Drain | Expand], *, delay: int = 0) -> None:
        for each in messages_of(requests, delay=delay):
            queue = self.bulk if is_for_bulk(each) else self.immediate
            queue.append(Message(request_of(body_of(each)), delay))
