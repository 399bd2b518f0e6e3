"""What the writers gave up of a workspace, each with the reason and the receipts it leaves open."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from syncline.engine.records import PlatformRecord
from syncline.ports import (
    DeadLetter,
    DeadLetters,
    Drain,
    Expand,
    Failure,
    Failures,
    ReceiptsFactory,
    RecordsFactory,
)

RECORDS: Final = 100
"""Records of one letter whose receipts are looked up."""
_MALFORMED: Final = "message_malformed"
_CUT_OFF: Final = Failure(
    "cut_off", "the writer was ended before it could say why: by its time-out, or for memory", "", 0
)


@dataclass(frozen=True, slots=True)
class Explained:
    """A dead letter, why it failed, and receipts of changes that wait because of it."""

    letter: DeadLetter
    failure: Failure
    receipts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ListDeadLetters:
    """A letter that nobody can understand belongs to no workspace: only whoever may see all of them
    sees it."""

    letters: DeadLetters
    failures: Failures
    records: RecordsFactory
    receipts: ReceiptsFactory

    def __call__(self, workspace: str, *, administrator: bool = False) -> Sequence[Explained]:
        """Oldest first. Some may be missing that somebody else looks at right now."""
        own = {workspace, ""} if administrator else {workspace}
        letters = [each for each in self.letters.peek() if each.workspace in own]
        noted = self.failures.get([each.id for each in letters])
        receipts = self._receipts(workspace, letters)
        return [
            Explained(each, noted.get(each.id) or _guessed(each), receipts.get(each.id, ()))
            for each in letters
        ]

    def _receipts(
        self, workspace: str, letters: Iterable[DeadLetter]
    ) -> Mapping[str, tuple[str, ...]]:
        """By letter; the records of all letters are read together."""
        records, known_batches = self.records(workspace), self.receipts(workspace)
        found: dict[str, tuple[str, ...]] = {}
        drains: dict[str, dict[str, Drain]] = {}
        for letter in letters:
            if isinstance(letter.request, Expand):
                batch = known_batches.get_batch(letter.request.batch)
                waits = batch is not None and batch.captured < batch.count
                found[letter.id] = (letter.request.batch,) if waits else ()
            elif letter.request is not None:
                drains.setdefault(letter.request.object, {})[letter.id] = letter.request
        for object, asked in drains.items():
            ids = {id for drain in asked.values() for id in drain.ids[:RECORDS]}
            known = records.get(object, ids)
            found.update({letter: _open(drain, known) for letter, drain in asked.items()})
        return found


def _open(drain: Drain, known: Mapping[str, PlatformRecord]) -> tuple[str, ...]:
    """Receipts of what still waits for that writer."""
    entries = (entry for id in drain.ids[:RECORDS] if id in known for entry in known[id].outbox)
    return tuple(
        dict.fromkeys(
            entry.receipt
            for entry in entries
            if drain.connection in entry.to and entry.bulk is drain.bulk
        )
    )


def _guessed(letter: DeadLetter) -> Failure:
    """Of what no writer noted anything."""
    if letter.request is None:
        return Failure(_MALFORMED, letter.flaw, "", 0)
    return _CUT_OFF
