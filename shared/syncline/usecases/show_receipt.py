"""What became of change events, for whoever sent them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from syncline.engine.told import APPLIED, HELD, REFUSED, SKIPPED, SUPERSEDED
from syncline.ports import BatchReceipt, BodiesFactory, Receipt, Receipts, ReceiptsFactory
from syncline.usecases.find import unknown
from syncline.usecases.stored_changes import stored_events

WAITING: Final = "waiting"
_WORST: Final = (REFUSED, HELD, SUPERSEDED, SKIPPED, APPLIED)
"""In this order a receipt is called by what somebody should look at first."""
_OPEN: Final = "-"
_LETTERS: Final[Mapping[str, str]] = {
    WAITING: _OPEN,
    REFUSED: "r",
    HELD: "h",
    SUPERSEDED: "s",
    SKIPPED: "k",
    APPLIED: "a",
}
"""As they are kept of a request of many."""
STATUSES: Final = tuple(_LETTERS)


def status_of(receipt: Receipt) -> str:
    """`waiting` until every connection has answered."""
    if not receipt.final:
        return WAITING
    outcomes = {told.outcome for each in receipt.results.values() for told in each.values()}
    return next((outcome for outcome in _WORST if outcome in outcomes), APPLIED)


@dataclass(frozen=True, slots=True)
class ShownBatch:
    """`statuses` counts all of its changes; `receipts` are those asked for, and `following` is
    where the next ones begin, None behind the last."""

    batch: BatchReceipt
    statuses: Mapping[str, int]
    receipts: Sequence[Receipt]
    following: int | None


@dataclass(frozen=True, slots=True)
class ShowReceipt:
    """Of one change, or of a request of many, whose receipts are read until they are final, and no
    longer: a final receipt never changes, so whoever looks leaves behind what it said."""

    receipts: ReceiptsFactory
    bodies: BodiesFactory

    def __call__(
        self, workspace: str, id: str, *, status: str | None = None, after: int = 0, limit: int = 50
    ) -> Receipt | ShownBatch:
        """Of many only those with that status, from the given change on. NotFoundError for one that
        does not exist, or is forgotten."""
        receipts = self.receipts(workspace)
        found = receipts.get([id]).get(id)
        if found is not None:
            return found
        batch = receipts.get_batch(id)
        if batch is None:
            unknown("receipt", id)
        ids = [event.receipt.id for event in stored_events(self.bodies(workspace), batch)]
        seen = _looked_at(receipts, batch, ids)
        wanted = _LETTERS[status] if status else seen
        places = [at for at in range(max(after, 0), len(ids)) if seen[at] in wanted]
        page = receipts.get([ids[at] for at in places[:limit]])
        shown = [page[ids[at]] for at in places[:limit] if ids[at] in page]
        following = places[limit] if limit < len(places) else None
        counted = Counter(seen)
        statuses = {each: counted[letter] for each, letter in _LETTERS.items()}
        return ShownBatch(batch, +Counter(statuses), shown, following)


def _looked_at(receipts: Receipts, batch: BatchReceipt, ids: Sequence[str]) -> str:
    """A letter for each change. Only receipts that were not final the last time are read."""
    seen = list(batch.seen.ljust(batch.count, _OPEN))
    places = [at for at, id in enumerate(ids[: batch.captured]) if seen[at] == _OPEN]
    known = receipts.get([ids[at] for at in places])
    for at in places:
        if ids[at] in known:
            seen[at] = _LETTERS[status_of(known[ids[at]])]
    now = "".join(seen)
    if now.strip(_OPEN) != batch.seen.strip(_OPEN):
        receipts.note_seen(batch.id, now)
    return now
