"""What became of change events, for whoever sent them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from syncline.engine.told import APPLIED, HELD, REFUSED, SKIPPED, SUPERSEDED
from syncline.ports import BatchReceipt, BodiesFactory, Receipt, ReceiptsFactory
from syncline.usecases.find import unknown
from syncline.usecases.stored_changes import stored_events

WAITING: Final = "waiting"
_WORST: Final = (REFUSED, HELD, SUPERSEDED, SKIPPED, APPLIED)
"""In this order a receipt is called by what somebody should look at first."""


def status_of(receipt: Receipt) -> str:
    """`waiting` until every connection has answered."""
    if not receipt.final:
        return WAITING
    outcomes = {told.outcome for each in receipt.results.values() for told in each.values()}
    return next((outcome for outcome in _WORST if outcome in outcomes), APPLIED)


@dataclass(frozen=True, slots=True)
class ShownBatch:
    """`statuses` counts all of its changes; `receipts` are those asked for."""

    batch: BatchReceipt
    statuses: Mapping[str, int]
    receipts: Sequence[Receipt]


@dataclass(frozen=True, slots=True)
class ShowReceipt:
    """Of one change, or of a request of many."""

    receipts: ReceiptsFactory
    bodies: BodiesFactory

    def __call__(
        self, workspace: str, id: str, *, after: int = 0, limit: int = 50
    ) -> Receipt | ShownBatch:
        """NotFoundError for one that does not exist, or is forgotten."""
        receipts = self.receipts(workspace)
        found = receipts.get([id]).get(id)
        if found is not None:
            return found
        batch = receipts.get_batch(id)
        if batch is None:
            unknown("receipt", id)
        ids = [event.receipt.id for event in stored_events(self.bodies(workspace), batch)]
        known = receipts.get(ids[: batch.captured])
        statuses = Counter(status_of(known[each]) for each in ids if each in known)
        statuses[WAITING] += batch.count - statuses.total()
        page = [known[each] for each in ids[after : after + limit] if each in known]
        return ShownBatch(batch, +statuses, page)
