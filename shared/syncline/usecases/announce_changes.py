"""Takes in change events: a few are captured before the answer, many are stored for later."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from syncline.engine.moments import canonical_instant
from syncline.ports import (
    BatchReceipt,
    BodiesFactory,
    Clock,
    Expand,
    Receipt,
    ReceiptsFactory,
    WriteBackQueues,
)
from syncline.usecases.capture_changes import CaptureChanges, refuse_reused
from syncline.usecases.change_events import Announced, batch_id, digest_of, receipt_id
from syncline.usecases.check_changes import CheckChanges
from syncline.usecases.findings import InvalidInputError, KeyReusedError
from syncline.usecases.stored_changes import AT_ONCE, ChangeEvent, body_name, body_of


@dataclass(frozen=True, slots=True)
class AnnounceChanges:
    """Use case of `POST …/changes`."""

    check: CheckChanges
    capture: CaptureChanges
    receipts: ReceiptsFactory
    bodies: BodiesFactory
    queues: WriteBackQueues
    clock: Clock

    def __call__(
        self, workspace: str, changes: Sequence[Announced], *, key: str
    ) -> Sequence[Receipt] | BatchReceipt:
        """`key` is the request's own. InvalidInputError with the findings: nothing was stored.
        ConflictError(code="key_reused")."""
        try:
            events = self.check(workspace, changes)
        except InvalidInputError:
            taken = self._taken(workspace, changes, key)
            if taken is None:
                raise
            return taken
        if len(events) <= AT_ONCE:
            return self.capture(workspace, events)
        return self._store(workspace, events, key)

    def _taken(
        self, workspace: str, changes: Sequence[Announced], key: str
    ) -> Sequence[Receipt] | BatchReceipt | None:
        """What was answered to the same request before: what has happened to a record or in the
        org since does not unsay it. Records are read before receipts, as where they are captured.
        """
        receipts = self.receipts(workspace)
        if len(changes) > AT_ONCE:
            batch = receipts.get_batch(batch_id(workspace, key))
            return batch if batch and batch.digest == _digest(map(digest_of, changes)) else None
        ids = [receipt_id(workspace, change.key) for change in changes]
        digests = [digest_of(change) for change in changes]
        before = receipts.get(ids)
        if [before[id].digest for id in ids if id in before] != digests:
            return None
        waiting = self._waiting(workspace, changes)
        known = receipts.get(ids)
        if not all(known[id].final or id in waiting for id in ids):
            return None
        return [known[id] for id in ids]

    def _waiting(self, workspace: str, changes: Sequence[Announced]) -> set[str]:
        """Receipts of what waits in the outboxes of the records."""
        ids: dict[str, set[str]] = {}
        for change in changes:
            ids.setdefault(change.object, set()).add(change.id)
        records = self.capture.records(workspace)
        found = [records.get(object, each) for object, each in ids.items()]
        return {
            entry.receipt for each in found for record in each.values() for entry in record.outbox
        }

    def _store(self, workspace: str, events: Sequence[ChangeEvent], key: str) -> BatchReceipt:
        """The body first: a receipt never names one that is not there. It is stored once, for in
        the same request again a change without a time of its own would be of another time."""
        receipts = self.receipts(workspace)
        refuse_reused(events, receipts)
        batch = BatchReceipt(
            id=batch_id(workspace, key),
            digest=_digest(event.receipt.digest for event in events),
            count=len(events),
            accepted_at=canonical_instant(self.clock.now()),
        )
        stored = receipts.get_batch(batch.id)
        if stored is None:
            self.bodies(workspace).put(body_name(batch), body_of(events))
            stored = receipts.open_batch(batch)
        if stored.digest != batch.digest:
            raise KeyReusedError(
                "the Idempotency-Key was used for other changes; give each request its own",
                field="",
            )
        if stored.captured < stored.count:
            self.queues.send([Expand(workspace, stored.id, stored.captured)])
        return stored


def _digest(digests: Iterable[str]) -> str:
    """Of a request of many changes."""
    return hashlib.sha256(json.dumps([*digests]).encode()).hexdigest()[:32]
