"""Routes of dead letters: what the writers gave up, why, once more, and away with it."""

from typing import Any, Final

from pydantic import BaseModel, ConfigDict

from syncline.http.calls import Call
from syncline.http.messages import Answer
from syncline.ports import DeadLetter, Drain, Expand
from syncline.usecases.discard_dead_letter import DiscardDeadLetter
from syncline.usecases.list_dead_letters import Explained, ListDeadLetters
from syncline.usecases.retry_dead_letter import RetryDeadLetter

_SHOWN: Final = 20
"""Ids of records and receipts shown of one letter; how many there are is told beside them."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DeadLetterShown(_Model):
    """`connection`, `object` and `ids` are of a request to write records, `batch` of one to capture
    a stored body. Of a letter that nobody can understand all of them are missing. `tries` 0: no
    writer came to the point of saying why."""

    id: str
    writer: str
    connection: str | None = None
    object: str | None = None
    ids: list[str] = []
    records: int = 0
    batch: str | None = None
    receipts: list[str] = []
    waiting: int = 0
    sent_at: str
    code: str
    reason: str
    failed_at: str | None = None
    tries: int = 0


class DeadLetterList(_Model):
    """Oldest first, 500 of each writer at most; never more than one page."""

    items: list[DeadLetterShown]
    next: str | None


class DeadLetterRetried(_Model):
    """The request is on its way again."""

    id: str
    writer: str


def list_dead_letters(call: Call) -> Answer:
    services = call.services
    listing = ListDeadLetters(
        services.dead_letters, services.failures, services.records, services.receipts
    )
    found = listing(call.workspace, administrator=_is_administrator(call))
    return Answer(200, {"items": [_shown(each) for each in found], "next": None})


def retry_dead_letter(call: Call) -> Answer:
    retry = RetryDeadLetter(call.services.dead_letters, call.services.queues)
    letter = retry(call.workspace, call.path["letter"], administrator=_is_administrator(call))
    return Answer(202, {"id": letter.id, "writer": _writer(letter)})


def discard_dead_letter(call: Call) -> Answer:
    discard = DiscardDeadLetter(call.services.dead_letters)
    discard(call.workspace, call.path["letter"], administrator=_is_administrator(call))
    return Answer(204)


def _is_administrator(call: Call) -> bool:
    return call.identity is not None and call.identity.workspace is None


def _shown(each: Explained) -> dict[str, Any]:
    """Every field, also those that a letter of its shape has nothing for."""
    letter, failure = each.letter, each.failure
    return DeadLetterShown(
        id=letter.id,
        writer=_writer(letter),
        receipts=list(each.receipts[:_SHOWN]),
        waiting=len(each.receipts),
        sent_at=letter.sent_at,
        code=failure.code,
        reason=failure.reason,
        failed_at=failure.at or None,
        tries=failure.count,
        **_asked(letter.request),
    ).model_dump()


def _asked(request: Drain | Expand | None) -> dict[str, Any]:
    if request is None:
        return {}
    if isinstance(request, Expand):
        return {"batch": request.batch}
    return {
        "connection": request.connection,
        "object": request.object,
        "ids": list(request.ids[:_SHOWN]),
        "records": len(request.ids),
    }


def _writer(letter: DeadLetter) -> str:
    return "bulk_write_back" if letter.bulk else "write_back"
