"""What a run did, or would do, to each record: read from its journal, page by page."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from syncline.ports import Journal, JsonObject

Position = tuple[int, int]
"""Batch, and how many of its actions are behind us."""


@dataclass(frozen=True, slots=True)
class ListedAction:
    """One action as journalled, and where. `position` continues behind it."""

    batch: int
    attempt: int
    stored: Mapping[str, Any]
    position: Position


@dataclass(frozen=True, slots=True)
class ListActions:
    """A record that had to be decided again is listed once, as it was decided last."""

    journal: Journal

    def __call__(
        self,
        workspace: str,
        run: str,
        *,
        outcome: str | None = None,
        reason: str | None = None,
        after: Position = (0, 0),
    ) -> Iterator[ListedAction]:
        """In the order of reading; holds one batch at a time. `outcome` is a ledger bucket, and
        `reason` what stands beside it there."""
        batch, behind = after
        for number, names in self._batches(workspace, run, batch):
            skip = behind if number == batch else 0
            for index, (attempt, stored) in enumerate(self._last(workspace, run, names)):
                wanted = outcome in (None, stored["bucket"]) and reason in (None, stored["reason"])
                if index >= skip and wanted:
                    yield ListedAction(number, attempt, stored, (number, index + 1))

    def _batches(self, workspace: str, run: str, first: int) -> Iterator[tuple[int, list[str]]]:
        after = f"{first:08d}"
        gathered: dict[int, list[str]] = {}
        while names := self.journal.names(workspace, run, after=after):
            for name in names:
                gathered.setdefault(_batch_of(name), []).append(name)
            after = names[-1]
            last = _batch_of(after)
            while gathered and (number := next(iter(gathered))) < last:
                yield number, gathered.pop(number)
        yield from gathered.items()

    def _last(self, workspace: str, run: str, names: list[str]) -> list[tuple[int, JsonObject]]:
        final: dict[str, tuple[int, JsonObject]] = {}
        for name in names:
            entry = self.journal.get(workspace, run, name) or {}
            attempt = int(name.partition("/")[2])
            final.update({stored["key"]: (attempt, stored) for stored in entry.get("actions", ())})
        return list(final.values())


def _batch_of(name: str) -> int:
    return int(name.partition("/")[0])
