"""Which records of the CRM may have changed since a job read them: who is about to overwrite them
looks at those."""

from collections.abc import Collection, Sequence
from typing import Final

from syncline.ports import Crm, Cursor, ReadRequest, Waiting

MOST_SUSPECTS: Final = 100_000
"""Ids of changed CRM records that are remembered; beyond, every record is looked at."""


class Suspects:
    """The CRM ids that may not be what their baseline says; without a list, all of them."""

    def __init__(self, ids: Collection[str] | None) -> None:
        self._ids = None if ids is None else frozenset(ids)

    def __contains__(self, crm_id: str) -> bool:
        return self._ids is None or crm_id in self._ids


def list_suspects(
    crm: Crm, object: str, *, since: str, cursor: Cursor | None
) -> Waiting | Sequence[str] | None:
    """The ids of what changed in the CRM, by one query; None where they are too many."""
    ids: set[str] = set()
    request = ReadRequest(object=object, fields=(crm.dialect.id_field,), since=since)
    for item in crm.changes(request, cursor):
        if isinstance(item, Waiting):
            return item
        ids.update(change.key for change in item.changes)
        if len(ids) > MOST_SUSPECTS:
            return None
    return sorted(ids)
