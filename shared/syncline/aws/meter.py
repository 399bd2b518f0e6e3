"""Counts the units that a DynamoDB database is asked for, by table, exactly.

Read from item sizes, not from the answers: an emulator's answers about PartiQL are not right.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Final, Protocol

from syncline.aws.items import item_bytes
from syncline.aws.statements import Key

Contents = Mapping[Key, Mapping[str, Any] | None]

WRITE_UNIT_BYTES: Final = 1024
READ_UNIT_BYTES: Final = 4096


class Meter(Protocol):
    """What a database tells of its work. It reads items before and after a write only for a meter
    that asks for it."""

    def wrote(
        self, table: str, before: Contents, after: Contents, *, transaction: bool = False
    ) -> None: ...

    def read(self, table: str, units: float) -> None: ...


@dataclass(slots=True)
class UnitMeter:
    """Write and read units by table, indexes in `index_writes`.

    `indexes` names the key attributes of each sparse keys-only index: table → index → attributes.
    Units: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
    """

    indexes: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    writes: Counter[str] = field(default_factory=Counter)
    index_writes: Counter[str] = field(default_factory=Counter)
    reads: dict[str, float] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def wrote(
        self, table: str, before: Contents, after: Contents, *, transaction: bool = False
    ) -> None:
        times = 2 if transaction else 1
        with self._lock:
            for key, old in before.items():
                new = after[key]
                self.writes[table] += times * write_units(old, new)
                for attributes in self.indexes.get(table, {}).values():
                    self.index_writes[table] += times * index_units(old, new, attributes)

    def read(self, table: str, units: float) -> None:
        with self._lock:
            self.reads[table] = self.reads.get(table, 0.0) + units


def write_units(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> int:
    """The larger of the two sizes counts; a refused or empty write costs as much, and one at
    least."""
    size = max(item_bytes(item) for item in (old or {}, new or {}))
    return max(1, math.ceil(size / WRITE_UNIT_BYTES))


def index_units(
    old: Mapping[str, Any] | None, new: Mapping[str, Any] | None, attributes: tuple[str, ...]
) -> int:
    """A put or a delete of an entry costs one, a changed key both, an untouched one nothing."""
    was, is_now = (_entry(item, attributes) for item in (old, new))
    return 0 if was == is_now else (was is not None) + (is_now is not None)


def read_units(items: Iterable[Mapping[str, Any] | None]) -> int:
    """Consistent reads by key: one unit for each 4 KB of each item, one for an absent one."""
    return sum(max(1, math.ceil(item_bytes(item or {}) / READ_UNIT_BYTES)) for item in items)


def query_units(items: Iterable[Mapping[str, Any]], *, consistent: bool) -> float:
    """A page of a query: its sizes together, rounded up; half where it need not be consistent."""
    units = max(1, math.ceil(sum(map(item_bytes, items)) / READ_UNIT_BYTES))
    return float(units) if consistent else units / 2


def _entry(item: Mapping[str, Any] | None, attributes: tuple[str, ...]) -> tuple[Any, ...] | None:
    values = tuple((item or {}).get(name) for name in attributes)
    return None if None in values else values
