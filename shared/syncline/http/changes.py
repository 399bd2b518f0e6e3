"""Routes of change events and their receipts."""

import hashlib
import json
from typing import Any, Final

from syncline.http.bodies import read_body
from syncline.http.calls import Call
from syncline.http.change_shapes import Change, Changes
from syncline.http.messages import Answer, Request
from syncline.http.pages import choice_of, cursor_of, limit_of, next_of
from syncline.http.problems import Flaw, RequestError
from syncline.ports import BatchReceipt, Receipt
from syncline.usecases.change_events import Announced, at_of
from syncline.usecases.show_receipt import STATUSES, ShownBatch, ShowReceipt, status_of

_KEY: Final = "idempotency-key"
_LONGEST_KEY: Final = 200


def post_changes(call: Call) -> Answer:
    body = read_body(call.request, Changes)
    key = _key(call.request, body)
    changes = [_announced(call, each, _apart(key, at)) for at, each in enumerate(body.changes)]
    found = call.services.announce(call.workspace, changes, key=key)
    if isinstance(found, BatchReceipt):
        told = {"batch": found.id, "count": found.count, "captured": found.captured}
        return Answer(202, {"receipts": [], **told})
    shown = [receipt_shown(each) for each in found]
    count = len(shown)
    return Answer(202, {"receipts": shown, "batch": None, "count": count, "captured": count})


def get_receipt(call: Call) -> Answer:
    limit = limit_of(call.request)
    (after,) = cursor_of(call.request, int) or (0,)
    show = ShowReceipt(call.services.receipts, call.services.bodies)
    status = choice_of(call.request, "status", STATUSES)
    found = show(call.workspace, call.path["receipt"], status=status, after=after, limit=limit)
    if isinstance(found, ShownBatch):
        return Answer(200, _batch_shown(found))
    return Answer(200, receipt_shown(found))


def _announced(call: Call, change: Change, key: str) -> Announced:
    return Announced(
        object=change.object,
        id=change.id,
        values=change.values,
        origin=change.origin,
        actor=change.actor,
        at=at_of(change.at, call.services.clock),
        key=change.key or key,
        timed=change.at is not None,
    )


def _key(request: Request, body: Changes) -> str:
    """RequestError 400 where neither the request nor each of its changes has a key."""
    key = request.headers.get(_KEY, "")
    if len(key) > _LONGEST_KEY:
        _refuse_key(f"it has {len(key)} characters; {_LONGEST_KEY} are accepted", key)
    if not key and any(change.key is None for change in body.changes):
        _refuse_key("it is missing, and not every change has a key of its own", None)
    return key or _apart(*(change.key for change in body.changes))


def _apart(*parts: object) -> str:
    """A key made of others, which is none that anybody gives."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _refuse_key(why: str, given: str | None) -> None:
    remedy = "Send one for each action, and the same one when you repeat it."
    flaw = Flaw("header", "Idempotency-Key", "invalid_key", why, remedy, given)
    raise RequestError(400, "invalid_key", f"Idempotency-Key: {why}", flaws=[flaw])


def receipt_shown(receipt: Receipt) -> dict[str, Any]:
    return {
        "receipt": receipt.id,
        "status": status_of(receipt),
        "object": receipt.object,
        "id": receipt.record,
        "origin": receipt.origin,
        "actor": receipt.actor,
        "at": receipt.at,
        "accepted_at": receipt.accepted_at,
        "bulk": receipt.bulk,
        "results": {
            connection: {
                name: {
                    "outcome": told.outcome,
                    "reason": told.reason,
                    "detail": told.detail,
                    "run": told.run or None,
                }
                for name, told in results.items()
            }
            for connection, results in receipt.results.items()
        },
    }


def _batch_shown(found: ShownBatch) -> dict[str, Any]:
    batch = found.batch
    return {
        "receipt": batch.id,
        "accepted_at": batch.accepted_at,
        "count": batch.count,
        "captured": batch.captured,
        "statuses": dict(found.statuses),
        "items": [receipt_shown(each) for each in found.receipts],
        "next": None if found.following is None else next_of(found.following),
    }
