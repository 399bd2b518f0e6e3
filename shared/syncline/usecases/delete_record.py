"""A person's deletion of a platform record: a tombstone, so that the sync sees it."""

from dataclasses import dataclass, replace
from typing import Final

from syncline.engine.moments import canonical_instant
from syncline.errors import ConflictError
from syncline.ports import Clock, RecordsFactory, RecordWrite
from syncline.usecases.edit_record import check_version
from syncline.usecases.find import unknown

_ATTEMPTS: Final = 5


@dataclass(frozen=True, slots=True)
class DeleteRecord:
    """What waits in its outbox stays with the tombstone: the writer ends it on the receipts."""

    records: RecordsFactory
    clock: Clock

    def __call__(self, workspace: str, object: str, id: str, *, version: int | None = None) -> None:
        """NotFoundError; PreconditionError if `version` is not the stored one."""
        records = self.records(workspace)
        for _ in range(_ATTEMPTS):
            before = records.get(object, [id]).get(id)
            if before is None or before.deleted:
                unknown("record", id)
            check_version(before, version)
            tombstone = replace(
                before,
                version=before.version + 1,
                values={},
                updated_at=canonical_instant(self.clock.now()),
                edits={},
                deleted=True,
            )
            write = RecordWrite(tombstone, expected=before.version, before=before, feed=True)
            if records.write([write])[0]:
                return
        raise ConflictError("the record keeps changing; try again", code="version_conflict")
