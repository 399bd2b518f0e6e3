"""The records that wait for a person: both sides changed them, and their job holds them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from syncline.errors import NotFoundError
from syncline.ports import Conflict, ConflictPlace, ConflictsFactory

_PAGE: Final = 200


@dataclass(frozen=True, slots=True)
class ListConflicts:
    """In the order of their places."""

    conflicts: ConflictsFactory

    def __call__(
        self, workspace: str, *, connection: str | None = None, after: ConflictPlace | None = None
    ) -> Iterator[Conflict]:
        """All of the workspace, or those with one connection, behind `after`."""
        start = after or ((connection, "", "") if connection else None)
        for conflict in self._all(workspace, start):
            if connection is not None and conflict.connection != connection:
                return
            yield conflict

    def _all(self, workspace: str, after: ConflictPlace | None) -> Iterator[Conflict]:
        conflicts = self.conflicts(workspace)
        while page := conflicts.page(limit=_PAGE, after=after):
            yield from page
            after = page[-1].place


def find_conflict(conflicts: ConflictsFactory, workspace: str, place: ConflictPlace) -> Conflict:
    """NotFoundError when nothing of that record waits for a person (any more)."""
    found = conflicts(workspace).get(place)
    if found is None:
        connection, object, platform_id = place
        raise NotFoundError(
            f"no conflict of the {object} '{platform_id}' with '{connection}' waits for a person",
            code="unknown_conflict",
            field="conflict",
            remedy="It may be resolved already: the record's history tells. List the conflicts"
            " for those that wait.",
        )
    return found
