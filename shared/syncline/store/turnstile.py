"""Who writes back to one object of a connection: one item each, taken away when it is free."""

from datetime import datetime
from typing import Any, Final

from syncline.aws.database import Database
from syncline.aws.statements import Delete, Insert, Item, Key, Statement, Update
from syncline.store.run_items import instant

_PLACES: Final = "turnstile"
"""One partition: there are as many items as writers at work at one moment."""


class DynamoTurnstile:
    """The Turnstile port, beside the leases of runs. What was read is the condition of what is
    written, so of two that find it free one enters."""

    def __init__(self, database: Database, table: str) -> None:
        self._database = database
        self._table = table

    def enter(self, place: str, holder: str, *, now: datetime, until: datetime) -> bool:
        """Looks again after each lost condition: somebody came or went in between, or it was our
        own write, whose answer was lost."""
        taken: Item = {"holder": holder, "until": instant(until)}
        while True:
            stored = self._read(place)
            if stored is not None and stored["holder"] != holder and not _is_up(stored, now):
                return False
            if self._database.execute([self._statement(place, taken, stored)])[0]:
                return True

    def leave(self, place: str, holder: str) -> None:
        key = Key(_PLACES, place)
        self._database.execute([Delete(self._table, key, where={"holder": holder})])

    def holder(self, place: str, *, now: datetime) -> str | None:
        stored = self._read(place)
        return None if stored is None or _is_up(stored, now) else str(stored["holder"])

    def _read(self, place: str) -> dict[str, Any] | None:
        key = Key(_PLACES, place)
        return self._database.get(self._table, [key]).get(key)

    def _statement(self, place: str, taken: Item, stored: dict[str, Any] | None) -> Statement:
        key = Key(_PLACES, place)
        if stored is None:
            return Insert(self._table, {"pk": key.pk, "sk": key.sk, **taken})
        where: Item = {name: stored[name] for name in taken}
        return Update(self._table, key, set=taken, where=where)


def _is_up(stored: dict[str, Any], now: datetime) -> bool:
    return bool(stored["until"] <= instant(now))
