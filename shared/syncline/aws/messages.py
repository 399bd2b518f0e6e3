"""What is asked of the writers, as messages of a queue: pure, so that memory cuts and refuses what
SQS would."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from syncline.errors import InvariantError, RecordRejectedError
from syncline.ports import DeadLetter, Drain, Expand

MESSAGE_BYTES: Final = 200_000
"""Of one message, and of all in one request. Both may have 1 MiB, but had 256 KB until 2025, and
some places still say so:
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html"""
MESSAGES_PER_CALL: Final = 10
LONGEST_DELAY: Final = 900
"""Seconds: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-delay-queues.html"""


class _DrainBody(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    workspace: str = Field(min_length=1)
    connection: str = Field(min_length=1)
    object: str = Field(min_length=1)
    ids: tuple[str, ...] = ()
    bulk: bool = False
    delays: int = Field(default=0, ge=0)


class _ExpandBody(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    workspace: str = Field(min_length=1)
    batch: str = Field(min_length=1)
    start: int = Field(default=0, ge=0)


def messages_of(requests: Iterable[Drain | Expand], *, delay: int) -> list[Drain | Expand]:
    """The requests, those of many ids in parts that fit into a message each. InvariantError for a
    delay that no queue grants."""
    if not 0 <= delay <= LONGEST_DELAY:
        raise InvariantError(f"a message cannot wait {delay} seconds", code="delay_too_long")
    return [part for each in requests for part in _parts(each)]


def is_for_bulk(request: Drain | Expand) -> bool:
    """Whose queue it goes to."""
    return isinstance(request, Drain) and request.bulk


def body_of(request: Drain | Expand) -> str:
    """ASCII, so that characters are bytes and SQS takes every one of them: what XML 1.0 has no
    place for it refuses or replaces."""
    return json.dumps(asdict(request), separators=(",", ":"))


def request_of(body: str) -> Drain | Expand:
    """What `body_of` made a body of; ids, `bulk`, `delays` and `start` may be left out.

    RecordRejectedError(code="message_malformed") names the fields at fault, not what stands in
    them.
    """
    try:
        stored = json.loads(body)
    except ValueError:
        raise _malformed([("", "json_invalid")]) from None
    try:
        if isinstance(stored, dict) and "batch" in stored:
            return Expand(**_ExpandBody.model_validate(stored).model_dump())
        return Drain(**_DrainBody.model_validate(stored).model_dump())
    except ValidationError as exc:
        wrong = [(".".join(map(str, error["loc"])), error["type"]) for error in exc.errors()]
        raise _malformed(wrong) from None


def letter_of(body: str, *, id: str, bulk: bool, sent_at: str, handle: str) -> DeadLetter:
    """A message that was given up, understood as far as that is possible."""
    try:
        request = request_of(body)
    except RecordRejectedError as exc:
        return DeadLetter(id, bulk, None, sent_at, handle, flaw=exc.message)
    return DeadLetter(id, bulk, request, sent_at, handle)


def calls_of(bodies: Iterable[str]) -> Iterator[list[str]]:
    """As many as one request may have, in order."""
    batch: list[str] = []
    size = 0
    for body in bodies:
        if batch and (len(batch) == MESSAGES_PER_CALL or size + len(body) > MESSAGE_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(body)
        size += len(body)
    if batch:
        yield batch


def _parts(request: Drain | Expand) -> Iterator[Drain | Expand]:
    if isinstance(request, Expand):
        yield request
        return
    room = MESSAGE_BYTES - len(body_of(replace(request, ids=())))
    ids: list[str] = []
    size = 0
    for id_ in request.ids:
        more = len(json.dumps(id_)) + 1
        if ids and size + more > room:
            yield replace(request, ids=tuple(ids))
            ids, size = [], 0
        ids.append(id_)
        size += more
    yield replace(request, ids=tuple(ids))


_FLAWS: Final = {
    "json_invalid": "it is no JSON",
    "missing": "{field} is missing",
    "extra_forbidden": "unknown field {field}",
    "string_too_short": "{field} is empty",
    "model_type": "it is no JSON object",
}
"""By pydantic's type of an error."""


def _malformed(wrong: Sequence[tuple[str, str]]) -> RecordRejectedError:
    named = ", ".join(_FLAWS.get(kind, "{field} is wrong").format(field=f) for f, kind in wrong)
    return RecordRejectedError(
        f"the message is no write-back request: {named}",
        code="message_malformed",
        fields=[field for field, _ in wrong if field],
    )
