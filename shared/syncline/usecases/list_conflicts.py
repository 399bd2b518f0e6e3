"""The records that wait for a person: both sides changed them, and their job holds them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from syncline.errors import NotFoundError
from syncline.ports import Conflict, ConflictsFactory

Place = tuple[str, str]
"""Connection and platform id: a record has at most one conflict with each connection."""

_PAGE: Final = 200


@dataclass(frozen=True, slots=True)
class ListConflicts:
    """In the order of connection and platform id."""

    conflicts: ConflictsFactory

    def __call__(
        self, workspace: str, *, connection: str | None = None, after: Place | None = None
    ) -> Iterator[Conflict]:
        """All of the workspace, or those with one connection, behind `after`."""
        start = after or ((connection, "") if connection else None)
        for conflict in self._all(workspace, start):
            if connection is not None and conflict.connection != connection:
                return
            yield conflict

    def _all(self, workspace: str, after: Place | None) -> Iterator[Conflict]:
        conflicts = self.conflicts(workspace)
        while page := conflicts.page(limit=_PAGE, after=after):
            yield from page
            after = (page[-1].connection, page[-1].platform_id)


def find_conflict(conflicts: ConflictsFactory, workspace: str, place: Place) -> Conflict:
    """NotFoundError when nothing of that record waits for a person (any more)."""
    connection, platform_id = place
    found = conflicts(workspace).get(connection, platform_id)
    if found is None:
        raise NotFoundError(
            f"no conflict of '{platform_id}' with '{connection}' waits for a person",
            code="unknown_conflict",
            field="conflict",
            remedy="It may be resolved already: the record's history tells. List the conflicts"
            " for those that wait.",
        )
    return found
