"""Takes in change events: a few are captured before the answer, many are stored for later."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from syncline.engine.coercion import canonical_instant
from syncline.errors import ConflictError
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
from syncline.usecases.change_events import Announced, receipt_id
from syncline.usecases.check_changes import CheckChanges
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
        events = self.check(workspace, changes)
        if len(events) <= AT_ONCE:
            return self.capture(workspace, events)
        return self._store(workspace, events, key)

    def _store(self, workspace: str, events: Sequence[ChangeEvent], key: str) -> BatchReceipt:
        """The body first: a receipt never names one that is not there."""
        receipts = self.receipts(workspace)
        refuse_reused(events, receipts)
        digests = json.dumps([event.receipt.digest for event in events])
        batch = BatchReceipt(
            id=receipt_id(workspace, key),
            digest=hashlib.sha256(digests.encode()).hexdigest()[:32],
            count=len(events),
            accepted_at=canonical_instant(self.clock.now()),
        )
        self.bodies(workspace).put(body_name(batch), body_of(events))
        stored = receipts.open_batch(batch)
        if stored.digest != batch.digest:
            raise ConflictError(
                "the Idempotency-Key was used for other changes; give each request its own",
                code="key_reused",
            )
        if stored.captured < stored.count:
            self.queues.send([Expand(workspace, stored.id, stored.captured)])
        return stored
