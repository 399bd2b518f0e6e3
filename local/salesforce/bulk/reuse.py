"""One writer for several chunks, as long as nothing else has written.

A writer remembers the parents it has looked at. Chunks of one second have the same stamp, and what
was remembered still holds when the database was not changed by anybody else in between.
"""

from __future__ import annotations

from local.salesforce.acting import Acting
from local.salesforce.store.writer import Writer


class Reuse:
    """The writer of the last chunk, and how many changes the database had seen after it."""

    def __init__(self) -> None:
        self._writer: Writer | None = None
        self._changes = -1

    def __getstate__(self) -> dict[str, object]:
        """A snapshot holds no writer."""
        return {"_writer": None, "_changes": -1}

    def take(self, made: Acting, fresh: Writer) -> Writer:
        """The writer to use: the last one if it would not differ from a fresh one."""
        last, self._writer = self._writer, None
        unchanged = made.database.connection.total_changes == self._changes
        return last if last is not None and unchanged and _same(last, fresh) else fresh

    def keep(self, made: Acting, writer: Writer) -> None:
        """After a chunk was committed."""
        self._writer = writer
        self._changes = made.database.connection.total_changes


def _same(one: Writer, other: Writer) -> bool:
    return (
        one.database is other.database
        and one.schema is other.schema
        and (one.user_id, one.stamp, one.zone) == (other.user_id, other.stamp, other.zone)
        and (one.policies, one.options) == (other.policies, other.options)
    )
